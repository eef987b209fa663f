//! How both databases run what is asked of what waits: by the indexes of what is open, whatever was before. No history is gone through, of
//! shipments, of exceptions, or of what was measured.

use super::{super::postgres::fresh_database, *};
use crate::store::{
    figures::{Adding, By},
    tables::OpenMode,
};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::sync::Arc;
use tracing::instrument::WithSubscriber;

/// A question of a page.
enum Question {
    Waiting(MeasureQuery, Wait),
    Stock(MeasureQuery, Wait, Adding),
    Measured(MeasureQuery, Vec<Metric>),
    Rows(MeasureQuery, Metric),
    UnderWay(MeasureQuery),
}

impl Question {
    async fn ask(self, database: &Database) {
        match self {
            Self::Waiting(query, wait) => drop(database.waiting(&query, wait).await.expect("answers")),
            Self::Stock(query, wait, how) => drop(database.stock(&query, wait, &how).await.expect("answers")),
            Self::Measured(query, metrics) => drop(database.measured(&query, &metrics).await.expect("answers")),
            Self::Rows(query, metric) => drop(database.measured_rows(&query, metric, &[], None, 51).await.expect("answers")),
            Self::UnderWay(query) => drop(database.under_way(&query).await.expect("answers")),
        }
    }
}

const K1: Metric = Metric::DispatchToInvoice;

/// What K1, K6, K8 and K26 ask, with SQLite's index where it is one: over everything, of a carrier, of a region, of a lane.
fn questions() -> Vec<(String, &'static str, Question)> {
    let whole = MeasureQuery::all_of(everything());
    let lane = MeasureQuery { origin: Some("O1".into()), ..whole.clone() };
    let adding = |by| Adding { edges: vec![0, Instant::DAY, 7 * Instant::DAY], by, ages: true, ..Adding::up(NOW) };
    let mut questions = Vec::new();
    for (of, query) in [
        ("everything", whole.clone()),
        ("a carrier", MeasureQuery { carrier: Some("C7".into()), ..whole.clone() }),
        ("a region", MeasureQuery { region: Some("R1".into()), ..whole.clone() }),
        ("a lane", lane),
    ] {
        let is_lane = query.origin.is_some();
        let (unbilled, staged, open) = match is_lane {
            true => ["measure_subjects_by_dims"; 3].into(),
            false => ("shipments_unbilled", "shipments_by_stage", "exceptions_open"),
        };
        let all = Wait::Exceptions(None);
        for (name, index, wait, by) in [
            ("awaiting a POD", unbilled, Wait::AwaitingProof, By::Carrier),
            ("open exceptions", open, all, By::Cause),
            ("open exceptions of a kind", open, Wait::Exceptions(Some(ExceptionKind::PodMissing)), By::Nothing),
            ("unassigned", staged, Wait::Standing(Stock::Unassigned), By::Nothing),
            ("standing without a POD", unbilled, Wait::Standing(Stock::AwaitingProof), By::Nothing),
        ] {
            questions.push((format!("{name}, {of}"), index, Question::Waiting(query.clone(), wait)));
            // What is kept in memory is not asked for again: only whether it is what it was.
            let index = if is_lane || matches!(wait, Wait::Standing(_)) { index } else { "" };
            questions.push((format!("{name}, {of}, added up"), index, Question::Stock(query.clone(), wait, adding(by))));
        }
        let narrow = MeasureQuery { region: Some("R1".into()), business_unit: Some("B1".into()), ..query.clone() };
        questions.push((format!("dispatch to invoice, of a region and unit, {of}"), "", Question::Measured(narrow, vec![K1])));
        let today = day_of(NOW) + 1;
        let days = MeasureQuery { from_day: Some(today - 7), to_day: Some(today), ..query.clone() };
        for stock in [Stock::AwaitingProof, Stock::Unassigned] {
            let (came, went) = stock.metrics();
            let measured = if is_lane { "measure_chunks" } else { "measure_cells" };
            questions.push((
                format!("came and went, {stock:?}, {of}"),
                measured,
                Question::Measured(days.clone(), vec![came, went]),
            ));
            questions.push((format!("came, row by row, {stock:?}, {of}"), "measure_chunks", Question::Rows(days.clone(), came)));
        }
        questions.push((format!("under way, {of}"), if is_lane { staged } else { "" }, Question::UnderWay(query)));
    }
    questions
}

pub(super) async fn waiting(database: &Database, look: &mut Look<'_>) {
    // The first one reads what is kept in memory from then on.
    let first = Question::Stock(MeasureQuery::all_of(everything()), Wait::AwaitingProof, Adding::up(NOW));
    first.ask(database).await;
    for (name, index, question) in questions() {
        // Of one week there is a handful of cells and chunks: statistics say so, and they are gone through.
        if matches!(question, Question::Measured(..) | Question::Rows(..)) && look.statistics == "with statistics" {
            continue;
        }
        look.at(&name, index, question.ask(database)).await;
    }
    execute(database, CHANGE.into()).await;
    look.at("what changed of what waits", "USING INTEGER PRIMARY KEY", changed().ask(database)).await;
}

/// Open work that changes while somebody keeps it in memory.
const CHANGE: &str = "UPDATE shipments SET holds = holds + 1 WHERE id IN (SELECT min(id) FROM shipments WHERE unbilled = 1);
    UPDATE exceptions SET assignee = 'amira' WHERE id IN (SELECT min(id) FROM exceptions WHERE state = 'open')";

fn changed() -> Question {
    Question::Stock(MeasureQuery::all_of(everything()), Wait::Exceptions(None), Adding::up(NOW))
}

/// A long history and a little open work, which is the latest; what was measured of it over three years.
const HISTORY: &str = "
    INSERT INTO shipments (id, environment, reference, region_id, business_unit_id, carrier_id, mode, stage, outcome, sort_at, delivered_at,
                           history, awaiting_pod, awaiting_arrival, unbilled, version, state, measured)
    SELECT 'id-' || i, 'live', 'SH-' || i, 'R' || i % 5, 'B' || i % 4, CASE WHEN i % 50 = 0 THEN '' ELSE 'C' || i % 40 END, 'M' || i % 6,
           CASE WHEN i > 100 THEN 'posted' WHEN i % 3 = 0 THEN 'planned' ELSE 'delivered' END, 'on_time', NOW - i * 1000000::bigint * 1500,
           CASE WHEN i > 100 OR i % 3 > 0 THEN NOW - i * 1000000::bigint * 1500 END, 0, 0, 0,
           CASE WHEN i <= 100 AND i % 3 > 0 THEN 1 ELSE 0 END, 1, '{}', '\\x'
    FROM generate_series(1, 60000) AS n (i);
    INSERT INTO exceptions (id, environment, shipment_id, subject, kind, cause, detail, state, severity, queue, detected_at, since, due_at,
                            closed_at, currency, region_id, business_unit_id, rank)
    SELECT 'x-' || i, 'live', 'id-' || i, 'SH-' || i, CASE i % 2 WHEN 0 THEN 'pod_missing' ELSE 'disputed' END,
           CASE i % 2 WHEN 0 THEN 'pod_missing:C' ELSE 'disputed:C' END || i % 40, '', CASE WHEN i > 100 THEN 'verified' ELSE 'open' END, 1,
           'logistics', NOW - i * 1000000::bigint, NOW - i * 1000000::bigint, NOW, CASE WHEN i > 100 THEN NOW END, '', 'R' || i % 5,
           'B' || i % 4, 1
    FROM generate_series(1, 60000) AS n (i);
    INSERT INTO measure_dims (environment, region_id, business_unit_id, carrier_id, mode, customer_id, origin, destination)
    SELECT 'live', 'R' || i % 5, 'B' || i % 4, 'C' || i % 40, 'M' || i % 6, '', 'O' || i, '' FROM generate_series(1, 600) AS n (i);
    INSERT INTO measure_subjects (number, shipment_id, dims)
    SELECT i, 'id-' || i, (SELECT min(id) FROM measure_dims) + i % 600 FROM generate_series(1, 60000) AS n (i);
    INSERT INTO measure_log (subject, dims, known_at, body)
    SELECT i, (SELECT min(id) FROM measure_dims) + i % 600, NOW, decode(bodies[1 + i % array_length(bodies, 1)], 'hex')
    FROM generate_series(1, 60000) AS n (i), (SELECT ARRAY[BODIES] AS bodies) AS b;";

/// What is not folded yet.
const TAIL: &str =
    "INSERT INTO measure_log (subject, dims, known_at, body) SELECT subject, dims, known_at, body FROM measure_log LIMIT 300";

/// Tables that grow with the history.
const GROWING: [&str; 7] =
    ["shipments", "exceptions", "events", "measure_subjects", "measure_log", "measure_cells", "measure_chunks"];

/// Plans, as the server tells of what it ran.
#[derive(Clone, Default)]
struct Plans(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Plans {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Message<'p>(&'p Plans);
        impl Visit for Message<'_> {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                if field.name() == "message" {
                    self.0.0.lock().expect("nobody panics with it").push(format!("{value:?}").replace("\\n", "\n"));
                }
            }
        }
        event.record(&mut Message(self));
    }
}

#[tokio::test]
async fn what_waits_is_found_by_its_index_on_the_server_too() {
    let url = fresh_database().await;
    let own = Database::open(&url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    let mut server = PgConnection::connect(&url).await.expect("the server answers");
    let body = |week: i32| {
        let (came, went) = Stock::AwaitingProof.metrics();
        let measure = |metric| Entry { measure: Measure { metric, day: day_of(NOW) - 7 * week, bin: 0, sum: 0 }, back: false };
        body::pack([measure(came), measure(went)]).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let bodies: Vec<String> = (0..150).map(|week| format!("'{}'", body(week))).collect();
    let fill = HISTORY.replace("NOW", &NOW.0.to_string()).replace("BODIES", &bodies.join(", "));
    server.execute(AssertSqlSafe(fill)).await.expect("filled");
    while own.fold_measures(20_000).await.expect("folds") > 0 {}
    server.execute("ANALYZE").await.expect("known");
    server.execute(TAIL).await.expect("logged");
    // Workers are started as if the tables were a hundred times as large.
    let tells = "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_level = notice;
        SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0; SET parallel_setup_cost = 10";
    let options: PgConnectOptions = url.parse().expect("an address");
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .after_connect(move |connection, _| Box::pin(async move { connection.execute(tells).await.map(drop) }));
    let read = pool.connect_with(options.options(crate::store::postgres::COMMON)).await.expect("opens");
    let database = Database { read: Reader::Postgres(read), ..own.clone() };
    let plans = Plans::default();
    let subscriber = tracing_subscriber::registry()
        .with(tracing_subscriber::filter::Targets::new().with_target("sqlx::postgres::notice", tracing::Level::INFO))
        .with(plans.clone());
    let asked = async {
        let mut wrong = Vec::new();
        let first = Question::Stock(MeasureQuery::all_of(everything()), Wait::AwaitingProof, Adding::up(NOW));
        first.ask(&database).await;
        for (name, _, question) in questions().into_iter().chain([("what changed of what waits".to_owned(), "", changed())]) {
            if name.starts_with("what changed") {
                server.execute(CHANGE).await.expect("changed");
            }
            plans.0.lock().expect("nobody panics with it").clear();
            question.ask(&database).await;
            let told = std::mem::take(&mut *plans.0.lock().expect("nobody panics with it"));
            assert!(!told.is_empty(), "{name}: no plan was told");
            // Workers are started for what is thought to be large.
            let goes_through = |plan: &&String| {
                plan.contains("Gather") || GROWING.iter().any(|table| plan.contains(&format!("Seq Scan on {table} ")))
            };
            wrong.extend(told.iter().filter(goes_through).map(|plan| format!("{name}: {plan}")));
        }
        wrong
    };
    let wrong = asked.with_subscriber(subscriber).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    own.close().await;
}
