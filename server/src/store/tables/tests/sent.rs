//! Rows that are on their way while the writer goes on, and what a process remembers of shipments that another one changes.

use super::{Database, SqliteFixture, postgres::fresh_database, rows};
use crate::{
    clock::Clock,
    domain::{
        fact::FactKey,
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
        shipment::ShipmentState,
    },
    store::{
        StoreError,
        contract::{
            Fixture as _, NOW, Open as _,
            tell::{Tell, retraction, tell},
            world::LIVE,
        },
        intake::{Batch, IntakeStore},
        sql::{self, PostgresSession, query_as},
        tables::OpenMode,
    },
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// More than are written in place.
const MANY: usize = 700;

async fn open(url: &str) -> Database {
    Database::open(url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_written_is_told_to_who_asks_next_and_nothing_of_it_stays() {
    let database = open(&fresh_database().await).await;
    let write = |last: &'static str| {
        database.writer.run(Lane::Single, move |session| {
            for id in (0..MANY).map(|n| n.to_string()).chain([last.to_owned()]) {
                let sql = "INSERT INTO flashes (id, actor, until, words) VALUES (?1, 'amira', 1, 'Done.')";
                sql::later(session, sql, [id.as_str()])?;
            }
            sql::settle(session)?;
            // They are on their way: what is asked now is answered after them.
            let answered = sql::one::<(i64,)>(session, "SELECT count(*) FROM flashes", ());
            Ok(answered.is_ok())
        })
    };
    assert!(write("0").await.is_err(), "nobody commits what could not be written, whoever overheard it");
    let count = async || {
        let (n,): (i64,) = query_as("SELECT count(*) FROM flashes").fetch_one(&database.read).await.expect("counts");
        n
    };
    assert_eq!(count().await, 0);
    assert!(write("another").await.expect("done"), "the session goes on");
    assert_eq!(count().await, MANY as i64 + 1);
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_are_written_meanwhile_are_there_at_the_end_or_none_of_them_is() {
    let database = open(&fresh_database().await).await;
    let write = |ids: std::ops::Range<usize>, twice: bool, gives_up: bool| {
        database.writer.run(Lane::Single, move |session| {
            for portion in ids.clone().collect::<Vec<_>>().chunks(100) {
                for id in portion.iter().chain(twice.then_some(&portion[0])).map(usize::to_string) {
                    let sql = "INSERT INTO flashes (id, actor, until, words) VALUES (?1, 'amira', 1, 'Done.')";
                    sql::later(session, sql, [id.as_str()])?;
                }
                sql::settle_meanwhile(session, &["flashes"])?;
                // Questions go between them.
                let (one,) = sql::one::<(i64,)>(session, "SELECT CAST(1 AS BIGINT)", ())?;
                assert_eq!(one, 1);
            }
            if gives_up { Err(StoreError::Unavailable) } else { Ok(()) }
        })
    };
    let count = async || {
        let (n,): (i64,) = query_as("SELECT count(*) FROM flashes").fetch_one(&database.read).await.expect("counts");
        n
    };
    assert!(write(0..MANY, false, true).await.is_err(), "given up");
    assert!(write(0..MANY, true, false).await.is_err(), "one is there twice");
    let cut = database.writer.run(Lane::Single, |session| {
        for id in (0..MANY).map(|n| n.to_string()) {
            sql::later(session, "INSERT INTO flashes (id, actor, until, words) VALUES (?1, 'amira', 1, 'Done.')", [id.as_str()])?;
        }
        sql::settle_meanwhile(session, &["flashes"])?;
        sql::execute(session, "SELECT pg_terminate_backend(pg_backend_pid())", ()).map(drop)
    });
    assert!(cut.await.is_err(), "the server hung up");
    assert_eq!(count().await, 0);
    write(MANY..2 * MANY, false, false).await.expect("written");
    assert_eq!(count().await, MANY as i64, "nothing is left of what was given up");
    database.close().await;
}

/// An import of one event for each of some shipments.
async fn import(database: &Database, event: &str, shipments: impl Iterator<Item = usize>) {
    let item = |n: usize| Inbound::Event(Box::new(tell(event, &format!("{event}-{n}"), &format!("SH-{n}")).event()));
    let terms = IntakeTerms { lane: Lane::Bulk, ..LIVE };
    let batch = Batch { actor: "key:test".into(), terms, items: shipments.map(item).collect() };
    let receipts = database.record(batch).await.expect("taken");
    assert!(receipts.iter().all(|receipt| matches!(receipt, Receipt::Accepted { .. })), "{receipts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_changed_is_read_anew_and_what_it_did_not_is_remembered() {
    let url = fresh_database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    let even = |n: usize| n.is_multiple_of(2);
    let third = |n: usize| n.is_multiple_of(3);
    import(&one, "shipment.dispatched", 0..MANY).await;
    import(&other, "shipment.loaded", (0..MANY).filter(|n| even(*n))).await;
    import(&one, "shipment.departed", 0..MANY).await;
    import(&other, "shipment.delivered", (0..MANY).filter(|n| third(*n))).await;
    let rows: Vec<(String, i64, String)> =
        query_as("SELECT reference, version, state FROM shipments").fetch_all(&one.read).await.expect("reads");
    assert_eq!(rows.len(), MANY);
    for (reference, version, state) in rows {
        let n: usize = reference["SH-".len()..].parse().expect("a number");
        let state: ShipmentState = serde_json::from_str(&state).expect("a state");
        let knows = |key| state.facts.get(key).is_some();
        let keys = [FactKey::Dispatched, FactKey::Loaded, FactKey::Departed, FactKey::Delivered];
        assert_eq!(keys.map(knows), [true, even(n), true, third(n)], "{reference}");
        assert_eq!(version, 2 + i64::from(even(n)) + i64::from(third(n)), "{reference}: one for each change");
    }
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_not_as_it_was_remembered_is_not_overwritten_but_read() {
    let url = fresh_database().await;
    let one = open(&url).await;
    import(&one, "shipment.dispatched", 0..3).await;
    let mut server = PgConnection::connect(&url).await.expect("the server answers");
    let behind_its_back = "UPDATE shipments SET version = version + 100 WHERE reference = 'SH-1'";
    sqlx::raw_sql(behind_its_back).execute(&mut server).await.expect("changed");
    import(&one, "shipment.loaded", 0..3).await;
    let versions: Vec<(i64,)> =
        query_as("SELECT version FROM shipments ORDER BY reference").fetch_all(&one.read).await.expect("reads");
    assert_eq!(versions, [(2,), (102,), (2,)]);
    one.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gives_way_in_a_deadlock_tries_again() {
    let url = fresh_database().await;
    let one = open(&url).await;
    import(&one, "shipment.dispatched", 0..1).await;
    let mut other = PgConnection::connect(&url).await.expect("the server answers");
    let hold = "BEGIN; SELECT version FROM shipments FOR UPDATE";
    sqlx::raw_sql(hold).execute(&mut other).await.expect("held");
    let (writer, event) = (one.writer.clone(), Inbound::Event(Box::new(tell("shipment.loaded", "E-1", "SH-0").event())));
    let batch = Batch { actor: "key:test".into(), terms: LIVE, items: vec![event] };
    let taken = tokio::spawn(async move { writer.record(batch).await });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while query_as::<(i64,)>(waits).fetch_one(&one.read).await.expect("reads") == (0,) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // It waits for the row, and the row's holder for its turn.
    let turn = AssertSqlSafe(format!("SELECT pg_advisory_xact_lock({})", PostgresSession::TURN));
    sqlx::raw_sql(turn).execute(&mut other).await.expect("the other one gave way");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("done");
    let receipts = taken.await.expect("ends").expect("taken");
    assert!(matches!(receipts[..], [Receipt::Accepted { .. }]), "{receipts:?}");
    one.close().await;
}

/// Events of a commit of two slices, the first of nine thousand: the second repeats, amends and takes back what the first said, and speaks of whom the first
/// brought, of whom only the database knows, and of new ones.
fn two_slices() -> Vec<Tell> {
    let of = |kind: &'static str, name: &'static str, shipments: std::ops::Range<usize>| {
        shipments.map(move |n| tell(kind, &format!("{kind}-{name}-{n}"), &format!("{name}-{n}")))
    };
    let mut told: Vec<Tell> = of("shipment.dispatched", "SH", 0..4_000).collect();
    told.extend(of("shipment.loaded", "SH", 0..4_000));
    told.extend(of("order.released", "SO", 0..500));
    told.extend(of("shipment.loaded", "OLD", 0..200));
    told.extend(of("shipment.departed", "SH", 0..300).map(|event| event.recorded(5)));
    assert_eq!(told.len(), 9_000);
    told.extend(of("shipment.dispatched", "SH", 0..500));
    told.extend(of("shipment.departed", "SH", 0..300).map(|event| event.recorded(10).at(90)));
    told.extend((1_000..1_200).map(|n| retraction(&format!("back-{n}"), &format!("shipment.loaded-SH-{n}"))));
    told.extend((0..100).map(|n| retraction(&format!("back-old-{n}"), &format!("shipment.dispatched-OLD-{n}"))));
    told.push(retraction("too-early", "shipment.delivered-SH-1400"));
    told.extend(of("shipment.delivered", "SH", 0..1_500));
    told.extend(of("shipment.dispatched", "NEW", 0..600));
    told.extend(of("shipment.loaded", "OLD", 200..300));
    told.extend(of("shipment.delivered", "OLD", 0..300));
    told.extend(of("shipment.loaded", "NEW", 0..399));
    assert_eq!(told.len(), 13_000);
    told
}

fn batch(told: &[Tell]) -> Batch {
    let items = told.iter().map(|event| Inbound::Event(Box::new(event.event()))).collect();
    Batch { actor: "key:test".into(), terms: IntakeTerms { lane: Lane::Bulk, ..LIVE }, items }
}

/// What is stored of events, keys, shipments and orders.
async fn stored(database: &Database) -> [Vec<String>; 4] {
    let mut connection = database.read.acquire().await.expect("a connection");
    let mut all = async |sql: &'static str| {
        let rows: Vec<(String,)> = rows(&mut connection, sql).await;
        rows.into_iter().map(|(row,)| row).collect::<Vec<_>>()
    };
    [
        all("SELECT seq || ' ' || event_id || ' ' || standing FROM events ORDER BY seq").await,
        all("SELECT event_id || ' ' || event_seq || ' ' || coalesce(retracted_by, 0) FROM event_keys ORDER BY event_id").await,
        all("SELECT reference || ' ' || state FROM shipments ORDER BY reference").await,
        all("SELECT reference || ' ' || state FROM orders ORDER BY reference").await,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_ahead_for_the_next_slice_is_what_the_one_before_left() {
    let url = fresh_database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    let plain = SqliteFixture::open(Clock::standing(NOW)).await;
    let old: Vec<Tell> =
        (0..300).map(|n| tell("shipment.dispatched", &format!("shipment.dispatched-OLD-{n}"), &format!("OLD-{n}"))).collect();
    other.record(batch(&old)).await.expect("taken");
    plain.store().record(batch(&old)).await.expect("taken");
    let told = two_slices();
    let mut expected = Vec::new();
    for few in told.chunks(100) {
        expected.extend(plain.store().record(batch(few)).await.expect("taken"));
    }
    let receipts = one.record(batch(&told)).await.expect("taken");
    assert!(receipts == expected, "each event was answered as alone");
    let (slices, commits): (i64, i64) =
        query_as("SELECT count(DISTINCT audit_seq), count(DISTINCT CAST(xmin AS TEXT)) FROM events WHERE seq > 300")
            .fetch_one(&one.read)
            .await
            .expect("counts");
    assert!(slices > commits, "{slices} slices in {commits} commits: nothing was asked ahead");
    let whole = "SELECT count(*), count(a.seq), count(b.body) FROM events AS e LEFT JOIN audit AS a ON a.seq = e.audit_seq
                 LEFT JOIN event_bodies AS b ON b.month = e.body_month AND b.seq = e.seq";
    let whole: (i64, i64, i64) = query_as(whole).fetch_one(&one.read).await.expect("counts");
    assert!(whole.0 == whole.1 && whole.0 == whole.2, "events, with whom they are from, with a body: {whole:?}");
    for (here, there) in stored(&one).await.into_iter().zip(stored(&plain.database).await) {
        assert_eq!(here.len(), there.len());
        let differs = here.iter().zip(&there).find(|(here, there)| here != there);
        assert_eq!(differs, None);
    }
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_knows_less_than_the_one_before_is_believed() {
    let url = fresh_database().await;
    let one = open(&url).await;
    import(&one, "shipment.dispatched", 0..3).await;
    // As if a standby had taken over that had not heard of it.
    let mut server = PgConnection::connect(&url).await.expect("the server answers");
    for sql in [
        "DELETE FROM shipments; DELETE FROM shipment_references; DELETE FROM event_keys; DELETE FROM event_bodies; DELETE FROM events",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    ] {
        sqlx::raw_sql(sql).execute(&mut server).await.expect("done");
    }
    import(&one, "shipment.loaded", 0..3).await;
    let (shipments,): (i64,) = query_as("SELECT count(*) FROM shipments").fetch_one(&one.read).await.expect("counts");
    assert_eq!(shipments, 3, "what is written has a row to be written to");
    one.close().await;
}
