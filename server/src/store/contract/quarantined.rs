//! Quarantine: nothing is lost, the same bytes are one item, and of two people one wins.

use super::{
    acting,
    tell::tell,
    world::{LIVE, World, everything},
};
use crate::{
    domain::{
        access::{Environment, Scope},
        receipt::{Inbound, IntakeTerms, Receipt, Refusal},
    },
    store::{
        StoreError,
        intake::Batch,
        quarantine::{QuarantineQuery, QuarantineWhole, Refused, Replayed, Step},
        shipments::{Cursor, Sight},
    },
};
use std::collections::BTreeSet;

pub(super) fn refusal(raw: &[u8]) -> Refusal {
    Refusal {
        raw: raw.to_vec(),
        code: "json_malformed",
        reason: "ends in the middle".into(),
        place: Some("/data".into()),
        source: Some("tms".into()),
        event_id: None,
        event_type: None,
        subject: None,
    }
}

pub(super) async fn refuse(world: &World, actor: &str, raws: &[&[u8]]) -> Vec<String> {
    let items = raws.iter().map(|raw| Inbound::Refused(Box::new(refusal(raw)))).collect();
    let batch = Batch { actor: actor.into(), terms: LIVE, items };
    let receipts = world.store().record(batch).await.expect("the store takes it");
    let id = |receipt| match receipt {
        Receipt::Quarantined { quarantine_id, code, .. } if code == "json_malformed" => quarantine_id.0,
        other => panic!("{other:?}"),
    };
    receipts.into_iter().map(id).collect()
}

pub(super) fn step(id: &str, version: i64) -> Step {
    Step { id: id.into(), version, sight: everything(), actor: "user:amira".into(), reason: "a typing error".into() }
}

async fn item(world: &World, id: &str) -> QuarantineWhole {
    world.store().quarantined_item(&everything(), id).await.expect("the item")
}

fn open() -> QuarantineQuery {
    QuarantineQuery { sight: everything(), state: "open", source: None, code: None }
}

pub(crate) async fn the_same_bytes_are_one_item(world: &World) {
    let ids = refuse(world, "key:test", &[b"{", b"\xff\x00", b"{"]).await;
    assert_eq!(ids[0], ids[2]);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(refuse(world, "key:test", &[b"\xff\x00"]).await[0], ids[1]);
    assert_eq!(item(world, &ids[1]).await.raw, b"\xff\x00");
    assert_eq!(world.store().count_quarantined(&open(), 10).await.expect("counts"), Some(2));
}

pub(crate) async fn what_comes_together_is_kept_once_in_each_environment(world: &World) {
    // At once they mostly share a commit.
    let send = async |environment, raws: &[&[u8]]| {
        let items = raws.iter().map(|raw| Inbound::Refused(Box::new(refusal(raw)))).collect();
        let terms = IntakeTerms { environment, ..LIVE };
        let receipts = world.store().record(Batch { actor: "key:test".into(), terms, items }).await.expect("the store takes it");
        let id = |receipt| match receipt {
            Receipt::Quarantined { quarantine_id, .. } => quarantine_id.0,
            other => panic!("{other:?}"),
        };
        receipts.into_iter().map(id).collect::<Vec<_>>()
    };
    let (live, demo, again) = tokio::join!(
        send(Environment::Live, &[b"{1", b"{2"]),
        send(Environment::Demo, &[b"{2", b"{1", b"{1"]),
        send(Environment::Live, &[b"{2", b"{3"]),
    );
    assert_eq!((&again[0], &demo[1]), (&live[1], &demo[2]));
    let ids: BTreeSet<&String> = live.iter().chain(&demo).chain(&again).collect();
    assert_eq!(ids.len(), 5, "three here, two there: {ids:?}");
    let of = |environment| QuarantineQuery { sight: Sight { environment, scope: Scope::ALL }, ..open() };
    for (environment, n) in [(Environment::Live, 3), (Environment::Demo, 2)] {
        assert_eq!(world.store().count_quarantined(&of(environment), 10).await.expect("counts"), Some(n));
    }
}

pub(crate) async fn a_contradiction_that_comes_twice_at_once_is_one_item(world: &World) {
    let truth = tell("shipment.delivered", "e1", "SH-1").recorded(10);
    let other = truth.clone().at(5);
    let receipts = world.send(&[truth, other.clone(), other.clone(), other.at(6)]).await;
    let [
        Receipt::Accepted { .. },
        Receipt::Conflict { quarantine_id: one },
        Receipt::Conflict { quarantine_id: same },
        Receipt::Conflict { quarantine_id: another },
    ] = &receipts[..]
    else {
        panic!("{receipts:?}")
    };
    assert!(one == same && one != another, "{receipts:?}");
    assert_eq!(world.store().count_quarantined(&open(), 10).await.expect("counts"), Some(2));
}

/// Of old data nobody is alarmed, also when the same bytes come again later: they are the same item.
pub(crate) async fn what_was_kept_as_history_alarms_nobody_later(world: &World) {
    let send = async |history| {
        let terms = IntakeTerms { history, ..LIVE };
        let items = vec![Inbound::Refused(Box::new(refusal(b"{ old")))];
        world.store().record(Batch { actor: "key:test".into(), terms, items }).await.expect("the store takes it")
    };
    assert_eq!(send(true).await, send(false).await);
    assert!(item(world, &refuse(world, "key:test", &[b"{ old"]).await[0]).await.record.history);
    assert_eq!(acting::list(world, &acting::all(world)).await, []);
    refuse(world, "key:test", &[b"{ new"]).await;
    assert_eq!(acting::list(world, &acting::all(world)).await.len(), 1);
}

fn refused(reason: &str) -> Refused {
    Refused { code: "json_malformed".into(), reason: reason.into(), place: None }
}

pub(crate) async fn a_fix_is_kept_and_a_replay_resolves(world: &World) {
    let id = refuse(world, "key:test", &[b"{ broken"]).await.remove(0);
    world.store().keep_fix(step(&id, 1), "{ better".into(), refused("worse")).await.expect("keeps");
    let held = item(world, &id).await;
    assert_eq!((held.record.version, held.record.state.as_str(), held.fixed.as_deref()), (2, "open", Some("{ better")));
    assert_eq!(held.latest, Some(refused("worse")));
    let event = tell("shipment.delivered", "e1", "SH-1");
    let replayed = world.store().replay(step(&id, 2), event.event(), Some(event.json())).await.expect("replays");
    world.remember(LIVE, vec![event.event()]);
    assert_eq!(replayed, Replayed::Accepted);
    let held = item(world, &id).await;
    let shipment = world.shipment("SH-1").await.record;
    assert_eq!((held.record.state.as_str(), held.shipment), ("resolved", Some((shipment.id, "SH-1".into()))));
    assert_eq!(held.raw, b"{ broken");
    let steps: Vec<_> = held.history.iter().map(|(_, who, what, why)| (who.as_str(), what.as_str(), why.as_str())).collect();
    let why = "a typing error";
    assert_eq!(steps, [("user:amira", "quarantine.keep_fix", why), ("user:amira", "quarantine.replay", why)]);
    // Sent once more, the bytes are the item that is done.
    assert_eq!(refuse(world, "key:test", &[b"{ broken"]).await[0], id);
    assert_eq!(item(world, &id).await.record.state, "resolved");
    // And done is done.
    let again = world.store().replay(step(&id, 3), event.event(), None).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
}

pub(crate) async fn a_replay_of_what_is_there_tells_so(world: &World) {
    let event = tell("shipment.delivered", "e1", "SH-1");
    world.send(std::slice::from_ref(&event)).await;
    let ids = refuse(world, "key:test", &[b"one", b"two"]).await;
    assert_eq!(world.store().replay(step(&ids[0], 1), event.event(), None).await.expect("replays"), Replayed::Duplicate);
    assert_eq!(item(world, &ids[0]).await.record.state, "resolved");
    let other = event.at(9);
    assert_eq!(world.store().replay(step(&ids[1], 1), other.event(), None).await.expect("answers"), Replayed::Conflict);
    let held = item(world, &ids[1]).await;
    assert_eq!((held.record.state.as_str(), held.record.version), ("open", 1));
    assert_eq!(world.store().count_quarantined(&open(), 10).await.expect("counts"), Some(1));
}

pub(crate) async fn of_two_people_at_once_one_wins(world: &World) {
    let id = refuse(world, "key:test", &[b"{"]).await.remove(0);
    let event = |carrier: &str| tell("shipment.delivered", carrier, "SH-1").event();
    let store = world.store();
    let (a, b, c, d) = tokio::join!(
        store.replay(step(&id, 1), event("a"), None),
        store.replay(step(&id, 1), event("b"), None),
        store.discard(step(&id, 1)),
        store.keep_fix(step(&id, 1), "{}".into(), refused("no")),
    );
    let winners = [a.is_ok(), b.is_ok(), c.is_ok(), d.is_ok()];
    assert_eq!(winners.iter().filter(|won| **won).count(), 1, "{winners:?}");
    for (won, name) in [(a.is_ok(), "a"), (b.is_ok(), "b")] {
        if won {
            world.remember(LIVE, vec![event(name)]);
        }
    }
    for error in [a.err(), b.err(), c.err(), d.err()].into_iter().flatten() {
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    }
    assert_eq!(item(world, &id).await.history.len(), 1);
}

pub(crate) async fn items_out_of_sight_are_not_there(world: &World) {
    let id = refuse(world, "key:test", &[b"{"]).await.remove(0);
    let scoped = Sight { scope: Scope { regions: Some(vec!["EU".into()]), business_units: None }, ..everything() };
    let elsewhere = Sight { environment: Environment::Demo, ..everything() };
    for sight in [scoped, elsewhere] {
        let query = QuarantineQuery { sight: sight.clone(), ..open() };
        assert_eq!(world.store().quarantined(&query, None, 10).await.expect("a list"), []);
        assert_eq!(world.store().count_quarantined(&query, 10).await.expect("counts"), Some(0));
        let step = || Step { sight: sight.clone(), ..step(&id, 1) };
        let event = tell("shipment.delivered", "e1", "SH-1").event();
        let errors = [
            world.store().quarantined_item(&sight, &id).await.err(),
            world.store().keep_fix(step(), "{}".into(), refused("no")).await.err(),
            world.store().replay(step(), event, None).await.err(),
            world.store().discard(step()).await.err(),
        ];
        for error in errors {
            assert!(matches!(error, Some(StoreError::NotFound)), "{sight:?}: {error:?}");
        }
    }
    assert_eq!(item(world, &id).await.record.version, 1);
}

pub(crate) async fn quarantine_pages_lose_nothing(world: &World) {
    let raws: Vec<String> = (0..23).map(|n| format!("{{{n}")).collect();
    for piece in raws.chunks(9) {
        refuse(world, "key:test", &piece.iter().map(String::as_bytes).collect::<Vec<_>>()).await;
        world.clock.advance(1);
    }
    let mut all = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = world.store().quarantined(&open(), after.as_ref(), 4).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(Cursor { at: last.received_at, id: last.id.clone() });
        all.extend(page);
    }
    assert_eq!(all.len(), 23);
    assert!(all.windows(2).all(|pair| (pair[0].received_at, &pair[0].id) > (pair[1].received_at, &pair[1].id)));
}
