//! Walks at random through all events, one a minute, and sees in which states that ends.

use super::{Lifecycle, OF_A_SHIPMENT, OrderStanding, State};
use crate::domain::{
    assess::{Case, Inputs},
    event::{CanonicalEvent, EventType, Limits, ReadTerms, SubjectKind, read},
    folding::Folding,
    order::{OrderFlags, OrderState},
    policy::Policy,
    shipment::{Hearing, ShipmentState},
    time::Instant,
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const WALKS: u64 = 1_200;
const STEPS: i64 = 22;
/// 2026-03-02T00:00:00Z.
const MONDAY: i64 = 1_772_409_600;

/// Contracts of both kinds, and none.
const POLICIES: [&str; 3] = ["[[contracts]]\ncustomer = \"*\"\npod = \"signed\"\n", "[[contracts]]\ncustomer = \"*\"\n", ""];

/// What an event did: (from, event, to).
type Seen = BTreeMap<&'static str, BTreeSet<(&'static str, &'static str, &'static str)>>;

/// An event as its contract's example has it, or with the other choice where an event tells one of two things.
fn event(event_type: EventType, minute: i64, chance: &mut ChaCha8Rng) -> CanonicalEvent {
    let mut event: Value = serde_json::from_str(event_type.example()).expect("an example is JSON");
    let at = chrono::DateTime::from_timestamp(MONDAY + minute * 60, 0).expect("a time").to_rfc3339();
    event["id"] = json!(format!("{minute}"));
    event["subject"] = json!("IT");
    (event["time"], event["recordedtime"]) = (json!(at), json!(at));
    let other = chance.next_u32().is_multiple_of(2);
    match event_type {
        EventType::TemperatureAssessed => event["data"]["compliant"] = json!(other),
        EventType::ErpPostingSucceeded | EventType::ErpPostingFailed => {
            event["data"]["ledger"] = json!(if other { "payable" } else { "receivable" });
        }
        EventType::CarrierInvoiceReceived if other => event["data"]["amount"]["amount"] = json!("999999.00"),
        EventType::PodReceived | EventType::PodValidated if other => {
            event["data"].as_object_mut().expect("an object").remove("signed_by");
        }
        _ => {}
    }
    let terms = ReadTerms { now: Instant((MONDAY + 90 * 86_400) * Instant::SECOND), limits: Limits::DEFAULT };
    read(event.to_string().as_bytes(), &terms).unwrap_or_else(|refusal| panic!("{}: {event}", refusal.reason))
}

fn states(state: &ShipmentState, policy: &Policy) -> Vec<(&'static Lifecycle, State)> {
    let inputs = Inputs { state, orders: &OrderFlags::NONE, waivers: &[], policy, now: Instant(MONDAY * Instant::SECOND) };
    let case = Case::of(&inputs);
    OF_A_SHIPMENT.iter().map(|(lifecycle, read)| (*lifecycle, read(&case))).collect()
}

/// Everything that events did to lifecycles in all walks.
fn walked() -> Seen {
    let mut seen = Seen::new();
    let folding = Folding::default();
    let mut see = |lifecycle: &'static Lifecycle, before: State, event: EventType, after: State| {
        if before != after {
            seen.entry(lifecycle.id).or_default().insert((before.code, event.name(), after.code));
        }
    };
    // A correction is no step of its own: it is as if the event that it corrects had told it right. A source's own word does what it
    // is mapped to, and without a map nothing.
    let no_step =
        |event: &EventType| matches!(event, EventType::EventRetracted | EventType::ShipmentCorrected | EventType::StatusReported);
    let of = |kind| EventType::ALL.iter().copied().filter(move |e| e.subject_kind() == kind && !no_step(e));
    let on_shipments: Vec<EventType> = of(SubjectKind::Shipment).collect();
    let on_orders: Vec<EventType> = of(SubjectKind::Order).collect();
    for walk in 0..WALKS {
        let mut chance = ChaCha8Rng::seed_from_u64(walk);
        let policy = POLICIES[usize::try_from(walk).expect("few") % POLICIES.len()];
        let policy: Policy = toml::from_str(policy).expect("a policy");
        let (mut shipment, mut order) = (ShipmentState { watched: true, ..ShipmentState::default() }, OrderState::default());
        for minute in 1..=STEPS {
            let pick = |events: &[EventType], chance: &mut ChaCha8Rng| events[chance.next_u32() as usize % events.len()];
            let (to_it, to_order) = (pick(&on_shipments, &mut chance), pick(&on_orders, &mut chance));
            let at = Instant((MONDAY + minute * 60) * Instant::SECOND);
            let (before, stood) = (states(&shipment, &policy), OrderStanding::of(&order).state());
            let hearing = Hearing { recorded_at: at, history: false, folding: &folding };
            shipment.apply(&event(to_it, minute, &mut chance), &hearing);
            order.apply(&event(to_order, minute, &mut chance), at);
            for ((lifecycle, before), (_, after)) in before.into_iter().zip(states(&shipment, &policy)) {
                see(lifecycle, before, to_it, after);
            }
            see(&OrderStanding::LIFECYCLE, stood, to_order, OrderStanding::of(&order).state());
        }
    }
    seen
}

/// What the tables say, the same way.
fn told() -> Seen {
    let all = OF_A_SHIPMENT.iter().map(|(lifecycle, _)| *lifecycle).chain([&OrderStanding::LIFECYCLE]);
    let rows = |lifecycle: &'static Lifecycle| {
        let transitions = lifecycle.transitions.iter();
        let rows = transitions.flat_map(|row| row.on.iter().map(|event| (row.from, event.name(), row.to)));
        (lifecycle.id, rows.collect())
    };
    all.map(rows).collect()
}

#[test]
fn events_do_what_the_tables_say_and_nothing_else() {
    let (walked, told) = (walked(), told());
    for (id, told) in &told {
        let walked = &walked[id];
        let unsaid: Vec<_> = walked.difference(told).collect();
        let untrue: Vec<_> = told.difference(walked).collect();
        assert!(unsaid.is_empty() && untrue.is_empty(), "{id}: the tables lack {unsaid:?}; nothing does {untrue:?}");
    }
}

#[test]
fn every_state_can_be_reached_and_has_a_name_of_its_own() {
    for lifecycle in OF_A_SHIPMENT.iter().map(|(lifecycle, _)| *lifecycle).chain([&OrderStanding::LIFECYCLE]) {
        let codes: BTreeSet<_> = lifecycle.states.iter().map(|state| state.code).collect();
        assert_eq!(codes.len(), lifecycle.states.len(), "{}", lifecycle.id);
        let reached: BTreeSet<_> = lifecycle.transitions.iter().map(|row| row.to).chain([lifecycle.states[0].code]).collect();
        assert_eq!(reached, codes, "{}", lifecycle.id);
    }
}
