//! Later and earlier records of one event.

use super::{
    tell::{retraction, tell},
    world::World,
};
use crate::domain::{fact::FactKey, receipt::Receipt};
use serde_json::json;

pub(crate) async fn a_later_record_amends(world: &World) {
    let first = tell("shipment.delivered", "e1", "SH-1").recorded(10).data(json!({ "carrier": "DHL" }));
    let second = tell("shipment.delivered", "e1", "SH-1").at(-60).recorded(20).data(json!({ "signed_by": "A. Ortiz" }));
    world.send(std::slice::from_ref(&first)).await;
    let receipts = world.send(&[second]).await;
    assert!(matches!(receipts[..], [Receipt::Amended { seq: 2 }]), "{receipts:?}");
    let state = world.shipment("SH-1").await.state;
    // What only the amended record said is gone with it.
    assert_eq!(state.facts.text(FactKey::Carrier), None);
    assert_eq!(state.facts.text(FactKey::SignedBy), Some("A. Ortiz"));
    assert_eq!(world.send(&[first]).await, [Receipt::Duplicate]);
}

pub(crate) async fn an_earlier_record_that_comes_late_changes_nothing(world: &World) {
    let first = tell("shipment.delivered", "e1", "SH-1").recorded(10);
    let second = tell("shipment.delivered", "e1", "SH-1").at(-60).recorded(20);
    world.send(&[second]).await;
    let before = world.dump().await;
    let receipts = world.send(&[first.clone(), first.clone()]).await;
    assert!(matches!(receipts[..], [Receipt::Amended { .. }, Receipt::Duplicate]), "{receipts:?}");
    assert_eq!(world.send(&[first]).await, [Receipt::Duplicate]);
    let after = world.dump().await;
    assert_eq!((before.shipments, before.counts, before.measures), (after.shipments, after.counts, after.measures));
}

pub(crate) async fn an_earlier_record_of_another_shipment_is_known_again(world: &World) {
    let wrong = tell("shipment.delivered", "e1", "SH-1").recorded(10);
    let right = tell("shipment.delivered", "e1", "SH-2").recorded(20);
    world.send(&[wrong.clone(), right]).await;
    assert_eq!(world.send(std::slice::from_ref(&wrong)).await, [Receipt::Duplicate]);
    assert_eq!(world.send(&[wrong]).await, [Receipt::Duplicate]);
}

pub(crate) async fn the_same_body_with_a_later_time_is_an_amendment(world: &World) {
    let event = tell("shipment.delivered", "e1", "SH-1");
    let seqs = [world.send(std::slice::from_ref(&event)).await, world.send(&[event.clone().recorded(5)]).await];
    assert!(matches!(seqs[1][..], [Receipt::Amended { .. }]), "{seqs:?}");
    assert_eq!(world.send(&[event.clone(), event.recorded(5)]).await, [Receipt::Duplicate, Receipt::Duplicate]);
}

pub(crate) async fn an_amendment_moves_an_event_to_another_shipment(world: &World) {
    let names = json!({ "orders": ["SO-1"], "references": [{ "scheme": "bol", "value": "B-1" }], "region": "EU" });
    world.send(&[tell("shipment.delivered", "e1", "SH-1").recorded(10).data(names.clone())]).await;
    world.send(&[tell("shipment.delivered", "e2", "SH-1").recorded(1).by("pod-app")]).await;
    world.check().await;
    world.send(&[tell("shipment.delivered", "e1", "SH-2").recorded(20).data(names)]).await;
    assert_eq!(world.shipment("SH-1").await.state.facts.text(FactKey::Region), None);
    assert_eq!(world.shipment("SH-2").await.state.facts.text(FactKey::Region), Some("EU"));
    world.check().await;
    // And to an order, and back, all in one batch.
    world.send(&[tell("order.released", "e1", "SO-9").recorded(30), tell("shipment.delivered", "e1", "SH-1").recorded(40)]).await;
}

pub(crate) async fn an_amended_event_that_was_taken_back_stays_so(world: &World) {
    let event = |recorded: i64| tell("shipment.delivered", "e1", "SH-1").at(-recorded).recorded(recorded);
    world.send(&[event(10), retraction("r1", "e1"), event(20)]).await;
    let whole = world.shipment("SH-1").await;
    assert_eq!(whole.state.facts.get(FactKey::Delivered), None);
    let (events, _) = world.store().timeline(&whole.record.id, 10).await.expect("a timeline");
    let mut standings: Vec<_> = events.iter().map(|event| (event.seq, event.standing.as_str())).collect();
    standings.sort_unstable();
    assert_eq!(standings, [(1, "superseded"), (3, "retracted")]);
}
