//! Holds, exceptions and timers: what follows from events and from their absence.

use super::{
    NOW,
    tell::{START, Tell, tell},
    world::{LIVE, World},
};
use crate::domain::{
    policy::{BillingContract, Policy},
    receipt::{IntakeTerms, Lane},
    shipment::Stage,
    time::Instant,
};
use serde_json::json;

/// Minutes from [`START`] to [`NOW`].
pub(super) const TODAY: i64 = (NOW.0 - START.0) / Instant::MINUTE;

/// Kinds that are open on a shipment.
pub(super) async fn open(world: &World, shipment: &str) -> Vec<String> {
    let open = world.dump().await.open;
    open.into_keys().filter(|[_, reference, ..]| reference == shipment).map(|[_, _, kind, _]| kind).collect()
}

/// A shipment of a customer, planned, booked and dispatched a while ago.
pub(super) fn under_way(shipment: &str) -> Vec<Tell> {
    let id = |what: &str| format!("{shipment}-{what}");
    vec![
        tell("shipment.planned", &id("planned"), shipment).at(TODAY - 400).data(json!({ "customer": "ACME", "carrier": "DHL",
            "region": "EU", "orders": ["SO-1"] })),
        tell("shipment.dispatched", &id("dispatched"), shipment).at(TODAY - 300),
    ]
}

pub(crate) async fn what_does_not_come_in_time_is_found(world: &World) {
    world.send(&under_way("SH-1")).await;
    world.send(&[tell("order.released", "o1", "SO-1").at(TODAY - 900)]).await;
    world.send(&[tell("shipment.delivered", "e3", "SH-1").at(TODAY - 60)]).await;
    assert_eq!(open(world, "SH-1").await, Vec::<String>::new());
    world.clock.advance(22 * Instant::HOUR);
    assert_eq!(world.store().look_again(10).await.expect("looks"), 0);
    world.clock.advance(2 * Instant::HOUR);
    assert_eq!(world.store().look_again(10).await.expect("looks"), 1);
    assert_eq!(world.store().look_again(10).await.expect("looks"), 0);
    assert!(open(world, "SH-1").await.contains(&"pod_missing".to_owned()));
    world.check().await;
    world.send(&[tell("pod.received", "e4", "SH-1").at(TODAY - 10)]).await;
    assert!(!open(world, "SH-1").await.contains(&"pod_missing".to_owned()));
}

pub(crate) async fn a_block_after_planning_is_told_and_ends_with_the_release(world: &World) {
    let story = [
        tell("order.released", "o1", "SO-1").at(TODAY - 900),
        tell("order.credit_blocked", "o2", "SO-1").at(TODAY - 200),
        tell("order.released", "o3", "SO-1").at(TODAY - 100),
    ];
    let [released, blocked, again] = story;
    world.send(&[vec![released], under_way("SH-1"), under_way("SH-2")].concat()).await;
    assert_eq!(open(world, "SH-1").await, Vec::<String>::new());
    world.send(&[blocked]).await;
    for shipment in ["SH-1", "SH-2"] {
        assert_eq!(open(world, shipment).await, ["order_changed"]);
    }
    world.check().await;
    world.send(&[again]).await;
    assert_eq!(open(world, "SH-1").await, Vec::<String>::new());
    world.check().await;
    // An amendment takes the release back.
    world.send(&[tell("order.changed", "o3", "SO-1").at(TODAY - 950).recorded(TODAY)]).await;
    assert_eq!(open(world, "SH-2").await, ["order_changed"]);
}

pub(crate) async fn old_news_in_bulk_waits_until_it_has_settled(world: &World) {
    let bulk = IntakeTerms { lane: Lane::Bulk, ..LIVE };
    let old = |kind: &str, at| tell(kind, kind, "SH-1").at(at);
    world.send_as(bulk, &[old("shipment.delivered", 600)]).await;
    assert_eq!(open(world, "SH-1").await, Vec::<String>::new());
    world.clock.advance(4 * Instant::SECOND);
    world.send_as(bulk, &[old("pod.received", 700)]).await;
    world.clock.advance(4 * Instant::SECOND);
    assert_eq!(world.store().look_again(10).await.expect("looks"), 0);
    world.clock.advance(2 * Instant::SECOND);
    assert_eq!(world.store().look_again(10).await.expect("looks"), 1);
    let kinds = open(world, "SH-1").await;
    assert!(!kinds.is_empty() && !kinds.contains(&"pod_missing".to_owned()), "{kinds:?}");
    // What is news is told at once.
    let disputed = old("dispute.opened", TODAY - 5).data(json!({ "number": "D-1" }));
    world.send_as(bulk, &[disputed]).await;
    assert!(open(world, "SH-1").await.contains(&"disputed".to_owned()));
}

pub(crate) async fn an_order_that_comes_late_is_known_then(world: &World) {
    world.send(&under_way("SH-1")).await;
    world.clock.advance(2 * Instant::DAY);
    world.check().await;
    assert!(open(world, "SH-1").await.contains(&"order_unknown".to_owned()));
    // With the shipment in the same batch, and with what changes nothing in between.
    world
        .send(&[
            tell("order.released", "o1", "SO-1").at(TODAY - 900),
            tell("shipment.delivered", "e3", "SH-1").at(TODAY - 60),
            tell("shipment.planned", "e4", "SH-3").at(TODAY - 60).data(json!({ "orders": ["SO-1", "SO-2"] })),
            tell("order.changed", "o2", "SO-2").at(TODAY - 30),
        ])
        .await;
    assert!(!open(world, "SH-1").await.contains(&"order_unknown".to_owned()));
    world.check().await;
    let retracted = tell("event.retracted", "r1", "any").data(json!({ "retracts": "o1" }));
    world.send(&[retracted]).await;
    assert!(open(world, "SH-1").await.contains(&"order_unknown".to_owned()));
}

pub(crate) async fn history_is_nobodys_work(world: &World) {
    let history = IntakeTerms { history: true, ..LIVE };
    let old = [
        tell("order.credit_blocked", "o1", "SO-1").at(300),
        tell("shipment.planned", "e1", "SH-1").data(json!({ "orders": ["SO-1"] })),
        tell("shipment.delivered", "e2", "SH-1").at(600),
    ];
    world.send_as(history, &old).await;
    world.check().await;
    let dump = world.dump().await;
    assert_eq!(dump.open.len(), 0);
    assert!(dump.assessed.values().all(|(holds, next_at, orders, _)| (*holds, *next_at, orders) == (0, None, &json!({}))));
    world.send_as(history, &[tell("order.changed", "o2", "SO-1").at(400)]).await;
    world.check().await;
    // As soon as anybody watches, all of it counts.
    world.send(&[tell("shipment.in_transit", "e3", "SH-1").at(500)]).await;
    assert_eq!(
        open(world, "SH-1").await,
        ["accrual_missing", "charges_incomplete", "order_changed", "order_unknown", "pod_missing"]
    );
}

pub(crate) async fn a_policy_reaches_what_nothing_happens_to(world: &World) {
    world.send(&under_way("SH-1")).await;
    world.send(&[tell("shipment.delivered", "e3", "SH-1").at(TODAY - 60)]).await;
    let held = |dump: super::Dump| dump.assessed.into_values().map(|(holds, ..)| holds).collect::<Vec<_>>();
    let before = held(world.dump().await);
    let contract = BillingContract { charges: false, exceptions_cleared: false, ..BillingContract::of("ACME") };
    let policy = Policy { contracts: vec![contract].into(), ..Policy::default() };
    assert_eq!(world.put_policy(policy).await, 1);
    assert_eq!(held(world.dump().await), before);
    while world.store().look_again(1).await.expect("looks") > 0 {}
    assert_eq!(held(world.dump().await), [0]);
    world.check().await;
    assert_eq!(world.put_policy(Policy::default()).await, 2);
    // What happens meanwhile is assessed by the new one.
    world.send(&[tell("shipment.loaded", "e4", "SH-1").at(TODAY - 350)]).await;
    assert_eq!(held(world.dump().await), before);
}

pub(crate) async fn a_map_reaches_what_came_before_it(world: &World) {
    let reported = |id: &str, shipment: &str, code: &str| {
        tell("shipment.status_reported", id, shipment)
            .by("carrier/acme")
            .at(TODAY - 30)
            .data(json!({ "code": code, "carrier": "UPS" }))
    };
    for shipment in ["SH-1", "SH-2"] {
        world.send(&under_way(shipment)).await;
        world.send(&[reported(&format!("{shipment}-pod"), shipment, "POD OK")]).await;
        assert_eq!(open(world, shipment).await, ["unknown_code"]);
    }
    world.send_as(IntakeTerms { history: true, ..LIVE }, &[reported("old", "SH-9", "POD OK")]).await;
    world.check().await;
    let policy = |toml: &str| toml::from_str::<Policy>(toml).expect("a policy");
    let stage = async |shipment: &str| world.shipment(shipment).await.record.stage;
    let map = "[[status_maps]]\nsources = \"carrier/*\"\ncodes = { \"POD OK\" = \"pod_received\" }\n";
    world.put_policy(policy(map)).await;
    // Whose turn has not come is folded anew as soon as something happens to it.
    world.send(&[tell("shipment.in_transit", "e5", "SH-2").at(TODAY - 40)]).await;
    assert_eq!((stage("SH-1").await, stage("SH-2").await), (Stage::Dispatched, Stage::PodReceived));
    while world.store().look_again(1).await.expect("looks") > 0 {}
    assert_eq!((stage("SH-1").await, stage("SH-9").await), (Stage::PodReceived, Stage::PodReceived), "old data as well");
    assert_eq!(open(world, "SH-1").await, Vec::<String>::new());
    world.check().await;
    // What changes nothing about it leaves it alone; owners do.
    world.put_policy(policy(&format!("[expectations]\npod_grace = 2\n{map}"))).await;
    world.check().await;
    world.put_policy(policy(&format!("[ownership]\nexecution = [\"tms\"]\n{map}"))).await;
    world.check().await;
    assert_eq!(open(world, "SH-1").await, ["source_conflict"], "the owner said DHL before");
    world.put_policy(Policy::default()).await;
    world.check().await;
    assert_eq!(open(world, "SH-1").await, ["unknown_code"], "and back again");
}
