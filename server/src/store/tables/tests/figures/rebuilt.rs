//! A build that measures by something else: what was told before is told until all shipments have the new.

use super::{
    super::{postgres::fresh_database, *},
    check, check_by, query,
};
use crate::{
    domain::{
        access::Environment,
        measure::{Generation, Metric},
    },
    store::{
        figures::{FiguresStore, FoldStore, MeasureQuery, MeasuredRow, UnderWay, Weeks},
        measures::chunk,
    },
};
use std::time::Duration;

/// The validated proof is not measured yet.
const OLD: Generation = Generation { followed: &[], dropped: &[Metric::DeliveryToValidProof] };
/// It follows the first one, and something is measured no more.
const NEW: Generation =
    Generation { followed: &[(Metric::DeliveryToProof, Metric::DeliveryToValidProof)], dropped: &[Metric::ValidProofToInvoice] };

async fn deliver(database: &Database, numbers: std::ops::Range<i64>, round: i64) {
    let told = numbers.flat_map(|number| {
        let tell = |kind: &str, minutes: i64| {
            let data = serde_json::json!({ "region": format!("R{}", number % 3), "customer": format!("C{}", number % 4),
                "carrier": format!("P{}", number % 2), "mode": "road" });
            tell(kind, &format!("{kind}{number}-{round}"), &format!("SH-{number}")).at(number * 90 - 9_000 + minutes).data(data)
        };
        let invoice = serde_json::json!({ "number": format!("I-{number}"), "total": { "amount": "12.50", "currency": "EUR" } });
        [
            tell("shipment.dispatched", -600),
            tell("shipment.delivered", -round),
            tell("pod.received", 70 + number - round),
            tell("pod.validated", 300 + 7 * number + round),
            tell("invoice.released", 900 + round).data(invoice),
        ]
    });
    let items = told.map(|told| Inbound::Event(Box::new(told.event()))).collect();
    database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
}

/// Opened for the first time by a build that measures by this.
async fn first_opened(database: &Database, by: &'static Generation) {
    let wipe = database.writer.run(Lane::Bulk, |connection| connection.run_script("DELETE FROM measure_versions"));
    wipe.await.expect("written");
    database.measure_by(by).await.expect("agreed");
}

/// What is told of a metric, in several ways of asking, with its rows.
async fn told(database: &Database, metric: Metric) -> (Vec<(Weeks, Vec<MeasuredRow>)>, Option<UnderWay>) {
    let plain = query(Environment::Live);
    let ways = [
        MeasureQuery { region: Some("R1".into()), ..plain.clone() },
        MeasureQuery { customer: Some("C2".into()), ..plain.clone() },
        MeasureQuery { carrier: Some("P0".into()), mode: Some("road".into()), ..plain.clone() },
        plain,
    ];
    let (mut all, mut under_way) = (Vec::new(), None);
    for query in ways {
        let mut told = database.measured(&query, &[metric]).await.expect("figures");
        let mut rows = database.measured_rows(&query, metric, &[], None, usize::MAX).await.expect("rows");
        // A row tells by what it was measured.
        rows.iter_mut().for_each(|row| row.measure.metric = metric);
        all.push((told.metrics.remove(&metric).unwrap_or_default(), rows));
        under_way = told.under_way;
    }
    (all, under_way)
}

#[tokio::test]
async fn what_was_told_before_is_told_until_all_shipments_have_the_new() {
    until_all_have_it(&SqliteFixture::open(Clock::standing(NOW)).await.database).await;
}

#[tokio::test]
async fn what_was_told_before_is_told_on_postgresql_too() {
    let database = Database::open(&fresh_database().await, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    until_all_have_it(&database).await;
    database.close().await;
}

async fn until_all_have_it(database: &Database) {
    first_opened(database, &OLD).await;
    deliver(database, 0..40, 0).await;
    database.fold_measures(25).await.expect("folds");
    check_by(database, &OLD).await;
    let mut before = told(database, Metric::DeliveryToProof).await.0;
    for (_, rows) in &mut before {
        rows.iter_mut().for_each(|row| row.measure.metric = Metric::DeliveryToValidProof);
    }
    assert!(before.iter().all(|(weeks, rows)| !weeks.is_empty() && !rows.is_empty()));

    database.measure_by(&NEW).await.expect("agreed");
    let (mut random, mut far, mut turns) = (20_260_302_u64, 0, 0);
    loop {
        let (now, under_way) = told(database, Metric::DeliveryToValidProof).await;
        let Some(UnderWay { done, since, .. }) = under_way else { break };
        assert_eq!((now, since), (before.clone(), Some(NOW)), "after {done}");
        assert!(done >= far, "{done} after {far}");
        (far, turns) = (done, turns + 1);
        // Work goes on: new shipments, and other words about those that were measured and those that were not.
        match turns {
            4 => deliver(database, 40..46, 0).await,
            8 => deliver(database, 0..12, 3).await,
            12 => deliver(database, 30..36, 5).await,
            _ => {}
        }
        // Its steps end somewhere, between transactions or within one; then it is opened anew.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let until = Duration::from_micros(random >> 50);
        let _ = tokio::time::timeout(until, database.fold_measures(4)).await;
        let _ = tokio::time::timeout(until, database.measure_old(1)).await;
        database.measure_by(&NEW).await.expect("agreed");
    }
    assert!(turns > 20, "{turns} turns");
    check_by(database, &NEW).await;
    assert_ne!(told(database, Metric::DeliveryToValidProof).await.0, before);

    // What nobody is told any more is taken away, in steps that may end anywhere too.
    loop {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let until = Duration::from_micros(random >> 50);
        let _ = tokio::time::timeout(until, database.fold_measures(50)).await;
        if let Ok(Ok(0)) = tokio::time::timeout(until, database.measure_old(1)).await {
            break;
        }
    }
    check_by(database, &NEW).await;
    let mut connection = database.read.acquire().await.expect("a connection");
    let left: Vec<(i64,)> = rows(&mut connection, "SELECT count(*) FROM measure_cells WHERE metric IN (16, 17)").await;
    let states: Vec<(String,)> = rows(&mut connection, "SELECT state FROM measure_versions WHERE metric IN (16, 17)").await;
    drop(connection);
    assert_eq!((left, states), (vec![(0,)], vec![("removed".into(),), ("removed".into(),)]));
    nothing_is_left(database, 0).await;
    // What was logged of it before and not folded yet is not brought back.
    while database.fold_measures(50).await.expect("folds") > 0 {}
    check_by(database, &NEW).await;
    nothing_is_left(database, 1).await;
    // Its number stands for what it was.
    assert!(database.measure_by(&OLD).await.is_err());
}

/// Nothing is told of what was dropped, and nothing of it is kept where figures are read from.
async fn nothing_is_left(database: &Database, least: usize) {
    let dropped = [Metric::DeliveryToProof, Metric::ValidProofToInvoice];
    for metric in dropped {
        let left = told(database, metric).await.0;
        assert!(left.iter().all(|(weeks, rows)| weeks.is_empty() && rows.is_empty()), "{left:?}");
    }
    let mut connection = database.read.acquire().await.expect("a connection");
    let left: Vec<(i64,)> = rows(&mut connection, "SELECT count(*) FROM measure_cells WHERE metric IN (16, 17)").await;
    let chunks: Vec<(Vec<u8>,)> = rows(&mut connection, "SELECT records FROM measure_chunks").await;
    assert!(left == [(0,)] && chunks.len() >= least, "{left:?}, {} chunks", chunks.len());
    for (records,) in chunks {
        for record in chunk::records(&records) {
            let found = body::select(record.expect("can be read").body, |metric| dropped.contains(&metric)).next();
            assert_eq!(found, None);
        }
    }
}

#[tokio::test]
async fn whoever_was_here_before_measures_were_kept_is_measured() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let database = &fixture.database;
    let events = (0..25).map(|n| tell("shipment.delivered", &format!("e{n}"), &format!("SH-{n}")).at(n * 90).event());
    let items = events.map(|event| Inbound::Event(Box::new(event))).collect();
    database
        .record(Batch { actor: "key:test".into(), terms: IntakeTerms { history: true, ..LIVE }, items })
        .await
        .expect("taken");
    let before = database.writer.run(Lane::Bulk, |connection| {
        connection.run_script(
            "DELETE FROM measure_log; DELETE FROM measure_subjects; DELETE FROM measure_dims; UPDATE shipments SET measured = NULL;",
        )
    });
    before.await.expect("written");
    first_opened(database, &Generation::CURRENT).await;
    let told = database.measured(&query(Environment::Live), Metric::ALL).await.expect("figures");
    assert_eq!((told.metrics.len(), told.under_way), (0, Some(UnderWay { done: 0, all: 25, since: None })));
    while database.measure_old(10).await.expect("measures") > 0 {}
    check(database).await;
    let told = database.measured(&query(Environment::Live), Metric::ALL).await.expect("figures");
    assert_eq!((told.metrics.is_empty(), told.under_way), (false, None));
}
