//! Key figures against the shipments that are stored: measured anew, added up the slow way, for every way of asking.

mod followed;
mod rebuilt;

use self::followed::{ended, followed};
use super::*;
use crate::{
    domain::{
        access::{Environment, Scope},
        assess::Inputs,
        fact::FactKey,
        measure::{Generation, Measure, Metric, Stock, Told, Trail, flows, intervals, week_of},
        money::{Currency, Money},
        policy::Policy,
        shipment::ShipmentState,
    },
    store::{
        figures::{Adding, By, FiguresStore, FoldStore, MeasureQuery, MeasuredRow, StockSum, Wait, Weeks, Why},
        measures::{body::Entry, cells, standing},
        shipments::Sight,
        work::Work,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// A shipment with all that it should be measured at.
struct Held {
    environment: String,
    reference: String,
    /// Region, business unit, carrier, mode, customer, origin, destination.
    dims: [String; 7],
    measures: Vec<Measure>,
    /// The ERP refused it.
    refused: bool,
    /// A POD was found good, and it is not invoiced.
    validated: bool,
    waits: Vec<(Stock, Instant, Option<Money>)>,
}

async fn held(connection: &mut Connection, by: &Generation) -> Vec<Held> {
    let policies: Vec<(String, String)> =
        rows(connection, "SELECT environment, policy FROM config ORDER BY environment, version").await;
    let policies: BTreeMap<String, Policy> =
        policies.into_iter().map(|(environment, json)| (environment, serde_json::from_str(&json).expect("a policy"))).collect();
    let touches: Vec<(String, i64)> =
        rows(connection, "SELECT shipment_id, at FROM touches WHERE shipment_id IS NOT NULL AND kind <> 'approve'").await;
    type Row = (String, String, String, String, String, Option<Vec<u8>>);
    let shipments: Vec<Row> = rows(connection, "SELECT id, environment, reference, state, work, measured FROM shipments").await;
    let held = |(id, environment, reference, state, work, measured): Row| {
        let touches: Vec<Instant> = touches.iter().filter(|(of, _)| *of == id).map(|(_, at)| Instant(*at)).collect();
        // What a test has spoiled stays as it was.
        let state: ShipmentState = serde_json::from_str(&state).ok()?;
        let work: Work = serde_json::from_str(&work).expect("work");
        let waivers = work.waivers();
        let default = Policy::default();
        let policy = policies.get(&environment).unwrap_or(&default);
        let inputs = Inputs { state: &state, orders: &work.orders, waivers: &waivers, policy, now: NOW };
        let mut measures = flows(&Told { inputs: &inputs, trail: Trail { excepted_at: work.excepted_at, touches: &touches } });
        measures.retain(|measure| by.gives(measure.metric));
        measures.sort_unstable();
        let standing = measured.map(|bytes| standing::unpack(&bytes).expect("can be read").expect("is measured"));
        assert_eq!(standing.map_or_else(Vec::new, |standing| standing.measures), measures, "{environment} {reference}");
        let waits = intervals(&Told { inputs: &inputs, trail: Trail::default() });
        let waits = waits.into_iter().filter(|interval| interval.stop.is_none());
        let waits = waits.map(|interval| (interval.stock, interval.start, interval.money)).collect();
        let text = |key| state.facts.text(key).unwrap_or_default().to_owned();
        let dims = [
            FactKey::Region,
            FactKey::BusinessUnit,
            FactKey::Carrier,
            FactKey::Mode,
            FactKey::Customer,
            FactKey::Origin,
            FactKey::Destination,
        ];
        let refused = state.facts.get(FactKey::ErpPostingFailed).is_some();
        let at = |key| state.facts.at(key).map(|(at, _)| at);
        let good = at(FactKey::PodValidated).filter(|good| at(FactKey::PodRejected).is_none_or(|bad| bad < *good));
        let billed = [FactKey::InvoiceReleased, FactKey::ErpPosted].iter().any(|key| state.facts.get(*key).is_some());
        let validated = good.is_some() && !billed && state.watched;
        Some(Held { environment, reference, dims: dims.map(text), measures, refused, validated, waits })
    };
    shipments.into_iter().filter_map(held).collect()
}

pub(super) fn query(environment: Environment) -> MeasureQuery {
    MeasureQuery {
        sight: Sight { environment, scope: Scope::ALL },
        region: None,
        business_unit: None,
        carrier: None,
        mode: None,
        customer: None,
        origin: None,
        destination: None,
        from_day: None,
        to_day: None,
    }
}

fn asks(query: &MeasureQuery, held: &Held) -> bool {
    let asked =
        [&query.region, &query.business_unit, &query.carrier, &query.mode, &query.customer, &query.origin, &query.destination];
    let scope = &query.sight.scope;
    held.environment == query.sight.environment.code()
        && asked.iter().zip(&held.dims).all(|(asked, has)| asked.as_ref().is_none_or(|asked| asked == has))
        && scope.regions.as_ref().is_none_or(|regions| regions.contains(&held.dims[0]))
        && scope.business_units.as_ref().is_none_or(|units| units.contains(&held.dims[1]))
}

/// Every way of asking for what there is: each value of each dimension, two together, scopes, periods.
fn ways(all: &[Held]) -> Vec<MeasureQuery> {
    let mut ways = Vec::new();
    for environment in [Environment::Live, Environment::Demo] {
        let plain = query(environment);
        let value = |at: usize| all.iter().map(|held| held.dims[at].clone()).collect::<BTreeSet<_>>().into_iter().take(3);
        for at in 0..7 {
            for value in value(at) {
                let mut one = plain.clone();
                let field = match at {
                    0 => &mut one.region,
                    1 => &mut one.business_unit,
                    2 => &mut one.carrier,
                    3 => &mut one.mode,
                    4 => &mut one.customer,
                    5 => &mut one.origin,
                    _ => &mut one.destination,
                };
                *field = Some(value);
                ways.push(one);
            }
        }
        let regions: Vec<String> = value(0).take(2).collect();
        let scope = Scope { regions: Some(regions), business_units: None };
        let scoped = MeasureQuery { sight: Sight { environment, scope }, ..plain.clone() };
        ways.push(MeasureQuery { carrier: value(2).next(), ..scoped.clone() });
        ways.push(scoped);
        ways.push(plain.clone());
        let days: BTreeSet<i32> = all.iter().flat_map(|held| &held.measures).map(|measure| measure.day).collect();
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            let middle = first + (last - first) / 2;
            ways.push(MeasureQuery { from_day: Some(middle), ..plain.clone() });
            ways.push(MeasureQuery { to_day: Some(middle), customer: value(4).next(), ..plain.clone() });
            ways.push(MeasureQuery { from_day: Some(first + 1), to_day: Some(*last), ..plain });
        }
    }
    ways
}

pub(super) async fn check(database: &Database) {
    check_by(database, &Generation::CURRENT).await;
}

/// The same where other things are measured.
pub(super) async fn check_by(database: &Database, by: &Generation) {
    let metrics: Vec<Metric> = Metric::ALL.iter().copied().filter(|metric| by.gives(*metric)).collect();
    let mut connection = database.read.acquire().await.expect("a connection");
    let all = held(&mut connection, by).await;
    let unreadable: Vec<(i64,)> = rows(&mut connection, "SELECT count(*) FROM shipments").await;
    drop(connection);
    if unreadable != [(all.len() as i64,)] {
        return;
    }
    for (way, query) in ways(&all).into_iter().enumerate() {
        let mut expected: BTreeMap<Metric, BTreeMap<i32, BTreeMap<i32, i64>>> = BTreeMap::new();
        let mut behind: BTreeMap<Metric, BTreeSet<(i32, String, Measure)>> = BTreeMap::new();
        for held in all.iter().filter(|held| asks(&query, held)) {
            for measure in held.measures.iter().filter(|measure| query.counts(measure.day)) {
                let week = expected.entry(measure.metric).or_default().entry(week_of(measure.day)).or_default();
                cells::fold_into(&Entry { measure: *measure, back: false }, |bin, n| *week.entry(bin).or_default() += n);
                behind.entry(measure.metric).or_default().insert((measure.day, held.reference.clone(), *measure));
            }
        }
        let expected: BTreeMap<Metric, Weeks> = expected
            .into_iter()
            .map(|(metric, weeks)| {
                (metric, weeks.into_iter().map(|(monday, bins)| (monday, bins.into_iter().collect())).collect())
            })
            .collect();
        let told = database.measured(&query, &metrics).await.expect("figures");
        assert_eq!(told.metrics, expected, "{query:?}");
        for (wait, stock) in [
            (Wait::Unbilled, Stock::Unbilled),
            (Wait::AwaitingProof, Stock::AwaitingProof),
            (Wait::ErpBacklog, Stock::ErpBacklog),
        ] {
            let mut expected: Vec<_> = all
                .iter()
                .filter(|held| asks(&query, held))
                .flat_map(|held| {
                    held.waits.iter().filter(|(of, ..)| *of == stock).map(|wait| (held.reference.clone(), wait.1, wait.2))
                })
                .collect();
            let waiting = database.waiting(&query, wait).await.expect("what waits");
            let refused: BTreeSet<&str> =
                all.iter().filter(|held| asks(&query, held) && held.refused).map(|held| &*held.reference).collect();
            for row in waiting.iter().filter(|_| wait == Wait::ErpBacklog) {
                assert_eq!(row.kind == "refused", refused.contains(&*row.reference), "{row:?} for {query:?}");
            }
            let in_refusal = waiting.iter().filter(|row| row.kind == "refused").count() as u64;
            let mut waiting: Vec<_> = waiting.into_iter().map(|row| (row.reference, row.since, row.money)).collect();
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            waiting.sort_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(waiting, expected, "{stock:?} for {query:?}");
            let how = Adding { now: NOW, edges: vec![0, 3 * Instant::HOUR, Instant::DAY], by: By::Carrier };
            let told = database.stock(&query, wait, &how).await.expect("what waits, added up");
            let mut sums: BTreeMap<(usize, String, Option<Currency>), (u64, i64)> = BTreeMap::new();
            for held in all.iter().filter(|held| asks(&query, held)) {
                for (_, since, money) in held.waits.iter().filter(|(of, ..)| *of == stock) {
                    let age = NOW.since(*since);
                    let bucket = usize::from(age >= 3 * Instant::HOUR) + usize::from(age >= Instant::DAY);
                    let sum = sums.entry((bucket, held.dims[2].clone(), money.map(|money| money.currency))).or_default();
                    *sum = (sum.0 + 1, sum.1 + money.map_or(0, |money| money.minor));
                }
            }
            let mut added: BTreeMap<(usize, String, Option<Currency>), (u64, i64)> = BTreeMap::new();
            for StockSum { age, of, currency, n, minor, .. } in &told.sums {
                let sum = added.entry((*age, of.clone(), *currency)).or_default();
                *sum = (sum.0 + n, sum.1 + minor);
            }
            assert_eq!(added, sums, "{stock:?} added up for {query:?}");
            let told_refused: u64 = told.sums.iter().filter(|sum| sum.why == Why::Refused).map(|sum| sum.n).sum();
            assert_eq!(told_refused, in_refusal, "{stock:?} for {query:?}");
            let oldest = expected.iter().map(|(_, since, _)| *since).min();
            assert_eq!((told.oldest, told.n()), (oldest, expected.len() as u64), "{stock:?} for {query:?}");
        }
        let validated = all.iter().filter(|held| asks(&query, held) && held.validated).count() as u64;
        let told = database.stock(&query, Wait::Validated, &Adding::up(NOW)).await.expect("what waits");
        let rows = database.waiting(&query, Wait::Validated).await.expect("rows").len() as u64;
        assert_eq!((told.n(), rows), (validated, validated), "validated and not invoiced, for {query:?}");
        // Some each time, so that all are met in the end.
        if way % 5 == all.len() % 5 {
            followed(database, &query).await;
            ended(database, &query).await;
        }
        for (metric, behind) in behind.into_iter().take(3) {
            let mut found = BTreeSet::new();
            let mut after = None;
            loop {
                let page = database.measured_rows(&query, metric, &[], after, 3).await.expect("rows");
                let Some(MeasuredRow { measure, number, .. }) = page.last() else { break };
                after = Some((measure.day, *number));
                found.extend(page.into_iter().map(|row| (row.measure.day, row.reference, row.measure)));
            }
            assert_eq!(found, behind, "rows of {} for {query:?}", metric.code());
        }
    }
}

#[tokio::test]
async fn open_work_follows_another_process_and_begins_anew_when_it_is_too_far_behind() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let database = &fixture.database;
    let other = Database::open(&fixture.url(), OpenMode::Exact, Clock::standing(NOW)).await.expect("opens");
    let unbilled = async || {
        let how = Adding::up(NOW);
        database.stock(&query(Environment::Live), Wait::Unbilled, &how).await.expect("what waits").n()
    };
    let deliver = async |database: &Database, from: usize, to: usize| {
        let events = (from..to).map(|n| tell("shipment.delivered", &format!("e{n}"), &format!("SH-{n}")).event());
        let items = events.map(|event| Inbound::Event(Box::new(event))).collect();
        database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
    };
    deliver(database, 0, 5).await;
    assert_eq!(unbilled().await, 5);
    deliver(&other, 5, 12).await;
    assert_eq!(unbilled().await, 12);
    // All but the last change is forgotten before it was followed.
    deliver(&other, 12, 20).await;
    let forget = other.writer.run(Lane::Bulk, |connection| {
        connection.run_script("DELETE FROM open_changes WHERE seq < (SELECT max(seq) FROM open_changes)")
    });
    forget.await.expect("written");
    assert_eq!(unbilled().await, 20);
    check(database).await;
    other.close().await;
}

#[tokio::test]
async fn a_projector_that_is_killed_anywhere_folds_the_same() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let database = &fixture.database;
    let mut random = 20_260_302_u64;
    for turn in 0..40_i64 {
        let told = (0..4).map(|n| {
            let number = turn * 4 + n;
            let place = serde_json::json!({ "region": format!("R{}", n % 3), "customer": format!("C{}", number % 5), "mode": "road",
                "carrier": format!("P{}", number % 2), "promised_at": "2026-03-05" });
            tell("shipment.delivered", &format!("e{number}"), &format!("SH-{}", number % 90)).at(number * 60 - 6_000).data(place)
        });
        let items = told.map(|told| Inbound::Event(Box::new(told.event()))).collect();
        database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
        // Its transactions end somewhere, between them or within one.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let until = std::time::Duration::from_micros(random >> 52);
        match tokio::time::timeout(until, database.fold_measures(3)).await {
            // Steps of those that were killed may fill the queue.
            Err(_) | Ok(Ok(_) | Err(StoreError::Busy)) => {}
            Ok(Err(error)) => panic!("{error}"),
        }
    }
    check(database).await;
    while database.fold_measures(7).await.expect("folds") > 0 {}
    check(database).await;
    let mut connection = database.read.acquire().await.expect("a connection");
    let behind: Vec<(i64,)> = rows(
        &mut connection,
        "SELECT count(*) FROM projections WHERE name LIKE 'measure_c%' AND seq <> (SELECT max(seq) FROM measure_log)",
    )
    .await;
    assert_eq!(behind, [(0,)], "all of it is folded");
}
