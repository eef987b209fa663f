//! What was put into a simulated month is found, and nothing else is.

use super::*;
use crate::domain::{
    assess::{Inputs, assess},
    event::{CanonicalEvent, SubjectKind},
    folding::Folding,
    order::{OrderFlags, OrderState},
    policy::Policy,
    shipment::{Hearing, ShipmentState},
};
use std::collections::BTreeSet;

type Open = BTreeSet<(&'static str, String)>;

/// What is taken in, and when it was sent, in that order.
fn told(seed: u64, options: Options) -> Vec<(GeneratedEvent, CanonicalEvent)> {
    let terms = ReadTerms { now: options.until, limits: Limits::DEFAULT };
    let sound = Simulation::new(seed, options).filter(|event| event.fault != Some(Fault::Contradicted));
    let read = |event: GeneratedEvent| Some((crate::domain::event::read(event.json.as_bytes(), &terms).ok()?, event));
    sound.filter_map(read).map(|(read, event)| (event, read)).collect()
}

/// What was sent, folded as it counts in the end, without a store.
#[derive(Default)]
pub(super) struct Folded {
    shipments: BTreeMap<String, ShipmentState>,
    orders: BTreeMap<String, OrderState>,
}

impl Folded {
    pub(super) fn of(seed: u64, options: Options) -> Self {
        Self::of_events(told(seed, options).iter().map(|(_, event)| event))
    }

    fn of_events<'e>(told: impl Iterator<Item = &'e CanonicalEvent>) -> Self {
        let mut events = BTreeMap::new();
        let mut retracted = HashSet::new();
        for event in told {
            if let Some(target) = &event.retracts {
                retracted.insert((event.source.clone(), target.clone()));
                continue;
            }
            // A later record of the same event counts.
            let held = events.entry((event.source.clone(), event.id.clone())).or_insert(event);
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
                        .apply(event, &Hearing { recorded_at: event.occurred_at, history: false, folding: &folding });
                }
                SubjectKind::Order => folded.orders.entry(subject).or_default().apply(event, event.occurred_at),
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

/// What the detectors find at that moment, and when they want to look again.
fn found(folded: &Folded, policy: &Policy, now: Instant) -> (Open, Option<Instant>) {
    let (mut found, mut next_at) = (Open::new(), None);
    for (reference, state, orders) in folded.each() {
        let seen = assess(&Inputs { state, orders: &orders, waivers: &[], policy, now });
        found.extend(seen.findings.into_iter().map(|finding| (finding.kind.code(), reference.clone())));
        next_at = next_at.into_iter().chain(seen.next_at).min();
    }
    (found, next_at)
}

fn agree(seed: u64, shipments: u64) -> BTreeMap<&'static str, u64> {
    let options = Options::days(shipments, 30, NOON);
    let (found, _) = found(&Folded::of(seed, options), &policy(), NOON);
    let injected = Truth::of(seed, options).open_at(NOON);
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

/// Each story by itself, at every moment at which anything can change in it: whenever something is sent, and whenever something that
/// was expected is overdue, at that moment and just before. So a trouble that came and went is found when it came, and is over when it
/// went.
#[test]
fn every_trouble_is_found_when_it_comes_and_over_when_it_goes() {
    let (seed, options, policy) = (2, Options::days(1_200, 30, NOON), policy());
    let truth = Truth::of(seed, options);
    let mut stories: BTreeMap<String, Vec<(Instant, CanonicalEvent)>> = BTreeMap::new();
    for (sent, event) in told(seed, options) {
        stories.entry(sent.shipment.trim_end_matches('X').to_owned()).or_default().push((sent.at, event));
    }
    let (mut differ, mut came, mut went) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for (story, told) in &stories {
        let mut open = Open::new();
        for (place, (at, _)) in told.iter().enumerate() {
            let next_sent = told.get(place + 1).map_or(NOON.plus(1), |(next, _)| *next);
            let folded = Folded::of_events(told.iter().take(place + 1).map(|(_, event)| event));
            let mut moment = Some(*at);
            while let Some(now) = moment.filter(|now| *now < next_sent) {
                let (seen, next_at) = found(&folded, &policy, now);
                let last = next_at.unwrap_or(next_sent).min(next_sent).plus(-1);
                for moment in [now, last] {
                    let put = truth.open_of(story, moment);
                    if seen != put {
                        differ.push(format!("{story} at {}: found {seen:?}, put {put:?}", moment.0));
                    }
                }
                seen.difference(&open).for_each(|(kind, _)| *came.entry(*kind).or_insert(0_u32) += 1);
                open.difference(&seen).for_each(|(kind, _)| *went.entry(*kind).or_insert(0_u32) += 1);
                (open, moment) = (seen, next_at);
            }
        }
    }
    assert!(differ.is_empty(), "{} times:\n{}", differ.len(), differ[..differ.len().min(20)].join("\n"));
    for (kind, _) in crate::domain::exception::DETECTORS {
        assert!(came.contains_key(kind.code()), "nobody had {}", kind.code());
    }
    assert!(went.len() > 15 && went.values().sum::<u32>() > 500, "much is over before the month is: {went:?}");
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
