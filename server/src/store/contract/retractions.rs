//! Taking events back, before and after they came.

use super::{
    tell::{retraction, tell},
    world::World,
};
use crate::domain::{fact::FactKey, receipt::Receipt};
use serde_json::json;

pub(crate) async fn a_retraction_brings_the_runner_up_back(world: &World) {
    world.send(&[tell("shipment.delivered", "e1", "SH-1").at(60).recorded(70).data(json!({ "carrier": "DHL" }))]).await;
    world.send(&[tell("shipment.delivered", "e2", "SH-1").at(90).recorded(95).data(json!({ "carrier": "UPS" }))]).await;
    assert_eq!(world.shipment("SH-1").await.state.facts.text(FactKey::Carrier), Some("UPS"));
    world.check().await;
    world.send(&[retraction("r1", "e2")]).await;
    assert_eq!(world.shipment("SH-1").await.state.facts.text(FactKey::Carrier), Some("DHL"));
    world.check().await;
    world.send(&[retraction("r2", "e1")]).await;
    assert_eq!(world.shipment("SH-1").await.state.facts.get(FactKey::Delivered), None);
}

pub(crate) async fn a_tombstone_may_come_first(world: &World) {
    let event = tell("shipment.delivered", "e1", "SH-1").data(json!({ "orders": ["SO-1"] }));
    let receipts = world.send(&[retraction("r1", "e1")]).await;
    assert!(matches!(receipts[..], [Receipt::Accepted { .. }]), "{receipts:?}");
    let receipts = world.send(&[event.clone(), event.clone()]).await;
    assert!(matches!(receipts[..], [Receipt::Accepted { .. }, Receipt::Duplicate]), "{receipts:?}");
    assert_eq!(world.shipment("SH-1").await.state.facts.get(FactKey::Delivered), None);
    assert_eq!(world.send(&[retraction("r1", "e1"), event]).await, [Receipt::Duplicate, Receipt::Duplicate]);
}

pub(crate) async fn a_retraction_reaches_only_its_own_source(world: &World) {
    world.send(&[tell("shipment.delivered", "e1", "SH-1"), retraction("r1", "e1").by("wms")]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::Delivered).is_some());
}

pub(crate) async fn a_retraction_in_the_batch_of_its_event(world: &World) {
    let event = |id| tell("shipment.delivered", id, "SH-1");
    world.send(&[event("e1"), retraction("r1", "e1"), retraction("r2", "e2"), event("e2"), event("e3")]).await;
    world.check().await;
    world.send(&[retraction("r3", "e3"), retraction("r4", "e3")]).await;
}

pub(crate) async fn an_amended_retraction_gives_back_what_it_took(world: &World) {
    let wrong = |id, target| retraction(id, target).recorded(10);
    world.send(&[tell("shipment.dispatched", "e1", "SH-1"), tell("shipment.delivered", "e2", "SH-1")]).await;
    world.send(&[wrong("r1", "e1")]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::Dispatched).is_none());
    world.send(&[retraction("r1", "e2").recorded(20)]).await;
    let facts = world.shipment("SH-1").await.state.facts;
    assert!(facts.get(FactKey::Dispatched).is_some() && facts.get(FactKey::Delivered).is_none());
    world.check().await;
    // The earlier record once more, and a late one that never counted.
    assert_eq!(world.send(&[wrong("r1", "e1")]).await, [Receipt::Duplicate]);
    world.send(&[retraction("r1", "e3").recorded(5), tell("shipment.loaded", "e3", "SH-1")]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::Loaded).is_some());
    // All in one batch, and the event after the amendment.
    world.send(&[wrong("r9", "e9"), retraction("r9", "e8").recorded(20), tell("shipment.in_transit", "e9", "SH-1")]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::InTransit).is_some());
}

pub(crate) async fn an_event_stays_taken_back_while_any_retraction_holds(world: &World) {
    world.send(&[tell("shipment.dispatched", "e1", "SH-1"), retraction("r1", "e1").recorded(1), retraction("r2", "e1")]).await;
    world.send(&[retraction("r1", "other").recorded(2)]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::Dispatched).is_none());
    world.check().await;
    world.send(&[retraction("r2", "other").recorded(2)]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::Dispatched).is_some());
}

pub(crate) async fn a_retraction_cannot_be_taken_back(world: &World) {
    world.send(&[tell("shipment.dispatched", "e1", "SH-1"), retraction("r1", "e1"), retraction("r2", "r1")]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::Dispatched).is_none());
    world.check().await;
    // The tombstone first, a circle, and one that names itself.
    world.send(&[retraction("r4", "r3"), retraction("r3", "r4"), retraction("r5", "r5")]).await;
    world.send(&[tell("shipment.loaded", "e2", "SH-1"), retraction("r7", "r6"), retraction("r6", "e2")]).await;
    assert!(world.shipment("SH-1").await.state.facts.get(FactKey::Loaded).is_none());
    // Whether an event is a retraction is a matter of the record that counts.
    world.send(&[tell("shipment.in_transit", "r6", "SH-1").recorded(5)]).await;
    let facts = world.shipment("SH-1").await.state.facts;
    assert!(facts.get(FactKey::Loaded).is_some() && facts.get(FactKey::InTransit).is_none());
}
