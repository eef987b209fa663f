//! Folding measures.

use super::{
    tell::{retraction, tell},
    world::{World, everything},
};
use crate::{
    domain::{
        access::Scope,
        histogram::Histogram,
        measure::{Metric, week_of},
    },
    store::shipments::Sight,
};
use serde_json::json;
use std::collections::BTreeMap;

async fn deliveries(world: &World) {
    let tells: Vec<_> = (0..30_i64)
        .map(|n| {
            tell("shipment.delivered", &format!("e{n}"), &format!("SH-{n}"))
                .at(n * 400 - 6000)
                .recorded(n * 410 - 5900)
                .data(json!({ "region": format!("R{}", n % 3), "promised_at": "2026-03-05" }))
        })
        .collect();
    world.send(&tells).await;
}

pub(crate) async fn any_steps_fold_to_the_same(world: &World) {
    deliveries(world).await;
    let tail = world.figures().await;
    let mut folded = 0;
    for limit in [1, 2, 7, 1, 19, 3] {
        folded += world.store().fold_measures(limit).await.expect("folds");
        assert_eq!(world.figures().await, tail, "after {folded} measures");
    }
    assert_eq!(folded, 30, "each shipment's measures are one row");
    world.send(&[retraction("r0", "e0"), retraction("r29", "e29")]).await;
    world.check().await;
}

pub(crate) async fn a_day_without_deliveries_is_no_day(world: &World) {
    deliveries(world).await;
    let days = world.days().await;
    // The first and the last delivery are taken back: from cells, from the tail, and across both.
    world.store().fold_measures(u32::MAX).await.expect("folds");
    world.send(&[retraction("r0", "e0")]).await;
    world.send(&[tell("shipment.delivered", "x", "SH-X").at(9000).recorded(9001)]).await;
    world.send(&[retraction("rx", "x")]).await;
    let now = world.days().await;
    assert!(now.expect("deliveries").0 >= days.expect("deliveries").0);
    world.check().await;
}

pub(crate) async fn a_period_counts_its_days_alone(world: &World) {
    deliveries(world).await;
    let measures = world.dump().await.measures;
    let days = world.days().await;
    let (first, last) = days.expect("deliveries");
    assert!(week_of(first) < week_of(last), "a period can end within a week and begin within another");
    let ends = || std::iter::once(None).chain((first - 1..last + 3).map(Some));
    for limit in [0, 25, u32::MAX] {
        world.store().fold_measures(limit).await.expect("folds");
        for period @ (from, to) in ends().flat_map(|from| ends().map(move |to| (from, to))) {
            let (mut against_promise, mut recorded) = (Vec::new(), BTreeMap::<i32, Vec<_>>::new());
            for (([_, metric, ..], (day, bin)), n) in &measures {
                if from.is_none_or(|from| *day >= from) && to.is_none_or(|to| *day < to) {
                    match Metric::from_code(metric).expect("a metric") {
                        Metric::DeliveredAgainstPromise => against_promise.push((*bin, *n)),
                        Metric::DeliveredToRecorded => recorded.entry(week_of(*day)).or_default().push((*bin, *n)),
                        other => panic!("{} is not measured here", other.code()),
                    }
                }
            }
            let regions = Some((0..3).map(|n| format!("R{n}")).collect());
            for scope in [Scope::ALL, Scope { regions, business_units: None }] {
                let figures = world.figures_of(Sight { scope, ..everything() }, period).await;
                assert_eq!(figures.against_promise, against_promise.iter().copied().collect(), "{period:?}");
                let weeks: BTreeMap<i32, Histogram> =
                    recorded.iter().map(|(monday, counts)| (*monday, counts.iter().copied().collect())).collect();
                assert_eq!(figures.recorded, weeks, "{period:?}");
            }
        }
    }
}

pub(crate) async fn two_projectors_fold_once(world: &World) {
    deliveries(world).await;
    let before = world.figures().await;
    let store = world.store();
    for _ in 0..6 {
        let folded = futures::future::join_all((0..4).map(|_| store.fold_measures(5))).await;
        assert!(folded.iter().all(Result::is_ok), "{folded:?}");
        assert_eq!(world.figures().await, before);
    }
    while store.fold_measures(5).await.expect("folds") > 0 {}
    assert_eq!(store.fold_measures(5).await.expect("folds"), 0);
}
