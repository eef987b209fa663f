//! Bodies that move into archives: nothing that anybody is told changes.

use super::{
    NOW,
    tell::tell,
    world::{LIVE, World, all_shipments},
};
use crate::{
    domain::{
        event::{CanonicalEvent, Limits, ReadTerms, read},
        month::Month,
        receipt::Receipt,
        shipment::Stage,
        time::Instant,
    },
    simulate::{self, Fault, Options, Simulation},
    store::{
        archive::{Retention, Step, file},
        shipments::Kept,
    },
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Shipment and event → where its body is, the month of its commit, the body.
type Bodies = BTreeMap<(String, i64), (Kept, Month, String)>;

async fn bodies(world: &World) -> Bodies {
    let mut bodies = Bodies::new();
    for shipment in world.store().shipments(&all_shipments(), None, 10_000).await.expect("a list") {
        let (events, _) = world.store().timeline(&shipment.id, 1_000).await.expect("a timeline");
        for event in events {
            let month = Month::of(event.known_at);
            bodies.insert((shipment.reference.clone(), event.seq), (event.kept, month, event.body));
        }
    }
    bodies
}

fn texts(bodies: &Bodies) -> BTreeMap<&(String, i64), &String> {
    bodies.iter().map(|(event, (_, _, body))| (event, body)).collect()
}

async fn archive(world: &World, terms: &Retention) {
    let mut after = 0;
    while let Step::More(seq) = world.store().archive(terms, after).await.expect("a step") {
        after = seq;
    }
}

async fn settle(world: &World) {
    while world.store().look_again(100).await.expect("looks") == 100 {}
}

/// Shipments of which something is in an archive.
fn archived(bodies: &Bodies) -> BTreeSet<&String> {
    let is_away = |(_, (kept, ..)): &(&(String, i64), &(Kept, Month, String))| *kept != Kept::Here;
    bodies.iter().filter(is_away).map(|((shipment, _), _)| shipment).collect()
}

pub(crate) async fn bodies_of_work_that_is_over_leave_and_nothing_changes(world: &World) {
    let folder = tempfile::tempdir().expect("a folder");
    let terms = Retention { months: 1, folder: folder.path().join("archives"), at_once: 150, bytes: 32 << 20 };
    world.put_policy(simulate::policy()).await;
    let reading = ReadTerms { now: NOW, limits: Limits::DEFAULT };
    // What contradicts itself under one id is outside of what the model of the store can say.
    let sound = Simulation::new(4, Options::days(90, 30, NOW)).filter(|event| event.fault != Some(Fault::Contradicted));
    let events: Vec<CanonicalEvent> = sound.filter_map(|event| read(event.json.as_bytes(), &reading).ok()).collect();
    // In March, April and May.
    for events in events.chunks(events.len().div_ceil(3)) {
        world.record(LIVE, events.to_vec()).await.expect("taken");
        world.clock.advance(31 * Instant::DAY);
    }
    settle(world).await;
    let (held, there) = (world.dump().await, bodies(world).await);
    archive(world, &terms).await;
    let left = bodies(world).await;
    assert_eq!(world.dump().await, held);
    assert_eq!(texts(&left), texts(&there));

    // It was old, and nothing waits there.
    let last = Month::of(world.clock.now()).before(2);
    let open: BTreeSet<&String> = held.open.keys().map(|[_, reference, ..]| reference).collect();
    let shipments = world.store().shipments(&all_shipments(), None, 10_000).await.expect("a list");
    let stages: BTreeMap<&String, Stage> = shipments.iter().map(|shipment| (&shipment.reference, shipment.stage)).collect();
    let is_open = |reference: &String| {
        let assessed = held.assessed.get(&("live".to_owned(), reference.clone()));
        open.contains(reference)
            || assessed.is_some_and(|(holds, next_at, ..)| *holds != 0 || next_at.is_some())
            || !matches!(stages[reference], Stage::Posted | Stage::Cancelled)
    };
    let (mut moved, mut young, mut kept) = (0, 0, 0);
    for ((reference, seq), (place, month, _)) in &left {
        if *place == Kept::Here {
            young += usize::from(*month > last);
            kept += usize::from(*month <= last && is_open(reference));
            continue;
        }
        assert!(*month <= last && !is_open(reference), "event {seq} of {reference}");
        moved += 1;
    }
    assert!(moved > 100 && young > 100 && kept > 20, "{moved} {young} {kept}");
    let archives = world.store().archives().await.expect("archives");
    assert!(archives.len() > 1 && archives.iter().all(|archived| file::verify(archived).is_ok()), "{archives:?}");
    assert_eq!(archives.iter().map(|archived| archived.events).sum::<u64>(), moved);

    // Keys stay: a repetition is one.
    let again = world.record(LIVE, events.clone()).await.expect("taken");
    assert!(again.iter().all(|receipt| *receipt == Receipt::Duplicate));
    archive(world, &terms).await;
    assert_eq!(world.store().archives().await.expect("archives"), archives, "once is enough");

    // Folded anew out of the archive: by itself, and with all others by another meaning.
    let away = archived(&left);
    let mut targets = events.iter().filter(|event| away.contains(&event.subject) && event.retracts.is_none());
    let mut take_back = async |id: &str| {
        let target = targets.next().expect("there are many");
        let retraction = tell("event.retracted", id, "any").by(&target.source).data(json!({ "retracts": target.id })).event();
        (world.record(LIVE, vec![retraction.clone()]).await, retraction)
    };
    for n in 0..5 {
        assert!(matches!(take_back(&format!("back-{n}")).await.0.expect("taken")[..], [Receipt::Accepted { .. }]));
    }
    world.put_policy(crate::domain::policy::Policy { ownership: <_>::default(), ..simulate::policy() }).await;
    world.check().await;

    // Without its archive nothing is guessed: it is told, and what would need it is not taken.
    let elsewhere = folder.path().join("elsewhere");
    std::fs::rename(&terms.folder, &elsewhere).expect("moved away");
    let missing = bodies(world).await;
    let unreadable = |(kept, _, body): &(Kept, Month, String)| matches!(kept, Kept::Unreadable(_)) && body.is_empty();
    assert_eq!(missing.values().filter(|event| unreadable(event)).count() as u64, moved);
    assert!(archives.iter().all(|archived| file::glance(archived).is_err()));
    let (refused, retraction) = take_back("late").await;
    assert!(refused.is_err(), "{refused:?}");
    world.put_policy(simulate::policy()).await;
    settle(world).await;
    std::fs::rename(&elsewhere, &terms.folder).expect("moved back");
    assert!(matches!(world.record(LIVE, vec![retraction]).await.expect("taken")[..], [Receipt::Accepted { .. }]));
    // What could not be folded is folded within the hour.
    world.clock.advance(Instant::HOUR);
    settle(world).await;
    world.check().await;
}
