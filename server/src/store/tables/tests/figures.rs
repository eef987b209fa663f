//! Key figures against the shipments that are stored: measured anew, added up the slow way, for every way of asking.

mod rebuilt;

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

/// What is kept in memory of exceptions, and of what is under way, against the rows.
async fn followed(database: &Database, query: &MeasureQuery) {
    let wait = Wait::Exceptions(None);
    let rows = database.waiting(query, wait).await.expect("exceptions");
    let how = Adding { now: NOW, edges: vec![0, Instant::DAY], by: By::Cause };
    let told = database.stock(query, wait, &how).await.expect("exceptions, added up");
    let mut sums: BTreeMap<(usize, &str, Option<Currency>), (u64, i64)> = BTreeMap::new();
    let mut once: BTreeMap<&str, Money> = BTreeMap::new();
    let mut in_part: BTreeSet<(usize, &str, &str)> = BTreeSet::new();
    for row in &rows {
        let bucket = usize::from(NOW.since(row.since) >= Instant::DAY);
        let sum = sums.entry((bucket, &row.cause, row.money.map(|money| money.currency))).or_default();
        let first = in_part.insert((bucket, &*row.cause, &*row.reference));
        *sum = (sum.0 + 1, sum.1 + row.money.filter(|_| first).map_or(0, |money| money.minor));
        once.extend(row.money.map(|money| (&*row.reference, money)));
    }
    let added = told.sums.iter().map(|sum| ((sum.age, &*sum.of, sum.currency), (sum.n, sum.minor)));
    assert_eq!(added.collect::<BTreeMap<_, _>>(), sums, "{query:?}");
    let mut money: BTreeMap<Currency, i64> = BTreeMap::new();
    once.into_values().for_each(|one| *money.entry(one.currency).or_default() += one.minor);
    assert_eq!((told.once, told.oldest), (money, rows.iter().map(|row| row.since).min()), "{query:?}");
    let under_way = "stage IN ('dispatched', 'in_transit') AND history = 0";
    assert_counted(database, query, under_way, database.under_way(query).await.expect("counted")).await;
    assert_counted(database, query, "awaiting_pod = 1", database.without_proof(query).await.expect("counted")).await;
}

/// Holds a number of shipments against those that are stored, looked at one by one; lanes are no columns of theirs.
async fn assert_counted(database: &Database, query: &MeasureQuery, which: &str, told: u64) {
    if query.origin.is_some() || query.destination.is_some() {
        return;
    }
    let sight = &query.sight;
    let mut sql = crate::store::sql::QueryBuilder::new(
        "SELECT region_id, business_unit_id, carrier_id, mode, customer_id FROM shipments WHERE ",
    );
    sql.push(which).push(" AND environment = ").push_bind(sight.environment.code());
    let mut connection = database.read.acquire().await.expect("a connection");
    let all: Vec<(String, String, String, String, String)> =
        sql.build_query_as().fetch_all(&mut connection).await.expect("shipments");
    let is = |asked: &Option<String>, has: &String| asked.as_ref().is_none_or(|asked| asked == has);
    let among = |asked: &Option<Vec<String>>, has: &String| asked.as_ref().is_none_or(|asked| asked.contains(has));
    let expected = all.iter().filter(|(region, unit, carrier, mode, customer)| {
        is(&query.region, region)
            && is(&query.business_unit, unit)
            && is(&query.carrier, carrier)
            && is(&query.mode, mode)
            && is(&query.customer, customer)
            && among(&sight.scope.regions, region)
            && among(&sight.scope.business_units, unit)
    });
    assert_eq!(told, expected.count() as u64, "{which}: {query:?}");
}

/// What became of exceptions, counted row by row.
async fn ended(database: &Database, query: &MeasureQuery) {
    if query.origin.is_some() || query.destination.is_some() {
        return;
    }
    type Row = (String, i64, Option<i64>, String, String, String, String, String);
    let mut connection = database.read.acquire().await.expect("a connection");
    let mut sql = crate::store::sql::QueryBuilder::new(
        "SELECT e.state, e.detected_at, e.closed_at, e.region_id, e.business_unit_id, e.carrier_id, e.customer_id, coalesce(s.mode, '')
         FROM exceptions AS e LEFT JOIN shipments AS s ON s.id = e.shipment_id WHERE e.environment = ",
    );
    sql.push_bind(query.sight.environment.code());
    let all: Vec<Row> = sql.build_query_as().fetch_all(&mut connection).await.expect("exceptions");
    drop(connection);
    let is = |asked: &Option<String>, has: &String| asked.as_ref().is_none_or(|asked| asked == has);
    let among = |asked: &Option<Vec<String>>, has: &String| asked.as_ref().is_none_or(|asked| asked.contains(has));
    let all: Vec<Row> = all
        .into_iter()
        .filter(|(_, _, _, region, unit, carrier, customer, mode)| {
            is(&query.region, region)
                && is(&query.business_unit, unit)
                && is(&query.carrier, carrier)
                && is(&query.customer, customer)
                && is(&query.mode, mode)
                && among(&query.sight.scope.regions, region)
                && among(&query.sight.scope.business_units, unit)
        })
        .collect();
    let told = database.episodes(query, None).await.expect("counted");
    let day_of = |at: i64| crate::domain::measure::day_of(Instant(at));
    for monday in told.found.keys().chain(told.over.keys()) {
        let open = |row: &&Row| day_of(row.1) < monday + 7 && row.2.is_none_or(|closed| day_of(closed) >= monday + 7);
        assert_eq!(told.open_after(*monday), all.iter().filter(open).count() as u64, "{query:?}");
    }
    let over = |state: &str| -> Vec<i64> {
        let rows = all.iter().filter(|row| row.0 == state && row.2.is_some_and(|closed| query.counts(day_of(closed))));
        rows.map(|row| row.2.unwrap_or_default() - row.1).collect()
    };
    let (verified, waived) = (over("verified"), over("waived"));
    let (long, short): (Vec<i64>, Vec<i64>) = verified.into_iter().partition(|took| *took >= Instant::MINUTE);
    let whole = |weeks: &Weeks| {
        let all = weeks.values().flat_map(|week| week.iter());
        all.fold((0, 0), |(n, sum), (bin, of)| if cells::counts(bin) { (n + of, sum) } else { (n, sum + of) })
    };
    let plain = |took: &[i64]| (took.len() as i64, took.iter().map(|took| took / 1_000).sum::<i64>());
    assert_eq!(
        (whole(&told.verified), whole(&told.waived), told.at_once),
        (plain(&long), plain(&waived), short.len() as u64),
        "{query:?}"
    );
    let rows = database.solved(query).await.expect("rows");
    assert_eq!(rows.iter().filter(|row| !row.at_once).count(), long.len() + waived.len(), "{query:?}");
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
