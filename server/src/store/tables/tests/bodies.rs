//! Where bodies of events are: by month on PostgreSQL, beside their events elsewhere, and read alike from both.

use super::{SqliteFixture, postgres::fresh_database};
use crate::{
    clock::Clock,
    domain::{fact::FactKey, month::Month, receipt::Inbound, receipt::Receipt, time::Instant},
    store::{
        archive::{ArchiveStore, Retention, Step, file},
        contract::{
            NOW, Open,
            tell::{Tell, tell},
            world::{LIVE, everything},
        },
        intake::{Batch, IntakeStore},
        shipments::{Kept, ShipmentStore},
        sql::query_as,
        tables::{Database, OpenMode},
    },
};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::path::Path;

async fn send(database: &Database, told: &Tell) -> Receipt {
    let batch = Batch { actor: "key:test".into(), terms: LIVE, items: vec![Inbound::Event(Box::new(told.event()))] };
    database.record(batch).await.expect("taken").remove(0)
}

/// What the timeline of the one shipment holds, in the order of the commits.
pub(super) async fn bodies(database: &Database) -> Vec<String> {
    let id = database.by_name(&everything(), "SH-1", 1).await.expect("search").remove(0).id;
    let (mut events, _) = database.timeline(&id, 100).await.expect("a timeline");
    events.sort_by_key(|event| event.seq);
    for event in &events {
        assert_eq!(&database.event(&everything(), event.seq).await.expect("an event"), event);
    }
    events.into_iter().map(|event| event.body).collect()
}

async fn carrier(database: &Database) -> Option<String> {
    let id = database.by_name(&everything(), "SH-1", 1).await.expect("search").remove(0).id;
    let state = database.shipment(&everything(), &id).await.expect("it is there").state;
    state.facts.text(FactKey::Carrier).map(str::to_owned)
}

/// Event → month of its body, length of what stands beside it.
async fn places(database: &Database) -> Vec<(i64, i64, bool)> {
    query_as("SELECT seq, body_month, body = '' FROM events ORDER BY seq").fetch_all(&database.read).await.expect("reads")
}

/// Parts of the table of bodies, with their rows.
async fn parts(connection: &mut PgConnection) -> Vec<(String, i64)> {
    let sql =
        "SELECT c.oid::regclass::text, (SELECT count(*) FROM event_bodies AS b WHERE b.tableoid = c.oid) FROM pg_inherits AS i
               JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'event_bodies'::regclass ORDER BY 1";
    sqlx::query_as(sql).fetch_all(connection).await.expect("parts")
}

/// Three events of one shipment, the second and the third of another month each; then the first is amended.
async fn months(database: &Database, clock: &Clock) -> Vec<String> {
    let told = [
        tell("shipment.dispatched", "e1", "SH-1").recorded(1).data(json!({ "carrier": "DHL" })),
        tell("shipment.loaded", "e2", "SH-1"),
        tell("shipment.departed", "e3", "SH-1"),
    ];
    for event in &told {
        assert!(matches!(send(database, event).await, Receipt::Accepted { .. }));
        clock.advance(40 * Instant::DAY);
    }
    assert_eq!(carrier(database).await.as_deref(), Some("DHL"));
    // Folded anew from all that is effective.
    let amended = tell("shipment.dispatched", "e1", "SH-1").recorded(2);
    assert!(matches!(send(database, &amended).await, Receipt::Amended { .. }));
    assert_eq!(carrier(database).await, None);
    assert_eq!(send(database, &told[1]).await, Receipt::Duplicate);
    told.iter().chain([&amended]).map(Tell::json).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_server_each_month_is_a_part() {
    let (url, clock) = (fresh_database().await, Clock::standing(NOW));
    let database = Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens");
    let told = months(&database, &clock).await;
    assert_eq!(bodies(&database).await, told);
    let month = 2026 * 12 + 2;
    let kept = [(1, month, true), (2, month + 1, true), (3, month + 3, true), (4, month + 4, true)];
    assert_eq!(places(&database).await, kept);
    let mut connection = PgConnection::connect(&url).await.expect("the server answers");
    let named = |name: &str| (format!("event_bodies_{name}"), 1);
    assert_eq!(parts(&mut connection).await, ["2026_03", "2026_04", "2026_06", "2026_07"].map(named));
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_build_of_before_bodies_stay_where_it_looks() {
    let (url, clock) = (fresh_database().await, Clock::standing(NOW));
    Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens").close().await;
    let mut connection = PgConnection::connect(&url).await.expect("the server answers");
    // As a build of before left it.
    sqlx::raw_sql("UPDATE schema_serves SET since = 19").execute(&mut connection).await.expect("is served by it");
    let database = Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens");
    let mut told = months(&database, &clock).await;
    assert!(places(&database).await.iter().all(|(_, month, empty)| *month == 0 && !empty));
    assert_eq!(parts(&mut connection).await, []);
    database.close().await;
    // From here on none of it is left.
    sqlx::raw_sql("UPDATE schema_serves SET since = 21").execute(&mut connection).await.expect("is served by it no more");
    let database = Database::open(&url, OpenMode::Migrate, clock).await.expect("opens");
    let late = tell("shipment.departed", "e3", "SH-1").recorded(1).data(json!({ "carrier": "UPS" }));
    assert!(matches!(send(&database, &late).await, Receipt::Amended { .. }));
    told.push(late.json());
    assert_eq!(bodies(&database).await, told);
    assert_eq!(carrier(&database).await.as_deref(), Some("UPS"), "folded from both places");
    assert_eq!(parts(&mut connection).await.len(), 1);
    database.close().await;
}

#[tokio::test]
async fn embedded_they_stay_beside_their_events() {
    let clock = Clock::standing(NOW);
    let fixture = SqliteFixture::open(clock.clone()).await;
    let told = months(&fixture.database, &clock).await;
    assert_eq!(bodies(&fixture.database).await, told);
    assert!(places(&fixture.database).await.iter().all(|(_, month, empty)| *month == 0 && !empty));
    // What came from a server lies where it lay there.
    fixture.execute("INSERT INTO event_bodies (month, seq, body) SELECT 24315, seq, body FROM events; UPDATE events SET body = '', body_month = 24315").await;
    assert_eq!(bodies(&fixture.database).await, told);
    let late = tell("shipment.departed", "e3", "SH-1").recorded(1).data(json!({ "carrier": "UPS" }));
    assert!(matches!(send(&fixture.database, &late).await, Receipt::Amended { .. }));
    assert_eq!(carrier(&fixture.database).await.as_deref(), Some("UPS"));
}

pub(super) fn terms(folder: &Path) -> Retention {
    Retention { months: 0, folder: folder.to_owned(), at_once: 100, bytes: 1 << 20 }
}

pub(super) async fn archive(database: &Database, terms: &Retention) {
    let mut after = 0;
    while let Step::More(seq) = database.archive(terms, after).await.expect("a step") {
        after = seq;
    }
}

/// One shipment that was called off in its first month, and one that is on its way.
pub(super) async fn called_off(database: &Database, clock: &Clock) {
    for told in [
        tell("shipment.planned", "e1", "SH-1").data(json!({ "carrier": "DHL" })),
        tell("shipment.dispatched", "o1", "SH-2"),
        tell("shipment.planned", "e2", "SH-1"),
        tell("shipment.cancelled", "e3", "SH-1"),
    ] {
        assert!(matches!(send(database, &told).await, Receipt::Accepted { .. }));
    }
    clock.advance(40 * Instant::DAY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_part_of_a_month_that_is_archived_is_dropped() {
    let (url, clock) = (fresh_database().await, Clock::standing(NOW));
    let database = Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens");
    called_off(&database, &clock).await;
    let mut connection = PgConnection::connect(&url).await.expect("the server answers");
    assert_eq!(parts(&mut connection).await, [("event_bodies_2026_03".to_owned(), 4)]);
    let folder = tempfile::tempdir().expect("a folder");
    archive(&database, &terms(folder.path())).await;
    assert_eq!(parts(&mut connection).await, []);
    // What is not over is beside its event now.
    let month = 2026 * 12 + 2;
    assert_eq!(places(&database).await, [(1, month, true), (2, 0, false), (3, month, true), (4, month, true)]);
    let told = bodies(&database).await;
    assert!(told.len() == 3 && told.iter().all(|body| body.contains("SH-1")), "{told:?}");
    // The next event begins a part; the one that was amended is folded out of the archive.
    let taken_back = tell("event.retracted", "r1", "any").data(json!({ "retracts": "e3" }));
    assert!(matches!(send(&database, &taken_back).await, Receipt::Accepted { .. }));
    assert_eq!(carrier(&database).await.as_deref(), Some("DHL"));
    assert_eq!(parts(&mut connection).await, [("event_bodies_2026_04".to_owned(), 1)]);
    database.close().await;
}

/// Killed after each of the steps in which a body goes into an archive, it is in one place or in both, and the next run ends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_while_archiving_leaves_every_body_in_a_place() {
    for url in [None, Some(fresh_database().await)] {
        let home = tempfile::tempdir().expect("a folder");
        let url = url.unwrap_or_else(|| format!("sqlite://{}", home.path().join("w.db").display()));
        let clock = Clock::standing(NOW);
        let open = || Database::open(&url, OpenMode::Migrate, clock.clone());
        let database = open().await.expect("opens");
        called_off(&database, &clock).await;
        let (terms, told) = (terms(&home.path().join("archive")), bodies(&database).await);
        let last = Month::of(NOW);
        let (chosen, month, _) = database.choose(&terms, (0, last)).await.expect("chosen");
        assert_eq!((chosen.len(), chosen.values().map(file::Bodies::len).sum::<usize>(), month), (1, 3, Some(last)));
        // Written, and nobody knows.
        let written = file::write(&terms.folder, (last, "one"), &chosen).expect("written");
        database.close().await;
        let database = open().await.expect("opens");
        assert_eq!((bodies(&database).await, database.archives().await.expect("archives").len()), (told.clone(), 0));
        // Known, and nothing is taken out.
        database.make_known(written.clone()).await.expect("known");
        database.close().await;
        let database = open().await.expect("opens");
        assert_eq!(bodies(&database).await, told);
        archive(&database, &terms).await;
        assert_eq!(bodies(&database).await, told);
        assert_eq!(database.archives().await.expect("archives"), std::slice::from_ref(&written), "the one that was begun");
        let event = database.event(&everything(), 1).await.expect("an event");
        assert_eq!(event.kept, Kept::Archive("waybill-2026-03-one.archive".into()));
        // Damaged afterwards: it is told, and nothing is made up.
        let whole = std::fs::read(&written.file).expect("reads");
        let at = whole.windows(3).position(|bytes| bytes == [0x1f, 0x8b, 0x08]).expect("something is packed in it");
        let mut spoilt = whole.clone();
        spoilt[at + 40] ^= 1;
        std::fs::write(&written.file, &spoilt).expect("writes");
        let event = database.event(&everything(), 1).await.expect("an event");
        assert_eq!((event.kept, event.body), (Kept::Unreadable("waybill-2026-03-one.archive".into()), String::new()));
        assert!(file::verify(&written).is_err());
        database.close().await;
    }
}
