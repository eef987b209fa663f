//! Key figures against the shipments that are stored: measured anew, added up the slow way, for every way of asking.

mod followed;
mod rebuilt;
mod remembered;

use self::followed::{ended, followed};
use super::{postgres::fresh_database, *};
use crate::{
    domain::{
        access::{Environment, Scope},
        assess::{Inputs, assess},
        fact::FactKey,
        measure::{Generation, Measure, Metric, Stock, Told, Trail, flows, intervals, week_of},
        money::{Currency, Money},
        policy::Policy,
        shipment::{ShipmentState, Stage},
    },
    store::{
        figures::{
            Adding, Ages, By, FiguresStore, FoldStore, Mark, Marked, MeasureQuery, MeasuredRow, Over, StockSum, Wait, Weeks, Why,
        },
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
    /// What it waits for without being held, since when.
    open: Vec<(Wait, Instant)>,
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
        let at = |key| state.first(key).map(|(at, _)| at);
        let last = |key| state.facts.at(key).map(|(at, _)| at);
        let good = last(FactKey::PodValidated).filter(|good| last(FactKey::PodRejected).is_none_or(|bad| bad < *good));
        let billed = [FactKey::InvoiceReleased, FactKey::ErpPosted].iter().any(|key| state.facts.get(*key).is_some());
        let delivered = last(FactKey::Delivered);
        let moves = matches!(state.stage(), Stage::Dispatched | Stage::InTransit);
        let backlog = state.stage() == Stage::Invoiced && state.watched;
        let clocks = assess(&inputs).clocks;
        let open = [
            (Wait::Dispatched, at(FactKey::Dispatched).filter(|_| state.watched && !billed && (moves || delivered.is_some()))),
            (Wait::Ready, clocks.ready_at),
            (Wait::Unproven, delivered.filter(|_| clocks.unproven)),
            (Wait::Validated, good.filter(|_| !billed && state.watched)),
            (Wait::Unposted, delivered.filter(|_| backlog)),
        ];
        let open = open.into_iter().filter_map(|(wait, since)| Some((wait, since?))).collect();
        Some(Held { environment, reference, dims: dims.map(text), measures, refused, open, waits })
    };
    shipments.into_iter().filter_map(held).collect()
}

pub(super) fn query(environment: Environment) -> MeasureQuery {
    MeasureQuery::all_of(Sight { environment, scope: Scope::ALL })
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
        // The second time much of it is remembered.
        for time in ["first", "second"] {
            let told = database.measured(&query, &metrics).await.expect("figures");
            assert_eq!(told.metrics, expected, "{time} time, {query:?}");
        }
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
            let how = Adding { now: NOW, edges: vec![0, 3 * Instant::HOUR, Instant::DAY], by: By::Carrier, ages: true };
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
            // So many of all are no older, and at any younger age they would not be so many.
            let no_older = |than: Instant| expected.iter().filter(|(_, since, _)| *since >= than).count();
            for (place, share) in Ages::SHARES.into_iter().enumerate() {
                let enough = |since: &Instant| no_older(*since) * 100 >= expected.len() * share;
                let at = expected.iter().map(|(_, since, _)| *since).filter(enough).max();
                assert_eq!(told.ages.map(|ages| ages.at[place]), at, "{stock:?}, p{share}, for {query:?}");
            }
            let no_younger = |than: Option<Instant>| expected.iter().filter(|(_, since, _)| Some(*since) <= than).count() as u64;
            let counted = told.ages.map_or((0, 0), |ages| (ages.from_p90, ages.oldest));
            assert_eq!(counted, (no_younger(told.ages.map(|ages| ages.at[2])), no_younger(oldest)), "{stock:?} for {query:?}");
        }
        for wait in [Wait::Dispatched, Wait::Ready, Wait::Unproven, Wait::Validated, Wait::Unposted] {
            let of =
                |held: &Held| held.open.iter().find(|(of, _)| *of == wait).map(|(_, since)| (held.reference.clone(), *since));
            let mut expected: Vec<_> = all.iter().filter(|held| asks(&query, held)).filter_map(of).collect();
            let rows = database.waiting(&query, wait).await.expect("rows");
            assert!(rows.is_sorted_by_key(|row| row.since), "{wait:?} for {query:?}");
            let mut rows: Vec<_> = rows.into_iter().map(|row| (row.reference, row.since)).collect();
            expected.sort_unstable();
            rows.sort_unstable();
            assert_eq!(rows, expected, "{wait:?} for {query:?}");
            let told = database.stock(&query, wait, &Adding::up(NOW)).await.expect("what waits");
            let oldest = expected.iter().map(|(_, since)| *since).min();
            assert_eq!((told.n(), told.oldest), (expected.len() as u64, oldest), "{wait:?} for {query:?}");
        }
        // Some each time, so that all are met in the end.
        if way % 5 == all.len() % 5 {
            followed(database, &query).await;
            ended(database, &query, &all).await;
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
    killed_anywhere(&fixture.database, async |_| {}).await;
}

/// There its sessions are ended too, whatever they are at.
#[tokio::test]
async fn a_projector_that_is_killed_anywhere_folds_the_same_on_postgresql() {
    let url = fresh_database().await;
    let database = Database::open(&url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    let other = sqlx::PgPool::connect(&url).await.expect("connects");
    let kill = async |random: u64| {
        tokio::time::sleep(std::time::Duration::from_micros(random >> 51)).await;
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE 'LISTEN%'";
        sqlx::query(end).execute(&other).await.expect("ends them");
    };
    killed_anywhere(&database, kill).await;
    database.close().await;
}

/// Tells deliveries, and folds between them, in steps that end somewhere: between transactions or within one, and every other time `kill`
/// comes in as well.
async fn killed_anywhere(database: &Database, kill: impl AsyncFn(u64)) {
    let mut random = 20_260_302_u64;
    for turn in 0..40_i64 {
        let told = (0..4).map(|n| {
            let number = turn * 4 + n;
            let place = serde_json::json!({ "region": format!("R{}", n % 3), "customer": format!("C{}", number % 5), "mode": "road",
                "carrier": format!("P{}", number % 2), "promised_at": "2026-03-05" });
            tell("shipment.delivered", &format!("e{number}"), &format!("SH-{}", number % 90)).at(number * 60 - 6_000).data(place)
        });
        let items: Vec<Inbound> = told.map(|told| Inbound::Event(Box::new(told.event()))).collect();
        // Who finds the connection ended comes again; what was taken already is taken once.
        let batch = || Batch { actor: "key:test".into(), terms: LIVE, items: items.clone() };
        let mut tries = 0;
        while let Err(error) = database.record(batch()).await {
            tries += 1;
            assert!(tries < 50, "{error}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let until = std::time::Duration::from_micros(random >> 52);
        if turn % 2 == 0 {
            // Steps of those that were killed may fill the queue.
            match tokio::time::timeout(until, database.fold_measures(3)).await {
                Err(_) | Ok(Ok(_) | Err(StoreError::Busy)) => {}
                Ok(Err(error)) => panic!("{error}"),
            }
        } else {
            // What it comes to is seen in the end.
            let _ = tokio::join!(database.fold_measures(3), kill(random));
        }
    }
    let mut tries = 0;
    while database.read.acquire().await.is_err() || !matches!(database.fold_measures(7).await, Ok(0)) {
        tries += 1;
        assert!(tries < 500, "it never comes to its end");
    }
    check(database).await;
    let mut connection = database.read.acquire().await.expect("a connection");
    let behind: Vec<(i64,)> = rows(
        &mut connection,
        "SELECT count(*) FROM projections WHERE name LIKE 'measure_c%' AND seq <> (SELECT max(seq) FROM measure_log)",
    )
    .await;
    assert_eq!(behind, [(0,)], "all of it is folded");
}
