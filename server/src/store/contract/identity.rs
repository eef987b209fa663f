//! Repetition and contradiction.

use super::{
    tell::tell,
    world::{LIVE, World, all_shipments, everything},
};
use crate::{
    domain::{
        access::Environment,
        receipt::{IntakeTerms, Lane, Receipt},
    },
    store::quarantine::QuarantineQuery,
};
use serde_json::json;

pub(crate) async fn a_repetition_is_a_duplicate(world: &World) {
    let event = tell("shipment.delivered", "e1", "SH-1").recorded(10);
    let receipts = world.send(&[event.clone(), event.clone()]).await;
    assert!(matches!(receipts[..], [Receipt::Accepted { .. }, Receipt::Duplicate]), "{receipts:?}");
    world.clock.advance(1_000_000);
    assert_eq!(world.send(std::slice::from_ref(&event)).await, [Receipt::Duplicate]);
    // The order of members, spaces and the envelope's own extras say nothing new.
    let respelled = event.clone().data(json!({}));
    assert_eq!(world.send(&[respelled]).await, [Receipt::Duplicate]);
    let (events, n) = world.store().timeline(&world.shipment("SH-1").await.record.id, 10).await.expect("a timeline");
    assert_eq!((events.len(), n), (1, 1));
}

pub(crate) async fn an_id_belongs_to_its_source_and_environment(world: &World) {
    let event = tell("shipment.dispatched", "e1", "SH-1");
    let demo = IntakeTerms { environment: Environment::Demo, ..LIVE };
    let receipts = world.send(&[event.clone(), event.clone().by("wms")]).await;
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Accepted { .. })), "{receipts:?}");
    let receipts = world.send_as(demo, &[event]).await;
    assert!(matches!(receipts[..], [Receipt::Accepted { .. }]), "{receipts:?}");
    let live = world.store().shipments(&all_shipments(), None, 10).await.expect("a list");
    assert_eq!(live.len(), 1);
}

pub(crate) async fn a_contradiction_is_kept_as_evidence(world: &World) {
    let truth = tell("shipment.delivered", "e1", "SH-1").recorded(10);
    let other = truth.clone().at(5).data(json!({ "signed_by": "Somebody" }));
    // In one batch and in a later one: the same item each time.
    let receipts = world.send(&[truth.clone(), other.clone()]).await;
    let [Receipt::Accepted { .. }, Receipt::Conflict { quarantine_id }] = &receipts[..] else { panic!("{receipts:?}") };
    assert_eq!(world.send(std::slice::from_ref(&other)).await, [Receipt::Conflict { quarantine_id: quarantine_id.clone() }]);
    let item = world.store().quarantined_item(&everything(), quarantine_id.as_str()).await.expect("kept");
    assert_eq!(item.record.code, "conflict");
    assert_eq!(String::from_utf8(item.raw).expect("JSON"), other.json());
    let open = QuarantineQuery { sight: everything(), state: "open", source: Some("tms".into()), code: Some("conflict".into()) };
    assert_eq!(world.store().count_quarantined(&open, 10).await.expect("counts"), Some(1));
}

pub(crate) async fn the_lanes_store_the_same(world: &World) {
    let bulk = IntakeTerms { lane: Lane::Bulk, ..LIVE };
    let many: Vec<_> =
        (0..1_300).map(|n| tell("shipment.dispatched", &format!("e{n}"), &format!("SH-{}", n % 40)).at(n)).collect();
    let receipts = world.send_as(bulk, &many).await;
    let mut expected = 1..;
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Accepted { seq } if Some(*seq) == expected.next())));
    assert!(world.send(&many[..200]).await.iter().all(|r| *r == Receipt::Duplicate));
}
