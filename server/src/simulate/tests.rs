pub(crate) mod figures;
mod found;
mod held;
mod plain;
mod rules;

use super::*;
use crate::domain::event::{Limits, ReadTerms};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// 1 September 2026, 12:00 UTC.
const NOON: Instant = Instant(1_788_264_000 * Instant::SECOND);

fn simulation(seed: u64, shipments: u64) -> Simulation {
    Simulation::new(seed, Options::days(shipments, 120, NOON))
}

#[test]
fn who_is_expected_to_speak_does_or_is_told_as_silent() {
    let options = Options::days(200, 20, NOON);
    let manifest = Manifest::new(1, &options);
    let speaking: HashSet<_> = Simulation::new(1, options).map(|event| event.source).collect();
    for terms in policy().sources.iter().filter(|terms| terms.cadence_hours > 0) {
        let speaks = speaking.iter().any(|source| terms.covers(source));
        assert_ne!(speaks, manifest.silent.contains(terms.name.as_str()), "{}", terms.name);
    }
}

#[test]
fn a_seed_tells_the_same_story() {
    let lines = |seed| simulation(seed, 300).map(|event| event.json).collect::<Vec<_>>();
    assert_eq!(lines(7), lines(7));
    assert_ne!(lines(7), lines(8));
}

#[test]
fn a_seed_tells_the_same_story_in_years_to_come() {
    // Change the number only when the simulator is meant to tell something else.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for event in simulation(42, 200) {
        for byte in event.json.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(hash, 0x6040_5e69_dd38_0acc, "{hash:#x}");
}

#[test]
fn events_come_in_the_order_of_sending_and_not_from_the_future() {
    let events: Vec<_> = simulation(3, 500).collect();
    assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(events.iter().all(|event| event.at <= NOON));
}

#[test]
fn every_line_is_json_but_those_that_are_cut_off() {
    for event in simulation(5, 2_000) {
        let read: Result<Value, _> = serde_json::from_str(&event.json);
        assert_eq!(read.is_err(), event.fault == Some(Fault::CutOff), "{}", event.json);
    }
}

#[test]
fn the_contracts_take_what_is_sound_and_refuse_the_rest() {
    let terms = ReadTerms { now: NOON, limits: Limits::DEFAULT };
    for event in simulation(6, 2_000) {
        let refused = match event.fault {
            Some(Fault::UnknownType) => Some("type_unknown"),
            Some(Fault::BadMoney) => Some("money_invalid"),
            Some(Fault::FutureDate) => Some("time_in_future"),
            Some(Fault::BadTime) => Some("time_invalid"),
            Some(Fault::NoSubject) => Some("attribute_missing"),
            Some(Fault::CutOff) => Some("json_malformed"),
            _ => None,
        };
        match crate::domain::event::read(event.json.as_bytes(), &terms) {
            Ok(read) => {
                assert_eq!(refused, None, "{}", event.json);
                assert_eq!((read.event_type, read.source.as_str(), &read.id), (event.event_type, event.source, &event.id));
            }
            Err(refusal) => assert_eq!(Some(refusal.code), refused, "{}: {}", refusal.reason, event.json),
        }
    }
}

#[test]
fn ids_are_told_twice_only_on_purpose() {
    let mut seen = HashSet::new();
    for event in simulation(9, 2_000) {
        let again = matches!(event.fault, Some(Fault::Repeated | Fault::Corrected | Fault::Contradicted));
        assert_eq!(seen.insert((event.source, event.id.clone())), !again, "{} of {}", event.id, event.source);
    }
}

#[test]
fn two_seeds_share_no_references() {
    let references = |seed| simulation(seed, 200).map(|event| event.shipment).collect::<HashSet<_>>();
    assert!(references(1).is_disjoint(&references(2)));
}

#[test]
fn rates_are_plausible() {
    let mut manifest = Manifest::new(11, &Options::days(4_000, 120, NOON));
    let mut bytes = 0;
    for event in simulation(11, 4_000) {
        bytes += event.json.len();
        manifest.note(&event);
    }
    assert!(manifest.shipments >= 3_990, "{}", manifest.shipments);
    let per_shipment = manifest.events as f64 / manifest.shipments as f64;
    assert!((9.0..13.0).contains(&per_shipment), "{per_shipment} events a shipment");
    let size = bytes as f64 / manifest.events as f64;
    assert!((550.0..850.0).contains(&size), "{size} bytes an event");
    for (fault, rate) in faults::RATES {
        let share = manifest.injected.get(fault.code()).map_or(0, Vec::len) as f64 / manifest.events as f64;
        assert!(share < rate * 2.5 && share > rate * 0.1, "{}: {share} instead of {rate}", fault.code());
    }
    let trouble = |name: &str| manifest.troubles.get(name).map_or(0, |set| set.len()) as f64 / manifest.shipments as f64;
    for (name, low, high) in [
        ("tender_rejected", 0.01, 0.06),
        ("cancelled", 0.005, 0.03),
        ("delayed", 0.02, 0.12),
        ("invoice_blocked", 0.01, 0.06),
        ("posting_failed", 0.01, 0.06),
        ("refused", 0.001, 0.015),
        ("disputed", 0.001, 0.02),
    ] {
        assert!((low..high).contains(&trouble(name)), "{name}: {}", trouble(name));
    }
}

#[test]
fn most_deliveries_keep_their_promise_and_most_proofs_come() {
    let mut delivered = BTreeMap::new();
    let mut promised = BTreeMap::new();
    let mut proven = HashSet::new();
    for event in simulation(13, 2_000).filter(|event| event.fault.is_none()) {
        let json: Value = serde_json::from_str(&event.json).expect("sound lines are JSON");
        let time = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str().expect("a time")).expect("RFC 3339");
        match event.event_type {
            EventType::ShipmentPlanned => {
                promised.insert(event.shipment, time(&json["data"]["promised_at"]));
            }
            EventType::ShipmentDelivered => {
                delivered.insert(event.shipment, time(&json["time"]));
            }
            EventType::PodReceived => {
                proven.insert(event.shipment);
            }
            _ => {}
        }
    }
    let known: Vec<_> = delivered.iter().filter_map(|(id, at)| Some(*at <= *promised.get(id)?)).collect();
    let on_time = known.iter().filter(|on_time| **on_time).count() as f64 / known.len() as f64;
    assert!((0.84..0.95).contains(&on_time), "{on_time}");
    let with_proof = delivered.keys().filter(|id| proven.contains(*id)).count() as f64 / delivered.len() as f64;
    assert!((0.90..0.99).contains(&with_proof), "{with_proof}");
}

#[test]
fn the_present_goes_on_at_the_rate_that_was_asked_for() {
    let options = Options { crescendo: 4.0, ..Options::days(400, 120, NOON) };
    let mut live = Live::new(1, options, 3.0);
    let backlog: Vec<_> = live.backlog().collect();
    assert!(backlog.len() > 3_000 && backlog.iter().all(|event| event.at <= NOON));
    let mut told = Vec::new();
    for second in 1..=600 {
        let now = NOON.plus(second * Instant::SECOND);
        let due = live.due(now);
        assert!(due.iter().all(|event| event.at <= now));
        told.extend(due);
    }
    assert!((1_790..=1_800).contains(&told.len()), "{}", told.len());
    let stages: HashSet<_> = told.iter().map(|event| event.event_type).collect();
    for stage in
        [EventType::OrderReleased, EventType::ShipmentPlanned, EventType::ShipmentDelivered, EventType::ErpPostingSucceeded]
    {
        assert!(stages.contains(&stage), "{stage:?}");
    }
}

#[test]
fn a_restart_may_leave_the_past_out() {
    let mut live = Live::new(1, Options::days(400, 120, NOON), 5.0);
    live.skip_backlog();
    assert_eq!(live.backlog().count(), 0);
    assert_eq!(live.due(NOON.plus(2 * Instant::SECOND)).len(), 10);
}
