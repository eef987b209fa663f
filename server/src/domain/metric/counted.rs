//! What a contract says is left out and counted is measured so: shipments of every kind, each with a mark of its own kind left out or not, are
//! measured, and what falls out of a figure is what its contract names.

use super::{Kpi, Source, left_out};
use crate::domain::{
    assess::Inputs,
    event::{Limits, ReadTerms, read},
    folding::Folding,
    measure::{Metric, Shape, Told, Trail, flows},
    order::OrderFlags,
    policy::{BillingContract, PodRule, Policy},
    shipment::{Hearing, ShipmentState},
    time::Instant,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// 2026-03-01.
const BEGIN: i64 = 1_772_323_200_000_000;

/// What is told of a shipment: each step before the others, after them, or not at all; whose it is; what its invoice is like.
struct Story {
    /// Dispatched, delivered, POD received, POD validated, invoiced, posted: hours, if at all.
    steps: [Option<i64>; 6],
    contract: bool,
    promised: bool,
    history: bool,
    amount: &'static str,
    shared: bool,
}

fn state(told: &Story) -> ShipmentState {
    const STEPS: [&str; 6] = [
        "shipment.dispatched",
        "shipment.delivered",
        "pod.received",
        "pod.validated",
        "invoice.released",
        "erp_posting.succeeded",
    ];
    let time = |hours: i64| {
        let at = chrono::DateTime::from_timestamp_micros(BEGIN + hours * Instant::HOUR).expect("a time");
        at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    };
    let terms = ReadTerms { now: Instant(BEGIN + 90 * Instant::DAY), limits: Limits::DEFAULT };
    let folding = Folding::of(&Policy::default());
    let mut state = ShipmentState::NONE;
    for (kind, hours) in STEPS.into_iter().zip(told.steps) {
        let Some(hours) = hours else { continue };
        let mut data = json!({ "customer": if told.contract { "C1" } else { "C2" } });
        if told.promised {
            data["promised_at"] = time(30).into();
        }
        if kind == "invoice.released" {
            data["number"] = "I-1".into();
            data["amount"] = json!({ "amount": told.amount, "currency": "EUR" });
            if told.shared {
                data["consolidation"] = "RUN-1".into();
            }
        }
        if kind == "erp_posting.succeeded" {
            data["document"] = "D-1".into();
            data["ledger"] = "receivable".into();
        }
        let event: Value = json!({
            "specversion": "1.0", "id": kind, "source": "test", "type": format!("com.waybill.{kind}.v1"), "subject": "SH-1",
            "time": time(hours), "data": data,
        });
        let event = read(event.to_string().as_bytes(), &terms).expect("a sound event");
        // What came in before it happened was recorded too early.
        let recorded_at = Instant(BEGIN + 20 * Instant::HOUR);
        state.apply(&event, &Hearing { recorded_at, history: told.history, folding: &folding });
    }
    state
}

/// The bins that every measure fell into.
fn measured() -> BTreeMap<Metric, BTreeSet<i32>> {
    let contract = BillingContract { pod: PodRule::Received, charges: false, ..BillingContract::of("C1") };
    let policy = Policy { contracts: vec![contract].into(), ..Policy::default() };
    let mut found: BTreeMap<Metric, BTreeSet<i32>> = BTreeMap::new();
    let orders = OrderFlags::default();
    // Each step early, late or never.
    for choice in 0..3_usize.pow(6) {
        let steps = std::array::from_fn(|step| match choice / 3_usize.pow(step as u32) % 3 {
            0 => None,
            1 => Some(step as i64),
            _ => Some(60 - step as i64),
        });
        for kind in 0..32 {
            let is = |bit: u32| kind >> bit & 1 == 1;
            let amount = if is(3) { "0.00" } else { "12.50" };
            let told = Story { steps, contract: is(0), promised: is(1), history: is(2), amount, shared: is(4) };
            let state = state(&told);
            let inputs = Inputs { state: &state, orders: &orders, waivers: &[], policy: &policy, now: Instant(BEGIN) };
            for measure in flows(&Told { inputs: &inputs, trail: Trail::default() }) {
                found.entry(measure.metric).or_default().insert(measure.bin);
            }
        }
    }
    found
}

#[test]
fn what_is_said_to_be_counted_is_measured() {
    let found = measured();
    for metric in Metric::ALL.iter().filter(|metric| matches!(metric.shape(), Shape::Duration | Shape::Class)) {
        let told: BTreeSet<i32> = left_out(*metric).iter().map(|(bin, _)| *bin).collect();
        let bins = found.get(metric).unwrap_or_else(|| panic!("nothing was measured of {}", metric.code()));
        let out: BTreeSet<i32> = bins.iter().copied().filter(|bin| *bin < 0 || told.contains(bin)).collect();
        assert_eq!(out, told, "{}: what falls out of it, and what is said to", metric.code());
        assert!(bins.iter().any(|bin| !told.contains(bin)), "{}: something counts", metric.code());
    }
}

#[test]
fn a_contract_leaves_out_what_its_own_measure_does() {
    for kpi in Kpi::ALL {
        let contract = kpi.contract();
        match contract.source {
            Source::Flow(metrics) => assert_eq!(contract.exclusions, left_out(metrics[0]), "{}", kpi.code()),
            Source::Solved => assert_eq!(contract.exclusions.len(), 1, "those that were over at once: {}", kpi.code()),
            Source::Stock(..) | Source::Exceptions(_) => assert!(contract.exclusions.is_empty(), "{}", kpi.code()),
        }
    }
}
