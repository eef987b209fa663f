//! The edges: bodies, numbers, queues, failures, closing.

use super::{
    tell::{START, tell},
    world::{LIVE, World, everything},
};
use crate::{
    domain::{
        fact::FactKey,
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
        time::Instant,
    },
    store::{StoreError, feed::Topic, intake::Batch},
};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub(crate) async fn any_script_and_the_largest_numbers(world: &World) {
    let subject = "出荷-🚚-\u{202e}'\"\\%_;--";
    let money = json!({ "amount": "-100000000000.999", "currency": "KWD" });
    let event = tell("shipment.delivered", "ид-1', NULL); --", subject).by("источник/\u{feff}1").data(json!({
        "carrier": "Ω'\"", "region": "日本", "signed_by": "e\u{301}", "freight_cost": money, "orders": ["\u{1F4E6}"],
        "references": [{ "scheme": "b'ol", "issuer": "\\", "value": "\"' OR 1=1" }] }));
    world.send(std::slice::from_ref(&event)).await;
    assert_eq!(world.send(&[event]).await, [Receipt::Duplicate]);
    let whole = world.shipment(subject).await;
    let freight = whole.state.facts.money(FactKey::FreightCost).expect("money");
    assert_eq!(freight.minor, -100_000_000_000_999);
    assert_eq!(whole.record.freight, Some(freight));
    assert_eq!(world.store().by_name(&everything(), "\"' or", 5).await.expect("search").len(), 1);
}

pub(crate) async fn times_at_both_ends(world: &World) {
    world
        .send(&[
            tell("shipment.delivered", "e1", "SH-1").at(-19_000_000).data(json!({ "precision": "day" })),
            tell("shipment.planned", "e2", "SH-2").data(json!({ "promised_at": "2036-01-01T00:00:00Z" })),
        ])
        .await;
}

pub(crate) async fn the_largest_bodies(world: &World) {
    let filler = "x".repeat(16_000);
    let notes: serde_json::Map<_, _> = (0..16).map(|n| (format!("n{n}"), json!(filler))).collect();
    let events: Vec<_> = (0..70)
        .map(|n| tell("shipment.delivered", &format!("e{n}"), &format!("SH-{}", n % 7)).data(json!({ "x": notes })))
        .collect();
    assert!(events[0].json().len() > 250 << 10);
    let receipts = world.send_as(IntakeTerms { lane: Lane::Bulk, ..LIVE }, &events).await;
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Accepted { .. })));
    let (timeline, _) = world.store().timeline(&world.shipment("SH-0").await.record.id, 1).await.expect("a timeline");
    assert!(timeline[0].body.len() > 250 << 10);
}

pub(crate) async fn a_failed_commit_leaves_nothing(world: &World) {
    world.send(&[tell("shipment.planned", "e0", "SH-1")]).await;
    let before = (world.dump().await, world.store().latest(LIVE.environment).await.expect("topics"));
    world.fixture().refuse_events(true).await;
    let event = tell("shipment.delivered", "e1", "SH-1").by("/never/seen").event();
    for lane in [Lane::Single, Lane::Bulk] {
        let failed = world.record(IntakeTerms { lane, ..LIVE }, vec![event.clone()]).await;
        assert!(matches!(failed, Err(StoreError::Unavailable)), "{failed:?}");
    }
    assert_eq!((world.dump().await, world.store().latest(LIVE.environment).await.expect("topics")), before);
    world.fixture().refuse_events(false).await;
    let receipts = world.record(LIVE, vec![event]).await.expect("the store takes it");
    assert_eq!(receipts, [Receipt::Accepted { seq: 2 }]);
}

pub(crate) async fn one_unreadable_shipment_spoils_only_its_own(world: &World) {
    world.send(&[tell("shipment.planned", "e0", "SH-BAD")]).await;
    world.fixture().spoil("SH-BAD", true).await;
    let events: Vec<_> = (0..20)
        .map(|n| tell("shipment.delivered", &format!("e1-{n}"), if n == 7 { "SH-BAD" } else { "SH-GOOD" }).event())
        .collect();
    // Sent at once they share commits.
    let answers = futures::future::join_all(events.iter().map(|event| world.record(LIVE, vec![event.clone()]))).await;
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer.is_ok(), n != 7, "{n}: {answer:?}");
    }
    world.send(&[tell("shipment.delivered", "e2", "SH-GOOD")]).await;
    world.fixture().spoil("SH-BAD", false).await;
}

pub(crate) async fn a_full_queue_takes_nothing(world: &World) {
    let bulk = IntakeTerms { lane: Lane::Bulk, ..LIVE };
    let batch = |n: usize| -> Vec<_> {
        (0..100).map(|e| tell("shipment.delivered", &format!("e{n}-{e}"), &format!("SH-{e}")).event()).collect()
    };
    let answers = futures::future::join_all((0..80).map(|n| world.record(bulk, batch(n)))).await;
    let busy = answers.iter().filter(|answer| matches!(answer, Err(StoreError::Busy))).count();
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(busy > 0 && taken > 0 && busy + taken == 80, "{busy} busy, {taken} taken");
    // `check` sees that nothing of the refused ones is there. They are taken when they come again.
    world.check().await;
    for (n, answer) in answers.iter().enumerate() {
        if answer.is_err() {
            let receipts = world.record(bulk, batch(n)).await.expect("there is room");
            assert!(receipts.iter().all(|r| matches!(r, Receipt::Accepted { .. })));
        }
    }
}

pub(crate) async fn neither_lane_starves_the_other(world: &World) {
    const BATCHES: usize = 4;
    const SINGLES: usize = 4;
    let bulk = IntakeTerms { lane: Lane::Bulk, ..LIVE };
    // Each lane goes on until both have had their share: were one only served when the other rests, this would never end.
    let (imported, told) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let shared_out = || imported.load(Relaxed) >= BATCHES && told.load(Relaxed) >= 8;
    let import = async {
        while !shared_out() {
            let batch = imported.load(Relaxed);
            let many =
                (0..750).map(|n| tell("shipment.dispatched", &format!("b{batch}-{n}"), &format!("SH-{n}")).event()).collect();
            let receipts = world.record(bulk, many).await.expect("the store takes it");
            assert_eq!(receipts.len(), 750);
            imported.fetch_add(1, Relaxed);
        }
    };
    let single = |worker: usize| {
        let (told, shared_out) = (&told, &shared_out);
        async move {
            let mut n = 0;
            while !shared_out() {
                world.send(&[tell("shipment.delivered", &format!("s{worker}-{n}"), &format!("SH-{worker}"))]).await;
                n += 1;
                if n == SINGLES {
                    told.fetch_add(1, Relaxed);
                }
            }
        }
    };
    let both = async { tokio::join!(import, futures::future::join_all((0..8).map(single))) };
    tokio::time::timeout(super::PATIENCE, both).await.expect("both lanes move while the other is in use");
}

pub(crate) async fn commit_times_do_not_run_backwards(world: &World) {
    world.clock.advance(-Instant::HOUR);
    world.send(&[tell("shipment.planned", "e1", "SH-1").recorded(1)]).await;
    world.clock.advance(-Instant::DAY);
    world.send(&[tell("shipment.loaded", "e2", "SH-1").recorded(2)]).await;
    let refused = Inbound::Refused(Box::new(super::quarantined::refusal(b"{")));
    let batch = Batch { actor: "key:test".into(), terms: LIVE, items: vec![refused] };
    let receipts = world.store().record(batch).await.expect("the store takes it");
    let [Receipt::Quarantined { quarantine_id, .. }] = &receipts[..] else { panic!("{receipts:?}") };
    let event = tell("shipment.dispatched", "e3", "SH-1").recorded(3);
    let step = super::quarantined::step(quarantine_id.as_str(), 1);
    world.store().replay(step, event.event(), None).await.expect("replays");
    world.remember(LIVE, vec![event.event()]);
    let (events, _) = world.store().timeline(&world.shipment("SH-1").await.record.id, 9).await.expect("a timeline");
    assert!(events.iter().all(|event| event.known_at == super::NOW.plus(-Instant::HOUR)), "{events:?}");
    assert!(events.iter().all(|event| event.occurred.0 == START));
}

pub(crate) async fn every_change_is_told(world: &World) {
    let mut hint = world.store().hint();
    let latest = || async { world.store().latest(LIVE.environment).await.expect("topics") };
    assert_eq!(latest().await, []);
    world.send(&[tell("shipment.planned", "e1", "SH-1")]).await;
    tokio::time::timeout(super::PATIENCE, hint.changed()).await.expect("soon").expect("open");
    let told = async || {
        let mut told = latest().await;
        told.sort_by_key(|(topic, _)| topic.code());
        told
    };
    // Nobody has assigned it for weeks.
    let once = [(Topic::Exceptions, 1), (Topic::Shipments, 1)];
    assert_eq!(told().await, once);
    // What changes nothing tells nothing.
    world.send(&[tell("shipment.planned", "e1", "SH-1")]).await;
    assert_eq!(told().await, once);
}

pub(crate) async fn the_audit_trail_names_the_sender(world: &World) {
    let refused = |raw: &str| Inbound::Refused(Box::new(super::quarantined::refusal(raw.as_bytes())));
    let event = || Inbound::Event(Box::new(tell("shipment.planned", "e1", "SH-1").event()));
    let batch = |actor: &str, items| world.store().record(Batch { actor: actor.into(), terms: LIVE, items });
    // At once they share a commit.
    let (one, two) = tokio::join!(batch("key:one", vec![refused("{1"), event()]), batch("key:two", vec![refused("{2")]));
    assert!(one.is_ok() && two.is_ok());
    batch("key:three", vec![event()]).await.expect("the store takes it");
    world.remember(LIVE, vec![tell("shipment.planned", "e1", "SH-1").event()]);
    let mut trail = world.fixture().intake_trail().await;
    trail.sort();
    let entry = |actor: &str, detail: &str| (actor.to_owned(), detail.to_owned());
    // Who only repeated something changed nothing.
    assert_eq!(trail, [entry("key:one", r#"{"events":1,"quarantined":1}"#), entry("key:two", r#"{"events":0,"quarantined":1}"#)]);
}
