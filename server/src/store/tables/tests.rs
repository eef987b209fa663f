//! The store's suite on SQLite, and what only SQLite can get wrong.

use super::{Database, OpenMode};
use crate::{
    clock::Clock,
    domain::{
        exception::ExceptionKind,
        fact::FactKey,
        measure::{Measure, Metric},
        receipt::{Inbound, IntakeTerms, Lane},
        time::Instant,
    },
    store::{
        StoreError,
        bulk::{BulkAction, BulkState, BulkStore, Chosen, Move, NewBulk, Stepped, Task},
        contract::{
            Dump, Fixture, NOW, Open, Store,
            model::open_key,
            stamp,
            tell::tell,
            world::{LIVE, everything},
        },
        exceptions::ExceptionQuery,
        intake::{Batch, IntakeStore},
        measures::{body, cells},
        packed::{self, Cell},
        sql::{Connection, FromRow, query_as},
        timers::TimerStore,
    },
};
use async_trait::async_trait;
use tempfile::TempDir;

mod archives;
mod bodies;
mod figures;
mod leases;
mod migrated;
mod outbox;
mod parity;
mod plans;
pub(super) mod postgres;
mod rolling;
mod sent;

stamp!(SqliteFixture);

#[tokio::test]
async fn closing_finishes_what_is_queued() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let database = &fixture.database;
    let batch = |n: usize, lane| {
        let events = (0..700).map(|e| tell("shipment.loaded", &format!("e{n}-{e}"), &format!("SH-{e}")).event());
        let items = events.map(|event| Inbound::Event(Box::new(event))).collect();
        database.record(Batch { actor: "key:test".into(), terms: IntakeTerms { lane, ..LIVE }, items })
    };
    // Each is queued when it is first polled, the last of all is told to close.
    let (one, two, three, ()) =
        tokio::join!(batch(1, Lane::Bulk), batch(2, Lane::Bulk), batch(3, Lane::Single), database.close());
    assert!([&one, &two, &three].iter().all(|answer| answer.is_ok()), "{one:?} {two:?} {three:?}");
    assert!(matches!(batch(4, Lane::Single).await, Err(StoreError::Closed)));
    let log = fixture.folder.path().join("waybill.db-wal");
    assert!(!log.exists(), "the last connection that closes folds the log back");
}

#[tokio::test]
async fn what_is_due_survives_a_restart() {
    let clock = Clock::standing(NOW);
    let fixture = SqliteFixture::open(clock.clone()).await;
    // Two hours ago.
    let delivered = tell("shipment.delivered", "e1", "SH-1").at(26_040);
    let items = vec![Inbound::Event(Box::new(delivered.event()))];
    fixture.database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
    fixture.database.close().await;
    clock.advance(2 * Instant::DAY);
    let reopened = Database::open(&fixture.url(), OpenMode::Exact, clock).await.expect("opens");
    let mut connection = reopened.read.acquire().await.expect("a connection");
    assert_eq!(dump(&mut connection).await.open.len(), 0);
    assert_eq!(reopened.look_again(10).await.expect("looks"), 1);
    let open = dump(&mut connection).await.open;
    assert!(open.contains_key(&["live", "SH-1", "pod_missing", ""].map(str::to_owned)), "{open:?}");
    drop(connection);
    reopened.close().await;
}

#[tokio::test]
async fn a_bulk_job_goes_on_after_a_restart() {
    let clock = Clock::standing(NOW);
    let fixture = SqliteFixture::open(clock.clone()).await;
    // Delivered two days ago.
    let events = (0..9).map(|n| tell("shipment.delivered", &format!("e{n}"), &format!("SH-{n}")).at(23_220).event());
    let items = events.map(|event| Inbound::Event(Box::new(event))).collect();
    fixture.database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
    let (sight, now) = (everything(), clock.now());
    let mut query = ExceptionQuery::all(sight.clone(), now);
    query.kind = Some(ExceptionKind::PodMissing);
    let task = Task { action: BulkAction::Assign, assignee: "ben".into(), hours: 0, note: String::new() };
    let chosen = Chosen::Matching(Box::new(query));
    let new = NewBulk { sight: sight.clone(), actor: "user:amira".into(), task, until: None, chosen, list: String::new(), now };
    let id = fixture.database.prepare_bulk(new).await.expect("prepared").id;
    let start =
        Move { sight: sight.clone(), actor: "user:amira".into(), id: id.clone(), to: BulkState::Running, may_waive: false, now };
    fixture.database.move_bulk(start).await.expect("started");
    assert!(matches!(fixture.database.step_bulk(4).await, Ok(Stepped::Tried(4, _))));
    fixture.database.close().await;
    let reopened = Database::open(&fixture.url(), OpenMode::Exact, clock).await.expect("opens");
    assert_eq!(reopened.bulk_job(&sight, &id).await.map(|job| (job.state, job.done)).ok(), Some((BulkState::Running, 4)));
    while reopened.step_bulk(4).await.expect("a step") != Stepped::Idle {}
    assert_eq!(reopened.bulk_job(&sight, &id).await.map(|job| (job.state, job.done)).ok(), Some((BulkState::Finished, 9)));
    let mut connection = reopened.read.acquire().await.expect("a connection");
    let lines: Vec<(i64,)> =
        rows(&mut connection, "SELECT count(*) FROM audit WHERE action = 'exception.assign' GROUP BY subject").await;
    assert_eq!(lines, [(1,); 9], "each is audited once");
    drop(connection);
    reopened.close().await;
}

#[tokio::test]
async fn what_another_process_wrote_is_not_forgotten() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let other = Database::open(&fixture.url(), OpenMode::Exact, Clock::standing(NOW)).await.expect("opens");
    // Each knows the shipment already when the other one adds to it.
    for (database, event) in [
        (&fixture.database, "shipment.dispatched"),
        (&other, "shipment.loaded"),
        (&fixture.database, "shipment.departed"),
        (&fixture.database, "shipment.delivered"),
        (&other, "pod.received"),
    ] {
        let items = vec![Inbound::Event(Box::new(tell(event, event, "SH-1").event()))];
        database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
    }
    let states: Vec<(String,)> =
        rows(&mut other.read.acquire().await.expect("a connection"), "SELECT state FROM shipments").await;
    let state: crate::domain::shipment::ShipmentState = serde_json::from_str(&states[0].0).expect("a state");
    assert_eq!(states.len(), 1);
    for key in [FactKey::Dispatched, FactKey::Loaded, FactKey::Departed, FactKey::Delivered, FactKey::PodReceived] {
        assert!(state.facts.get(key).is_some(), "{key:?}");
    }
    other.close().await;
}

#[tokio::test]
async fn every_item_of_a_bulk_batch_has_its_receipt_however_it_was_cut() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let database = &fixture.database;
    let batch = |n: usize, items: usize, lane| {
        let events = (0..items).map(|e| tell("shipment.loaded", &format!("e{n}-{e}"), &format!("SH-{n}-{e}")).event());
        let items = events.map(|event| Inbound::Event(Box::new(event))).collect();
        database.record(Batch { actor: "key:test".into(), terms: IntakeTerms { lane, ..LIVE }, items })
    };
    // More than a slice each: undisturbed, several slices share a commit; beside somebody in the first lane, each has its own.
    let (one, empty, two) = tokio::join!(batch(1, 1_300, Lane::Bulk), batch(2, 0, Lane::Bulk), batch(3, 501, Lane::Bulk));
    let (three, single) = tokio::join!(batch(4, 700, Lane::Bulk), batch(5, 3, Lane::Single));
    let counts = [one, empty, two, three, single].map(|receipts| receipts.expect("taken").len());
    assert_eq!(counts, [1_300, 0, 501, 700, 3]);
}

/// A database in a folder of its own.
pub(super) struct SqliteFixture {
    pub(super) database: Database,
    folder: TempDir,
}

#[async_trait]
impl Open for SqliteFixture {
    async fn open(clock: Clock) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let url = format!("sqlite://{}", folder.path().join("waybill.db").display());
        let database = Database::open(&url, OpenMode::Migrate, clock).await.expect("opens");
        Self { database, folder }
    }
}

#[async_trait]
impl Fixture for SqliteFixture {
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
        rows(&mut connection, "SELECT actor, detail FROM audit WHERE action = 'events.intake'").await
    }

    async fn refuse_events(&self, refuse: bool) {
        let sql = match refuse {
            true => "CREATE TRIGGER refuse BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'refused'); END",
            false => "DROP TRIGGER refuse",
        };
        self.execute(sql).await;
    }

    async fn spoil(&self, shipment: &str, spoil: bool) {
        let state = if spoil { "'x' || state" } else { "substr(state, 2)" };
        let sql = format!("UPDATE shipments SET state = {state} WHERE reference = '{shipment}'");
        self.execute(&sql).await;
    }
}

impl SqliteFixture {
    fn url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("waybill.db").display())
    }

    async fn execute(&self, sql: &str) {
        let sql = sql.to_owned();
        let run = self.database.writer.run(Lane::Single, move |connection| connection.run_script(&sql));
        run.await.expect("the statement runs");
    }
}

async fn rows<R>(connection: &mut Connection, sql: &'static str) -> Vec<R>
where
    R: for<'r> FromRow + Send + Unpin,
{
    query_as(sql).fetch_all(connection).await.expect("reads")
}

async fn dump(connection: &mut Connection) -> Dump {
    let mut dump = Dump::default();
    type Effective = (String, String, String, Vec<u8>, i64);
    for (environment, source, id, hash, recorded_at) in rows::<Effective>(
        connection,
        "SELECT s.environment, s.name, e.event_id, e.body_hash, e.recorded_at
         FROM events AS e JOIN sources AS s ON s.id = e.source_id WHERE e.standing = 'effective'",
    )
    .await
    {
        let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let twice = dump.effective.insert((environment, source, id), (hash, recorded_at));
        assert_eq!(twice, None, "two effective records under one key");
    }
    let state = |(environment, reference, state): (String, String, String)| {
        ((environment, reference), serde_json::from_str(&state).expect("a state is JSON"))
    };
    dump.shipments =
        rows(connection, "SELECT environment, reference, state FROM shipments").await.into_iter().map(state).collect();
    dump.orders = rows(connection, "SELECT environment, reference, state FROM orders").await.into_iter().map(state).collect();
    type Name = (String, String, String, String, String, String);
    let names: Vec<Name> = rows(
        connection,
        "SELECT r.environment, s.reference, r.name, r.scheme, r.issuer, r.value
         FROM shipment_references AS r JOIN shipments AS s ON s.id = r.shipment_id",
    )
    .await;
    dump.names = names.into_iter().map(|(a, b, c, d, e, f)| [a, b, c, d, e, f]).collect();
    type Count = (String, String, String, String, i64);
    let counts: Vec<Count> =
        rows(connection, "SELECT environment, region_id, business_unit_id, what, n FROM shipment_counts WHERE n <> 0").await;
    dump.counts = counts.into_iter().map(|(a, b, c, d, n)| ([a, b, c, d], n)).collect();
    assessed(connection, &mut dump).await;
    measures(connection, &mut dump).await;
    dump
}

async fn assessed(connection: &mut Connection, dump: &mut Dump) {
    type Assessed = (String, String, u32, Option<i64>, String, Option<i64>, Option<String>);
    let shipments: Vec<Assessed> = rows(
        connection,
        "SELECT environment, reference, holds, next_at, coalesce(work -> 'o', '{}'), waiting_minor, waiting_currency FROM shipments",
    )
    .await;
    for (environment, reference, holds, next_at, orders, minor, currency) in shipments {
        let orders = serde_json::from_str(&orders).expect("flags are JSON");
        dump.assessed.insert((environment, reference), (holds, next_at, orders, minor.zip(currency)));
    }
    type Open = (String, String, String, String, i64, Option<i64>, String, String, String, String, String);
    let open: Vec<Open> = rows(
        connection,
        "SELECT environment, subject, kind, detail, since, money_minor, currency, customer_id, carrier_id, region_id, business_unit_id
         FROM exceptions WHERE state IN ('open', 'claimed') AND shipment_id IS NOT NULL",
    )
    .await;
    for (environment, subject, kind, detail, since, minor, currency, customer, carrier, region, unit) in open {
        let money = minor.map(|minor| (minor, currency));
        let kind = ExceptionKind::from_code(&kind).expect("a kind");
        let key = open_key(&environment, &subject, kind, &detail);
        let twice = dump.open.insert(key, (detail, since, money, [customer, carrier, region, unit]));
        assert_eq!(twice, None, "one of a kind");
    }
}

/// What is measured of deliveries: row by row, and as it was folded.
async fn measures(connection: &mut Connection, dump: &mut Dump) {
    const OF_DELIVERIES: [Metric; 2] = [Metric::DeliveredAgainstPromise, Metric::DeliveredToRecorded];
    type Logged = (String, String, String, String, String, String, Vec<u8>);
    let logged: Vec<Logged> = rows(
        connection,
        "SELECT d.environment, s.reference, d.region_id, d.business_unit_id, d.carrier_id, d.mode, l.body
         FROM measure_log AS l JOIN measure_dims AS d ON d.id = l.dims JOIN measure_subjects AS n ON n.number = l.subject
         JOIN shipments AS s ON s.id = n.shipment_id",
    )
    .await;
    for (environment, reference, region, unit, carrier, mode, body) in logged {
        for entry in body::select(&body, |metric| OF_DELIVERIES.contains(&metric)) {
            let entry = entry.expect("a row can be read");
            let Measure { metric, day, bin, .. } = entry.measure;
            let row = [&environment, metric.code(), &reference, &region, &unit, &carrier, &mode].map(str::to_owned);
            *dump.measures.entry((row, (day, bin))).or_default() += entry.sign();
        }
    }
    dump.measures.retain(|_, n| *n != 0);
    type Week = (String, u8, bool, String, String, i32, Vec<u8>);
    let weeks: Vec<Week> = rows(
        connection,
        "SELECT environment, metric, grain = 'whole', place, unit, monday, cells FROM measure_cells WHERE grain IN ('whole', 'unit')",
    )
    .await;
    for (environment, metric, whole, region, business_unit, monday, packed) in weeks {
        let Some(metric) = OF_DELIVERIES.into_iter().find(|known| *known as u8 == metric) else { continue };
        let part = (!whole).then_some([region, business_unit]);
        for Cell { day, bin, n } in packed::cells(monday, &packed).map(|cell| cell.expect("a week can be read")) {
            if cells::counts(bin) {
                dump.cells.insert(([environment.clone(), metric.code().to_owned()], part.clone(), (day, bin)), n);
            }
        }
    }
}
