//! Work on many exceptions at once: frozen, done in steps, told one by one, undone.

use super::{
    acting::{all, list, of_kind, without_pod},
    tell::tell,
    working::TODAY,
    world::{World, everything},
};
use crate::{
    domain::{
        access::Scope,
        exception::ExceptionKind,
        policy::{BillingContract, PodRule, Policy},
        time::Instant,
    },
    store::{
        StoreError,
        bulk::{BulkAction, BulkItems, BulkRecord, BulkState, Chosen, Move, NewBulk, Stepped, Task},
        exceptions::{Act, Acted, Deed, ExceptionQuery, ExceptionRecord, ExceptionState},
        shipments::Sight,
    },
};

fn task(action: BulkAction) -> Task {
    Task { action, assignee: "ben".into(), hours: 4, note: "all of them".into() }
}

fn matching(world: &World) -> Chosen {
    Chosen::Matching(Box::new(ExceptionQuery { kind: Some(ExceptionKind::PodMissing), ..all(world) }))
}

async fn prepare(world: &World, action: BulkAction, chosen: Chosen) -> BulkRecord {
    let (sight, now) = (everything(), world.clock.now());
    let new =
        NewBulk { sight, actor: "user:amira".into(), task: task(action), until: None, chosen, list: "/exceptions".into(), now };
    world.store().prepare_bulk(new).await.expect("it is prepared")
}

async fn go(world: &World, id: &str, to: BulkState) -> Result<BulkRecord, StoreError> {
    go_as(world, everything(), id, to).await
}

async fn go_as(world: &World, sight: Sight, id: &str, to: BulkState) -> Result<BulkRecord, StoreError> {
    let (actor, id, now) = ("user:ben".into(), id.into(), world.clock.now());
    world.store().move_bulk(Move { sight, actor, id, to, may_waive: true, now }).await
}

/// Steps until nothing is running; how many items were tried.
async fn finish(world: &World) -> u32 {
    let mut all = 0;
    while let Stepped::Tried(tried, _) = world.store().step_bulk(2).await.expect("a step") {
        assert!(tried <= 2);
        all += tried;
    }
    all
}

async fn job(world: &World, id: &str) -> BulkRecord {
    world.store().bulk_job(&everything(), id).await.expect("it is there")
}

async fn outcomes(world: &World, id: &str) -> Vec<Option<Acted>> {
    let items = world.store().bulk_items(&everything(), id, BulkItems::All, 0, 100).await.expect("items");
    items.into_iter().map(|item| item.acted).collect()
}

/// Does it whole; the job after it.
async fn whole(world: &World, action: BulkAction, chosen: Chosen) -> BulkRecord {
    let id = prepare(world, action, chosen).await.id;
    go(world, &id, BulkState::Running).await.expect("starts");
    finish(world).await;
    job(world, &id).await
}

async fn pods(world: &World) -> Vec<ExceptionRecord> {
    let mut rows = list(world, &ExceptionQuery { kind: Some(ExceptionKind::PodMissing), ..all(world) }).await;
    rows.sort_by(|a, b| a.subject.cmp(&b.subject));
    rows
}

async fn claim(world: &World, row: &ExceptionRecord) {
    let (sight, now, on) = (everything(), world.clock.now(), vec![(row.id.clone(), row.version)]);
    let act = Act { sight, actor: "user:eve".into(), what: Deed::Claim, on, note: "done".into(), may_waive: true, now };
    let acted = world.store().act_on_exceptions(act).await.expect("acts");
    assert!(matches!(acted[0].1, Acted::Done(_)));
}

pub(crate) async fn a_job_does_what_was_frozen_and_nothing_else(world: &World) {
    without_pod(world, &["SH-1", "SH-2", "SH-3", "SH-4", "SH-5"]).await;
    let prepared = prepare(world, BulkAction::Assign, matching(world)).await;
    assert_eq!((prepared.state, prepared.items, prepared.possible, prepared.shipments), (BulkState::Prepared, 5, 5, 5));
    assert_eq!(finish(world).await, 0, "nothing is done before it is started");
    // One more comes, one is changed by somebody.
    without_pod(world, &["SH-6"]).await;
    claim(world, &pods(world).await[2]).await;
    go(world, &prepared.id, BulkState::Running).await.expect("starts");
    assert_eq!(world.store().step_bulk(2).await.map(|step| matches!(step, Stepped::Tried(2, _))).ok(), Some(true));
    let paused = go(world, &prepared.id, BulkState::Paused).await.expect("pauses");
    assert_eq!((paused.done, paused.refused, finish(world).await), (2, 0, 0));
    go(world, &prepared.id, BulkState::Running).await.expect("goes on");
    go(world, &prepared.id, BulkState::Running).await.expect("a second click changes nothing");
    assert_eq!(finish(world).await, 3);
    let done = job(world, &prepared.id).await;
    assert_eq!((done.state, done.done, done.refused), (BulkState::Finished, 4, 1));
    assert_eq!((done.actor.as_str(), done.starter.as_str()), ("user:amira", "user:ben"));
    let stale: Vec<_> =
        outcomes(world, &done.id).await.into_iter().filter(|acted| !matches!(acted, Some(Acted::Done(_)))).collect();
    assert_eq!(stale, [Some(Acted::Stale { by: "user:eve".into(), did: Some("exception.claim".into()) })]);
    let refused = world.store().bulk_items(&everything(), &done.id, BulkItems::Refused, 0, 10).await.expect("items");
    assert_eq!(refused.len(), 1);
    let assignees: Vec<_> = pods(world).await.into_iter().map(|row| row.assignee).collect();
    assert_eq!(assignees, ["ben", "ben", "", "ben", "ben", ""]);
    assert!(matches!(go(world, &done.id, BulkState::Running).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn a_job_is_undone_where_nobody_came_after_it(world: &World) {
    without_pod(world, &["SH-1", "SH-2", "SH-3"]).await;
    let snoozed = whole(world, BulkAction::Snooze, matching(world)).await;
    assert_eq!(snoozed.until, Some(world.clock.now().plus(4 * Instant::HOUR)));
    let before = pods(world).await;
    let assigned = whole(world, BulkAction::Assign, matching(world)).await;
    claim(world, &pods(world).await[1]).await;
    let undone = whole(world, BulkAction::Undo, Chosen::DoneBy(assigned.id.clone())).await;
    assert_eq!((undone.items, undone.possible, undone.done, undone.refused), (3, 2, 2, 1));
    assert_eq!(undone.undoes.as_ref(), Some(&assigned.id));
    assert_eq!(job(world, &assigned.id).await.undone_by.as_ref(), Some(&undone.id));
    let after = pods(world).await;
    for (n, (before, after)) in before.iter().zip(&after).enumerate() {
        let left_alone = n == 1;
        assert_eq!(after.assignee, if left_alone { "ben" } else { "" });
        assert_eq!(after.snoozed_until, before.snoozed_until);
    }
    assert_eq!(after[1].state, ExceptionState::Claimed);
    // What was undone can be done again.
    let again = whole(world, BulkAction::Undo, Chosen::DoneBy(undone.id)).await;
    assert_eq!(again.done, 2);
    assert!(pods(world).await.iter().all(|row| row.assignee == "ben"));
}

pub(crate) async fn waiving_in_bulk_waives_holds_and_is_undone(world: &World) {
    let contract = BillingContract { pod: PodRule::Received, charges: false, ..BillingContract::of("ACME") };
    world.put_policy(Policy { contracts: vec![contract].into(), ..Policy::default() }).await;
    let shipments = ["SH-1", "SH-2", "SH-3"];
    without_pod(world, &shipments).await;
    let waived = whole(world, BulkAction::Waive, matching(world)).await;
    assert!(waived.waives && !waived.undo_waives);
    assert_eq!((waived.done, pods(world).await.len()), (3, 0));
    for shipment in shipments {
        world.waived(shipment, ExceptionKind::PodMissing, true);
    }
    world.check().await;
    // One comes true meanwhile: what is over does not come back.
    world.send(&[tell("pod.received", "p1", "SH-2").at(TODAY - 5)]).await;
    let undone = whole(world, BulkAction::Undo, Chosen::DoneBy(waived.id)).await;
    assert_eq!((undone.done, undone.refused, undone.undo_waives), (2, 1, true));
    for shipment in shipments {
        world.waived(shipment, ExceptionKind::PodMissing, false);
    }
    assert_eq!(pods(world).await.len(), 2);
    world.check().await;
    // And once more: waived by whoever waived them first.
    let again = whole(world, BulkAction::Undo, Chosen::DoneBy(undone.id)).await;
    assert!(again.waives);
    for shipment in ["SH-1", "SH-3"] {
        world.waived(shipment, ExceptionKind::PodMissing, true);
    }
    world.check().await;
    let shipment = world.shipment("SH-1").await.record.id;
    let work = world.store().shipment_work(&everything(), &shipment).await.expect("its work");
    assert_eq!(work.waivers.first().map(|waiver| waiver.reason.as_str()), Some("all of them"));
}

pub(crate) async fn a_job_stays_inside_the_scope_of_who_started_it(world: &World) {
    without_pod(world, &["SH-1"]).await;
    let at = TODAY - 400;
    let elsewhere =
        tell("shipment.planned", "e-us", "SH-2").at(at).data(serde_json::json!({ "region": "US", "customer": "ACME" }));
    world.send(&[elsewhere, tell("shipment.delivered", "e-us-2", "SH-2").at(TODAY - 60)]).await;
    world.clock.advance(3 * Instant::DAY);
    while world.store().look_again(10).await.expect("looks") > 0 {}
    let scope = |region: &str| Scope { regions: Some(vec![region.to_owned()]), business_units: None };
    let eu = Sight { scope: scope("EU"), ..everything() };
    let prepared = prepare(world, BulkAction::Assign, matching(world)).await;
    assert_eq!(prepared.items, 2);
    assert!(matches!(world.store().bulk_job(&eu, &prepared.id).await, Err(StoreError::NotFound)));
    assert!(matches!(go_as(world, eu.clone(), &prepared.id, BulkState::Running).await, Err(StoreError::NotFound)));
    assert_eq!(world.store().bulk_jobs(&eu, 10).await.expect("jobs"), []);
    go(world, &prepared.id, BulkState::Cancelled).await.expect("cancelled");
    // Who sees less freezes less, also of rows that somebody names to them.
    let rows: Vec<(String, i64)> = pods(world).await.into_iter().map(|row| (row.id, row.version)).collect();
    for chosen in [
        Chosen::Rows(rows),
        Chosen::Matching(Box::new(ExceptionQuery { sight: eu.clone(), kind: Some(ExceptionKind::PodMissing), ..all(world) })),
    ] {
        let new = NewBulk {
            sight: eu.clone(),
            actor: "user:amira".into(),
            task: task(BulkAction::Assign),
            until: None,
            chosen,
            list: String::new(),
            now: world.clock.now(),
        };
        let prepared = world.store().prepare_bulk(new).await.expect("prepared");
        assert_eq!((prepared.items, prepared.shipments), (1, 1));
        go_as(world, eu.clone(), &prepared.id, BulkState::Cancelled).await.expect("cancelled");
    }
    // Its shipment moves out of sight before the step.
    let prepared = prepare(world, BulkAction::Assign, matching(world)).await;
    let us = Sight { scope: scope("US"), ..everything() };
    assert!(matches!(world.store().bulk_job(&us, &prepared.id).await, Err(StoreError::NotFound)));
    let empty = NewBulk {
        sight: Sight { scope: scope("APAC"), ..everything() },
        actor: "user:amira".into(),
        task: task(BulkAction::Assign),
        until: None,
        chosen: Chosen::Matching(Box::new(ExceptionQuery {
            sight: Sight { scope: scope("APAC"), ..everything() },
            ..all(world)
        })),
        list: String::new(),
        now: world.clock.now(),
    };
    assert!(matches!(world.store().prepare_bulk(empty).await, Err(StoreError::NotFound)), "there is nothing to do");
}

pub(crate) async fn who_may_not_waive_takes_back_no_waiver_in_bulk(world: &World) {
    without_pod(world, &["SH-1"]).await;
    let waived = whole(world, BulkAction::Waive, matching(world)).await;
    world.waived("SH-1", ExceptionKind::PodMissing, true);
    let undo = prepare(world, BulkAction::Undo, Chosen::DoneBy(waived.id)).await;
    let (sight, actor, id, now) = (everything(), "user:ben".into(), undo.id.clone(), world.clock.now());
    let start = Move { sight, actor, id, to: BulkState::Running, may_waive: false, now };
    world.store().move_bulk(start).await.expect("starts");
    finish(world).await;
    assert_eq!(outcomes(world, &undo.id).await, [Some(Acted::NotAllowed)]);
    assert_eq!(pods(world).await, []);
}

pub(crate) async fn what_cannot_go_on_is_paused_and_says_so(world: &World) {
    let contract = BillingContract { pod: PodRule::Received, charges: false, ..BillingContract::of("ACME") };
    world.put_policy(Policy { contracts: vec![contract].into(), ..Policy::default() }).await;
    without_pod(world, &["SH-1"]).await;
    let prepared = prepare(world, BulkAction::Waive, matching(world)).await;
    go(world, &prepared.id, BulkState::Running).await.expect("starts");
    world.fixture().spoil("SH-1", true).await;
    assert!(matches!(world.store().step_bulk(2).await, Err(StoreError::Corrupt { .. })));
    let paused = job(world, &prepared.id).await;
    assert_eq!((paused.state, paused.done), (BulkState::Paused, 0));
    assert!(paused.problem.contains("cannot be read"), "{}", paused.problem);
    assert_eq!(of_kind(world, ExceptionKind::PodMissing).await.state, ExceptionState::Open, "nothing of the step was kept");
    world.fixture().spoil("SH-1", false).await;
    go(world, &prepared.id, BulkState::Running).await.expect("goes on");
    assert_eq!(finish(world).await, 1);
    world.waived("SH-1", ExceptionKind::PodMissing, true);
}
