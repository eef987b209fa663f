//! Exceptions as people see them, and what they do with them.

use super::{
    quarantined::{self, refuse},
    tell::tell,
    working::{TODAY, under_way},
    world::{World, everything},
};
use crate::{
    domain::{
        access::{Environment, Scope},
        exception::{ExceptionKind, Queue},
        policy::{BillingContract, PodRule, Policy},
        readiness::HoldKind,
        time::Instant,
    },
    store::{
        StoreError,
        exceptions::{Act, Acted, Assignee, Deed, ExceptionQuery, ExceptionRecord, ExceptionState},
        shipments::Sight,
    },
};
use serde_json::json;

/// All open ones, the snoozed ones too.
pub(super) fn all(world: &World) -> ExceptionQuery {
    ExceptionQuery::all(everything(), world.clock.now())
}

pub(super) async fn list(world: &World, query: &ExceptionQuery) -> Vec<ExceptionRecord> {
    world.store().exceptions(query, None, 100).await.expect("a list").rows
}

pub(super) async fn of_kind(world: &World, kind: ExceptionKind) -> ExceptionRecord {
    let mut rows = list(world, &ExceptionQuery { kind: Some(kind), ..all(world) }).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

pub(super) async fn act(world: &World, what: Deed, on: &[(&str, i64)]) -> Vec<Acted> {
    act_as(world, everything(), what, on).await
}

async fn act_as(world: &World, sight: Sight, what: Deed, on: &[(&str, i64)]) -> Vec<Acted> {
    act_by(world, (sight, true), what, on).await
}

/// By somebody who may waive, or may not.
async fn act_by(world: &World, (sight, may_waive): (Sight, bool), what: Deed, on: &[(&str, i64)]) -> Vec<Acted> {
    let on = on.iter().map(|(id, version)| ((*id).to_owned(), *version)).collect();
    let act =
        Act { sight, actor: "user:amira".into(), what, on, note: "I have called them".into(), may_waive, now: world.clock.now() };
    let acted = world.store().act_on_exceptions(act).await.expect("acts");
    acted.into_iter().map(|(_, acted)| acted).collect()
}

async fn actions(world: &World, id: &str) -> Vec<String> {
    let whole = world.store().exception(&everything(), id).await.expect("it is there");
    assert!(whole.history.is_sorted_by_key(|line| line.at));
    whole.history.into_iter().map(|line| line.action).collect()
}

/// Delivered three days ago, without a proof.
pub(super) async fn without_pod(world: &World, shipments: &[&str]) {
    for shipment in shipments {
        world.send(&under_way(shipment)).await;
        let id = format!("{shipment}-delivered");
        world.send(&[tell("shipment.delivered", &id, shipment).at(TODAY - 60)]).await;
    }
    world.clock.advance(3 * Instant::DAY);
    while world.store().look_again(10).await.expect("looks") > 0 {}
}

pub(crate) async fn what_comes_back_within_a_week_is_the_same(world: &World) {
    let dispute = |n: i64, what: &str, at| {
        let event = tell(&format!("dispute.{what}"), &format!("d{n}"), "SH-1").at(at);
        let event = event.data(json!({ "number": "D-1" }));
        if what == "opened" { event.data(json!({ "reason": "damage" })) } else { event }
    };
    world.send(&under_way("SH-1")).await;
    world.send(&[dispute(1, "opened", TODAY - 90)]).await;
    let first = of_kind(world, ExceptionKind::Disputed).await;
    assert_eq!((first.detail.as_str(), first.queue, first.reopens), ("damage", Queue::Service, 0));
    world.clock.advance(Instant::DAY);
    world.send(&[dispute(2, "resolved", TODAY - 80)]).await;
    let verified = ExceptionQuery { state: Some(ExceptionState::Verified), ..all(world) };
    assert_eq!(list(world, &verified).await.iter().map(|row| &row.id).collect::<Vec<_>>(), [&first.id]);
    world.clock.advance(6 * Instant::DAY);
    world.send(&[dispute(3, "opened", TODAY - 70)]).await;
    let again = of_kind(world, ExceptionKind::Disputed).await;
    assert_eq!((&again.id, again.detected_at, again.reopens), (&first.id, first.detected_at, 1));
    world.check().await;
    world.send(&[dispute(4, "resolved", TODAY - 60)]).await;
    world.clock.advance(7 * Instant::DAY);
    world.send(&[dispute(5, "opened", TODAY - 50)]).await;
    let new = of_kind(world, ExceptionKind::Disputed).await;
    assert_ne!(new.id, first.id);
    assert_eq!((new.detected_at, new.reopens), (world.clock.now(), 0));
    let steps = ["exception.open", "exception.verify", "exception.return", "exception.verify"];
    assert_eq!(actions(world, &first.id).await, steps);
}

/// Two words that nobody mapped are two exceptions: each is mapped, or waived, on its own.
pub(crate) async fn each_unknown_code_is_an_exception_of_its_own(world: &World) {
    let word = |n: i64, code: &str, shipment: &str| {
        let event = tell("shipment.status_reported", &format!("{shipment}-{n}"), shipment).by("carrier/acme");
        event.at(TODAY - 90 + n).data(json!({ "code": code }))
    };
    world.send(&[under_way("SH-1"), under_way("SH-2")].concat()).await;
    world.send(&[word(1, "XA", "SH-1"), word(2, "XB", "SH-1"), word(3, "XB", "SH-1"), word(4, "XB", "SH-2")]).await;
    let of = |kind| ExceptionQuery { kind: Some(kind), ..all(world) };
    let page = world.store().exceptions(&of(ExceptionKind::UnknownCode), None, 100).await.expect("a list");
    let mut told: Vec<_> = page.rows.iter().map(|row| (row.subject.as_str(), row.detail.as_str())).collect();
    told.sort_unstable();
    assert_eq!(told, [("SH-1", "carrier/acme: XA"), ("SH-1", "carrier/acme: XB"), ("SH-2", "carrier/acme: XB")]);
    assert_eq!((page.totals.exceptions, page.totals.shipments), (3, 2), "each shipment once");
    let groups = world.store().exception_groups(&of(ExceptionKind::UnknownCode), 10).await.expect("groups").groups;
    let mut sizes: Vec<_> = groups.iter().map(|group| (group.detail.as_str(), group.exceptions, group.shipments)).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [("carrier/acme: XA", 1, 1), ("carrier/acme: XB", 2, 2)]);
    // One of them waived leaves the other open; and it comes to nothing when its word is mapped.
    let one = page.rows.iter().find(|row| row.detail.ends_with("XA")).expect("it is there");
    assert_eq!(act(world, Deed::Assign("amira".into()), &[(&one.id, one.version)]).await, [Acted::Done(one.version + 1)]);
    let map = "[[status_maps]]\nsources = \"carrier/acme\"\ncodes = { XB = \"ignore\" }\n";
    world.put_policy(toml::from_str::<Policy>(map).expect("a policy")).await;
    while world.store().look_again(10).await.expect("looks") > 0 {}
    let left = of_kind(world, ExceptionKind::UnknownCode).await;
    assert_eq!(
        (left.id.as_str(), left.assignee.as_str(), left.detail.as_str()),
        (one.id.as_str(), "amira", "carrier/acme: XA"),
        "untouched by what the other came to"
    );
}

fn faster(by: &str, did: &str) -> Acted {
    Acted::Stale { by: by.into(), did: Some(format!("exception.{did}")) }
}

pub(crate) async fn of_two_who_act_one_is_too_late(world: &World) {
    without_pod(world, &["SH-1", "SH-2"]).await;
    let rows = list(world, &ExceptionQuery { kind: Some(ExceptionKind::PodMissing), ..all(world) }).await;
    let [one, two] = [&rows[0], &rows[1]];
    let assign = || Deed::Assign("amira".into());
    let acted = act(world, assign(), &[(&one.id, one.version), ("nobody", 1)]).await;
    assert_eq!(acted, [Acted::Done(one.version + 1), Acted::NotFound]);
    let acted = act(world, Deed::Claim, &[(&one.id, one.version), (&two.id, two.version)]).await;
    assert_eq!(acted, [faster("user:amira", "assign"), Acted::Done(two.version + 1)]);
    let hers = ExceptionQuery { assignee: Some(Assignee::Named("amira".into())), ..all(world) };
    assert_eq!(list(world, &hers).await.len(), 1);
    let claimed = ExceptionQuery { state: Some(ExceptionState::Claimed), ..all(world) };
    assert_eq!(list(world, &claimed).await.len(), 1);
    // Undone: given back, and taken back.
    let acted = act(world, Deed::Assign(String::new()), &[(&one.id, one.version + 1)]).await;
    assert_eq!(acted, [Acted::Done(one.version + 2)]);
    assert_eq!(act(world, Deed::Reopen, &[(&two.id, two.version + 1)]).await, [Acted::Done(two.version + 2)]);
    assert_eq!(act(world, Deed::Reopen, &[(&two.id, two.version + 2)]).await, [Acted::Impossible(ExceptionState::Open)]);
    // Only the effect ends it, whatever was said.
    act(world, Deed::Claim, &[(&two.id, two.version + 2)]).await;
    world.send(&[tell("pod.received", "p1", &two.subject).at(TODAY - 5)]).await;
    assert_eq!(actions(world, &two.id).await.last().map(String::as_str), Some("exception.verify"));
    let late = act(world, Deed::Claim, &[(&two.id, two.version + 3)]).await;
    assert_eq!(late, [faster("system:assessment", "verify")]);
    let too_many: Vec<(String, i64)> = (0..=super::super::exceptions::MOST_AT_ONCE).map(|n| (n.to_string(), 1)).collect();
    let what = Deed::Comment;
    let act = Act {
        sight: everything(),
        actor: String::new(),
        what,
        on: too_many,
        note: String::new(),
        may_waive: true,
        now: world.clock.now(),
    };
    assert!(matches!(world.store().act_on_exceptions(act).await, Err(StoreError::Conflict(_))));
}

pub(crate) async fn what_is_snoozed_comes_back(world: &World) {
    without_pod(world, &["SH-1"]).await;
    let row = of_kind(world, ExceptionKind::PodMissing).await;
    let until = world.clock.now().plus(Instant::DAY);
    assert_eq!(act(world, Deed::Snooze(until), &[(&row.id, row.version)]).await, [Acted::Done(row.version + 1)]);
    let awake = |world: &World| ExceptionQuery { kind: Some(ExceptionKind::PodMissing), snoozed: false, ..all(world) };
    assert_eq!(list(world, &awake(world)).await, []);
    assert_eq!(of_kind(world, ExceptionKind::PodMissing).await.detected_at, row.detected_at, "its age goes on");
    world.clock.advance(Instant::DAY);
    assert_eq!(list(world, &awake(world)).await.len(), 1);
    // Whichever is snoozed: as long as another one is not, the shipment counts.
    let rows = list(world, &all(world)).await;
    assert!(rows.len() > 2, "{rows:?}");
    let until = world.clock.now().plus(Instant::DAY);
    for (n, row) in rows.iter().enumerate() {
        act(world, Deed::Snooze(until), &[(&row.id, row.version)]).await;
        for queue in [None, Some(row.queue)] {
            let query = ExceptionQuery { snoozed: false, queue, ..all(world) };
            let left = rows[n + 1..].iter().filter(|row| queue.is_none_or(|queue| queue == row.queue)).count();
            let totals = world.store().exception_groups(&query, 10).await.expect("groups").totals;
            assert_eq!((totals.exceptions, totals.shipments), (left as u64, u64::from(left > 0)), "{queue:?}");
        }
    }
}

pub(crate) async fn a_waived_exception_waives_its_hold(world: &World) {
    let contract = BillingContract { pod: PodRule::Received, charges: false, ..BillingContract::of("ACME") };
    world.put_policy(Policy { contracts: vec![contract].into(), ..Policy::default() }).await;
    without_pod(world, &["SH-1"]).await;
    let shipment = world.shipment("SH-1").await.record.id;
    let work = || async { world.store().shipment_work(&everything(), &shipment).await.expect("its work") };
    assert_eq!(work().await.holds.iter().collect::<Vec<_>>(), [HoldKind::PodMissing]);
    let row = of_kind(world, ExceptionKind::PodMissing).await;
    assert_eq!(act(world, Deed::Waive, &[(&row.id, row.version)]).await, [Acted::Done(row.version + 1)]);
    world.waived("SH-1", ExceptionKind::PodMissing, true);
    world.check().await;
    let held = work().await;
    assert!(held.holds.is_empty(), "{held:?}");
    let waiver = held.waivers.iter().find(|waiver| waiver.hold == HoldKind::PodMissing).expect("it is waived");
    assert_eq!((waiver.actor.as_str(), waiver.reason.as_str()), ("user:amira", "I have called them"));
    // Taken back, it holds again; and what was seen to end cannot be waived.
    assert_eq!(act(world, Deed::Reopen, &[(&row.id, row.version + 1)]).await, [Acted::Done(row.version + 2)]);
    world.waived("SH-1", ExceptionKind::PodMissing, false);
    world.check().await;
    act(world, Deed::Waive, &[(&row.id, row.version + 2)]).await;
    world.send(&[tell("pod.received", "p1", "SH-1").at(TODAY - 5)]).await;
    assert_eq!(work().await.waivers, []);
    assert_eq!(act(world, Deed::Reopen, &[(&row.id, row.version + 3)]).await, [Acted::Impossible(ExceptionState::Waived)]);
}

pub(crate) async fn exceptions_out_of_sight_are_not_there(world: &World) {
    without_pod(world, &["SH-1"]).await;
    refuse(world, "key:test", &[b"{"]).await;
    let row = of_kind(world, ExceptionKind::PodMissing).await;
    let shipment = row.shipment_id.clone().expect("its shipment");
    let of = |regions: &[&str]| Sight {
        scope: Scope { regions: Some(regions.iter().map(|region| (*region).to_owned()).collect()), business_units: None },
        ..everything()
    };
    let seen = list(world, &ExceptionQuery { sight: of(&["EU"]), ..all(world) }).await;
    assert!(!seen.is_empty() && seen.iter().all(|row| row.region == "EU"), "{seen:?}");
    let elsewhere = Sight { environment: Environment::Demo, ..everything() };
    for sight in [of(&["US"]), of(&[]), elsewhere] {
        let query = ExceptionQuery { sight: sight.clone(), ..all(world) };
        assert_eq!(list(world, &query).await, []);
        let groups = world.store().exception_groups(&query, 10).await.expect("groups");
        assert_eq!((groups.groups.len(), groups.totals.exceptions, groups.totals.shipments), (0, 0, 0));
        assert!(matches!(world.store().exception(&sight, &row.id).await, Err(StoreError::NotFound)));
        assert!(matches!(world.store().shipment_work(&sight, &shipment).await, Err(StoreError::NotFound)));
        assert_eq!(world.store().exceptions_of_shipment(&sight, &shipment).await.expect("none"), []);
        assert_eq!(act_as(world, sight, Deed::Claim, &[(&row.id, row.version)]).await, [Acted::NotFound]);
    }
    let kinds = world.store().exceptions_of_shipment(&everything(), &shipment).await.expect("its exceptions");
    assert!(kinds.iter().any(|row| row.kind == ExceptionKind::PodMissing));
}

pub(crate) async fn ranked_pages_lose_nothing(world: &World) {
    for n in 0..23 {
        let shipment = format!("SH-{n}");
        world.send(&under_way(&shipment)).await;
        let money = json!({ "amount": format!("{}.50", n * 7 % 11), "currency": if n % 3 == 0 { "JPY" } else { "EUR" } });
        let money = if n % 3 == 0 { json!({ "amount": "700", "currency": "JPY" }) } else { money };
        let booked = tell("freight.booked", &format!("{shipment}-booked"), &shipment).at(TODAY - 350);
        world.send(&[booked.data(json!({ "freight_cost": money }))]).await;
        let disputed = tell("dispute.opened", &format!("{shipment}-d"), &shipment).at(TODAY - 90);
        world.send(&[disputed.data(json!({ "number": "D-1" }))]).await;
        world.clock.advance(7 * Instant::MINUTE);
    }
    let query = ExceptionQuery { kind: Some(ExceptionKind::Disputed), ..all(world) };
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world.store().exceptions(&query, after.as_ref(), 4).await.expect("a page");
        assert_eq!(page.totals.exceptions, 23);
        seen.extend(page.rows);
        // Time passes while somebody reads.
        world.clock.advance(Instant::HOUR);
        after = match page.next {
            Some(next) => Some(next),
            None => break,
        };
    }
    assert_eq!(seen.len(), 23);
    let score = |row: &ExceptionRecord| row.rank * (query.now.since(row.detected_at) / Instant::MINUTE + 1);
    assert!(seen.is_sorted_by_key(|row| -score(row)));
    let groups = world.store().exception_groups(&query, 10).await.expect("groups");
    assert_eq!(groups.groups.len(), 1, "{groups:?}");
    assert_eq!(groups.groups[0].exceptions, 23);
    assert!(groups.totals.queues.iter().any(|(queue, n)| (*queue, *n) == (Queue::Service, 23)));
}

pub(crate) async fn an_item_is_an_exception_until_it_is_taken(world: &World) {
    let ids = refuse(world, "key:test", &[b"{1", b"{2"]).await;
    refuse(world, "key:test", &[b"{1"]).await;
    let query = ExceptionQuery { kind: Some(ExceptionKind::DataDefect), ..all(world) };
    let groups = world.store().exception_groups(&query, 10).await.expect("groups").groups;
    assert_eq!(groups.len(), 1);
    let group = &groups[0];
    assert_eq!((group.detail.as_str(), group.exceptions, group.shipments), ("json_malformed from tms", 2, 0));
    let event = tell("shipment.delivered", "e1", "SH-1");
    world.store().replay(quarantined::step(&ids[0], 1), event.event(), Some(event.json())).await.expect("replays");
    world.remember(super::world::LIVE, vec![event.event()]);
    let left: Vec<String> = list(world, &query).await.into_iter().map(|row| row.subject).collect();
    assert_eq!(left, [ids[1].clone()]);
    world.store().discard(quarantined::step(&ids[1], 1)).await.expect("discards");
    assert_eq!(list(world, &query).await, []);
}

pub(crate) async fn what_was_done_last_is_undone(world: &World) {
    let contract = BillingContract { pod: PodRule::Received, charges: false, ..BillingContract::of("ACME") };
    world.put_policy(Policy { contracts: vec![contract].into(), ..Policy::default() }).await;
    without_pod(world, &["SH-1"]).await;
    let row = of_kind(world, ExceptionKind::PodMissing).await;
    let (id, first) = (row.id.as_str(), row.version);
    assert_eq!(act(world, Deed::Undo, &[(id, first)]).await, [Acted::NoUndo], "nobody has done anything");
    let until = world.clock.now().plus(Instant::DAY);
    act(world, Deed::Assign("ben".into()), &[(id, first)]).await;
    act(world, Deed::Snooze(until), &[(id, first + 1)]).await;
    assert_eq!(act(world, Deed::Undo, &[(id, first + 1)]).await, [faster("user:amira", "snooze")]);
    assert_eq!(act(world, Deed::Undo, &[(id, first + 2)]).await, [Acted::Done(first + 3)]);
    let now = of_kind(world, ExceptionKind::PodMissing).await;
    assert_eq!((now.assignee.as_str(), now.snoozed_until, now.state), ("ben", None, ExceptionState::Open));
    // Undoing that is doing it again.
    assert_eq!(act(world, Deed::Undo, &[(id, first + 3)]).await, [Acted::Done(first + 4)]);
    assert_eq!(of_kind(world, ExceptionKind::PodMissing).await.snoozed_until, Some(until));

    // Who may not waive may not take a waiver back either, nor undo that it was.
    let worker = || (everything(), false);
    assert_eq!(act_by(world, worker(), Deed::Waive, &[(id, first + 4)]).await, [Acted::NotAllowed]);
    assert_eq!(act(world, Deed::Waive, &[(id, first + 4)]).await, [Acted::Done(first + 5)]);
    for deed in [Deed::Undo, Deed::Reopen] {
        assert_eq!(act_by(world, worker(), deed, &[(id, first + 5)]).await, [Acted::NotAllowed]);
    }
    assert_eq!(act(world, Deed::Undo, &[(id, first + 5)]).await, [Acted::Done(first + 6)]);
    world.waived("SH-1", ExceptionKind::PodMissing, false);
    world.check().await;
    assert_eq!(of_kind(world, ExceptionKind::PodMissing).await.snoozed_until, Some(until), "as it was before");
    let steps = ["exception.open", "exception.assign", "exception.snooze", "exception.undo", "exception.undo", "exception.waive"];
    assert_eq!(actions(world, id).await, [&steps[..], &["exception.undo"]].concat());

    // What ended by its effect is not brought back.
    act(world, Deed::Claim, &[(id, first + 6)]).await;
    world.send(&[tell("pod.received", "p1", "SH-1").at(TODAY - 5)]).await;
    assert_eq!(act(world, Deed::Undo, &[(id, first + 7)]).await, [faster("system:assessment", "verify")]);
}
