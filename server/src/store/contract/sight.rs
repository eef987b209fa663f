//! Who sees what: environments and scopes, in lists, figures, search and details.

use super::{
    tell::tell,
    world::{LIVE, World, all_shipments, everything, measures_of},
};
use crate::{
    domain::{
        access::{Environment, Scope},
        histogram::Histogram,
        receipt::IntakeTerms,
        shipment::Stage,
    },
    store::{
        StoreError,
        figures::MeasureQuery,
        shipments::{ShipmentQuery, Sight},
    },
};
use serde_json::json;

async fn two_worlds(world: &World) {
    let placed = |id: &str, subject: &str, region: &str, unit: &str| {
        tell("shipment.delivered", id, subject).recorded(9).data(json!({ "region": region, "business_unit": unit,
            "carrier": format!("C-{region}"), "promised_at": "2026-03-04" }))
    };
    world
        .send(&[
            placed("e1", "SH-1", "EU", "B1"),
            placed("e2", "SH-2", "EU", "B2"),
            placed("e3", "SH-3", "US", "B1"),
            placed("e4", "SH-4", "*", "*"),
            tell("shipment.delivered", "e5", "SH-5"),
        ])
        .await;
    let demo = IntakeTerms { environment: Environment::Demo, ..LIVE };
    world.send_as(demo, &[placed("e1", "SH-1", "EU", "B1"), placed("e6", "SH-6", "EU", "B1")]).await;
}

fn sight(regions: Option<&[&str]>, units: Option<&[&str]>) -> Sight {
    let list = |codes: Option<&[&str]>| codes.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect());
    Sight { scope: Scope { regions: list(regions), business_units: list(units) }, ..everything() }
}

pub(crate) async fn every_reader_sees_the_rows_of_the_scope(world: &World) {
    two_worlds(world).await;
    let demo = Sight { environment: Environment::Demo, ..everything() };
    let cases: [(Sight, &[&str]); 8] = [
        (everything(), &["SH-1", "SH-2", "SH-3", "SH-4", "SH-5"]),
        (demo, &["SH-1", "SH-6"]),
        (sight(Some(&["EU"]), None), &["SH-1", "SH-2"]),
        (sight(None, Some(&["B1"])), &["SH-1", "SH-3"]),
        (sight(Some(&["EU", "US"]), Some(&["B1"])), &["SH-1", "SH-3"]),
        (sight(Some(&[]), None), &[]),
        (sight(Some(&["*"]), None), &["SH-4"]),
        (sight(Some(&["APAC"]), Some(&["B1"])), &[]),
    ];
    for _ in 0..2 {
        for (sight, expected) in &cases {
            sees(world, sight, expected).await;
        }
        // Once from the tail, once from the cells.
        world.store().fold_measures(u32::MAX).await.expect("folds");
    }
}

async fn sees(world: &World, sight: &Sight, expected: &[&str]) {
    let store = world.store();
    let query = ShipmentQuery { sight: sight.clone(), ..all_shipments() };
    let list = store.shipments(&query, None, 50).await.expect("a list");
    let mut seen: Vec<_> = list.iter().map(|record| record.reference.as_str()).collect();
    seen.sort_unstable();
    assert_eq!(seen, expected, "{sight:?}");
    assert_eq!(store.count_shipments(&query, 50).await.expect("counts"), Some(expected.len() as u64));
    let figures = world.figures_in(sight.clone()).await;
    let delivered = figures.standing.stages.get(&Stage::Delivered).copied();
    assert_eq!(delivered, Some(expected.len() as u64), "{sight:?}");
    assert_eq!(figures.against_promise.total(), expected.len() as i64, "{sight:?}");
    assert_eq!(figures.recorded.values().map(Histogram::total).sum::<i64>(), expected.len() as i64, "{sight:?}");
    let awaiting_pod = ShipmentQuery { awaiting_pod: true, ..query.clone() };
    assert_eq!(store.count_shipments(&awaiting_pod, 50).await.expect("counts"), Some(expected.len() as u64), "{sight:?}");
    // Counted by commits, and row by row under a filter that they do not know.
    let carrier = MeasureQuery { carrier: Some("C-EU".into()), ..measures_of(sight.clone(), (None, None)) };
    let of_carrier = list.iter().filter(|record| record.carrier == "C-EU").count() as u64;
    let standing = store.standing(&carrier, world.clock.now()).await.expect("standing");
    assert_eq!((standing.stages.get(&Stage::Delivered), standing.whole), (Some(&of_carrier), false), "{sight:?}");
    let mut found: Vec<_> =
        store.by_name(sight, "sh-", 50).await.expect("search").into_iter().map(|named| named.reference).collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{sight:?}");
    let mut carriers: Vec<_> = list.iter().map(|record| record.carrier.clone()).filter(|c| !c.is_empty()).collect();
    carriers.sort_unstable();
    carriers.dedup();
    let choices = store.choices(sight).await.expect("choices");
    assert_eq!(choices.carriers, carriers, "{sight:?}");
    let mut regions: Vec<_> = list.iter().map(|record| record.region.clone()).filter(|r| !r.is_empty()).collect();
    regions.sort_unstable();
    regions.dedup();
    assert_eq!(choices.places.regions, regions, "{sight:?}");
    assert_eq!(store.places(sight).await.expect("places"), choices.places, "{sight:?}");
}

pub(crate) async fn what_is_out_of_sight_is_not_there(world: &World) {
    two_worlds(world).await;
    let record = world.shipment("SH-3").await.record;
    let (events, _) = world.store().timeline(&record.id, 10).await.expect("a timeline");
    for (sight, there) in [
        (everything(), true),
        (sight(Some(&["US"]), None), true),
        (sight(Some(&["EU"]), None), false),
        (Sight { environment: Environment::Sandbox, ..everything() }, false),
    ] {
        let shipment = world.store().shipment(&sight, &record.id).await;
        let event = world.store().event(&sight, events[0].seq).await;
        match there {
            true => assert!(shipment.is_ok() && event.is_ok(), "{sight:?}"),
            false => assert!(
                matches!((&shipment, &event), (Err(StoreError::NotFound), Err(StoreError::NotFound))),
                "{sight:?}: {shipment:?} {event:?}"
            ),
        }
    }
}
