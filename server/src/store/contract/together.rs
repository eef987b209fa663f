//! Many events of one subject, shipments and orders, and everything that follows from them.

use super::{
    NOW,
    tell::tell,
    world::{LIVE, World, everything},
};
use crate::domain::{
    fact::FactKey,
    receipt::{IntakeTerms, Lane},
    shipment::Stage,
};
use crate::{
    domain::event::{CanonicalEvent, Limits, ReadTerms, read},
    simulate::{Options, Simulation},
};
use serde_json::json;

pub(crate) async fn several_events_of_a_shipment(world: &World) {
    let story = [
        tell("shipment.planned", "e1", "SH-1").data(json!({ "region": "EU", "mode": "road", "orders": ["SO-1"],
            "promised_at": "2026-03-03" })),
        tell("shipment.dispatched", "e2", "SH-1").at(60).data(json!({ "carrier": "DHL",
            "references": [{ "scheme": "pro", "issuer": "DHL", "value": "123" }] })),
        tell("shipment.delivered", "e3", "SH-1").at(600).recorded(660),
        tell("pod.received", "e4", "SH-1").at(700),
        tell("invoice.released", "e5", "SH-1").at(900).data(json!({ "number": "INV-1",
            "amount": { "amount": "12.50", "currency": "EUR" } })),
    ];
    world.send(&story[..2]).await;
    assert_eq!(world.shipment("SH-1").await.record.stage, Stage::Dispatched);
    world.check().await;
    world.send(&story[2..]).await;
    assert_eq!(world.shipment("SH-1").await.record.stage, Stage::Invoiced);
    world.check().await;
    // The same in one batch, in another order.
    let other = |tell: &super::tell::Tell| tell.clone().by("other").subject("SH-2");
    world.send(&[4, 0, 3, 1, 2].map(|at: usize| other(&story[at]))).await;
    let [one, two] = [world.shipment("SH-1").await, world.shipment("SH-2").await];
    assert_eq!((one.record.stage, one.record.outcome), (two.record.stage, two.record.outcome));
}

pub(crate) async fn orders_and_shipments_of_one_name_are_two(world: &World) {
    world
        .send(&[
            tell("order.released", "o1", "X-1").data(json!({ "region": "EU" })),
            tell("shipment.planned", "e1", "X-1").data(json!({ "region": "US", "orders": ["X-1"] })),
            tell("order.changed", "o2", "X-1").at(5).data(json!({ "region": "APAC", "business_unit": "B2" })),
        ])
        .await;
    let dump = world.dump().await;
    assert_eq!((dump.shipments.len(), dump.orders.len()), (1, 1));
    assert_eq!(world.shipment("X-1").await.record.region, "US");
}

pub(crate) async fn a_moved_dimension_moves_counts_and_measures(world: &World) {
    let carrier = |code: &str| json!({ "carrier": code, "region": code, "mode": code, "business_unit": code });
    world.send(&[tell("shipment.delivered", "e1", "SH-1").recorded(5).data(carrier("A"))]).await;
    world.store().fold_measures(u32::MAX).await.expect("folds");
    world.send(&[tell("shipment.dispatched", "e2", "SH-1").recorded(9).data(carrier("B"))]).await;
    world.check().await;
    world.send(&[tell("shipment.dispatched", "e3", "SH-1").recorded(11).data(carrier("*"))]).await;
    world.check().await;
    // Claims of lesser standing, alone and together with others.
    world.send(&[tell("shipment.loaded", "e4", "SH-1").recorded(1).data(carrier("C"))]).await;
}

pub(crate) async fn names_outlive_those_that_shared_them(world: &World) {
    let bol = |issuer: &str, value: &str| json!({ "references": [{ "scheme": "bol", "issuer": issuer, "value": value }] });
    world
        .send(&[
            tell("shipment.loaded", "e1", "SH-1").data(bol("A", "b-7")),
            tell("shipment.loaded", "e2", "SH-1").data(bol("B", "b-7")),
            tell("shipment.loaded", "e3", "SH-1").data(bol("A", "B-7")),
            tell("shipment.loaded", "e4", "SH-1").data(json!({ "orders": ["SO-1"] })),
            tell("shipment.loaded", "e5", "SH-1").data(
                json!({ "references": [{ "scheme": "order", "value": "SO-1" }, { "scheme": "shipment", "value": "SH-1" }] }),
            ),
        ])
        .await;
    world.check().await;
    for gone in ["e1", "e3", "e5"] {
        world.send(&[super::tell::retraction(&format!("r-{gone}"), gone)]).await;
        world.check().await;
    }
    for name in ["B-7", "so-1", "SH-1"] {
        let found = world.store().by_name(&everything(), name, 10).await.expect("search");
        assert_eq!(found.len(), 1, "{name}: {found:?}");
    }
}

/// Events of an invented shipper, the unreadable ones left out.
pub(super) fn simulated(shipments: u64, days: u32) -> Vec<CanonicalEvent> {
    let terms = ReadTerms { now: NOW, limits: Limits::DEFAULT };
    let told = Simulation::new(11, Options::days(shipments, days, NOW));
    told.filter_map(|told| read(told.json.as_bytes(), &terms).ok()).collect()
}

pub(crate) async fn a_simulated_quarter_equals_its_recomputation(world: &World) {
    let events = simulated(60, 60);
    assert!(events.len() > 500, "{} events", events.len());
    for (n, piece) in events.chunks(97).enumerate() {
        let lane = if n % 3 == 0 { Lane::Single } else { Lane::Bulk };
        let terms = IntakeTerms { lane, history: n % 2 == 0, ..LIVE };
        world.record(terms, piece.to_vec()).await.expect("the store takes it");
        if n == 4 {
            world.check().await;
        }
    }
}

pub(crate) async fn facts_do_not_depend_on_when_we_heard(world: &World) {
    let told = |id: &str, at, carrier: &str| tell("shipment.dispatched", id, "SH-1").at(at).data(json!({ "carrier": carrier }));
    // Without record times the later business time weighs more, whichever comes last.
    world.send(&[told("e1", 30, "LATER")]).await;
    world.clock.advance(3_600_000_000);
    world.send(&[told("e2", 10, "EARLIER")]).await;
    let state = world.shipment("SH-1").await.state;
    assert_eq!(state.facts.text(FactKey::Carrier), Some("LATER"));
}
