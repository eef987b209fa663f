//! The same suite on PostgreSQL: each scenario in a database of its own, on a server that the test run starts
//! (`scripts/rust-tests.sh`), whose address stands in `WAYBILL_TEST_POSTGRES`.

use super::{Database, dump, figures, rows};
use crate::{
    clock::Clock,
    domain::{
        access::Environment,
        fact::FactKey,
        receipt::{Inbound, Lane, Receipt},
        shipment::ShipmentState,
    },
    store::{
        StoreError,
        contract::{Dump, Fixture, NOW, Open, PATIENCE, Store, stamp, tell::tell, world::LIVE},
        feed::{Feed, Topic},
        health::HealthStore,
        intake::{Batch, IntakeStore},
        sql::{self, PostgresSession, Session, query, query_as},
        tables::OpenMode,
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;

stamp!(PostgresFixture);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_loses_the_turn_and_what_was_begun() {
    let url = fresh_database().await;
    let open = || Database::open(&url, OpenMode::Migrate, Clock::standing(NOW));
    let (stopped, other) = (open().await.expect("opens"), open().await.expect("opens"));
    // Each knows the shipment already.
    send(&stopped, "shipment.dispatched").await;
    send(&other, "shipment.loaded").await;
    let late = stopped.writer.run(Lane::Single, |session| {
        session.run_script("SET LOCAL idle_in_transaction_session_timeout = 200")?;
        session.run_script("UPDATE shipments SET reference = 'late'")?;
        #[expect(clippy::disallowed_methods, reason = "this thread is the writer's, and it is to say nothing")]
        std::thread::sleep(Duration::from_millis(1_200));
        session.run_script("UPDATE shipments SET reference = 'later'")
    });
    // The other one waits for the turn no longer than that.
    let (late, ()) = tokio::join!(late, send(&other, "shipment.departed"));
    assert!(late.is_err(), "its session was ended");
    // It is back, and knows what the other one wrote meanwhile.
    send(&stopped, "shipment.delivered").await;
    assert_eq!(facts(&other).await, ["SH-1: dispatched, loaded, departed, delivered"]);
    stopped.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_lost_are_made_anew() {
    let url = fresh_database().await;
    let database = Database::open(&url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    send(&database, "shipment.dispatched").await;
    let mut server = PgConnection::connect(&url).await.expect("the server answers");
    for event in ["shipment.loaded", "shipment.departed"] {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        sqlx::raw_sql(end).execute(&mut server).await.expect("all are ended");
        send(&database, event).await;
        database.readable().await.expect("reads");
        database.writable().await.expect("writes");
    }
    assert_eq!(facts(&database).await, ["SH-1: dispatched, loaded, departed"]);
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_get_the_turn_in_time_is_told_to_come_again() {
    let url = fresh_database().await;
    let database = Database::open(&url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    let impatient = |session: &Session| session.run_script("SET lock_timeout = 50");
    database.writer.run_aside(Lane::Single, impatient).await.expect("done");
    let mut another = PgConnection::connect(&url).await.expect("the server answers");
    let mut turn = async |sql: &str| {
        let sql = AssertSqlSafe(format!("SELECT {sql}({})", PostgresSession::TURN));
        sqlx::raw_sql(sql).execute(&mut another).await.map(drop)
    };
    turn("pg_advisory_lock").await.expect("had");
    let act = async || database.writer.run_aside(Lane::Single, |_| Ok(())).await;
    assert!(matches!(act().await, Err(StoreError::Busy)));
    turn("pg_advisory_unlock").await.expect("given back");
    act().await.expect("its turn");
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_told_from_a_statement_that_fails() {
    let database = Database::open(&fresh_database().await, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    let fails = async |sql: &str| query_as::<(i64,)>(sql).fetch_one(&database.read).await.map_err(StoreError::from).unwrap_err();
    let away = |error: StoreError| matches!(error, StoreError::Away(_));
    // Ended while it is under way, by the server and by its own time.
    assert!(away(fails("SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS INTEGER)::BIGINT").await));
    let mut reader = database.read.acquire().await.expect("a connection");
    query("SET statement_timeout = 50").fetch_optional(&mut reader).await.expect("set");
    let late = query("SELECT pg_sleep(60)").fetch_optional(&mut reader).await.map(drop).map_err(StoreError::from).unwrap_err();
    assert!(away(late));
    drop(reader);
    // The statement is to blame.
    for sql in ["SELECT 1 / 0", "SELECT nothing FROM shipments", "SELECT seq FROM events LIMIT 1"] {
        let error = fails(sql).await;
        assert!(matches!(error, StoreError::Database(_)), "{sql}: {error:?}");
    }
    // As the server tells of them.
    let mut server = PgConnection::connect(&fresh_database().await).await.expect("the server answers");
    let codes = ["08006", "57P01", "57P02", "57P03", "57014", "25P03", "23505", "53100", "42P01"];
    for (at, code) in codes.into_iter().enumerate() {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$");
        let error =
            sqlx::raw_sql(AssertSqlSafe(raise)).execute(&mut server).await.map(drop).map_err(StoreError::from).unwrap_err();
        assert_eq!(away(error), at < 6, "{code}");
    }
    for error in [sqlx::Error::PoolTimedOut, sqlx::Error::WorkerCrashed, sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into())] {
        assert!(away(error.into()));
    }
    assert!(matches!(StoreError::from(sqlx::Error::PoolClosed), StoreError::Closed));
    database.close().await;
    let url = "postgres://waybill@127.0.0.1:1/nobody";
    assert!(away(PgConnection::connect(url).await.map(drop).unwrap_err().into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hears_of_what_the_other_commits() {
    let url = fresh_database().await;
    let open = || Database::open(&url, OpenMode::Migrate, Clock::standing(NOW));
    let (one, other) = (open().await.expect("opens"), open().await.expect("opens"));
    let mut hint = other.hint();
    // It listens from when it has said so.
    let listens = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    loop {
        let (n,): (i64,) = query_as(listens).fetch_one(&one.read).await.expect("counts");
        if n == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    hint.mark_unchanged();
    send(&one, "shipment.dispatched").await;
    tokio::time::timeout(PATIENCE, hint.changed()).await.expect("hears").expect("is open");
    assert!(other.latest(Environment::Live).await.expect("a feed").iter().any(|(topic, _)| *topic == Topic::Shipments));
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_was_put_off_is_seen_by_the_next_statement_of_its_table() {
    let database = Database::open(&fresh_database().await, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    let work = database.writer.run(Lane::Single, |session| {
        let put_off = |id: &str| {
            sql::later(session, "INSERT INTO flashes (id, actor, until, words) VALUES (?1, 'amira', 1, 'Done.')", [id])
        };
        let sent = || {
            let sql = "SELECT n_tup_ins FROM pg_stat_xact_user_tables WHERE relname = ?1";
            sql::one::<(i64,)>(session, sql, ["flashes"]).map(|(n,)| n)
        };
        put_off("one")?;
        let waits = sent()?;
        let read = sql::optional::<(String,)>(session, "SELECT actor FROM flashes WHERE id = ?1", ["one"])?;
        put_off("two")?;
        let changed = sql::execute(session, "UPDATE flashes SET until = 2 WHERE id = ?1", ["two"])?;
        put_off("three")?;
        let all = sql::all::<(String,)>(session, "SELECT id FROM flashes ORDER BY id", ())?;
        put_off("four")?;
        Ok((waits, read, changed, all.len(), sent()?))
    });
    let seen = work.await.expect("done");
    assert_eq!(seen, (0, Some(("amira".to_owned(),)), 1, 3, 3), "put off, read, changed, all of them, and the last waits");
    let (n,): (i64,) = query_as("SELECT count(*) FROM flashes").fetch_one(&database.read).await.expect("counts");
    assert_eq!(n, 4, "the commit has what nobody asked for");
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_planner_learns_of_a_table_that_grows() {
    let database = Database::open(&fresh_database().await, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    let run = async |sql: &'static str| {
        let work = database.writer.run(Lane::Single, move |session| session.run_script(sql));
        work.await.expect("done");
    };
    // The server's own way of learning it is left out.
    run("ALTER TABLE flashes SET (autovacuum_enabled = off)").await;
    run("INSERT INTO flashes (id, actor, until, words) SELECT n::text, 'amira', 1, 'Done.' FROM generate_series(1, 1000) AS n")
        .await;
    loop {
        let known = "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'flashes'";
        let (rows,): (i64,) = query_as(known).fetch_one(&database.read).await.expect("reads");
        if rows == 1_000 {
            break;
        }
        // The server tells of rows with a later commit.
        run("UPDATE flashes SET until = 2 WHERE id = '1'").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    database.close().await;
}

async fn send(database: &Database, event: &str) {
    let items = vec![Inbound::Event(Box::new(tell(event, event, "SH-1").event()))];
    let receipts = database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
    assert!(matches!(receipts[0], Receipt::Accepted { .. }), "{receipts:?}");
}

/// Each shipment with what is known to have happened to it.
async fn facts(database: &Database) -> Vec<String> {
    let rows: Vec<(String, String)> =
        query_as("SELECT reference, state FROM shipments ORDER BY reference").fetch_all(&database.read).await.expect("reads");
    let keys = [
        ("dispatched", FactKey::Dispatched),
        ("loaded", FactKey::Loaded),
        ("departed", FactKey::Departed),
        ("delivered", FactKey::Delivered),
    ];
    let told = |(reference, state): (String, String)| {
        let state: ShipmentState = serde_json::from_str(&state).expect("a state");
        let known: Vec<&str> = keys.iter().filter(|(_, key)| state.facts.get(*key).is_some()).map(|(name, _)| *name).collect();
        format!("{reference}: {}", known.join(", "))
    };
    rows.into_iter().map(told).collect()
}

/// A database of its own.
struct PostgresFixture {
    database: Database,
}

/// The address of a new, empty database.
pub(in crate::store::tables) async fn fresh_database() -> String {
    #[expect(clippy::disallowed_methods, reason = "where the test run's server is")]
    let server = std::env::var("WAYBILL_TEST_POSTGRES")
        .expect("WAYBILL_TEST_POSTGRES names a PostgreSQL server for tests: run them by scripts/rust-tests.sh, which starts one");
    let name = format!("waybill_{}", crate::ids::fresh().replace('-', ""));
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.expect("the server for tests answers");
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.expect("a database");
    connection.close().await.expect("closes");
    format!("{server}/{name}")
}

#[async_trait]
impl Open for PostgresFixture {
    // To make a database costs more here than to use it.
    const CASES: u32 = 12;

    async fn open(clock: Clock) -> Self {
        let url = fresh_database().await;
        Self { database: Database::open(&url, OpenMode::Migrate, clock).await.expect("opens") }
    }
}

#[async_trait]
impl Fixture for PostgresFixture {
    fn store(&self) -> &dyn Store {
        &self.database
    }

    async fn check_measured(&self) {
        figures::check(&self.database).await;
    }

    async fn dump(&self) -> Dump {
        let mut connection = self.database.read.acquire().await.expect("a connection");
        dump(&mut connection).await
    }

    async fn intake_trail(&self) -> Vec<(String, String)> {
        let mut connection = self.database.read.acquire().await.expect("a connection");
        rows(&mut connection, "SELECT actor, detail FROM audit WHERE action = 'events.intake' ORDER BY seq").await
    }

    async fn refuse_events(&self, refuse: bool) {
        let sql = match refuse {
            true => "CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            false => "DROP TRIGGER refuse ON events",
        };
        self.execute(sql.into()).await;
    }

    async fn spoil(&self, shipment: &str, spoil: bool) {
        let state = if spoil { "'x' || state" } else { "substr(state, 2)" };
        self.execute(format!("UPDATE shipments SET state = {state} WHERE reference = '{shipment}'")).await;
    }
}

impl PostgresFixture {
    async fn execute(&self, sql: String) {
        let run = self.database.writer.run(Lane::Single, move |session| session.run_script(&sql));
        run.await.expect("the statement runs");
    }
}
