//! What was put into a simulated month is found, and nothing else is.

use super::*;
use crate::domain::{
    assess::{Inputs, assess},
    event::SubjectKind,
    folding::Folding,
    order::{OrderFlags, OrderState},
    shipment::{Hearing, ShipmentState},
};
use std::collections::BTreeSet;

type Open = BTreeSet<(&'static str, String)>;

/// What was sent, folded as it counts in the end, without a store.
#[derive(Default)]
pub(super) struct Folded {
    shipments: BTreeMap<String, ShipmentState>,
    orders: BTreeMap<String, OrderState>,
}

impl Folded {
    pub(super) fn of(seed: u64, options: Options) -> Self {
        let terms = ReadTerms { now: options.until, limits: Limits::DEFAULT };
        let mut events = BTreeMap::new();
        let mut retracted = HashSet::new();
        for event in Simulation::new(seed, options).filter(|event| event.fault != Some(Fault::Contradicted)) {
            let Ok(event) = crate::domain::event::read(event.json.as_bytes(), &terms) else { continue };
            if let Some(target) = &event.retracts {
                retracted.insert((event.source.clone(), target.clone()));
                continue;
            }
            // A later record of the same event counts.
            let held = events.entry((event.source.clone(), event.id.clone())).or_insert_with(|| event.clone());
            if held.recorded_time < event.recorded_time {
                *held = event;
            }
        }
        let mut folded = Self::default();
        let folding = Folding::of(&policy());
        for (_, event) in events.into_iter().filter(|(key, _)| !retracted.contains(key)) {
            let subject = event.subject.clone();
            match event.event_type.subject_kind() {
                SubjectKind::Shipment => {
                    folded
                        .shipments
                        .entry(subject)
                        .or_default()
                        .apply(&event, &Hearing { recorded_at: event.occurred_at, history: false, folding: &folding });
                }
                SubjectKind::Order => folded.orders.entry(subject).or_default().apply(&event, event.occurred_at),
            }
        }
        folded
    }

    /// Each shipment, with what its orders say of it.
    pub(super) fn each(&self) -> impl Iterator<Item = (&String, &ShipmentState, OrderFlags)> {
        self.shipments.iter().map(|(reference, state)| {
            let orders = state.orders.iter().map(|order| (order.as_str(), self.orders.get(order)));
            (reference, state, OrderFlags::of(orders))
        })
    }
}

/// What the detectors find at the end.
fn found(seed: u64, options: Options) -> Open {
    let policy = policy();
    let mut found = Open::new();
    for (reference, state, orders) in Folded::of(seed, options).each() {
        let inputs = Inputs { state, orders: &orders, waivers: &[], policy: &policy, now: options.until };
        found.extend(assess(&inputs).findings.into_iter().map(|finding| (finding.kind.code(), reference.clone())));
    }
    found
}

fn injected(seed: u64, options: Options) -> Open {
    let mut manifest = Manifest::new(seed, &options);
    manifest.settle(&options);
    manifest.open.into_iter().flat_map(|(kind, shipments)| shipments.into_iter().map(move |shipment| (kind, shipment))).collect()
}

fn agree(seed: u64, shipments: u64) -> BTreeMap<&'static str, u64> {
    let options = Options::days(shipments, 30, NOON);
    let (found, injected) = (found(seed, options), injected(seed, options));
    let missed: Vec<_> = injected.difference(&found).collect();
    let false_alarms: Vec<_> = found.difference(&injected).collect();
    assert!(missed.is_empty() && false_alarms.is_empty(), "seed {seed}: missed {missed:?}, false alarms {false_alarms:?}");
    let mut counts = BTreeMap::new();
    injected.iter().for_each(|(kind, _)| *counts.entry(*kind).or_default() += 1);
    counts
}

#[test]
fn every_trouble_of_a_month_is_found_and_nothing_else_is() {
    let counts = agree(1, 3_000);
    for (kind, _) in crate::domain::exception::DETECTORS {
        assert!(counts.contains_key(kind.code()), "nobody had {}", kind.code());
    }
}

/// A store looks again when it is told to, and only then: nothing may change before, and something has to change then.
#[test]
fn whoever_looks_when_told_to_misses_nothing() {
    let policy = policy();
    let mut looks = 0_u32;
    for (reference, state, orders) in Folded::of(5, Options::days(500, 30, NOON)).each() {
        let look = |now| assess(&Inputs { state, orders: &orders, waivers: &[], policy: &policy, now });
        let mut now = state.first_at.expect("something was told");
        let mut seen = look(now);
        while let Some(next) = seen.next_at {
            assert!(next > now, "{reference}");
            let before = look(next.plus(-1));
            assert_eq!(
                (&before.findings, before.holds, before.next_at),
                (&seen.findings, seen.holds, seen.next_at),
                "{reference}"
            );
            (now, seen) = (next, look(next));
            assert_ne!((&seen.findings, seen.next_at), (&before.findings, before.next_at), "{reference}");
            looks += 1;
        }
        assert_eq!(look(now.plus(400 * Instant::DAY)).findings, seen.findings, "{reference}: nothing is due, and nothing comes");
        assert!(seen.findings.iter().all(|finding| finding.since <= now.max(NOON)), "{reference}: {:?}", seen.findings);
    }
    assert!(looks > 150, "{looks}");
}
