//! What was put into a simulated month is found, and nothing else is.

use super::*;
use crate::domain::{
    assess::{Inputs, assess},
    event::SubjectKind,
    order::{OrderFlags, OrderState},
    shipment::ShipmentState,
};
use std::collections::BTreeSet;

type Open = BTreeSet<(&'static str, String)>;

/// What the detectors find at the end in what was sent: folded as it counts, without a store.
fn found(seed: u64, options: Options) -> Open {
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
    let mut shipments: BTreeMap<String, ShipmentState> = BTreeMap::new();
    let mut orders: BTreeMap<String, OrderState> = BTreeMap::new();
    for (_, event) in events.into_iter().filter(|(key, _)| !retracted.contains(key)) {
        match event.event_type.subject_kind() {
            SubjectKind::Shipment => {
                shipments.entry(event.subject.clone()).or_default().apply(&event, event.occurred_at, false);
            }
            SubjectKind::Order => orders.entry(event.subject.clone()).or_default().apply(&event, event.occurred_at),
        }
    }
    let policy = policy();
    let mut found = Open::new();
    for (reference, state) in &shipments {
        let orders = OrderFlags::of(state.orders.iter().map(|order| (order.as_str(), orders.get(order))));
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
