//! Key figures of a simulated month: through the writer, the projections and back.

use super::{
    NOW, acting,
    tell::{retraction, tell},
    working::{TODAY, under_way},
    world::{LIVE, World, everything},
};
use crate::{
    domain::{
        event::{CanonicalEvent, Limits, ReadTerms, read},
        exception::ExceptionKind,
        measure::{Metric, Shape, bin_currency, week_of},
        time::Instant,
    },
    simulate::{self, Fault, Options, Simulation},
    store::{
        exceptions::{Acted, Deed},
        figures::{Adding, MeasureQuery, Over, Wait, Why},
        measures::cells,
    },
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// All that a live reader without a scope may see.
fn everything_measured() -> MeasureQuery {
    MeasureQuery::all_of(everything())
}

/// Counts and sums by metric, week, region and class.
type Table = BTreeMap<(Metric, i32, String, String), (i64, i64)>;

pub(crate) async fn a_simulated_month_is_what_a_plain_computation_says(world: &World) {
    let (seed, options) = (4, Options::days(250, 30, NOW));
    world.put_policy(simulate::policy()).await;
    let terms = ReadTerms { now: NOW, limits: Limits::DEFAULT };
    // What contradicts itself under one id is outside of what the model of the store can say.
    let sound = Simulation::new(seed, options).filter(|event| event.fault != Some(Fault::Contradicted));
    let events: Vec<CanonicalEvent> = sound.filter_map(|event| read(event.json.as_bytes(), &terms).ok()).collect();
    for (at, events) in events.chunks(300).enumerate() {
        world.record(LIVE, events.to_vec()).await.expect("taken");
        if at % 3 == 1 {
            world.store().fold_measures(400).await.expect("folds");
        }
    }
    // Invented there, true here.
    let other = [Metric::DeliveredClean, Metric::UntouchedFromDispatch, Metric::UntouchedFromDelivery];
    let mut expected: Table = BTreeMap::new();
    for ((code, day, region, class), (n, sum)) in simulate::tests::figures::table(seed, options) {
        let metric = Metric::from_code(code).expect("a metric");
        if !other.contains(&metric) {
            let of = expected.entry((metric, week_of(day), region, class)).or_default();
            *of = (of.0 + n, of.1 + sum);
        }
    }
    let regions: BTreeSet<String> = expected.keys().map(|key| key.2.clone()).collect();
    assert!(regions.len() >= 4);
    for folded in [false, true] {
        let mut told: Table = BTreeMap::new();
        for region in &regions {
            let query = MeasureQuery { region: Some(region.clone()), ..everything_measured() };
            let metrics = world.store().measured(&query, Metric::ALL).await.expect("figures").metrics;
            for (metric, monday, histogram) in
                metrics.iter().flat_map(|(metric, weeks)| weeks.iter().map(move |(monday, week)| (*metric, *monday, week)))
            {
                if other.contains(&metric) {
                    continue;
                }
                let mut add = |class: String, n: i64, sum: i64| {
                    let of = told.entry((metric, monday, region.clone(), class)).or_default();
                    *of = (of.0 + n, of.1 + sum);
                };
                for (bin, n) in histogram.iter().filter(|(bin, _)| cells::counts(*bin)) {
                    match metric.shape() {
                        Shape::Duration if bin >= 0 => add(String::new(), n, 0),
                        Shape::Money => {
                            let currency = bin_currency(bin).map(|currency| currency.code().to_owned()).unwrap_or_default();
                            add(currency, n, histogram.count(cells::sum_bin(metric, bin)));
                        }
                        _ => add(format!("bin {bin}"), n, 0),
                    }
                }
                if matches!(metric.shape(), Shape::Duration | Shape::Sum) {
                    add(String::new(), 0, histogram.count(cells::sum_bin(metric, 0)));
                }
            }
        }
        // How many have a stage of some length is not kept, only how long they are.
        for ((metric, ..), of) in &mut expected {
            if metric.shape() == Shape::Sum {
                of.0 = 0;
            }
        }
        told.retain(|_, of| *of != (0, 0));
        expected.retain(|_, of| *of != (0, 0));
        for (key, of) in &expected {
            assert_eq!(told.get(key), Some(of), "folded: {folded}: {key:?}");
        }
        assert_eq!(told.len(), expected.len(), "folded: {folded}");
        world.store().fold_measures(u32::MAX).await.expect("folds");
    }
    let mut waits: BTreeMap<(String, &str), BTreeMap<String, i64>> = BTreeMap::new();
    let of = [
        (Wait::Unbilled, "unbilled"),
        (Wait::Dispatched, "dispatched"),
        (Wait::Ready, "ready"),
        (Wait::Unproven, "unproven"),
        (Wait::Validated, "validated"),
        (Wait::ErpBacklog, "no_word"),
        (Wait::Unposted, "unposted"),
    ];
    for (region, (wait, what)) in regions.iter().flat_map(|region| of.map(|of| (region, of))) {
        let query = MeasureQuery { region: Some(region.clone()), ..everything_measured() };
        let rows = world.store().waiting(&query, wait).await.expect("what waits");
        let told = world.store().stock(&query, wait, &Adding::up(NOW)).await.expect("what waits");
        assert_eq!(told.n(), rows.len() as u64, "{what} in {region}");
        let refused: u64 = told.sums.iter().filter(|sum| sum.why == Why::Refused).map(|sum| sum.n).sum();
        assert_eq!(refused, rows.iter().filter(|row| row.kind == "refused").count() as u64, "{what} in {region}");
        for row in rows {
            let what = if wait == Wait::ErpBacklog && row.kind == "refused" { "refused" } else { what };
            waits.entry((region.clone(), what)).or_default().insert(row.reference, row.since.0);
        }
    }
    let expected = simulate::tests::figures::waiting(seed, options);
    let whats: BTreeSet<&str> = expected.keys().map(|(_, what)| *what).collect();
    // Of what the ERP said nothing may be left.
    let all: BTreeSet<&str> = of.map(|(_, what)| what).into_iter().filter(|what| *what != "no_word").chain(["refused"]).collect();
    assert!(whats.is_superset(&all), "each of them is somebody's: {whats:?}");
    for key in expected.keys().chain(waits.keys()) {
        assert_eq!(waits.get(key), expected.get(key), "{key:?}: which wait, and since when");
    }
}

/// While it is open it follows its shipment, and then no more: whoever carries it afterwards had nothing to do with it.
pub(crate) async fn an_exception_that_is_over_stays_with_whose_it_was(world: &World) {
    let carried = |n: i64, carrier: &str| {
        tell("shipment.planned", &format!("c{n}"), "SH-1").at(TODAY - 400 + n).data(json!({ "carrier": carrier }))
    };
    // How many are told of a carrier, by the figure and by its rows.
    let of = async |carrier: &str| {
        let query = MeasureQuery { carrier: Some(carrier.into()), ..everything_measured() };
        let told = world.store().episodes(&query, None).await.expect("counted");
        let took: i64 =
            told.verified.values().flat_map(|week| week.iter()).filter(|(bin, _)| cells::counts(*bin)).map(|(_, n)| n).sum();
        let rows = world.store().solved(&query, Over::Verified, None, 100).await.expect("rows");
        let ids: Vec<String> = rows.into_iter().map(|row| row.id).collect();
        let told = world.store().exceptions_told(&ids).await.expect("what they are about");
        assert!(told.len() == ids.len() && told.iter().all(|told| told.place.carrier == carrier), "{carrier}: {told:?}");
        assert_eq!(took, ids.len() as i64, "{carrier}");
        took
    };
    acting::without_pod(world, &["SH-1"]).await;
    let kind = ExceptionKind::PodMissing;
    assert_eq!(acting::of_kind(world, kind).await.carrier, "DHL");
    world.send(&[carried(1, "UPS")]).await;
    assert_eq!(acting::of_kind(world, kind).await.carrier, "UPS");
    world.clock.advance(2 * Instant::HOUR);
    world.send(&[tell("pod.received", "p1", "SH-1").at(TODAY - 10)]).await;
    let all = (of("DHL").await, of("UPS").await, of("XPO").await);
    assert!(all.1 > 0 && (all.0, all.2) == (0, 0), "{all:?}");
    world.send(&[carried(2, "XPO")]).await;
    assert_eq!((of("DHL").await, of("UPS").await, of("XPO").await), all);
    world.clock.advance(8 * Instant::DAY);
    world.send(&[carried(3, "DHL")]).await;
    assert_eq!((of("DHL").await, of("UPS").await, of("XPO").await), all);
    world.check().await;
}

/// Of the only invoice that waits for the ERP, how it is told: by the sums, by its row, and by the sum of its lane.
async fn erp_said(world: &World) -> Option<bool> {
    let mut said = BTreeSet::new();
    for query in [everything_measured(), MeasureQuery { origin: Some("Lyon".into()), ..everything_measured() }] {
        let told = world.store().stock(&query, Wait::ErpBacklog, &Adding::up(NOW)).await.expect("what waits");
        said.insert(told.sums.first().map(|sum| sum.why == Why::Refused));
        let rows = world.store().waiting(&query, Wait::ErpBacklog).await.expect("what waits");
        said.insert(rows.first().map(|row| row.kind == "refused"));
    }
    assert_eq!(said.len(), 1, "{said:?}");
    said.pop_first().flatten()
}

pub(crate) async fn what_the_erp_refused_is_refused_whatever_people_decide(world: &World) {
    world.send(&under_way("SH-1")).await;
    assert_eq!(erp_said(world).await, None);
    let from = json!({ "origin": "Lyon" });
    let invoice = json!({ "number": "I-1", "amount": { "amount": "12.50", "currency": "EUR" } });
    world.send(&[tell("shipment.delivered", "e1", "SH-1").at(TODAY - 200).data(from)]).await;
    world.send(&[tell("invoice.released", "e2", "SH-1").at(TODAY - 100).data(invoice)]).await;
    assert_eq!(erp_said(world).await, Some(false), "no word");
    world.send(&[tell("erp_posting.failed", "e3", "SH-1").at(TODAY - 90).data(json!({ "error": "F5-263" }))]).await;
    assert_eq!(erp_said(world).await, Some(true));
    let row = acting::of_kind(world, ExceptionKind::PostingFailed).await;
    assert_eq!(acting::act(world, Deed::Waive, &[(&row.id, row.version)]).await, [Acted::Done(row.version + 1)]);
    world.waived("SH-1", ExceptionKind::PostingFailed, true);
    assert_eq!(erp_said(world).await, Some(true), "a waiver is not the ERP's word");
    world.check().await;
    world.send(&[retraction("e4", "e3")]).await;
    assert_eq!(erp_said(world).await, Some(false), "it took its refusal back");
    world.send(&[tell("erp_posting.failed", "e5", "SH-1").at(TODAY - 80)]).await;
    assert_eq!(erp_said(world).await, Some(true));
    world.send(&[tell("erp_posting.succeeded", "e6", "SH-1").at(TODAY - 70).data(json!({ "document": "D-1" }))]).await;
    assert_eq!(erp_said(world).await, None);
    world.check().await;
}
