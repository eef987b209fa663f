//! How SQLite runs what the pages ask, on 20,000 shipments: on the intended index, without a scan or a sort of shipments, with and
//! without the planner's statistics. Prints what each took.

use super::{super::Database, SqliteFixture};
use crate::{
    clock::Clock,
    domain::{
        access::{Environment, Scope},
        exception::{ExceptionKind, Queue},
        measure::{Measure, Metric, NEGATIVE, ON_TIME, Stock, day_of},
        readiness::HoldKind,
        receipt::Lane,
        shipment::Stage,
        time::Instant,
    },
    store::{
        contract::{
            NOW, Open,
            world::{all_shipments, everything},
        },
        exceptions::{Assignee, ExceptionQuery, ExceptionState, ExceptionStore},
        figures::{FiguresStore, FoldStore, MeasureQuery, Over, Wait},
        measures::body::{self, Entry},
        quarantine::{QuarantineQuery, QuarantineStore},
        shipments::{Cursor, PromiseFilter, ShipmentQuery, ShipmentStore, Sight},
        sql::{Reader, query_as},
        standing::StandingStore,
        worklists::{HoldFilter, WorkListStore, WorkOrder, WorkQuery},
    },
};
use app::model::WorkList;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use std::{fmt::Debug, future::Future, sync::Mutex};
use tracing::field::{Field, Visit};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

mod waiting;

/// Statements that ran on a pool that tells them.
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        #[derive(Default)]
        struct Statement {
            whole: String,
            summary: String,
        }
        impl Visit for Statement {
            fn record_str(&mut self, field: &Field, value: &str) {
                match field.name() {
                    "db.statement" => value.trim().clone_into(&mut self.whole),
                    "summary" => value.clone_into(&mut self.summary),
                    _ => {}
                }
            }

            fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        let sql = if statement.whole.is_empty() { statement.summary } else { statement.whole };
        TOLD.lock().expect("nobody panics with it").push(sql);
    }
}

/// Twenty thousand shipments, a tenth of them open work, and what hangs on them.
const FILL: &str = "
    INSERT INTO shipments (id, environment, reference, region_id, business_unit_id, carrier_id, mode, stage, outcome, sort_at,
                           promised_at, delivered_at, history, awaiting_pod, awaiting_arrival, unbilled, version, state)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    SELECT printf('id-%06d', i), CASE WHEN i % 10 = 0 THEN 'demo' ELSE 'live' END, printf('SH-%06d', i), 'R' || (i % 5),
           'B' || (i % 4), 'C' || (i % 40), 'M' || (i % 6),
           CASE WHEN i % 20 = 1 THEN 'in_transit' WHEN i % 20 = 2 THEN 'delivered' ELSE 'posted' END,
           CASE WHEN i % 20 = 1 THEN 'open' WHEN i % 9 = 0 THEN 'delivered_late' ELSE 'on_time' END,
           NOW - i * 1000000 * 300, NOW - i * 1000000 * 300, CASE WHEN i % 20 = 1 THEN NULL ELSE NOW - i * 1000000 * 300 END,
           0, i % 20 = 2, i % 20 = 1, i % 10 = 2, 1, '{}' FROM n;
    INSERT INTO shipment_references (environment, name, scheme, issuer, value, shipment_id)
    SELECT environment, lower(reference), 'shipment', '', reference, id FROM shipments;
    INSERT INTO shipment_counts (environment, region_id, business_unit_id, what, n)
    SELECT environment, region_id, business_unit_id, 'stage:' || stage, count(*) FROM shipments GROUP BY 1, 2, 3, 4;
    INSERT INTO measure_subjects (number, shipment_id) SELECT rowid, id FROM shipments;
    INSERT OR IGNORE INTO measure_dims (environment, region_id, business_unit_id, carrier_id, mode, customer_id, origin, destination)
    SELECT environment, region_id, business_unit_id, carrier_id, mode, '', 'O' || (rowid % 70), '' FROM shipments;
    INSERT INTO measure_log (subject, dims, known_at, body)
    SELECT s.rowid, d.id, NOW, x'MEASURES' FROM shipments AS s JOIN measure_dims AS d
    ON (d.environment, d.region_id, d.business_unit_id, d.carrier_id, d.mode)
       = (s.environment, s.region_id, s.business_unit_id, s.carrier_id, s.mode) AND d.origin = 'O' || (s.rowid % 70)
    WHERE s.delivered_at IS NOT NULL;
    INSERT INTO sources (environment, name) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) SELECT 'live', 's' || i FROM n;
    INSERT INTO events (source_id, event_id, event_type, subject_id, occurred_at, precision, recorded_at, known_at, history, standing,
                        audit_seq, body_hash, body)
    SELECT 1, id, 'x', id, sort_at, 'instant', NOW, NOW, 0, 'effective', 1, '', '{}' FROM shipments;
    INSERT INTO quarantine (id, environment, state, code, reason, raw, raw_hash, history, received_at, version)
    SELECT id, 'live', CASE WHEN rowid % 50 = 0 THEN 'open' ELSE 'resolved' END, 'c' || (rowid % 7), '', '', id, 0, sort_at, 1
    FROM shipments;
    INSERT INTO exceptions (id, environment, shipment_id, subject, kind, cause, detail, state, severity, queue, detected_at, since, due_at,
                            closed_at, money_minor, currency, region_id, business_unit_id, first, rank)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
    SELECT printf('0190b0e0-0000-7000-8000-%012d', i), 'live', printf('0190b0e0-1111-7000-8000-%012d', i * 7919 % 20000), 'SH-' || i,
           CASE i % 5 WHEN 0 THEN 'pod_missing' WHEN 1 THEN 'not_invoiced' WHEN 2 THEN 'disputed' WHEN 3 THEN 'status_stale'
                      ELSE 'posting_failed' END,
           CASE i % 5 WHEN 0 THEN 'pod_missing:C' WHEN 1 THEN 'not_invoiced:C' WHEN 2 THEN 'disputed:C' WHEN 3 THEN 'status_stale:C'
                      ELSE 'posting_failed:C' END || (i % 80), '', CASE WHEN i % 6 = 0 THEN 'verified' ELSE 'open' END, i % 3,
           CASE i % 4 WHEN 0 THEN 'logistics' WHEN 1 THEN 'finance' ELSE 'service' END, NOW - i * 1000000 * 20,
           NOW - i * 1000000 * 30, NOW - i * 1000000 * 10, CASE WHEN i % 6 = 0 THEN NOW - i END, i * 31 % 100000,
           CASE WHEN i % 9 = 0 THEN 'EUR' ELSE 'USD' END, 'R' || (i % 5), 'B' || (i % 4), CASE WHEN i <= 20000 THEN 3 ELSE 0 END, i * 31 % 100000 FROM n;";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_runs_on_its_index() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let measure = |metric, bin| Entry { measure: Measure { metric, day: day_of(NOW), bin, sum: 0 }, back: false };
    let measures = [measure(Metric::DeliveredAgainstPromise, ON_TIME), measure(Metric::DeliveredToRecorded, NEGATIVE)];
    let body: String = body::pack(measures).iter().map(|byte| format!("{byte:02x}")).collect();
    execute(&fixture.database, FILL.replace("NOW", &NOW.0.to_string()).replace("MEASURES", &body)).await;
    // Most of the measures are in cells, some are the tail.
    fixture.database.fold_measures(10_000).await.expect("folds");
    let subscriber = tracing_subscriber::registry()
        .with(tracing_subscriber::filter::Targets::new().with_target("sqlx::query", tracing::Level::DEBUG))
        .with(Listener);
    tracing::subscriber::set_global_default(subscriber).expect("no other test listens");
    let file = fixture.folder.path().join("waybill.db");
    let telling = SqliteConnectOptions::new().filename(&file).read_only(true);
    let read = SqlitePoolOptions::new().max_connections(1).connect_with(telling.clone()).await.expect("opens");
    let database = Database { read: Reader::Sqlite(read.clone()), ..fixture.database.clone() };
    let mut wrong = every_query(&database, "without statistics").await;
    execute(&fixture.database, "ANALYZE".into()).await;
    read.close().await;
    let read = SqlitePoolOptions::new().max_connections(1).connect_with(telling).await.expect("opens");
    let database = Database { read: Reader::Sqlite(read), ..fixture.database.clone() };
    wrong.extend(every_query(&database, "with statistics").await);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

async fn execute(database: &Database, sql: String) {
    let run = database.writer.run(Lane::Single, move |connection| connection.run_script(&sql));
    run.await.expect("runs");
}

fn lists() -> Vec<(&'static str, ShipmentQuery, &'static str)> {
    let all = all_shipments;
    let scoped = |regions: &[&str]| Sight {
        scope: Scope { regions: Some(regions.iter().map(|r| (*r).to_owned()).collect()), business_units: None },
        ..everything()
    };
    let (time, pod) = ("shipments_by_time", "shipments_awaiting_pod");
    let since = Some(NOW.plus(-20 * Instant::DAY));
    let overdue = Some(PromiseFilter::Overdue(NOW));
    vec![
        ("all", all(), time),
        ("period", ShipmentQuery { from: since, to: Some(NOW), ..all() }, time),
        ("region", ShipmentQuery { region: Some("R1".into()), ..all() }, "shipments_by_region"),
        ("business unit", ShipmentQuery { business_unit: Some("B1".into()), ..all() }, time),
        ("carrier", ShipmentQuery { carrier: Some("C7".into()), ..all() }, "shipments_by_carrier"),
        ("mode", ShipmentQuery { mode: Some("M1".into()), ..all() }, time),
        ("stage", ShipmentQuery { stage: Some(Stage::InTransit), ..all() }, "shipments_by_stage"),
        ("on time", ShipmentQuery { promise: Some(PromiseFilter::OnTime), ..all() }, time),
        ("delivered", ShipmentQuery { delivered: true, ..all() }, time),
        ("delivered late", ShipmentQuery { promise: Some(PromiseFilter::DeliveredLate), ..all() }, "shipments_delivered_late"),
        ("overdue", ShipmentQuery { promise: overdue, ..all() }, "shipments_awaiting_arrival"),
        ("awaiting POD", ShipmentQuery { awaiting_pod: true, ..all() }, pod),
        ("scope of one", ShipmentQuery { sight: scoped(&["R1"]), ..all() }, "shipments_by_region"),
        ("scope of two", ShipmentQuery { sight: scoped(&["R1", "R2"]), ..all() }, time),
        ("awaiting POD, scope of one", ShipmentQuery { sight: scoped(&["R1"]), awaiting_pod: true, ..all() }, pod),
        ("awaiting POD, scope of two", ShipmentQuery { sight: scoped(&["R1", "R2"]), awaiting_pod: true, ..all() }, pod),
        ("overdue, region", ShipmentQuery { promise: overdue, region: Some("R1".into()), ..all() }, "shipments_awaiting_arrival"),
        (
            "delivered late, region, period",
            ShipmentQuery {
                promise: Some(PromiseFilter::DeliveredLate),
                region: Some("R1".into()),
                from: since,
                delivered: true,
                ..all()
            },
            "shipments_",
        ),
    ]
}

/// Runs everything that a page asks and answers what did not run as intended.
async fn every_query(database: &Database, statistics: &str) -> Vec<String> {
    let mut look = Look { statistics, read: &database.read, wrong: Vec::new() };
    let after = Cursor { at: NOW.plus(-10 * Instant::DAY), id: "id-1".into() };
    for (name, query, index) in lists() {
        look.at(name, index, database.shipments(&query, None, 51)).await.expect("answers");
        look.at(&format!("{name}, next page"), index, database.shipments(&query, Some(&after), 51)).await.expect("answers");
        look.at(&format!("{name}, counted"), "shipments_", database.count_shipments(&query, 10_000)).await.expect("answers");
    }
    look.at("search", "SEARCH r USING PRIMARY KEY", database.by_name(&everything(), "sh-0123", 20)).await.expect("answers");
    // Neither is readable, or there; the plans are all that matters.
    drop(look.at("one shipment", "shipments_1", database.shipment(&everything(), "id-000123")).await);
    look.at("timeline", "events_by_subject", database.timeline("id-000123", 500)).await.expect("answers");
    drop(look.at("one event", "SEARCH e USING INTEGER PRIMARY KEY", database.event(&everything(), 123)).await);
    look.at("places", "shipment_counts USING", database.places(&everything())).await.expect("answers");
    look.at("choices", "shipment_counts USING", database.choices(&everything())).await.expect("answers");
    let quarantine = |source: Option<&str>, code: Option<&str>| QuarantineQuery {
        sight: everything(),
        state: "open",
        source: source.map(str::to_owned),
        code: code.map(str::to_owned),
    };
    for query in [quarantine(None, None), quarantine(Some("tms"), None), quarantine(None, Some("c1"))] {
        look.at("quarantine", "quarantine_by_state", database.quarantined(&query, None, 51)).await.expect("answers");
        look.at("quarantine, next page", "quarantine_by_state", database.quarantined(&query, Some(&after), 51))
            .await
            .expect("answers");
        look.at("quarantine, counted", "quarantine_by_state", database.count_quarantined(&query, 10_000)).await.expect("answers");
    }
    for (name, region, from_day) in
        [("overview", None, None), ("overview of a region since", Some("R1".to_owned()), Some(20_400))]
    {
        let query = MeasureQuery {
            sight: Sight { environment: Environment::Live, scope: Scope::ALL },
            region,
            business_unit: None,
            carrier: None,
            mode: None,
            customer: None,
            origin: None,
            destination: None,
            from_day,
            to_day: None,
        };
        look.at(name, "", database.standing(&query, NOW)).await.expect("answers");
        let carrier = MeasureQuery { carrier: Some("C1".to_owned()), ..query };
        look.at("standing of a carrier", "", database.standing(&carrier, NOW)).await.expect("answers");
        let solved = database.solved(&carrier, Over::Verified, None, 51);
        let last = look.at("solved", "exceptions_solved", solved).await.expect("answers").pop();
        let after = (NOW, last.map_or(NOW, |last| last.detected_at), String::new());
        let next = database.solved(&carrier, Over::Waived, Some(&after), 51);
        look.at("solved, next page", "exceptions_solved", next).await.expect("answers");
        let unassigned = database.waiting(&carrier, Wait::Standing(Stock::Unassigned));
        look.at("unassigned", "shipments_by_stage", unassigned).await.expect("answers");
    }
    look.at("sources", "", database.heard(Environment::Live)).await.expect("answers");
    look.at("in Quarantine", "quarantine_by_state", database.in_quarantine(&everything())).await.expect("answers");
    exceptions(database, &mut look).await;
    work(database, &mut look).await;
    waiting::waiting(database, &mut look).await;
    look.wrong
}

/// Fifty thousand open exceptions in four hundred groups.
async fn exceptions(database: &Database, look: &mut Look<'_>) {
    let all = || ExceptionQuery {
        sight: everything(),
        queue: None,
        kind: None,
        state: None,
        cause: None,
        assignee: None,
        region: None,
        business_unit: None,
        snoozed: false,
        now: NOW,
    };
    let scoped = Sight { scope: Scope { regions: Some(vec!["R1".into(), "R2".into()]), business_units: None }, ..everything() };
    for (name, query, index) in [
        ("exceptions", all(), "exceptions_open"),
        ("exceptions of a queue", ExceptionQuery { queue: Some(Queue::Finance), ..all() }, "exceptions_open"),
        ("exceptions of a kind", ExceptionQuery { kind: Some(ExceptionKind::PodMissing), ..all() }, "exceptions_open"),
        ("exceptions of a cause", ExceptionQuery { cause: Some("pod_missing:C5".into()), ..all() }, "exceptions_open"),
        ("exceptions of a scope", ExceptionQuery { sight: scoped, ..all() }, "exceptions_open"),
        ("exceptions of nobody", ExceptionQuery { assignee: Some(Assignee::Nobody), ..all() }, "exceptions_open"),
        ("verified exceptions", ExceptionQuery { state: Some(ExceptionState::Verified), ..all() }, "exceptions_closed"),
    ] {
        look.at(&format!("{name}, grouped"), index, database.exception_groups(&query, 400)).await.expect("answers");
        let page = look.at(&format!("{name}, listed"), index, database.exceptions(&query, None, 50)).await.expect("answers");
        look.at(&format!("{name}, next page"), index, database.exceptions(&query, page.next.as_ref(), 50))
            .await
            .expect("answers");
    }
    let id = "0190b0e0-0000-7000-8000-000000000123";
    look.at("one exception", "sqlite_autoindex_exceptions_1", database.exception(&everything(), id)).await.expect("it is there");
    let shipment = "0190b0e0-1111-7000-8000-000000000123";
    let sight = everything();
    let of_shipment = database.exceptions_of_shipment(&sight, shipment);
    look.at("exceptions of a shipment", "exceptions_by_shipment", of_shipment).await.expect("answers");
}

/// Lists of work: two thousand deliveries without an invoice, ten thousand open exceptions of one kind.
async fn work(database: &Database, look: &mut Look<'_>) {
    let all = |list| WorkQuery {
        sight: everything(),
        list,
        hold: None,
        since: (None, None),
        region: None,
        business_unit: None,
        carrier: None,
        customer: None,
        mode: None,
        order: WorkOrder::Longest,
        now: NOW,
    };
    let scoped = Sight { scope: Scope { regions: Some(vec!["R1".into(), "R2".into()]), business_units: None }, ..everything() };
    let (waiting, listed) = ("shipments_unbilled", "exceptions_listed");
    let held = Some(HoldFilter::Held(HoldKind::PodMissing));
    for (name, query, index) in [
        ("unbilled", all(WorkList::Unbilled), waiting),
        ("unbilled of a hold", WorkQuery { hold: held, ..all(WorkList::Unbilled) }, waiting),
        ("unbilled of a carrier", WorkQuery { carrier: Some("C7".into()), ..all(WorkList::Unbilled) }, waiting),
        ("unbilled of a region", WorkQuery { region: Some("R1".into()), ..all(WorkList::Unbilled) }, waiting),
        ("unbilled of a scope", WorkQuery { sight: scoped.clone(), ..all(WorkList::Unbilled) }, waiting),
        ("awaiting POD", all(WorkList::AwaitingPod), waiting),
        ("gone silent", all(WorkList::Stale), listed),
        ("gone silent of a scope", WorkQuery { sight: scoped, ..all(WorkList::Stale) }, listed),
        ("gone silent of a mode", WorkQuery { mode: Some("M1".into()), ..all(WorkList::Stale) }, listed),
    ] {
        let work = look.at(&format!("work: {name}"), index, database.work_rows(&query, None, 50)).await.expect("answers");
        let next = work.1;
        look.at(&format!("work: {name}, next page"), index, database.work_rows(&query, next.as_ref(), 50))
            .await
            .expect("answers");
        let ages = [0, Instant::DAY, 7 * Instant::DAY];
        look.at(&format!("work: {name}, in all"), index, database.work_shares(&query, &ages)).await.expect("answers");
        let valued = WorkQuery { order: WorkOrder::Value, ..query };
        look.at(&format!("work by value: {name}"), index, database.work_rows(&valued, None, 50)).await.expect("answers");
    }
}

struct Look<'l> {
    statistics: &'l str,
    read: &'l Reader,
    wrong: Vec<String>,
}

impl Look<'_> {
    /// Runs a query of the store and looks at the plan of each of its statements.
    async fn at<T>(&mut self, name: &str, index: &str, run: impl Future<Output = T>) -> T {
        TOLD.lock().expect("nobody panics with it").clear();
        let begun = std::time::Instant::now();
        let answer = run.await;
        let took = begun.elapsed();
        let statements = std::mem::take(&mut *TOLD.lock().expect("nobody panics with it"));
        // Of measures there is a row each.
        let asks = |sql: &String| sql.trim_start().starts_with("SELECT") && !sql.contains("measure_versions");
        let selects: Vec<String> = statements.into_iter().filter(asks).collect();
        assert!(!selects.is_empty(), "{name} told no statement");
        println!("{:>8.0} µs  {name}, {}", took.as_secs_f64() * 1e6, self.statistics);
        let mut all = String::new();
        for sql in selects {
            let explain = format!("EXPLAIN QUERY PLAN {sql}");
            let steps: Vec<(i64, i64, i64, String)> = query_as(explain).fetch_all(self.read).await.expect("explains");
            let steps: Vec<String> = steps.into_iter().map(|(.., step)| step).collect();
            let plan = steps.join(" | ");
            // Of what another step has found already, or of a list that was handed over.
            let found = ["subquery", "found", "latest", "ranked", "CONSTANT", "VIRTUAL TABLE"];
            // The last row is looked for from the end.
            let last = sql.ends_with("ORDER BY seq DESC LIMIT 1");
            let scans =
                !last && steps.iter().any(|step| step.starts_with("SCAN") && !found.iter().any(|found| step.contains(found)));
            // By value, all that waits is ranked: the order changes with the time.
            let ranks = name.starts_with("work by value");
            let sorts =
                (plan.contains("shipments") || name.starts_with("solved")) && plan.contains("TEMP B-TREE FOR ORDER BY") && !ranks;
            if scans || sorts {
                self.wrong.push(format!("{name}, {}: {plan}", self.statistics));
            }
            all.push_str(&plan);
            let covered = plan.contains(&format!("USING COVERING INDEX {index}"));
            if name.starts_with("work: ") && name.ends_with("in all") && !name.contains("of a mode") && !covered {
                self.wrong.push(format!("{name}, {}, looks rows up: {plan}", self.statistics));
            }
            if name.starts_with("overview")
                && sql.contains("FROM shipments")
                && !plan.contains("COVERING INDEX shipments_awaiting")
            {
                self.wrong.push(format!("{name}, {}, is not on the index of open work: {plan}", self.statistics));
            }
        }
        if !all.contains(index) {
            self.wrong.push(format!("{name}, {}, is not on {index}: {all}", self.statistics));
        }
        answer
    }
}
