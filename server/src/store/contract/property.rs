//! The convergence property: the same events in any order, repeated, cut into any batches, end in the same facts.

use super::{
    Dump, Open,
    tell::{Tell, tell},
    world::{LIVE, World},
};
use crate::domain::receipt::{IntakeTerms, Lane};
use proptest::{collection::vec, prelude::*, sample::SizeRange};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What one record of an event says.
#[derive(Debug, Clone)]
struct Record {
    kind: usize,
    subject: u8,
    minutes: i64,
    target: u8,
    extras: Vec<u8>,
    sequence: Option<u8>,
}

/// (source, id, record time): under one such key there is one body.
type Key = (u8, u8, Option<u8>);

const KINDS: [&str; 13] = [
    "event.retracted",
    "shipment.planned",
    "shipment.dispatched",
    "shipment.delivered",
    "pod.received",
    "pod.rejected",
    "invoice.released",
    "shipment.cancelled",
    "order.released",
    "order.changed",
    "shipment.in_transit",
    "event.retracted",
    "shipment.status_reported",
];

fn record() -> impl Strategy<Value = Record> {
    (0..KINDS.len(), 0..3_u8, -4_000..8_000_i64, 0..6_u8, vec(0..10_u8, 0..4), prop::option::of(0..3_u8)).prop_map(
        |(kind, subject, minutes, target, extras, sequence)| Record { kind, subject, minutes, target, extras, sequence },
    )
}

/// Few sources, ids and subjects, so that records meet.
fn records() -> impl Strategy<Value = BTreeMap<Key, Record>> {
    let key = (0..2_u8, 0..6_u8, prop::option::weighted(0.7, 0..4_u8));
    prop::collection::btree_map(key, record(), SizeRange::from(1..24))
}

/// The records in an order of their own with some repeated, and where the batches end.
#[derive(Debug, Clone)]
struct Sending {
    order: Vec<prop::sample::Index>,
    repeated: Vec<prop::sample::Index>,
    cuts: Vec<bool>,
    bulk: bool,
    /// Before which event the policy is put in force.
    policy_at: usize,
}

fn sending() -> impl Strategy<Value = Sending> {
    let index = || any::<prop::sample::Index>();
    (vec(index(), 24), vec(index(), 0..12), vec(prop::bool::weighted(0.3), 48), any::<bool>(), 0..24_usize)
        .prop_map(|(order, repeated, cuts, bulk, policy_at)| Sending { order, repeated, cuts, bulk, policy_at })
}

fn told((source, id, recorded): &Key, record: &Record) -> Tell {
    let extra = |what: &u8| -> Value {
        match what {
            0 => json!({ "carrier": "DHL" }),
            1 => json!({ "carrier": "UPS", "mode": "air" }),
            2 => json!({ "region": "EU", "business_unit": "B1" }),
            3 => json!({ "region": "US" }),
            4 => json!({ "orders": ["SO-1", "SO-2"] }),
            5 => json!({ "orders": ["so-1"], "promised_at": "2026-03-04" }),
            6 => json!({ "references": [{ "scheme": "bol", "issuer": "A", "value": "7" }] }),
            7 => {
                json!({ "references": [{ "scheme": "bol", "issuer": "B", "value": "7" }, { "scheme": "order", "value": "SO-1" }] })
            }
            8 => json!({ "promised_at": "2026-03-02T20:00:00Z" }),
            _ => json!({ "precision": "day" }),
        }
    };
    let kind = KINDS[record.kind];
    let event =
        tell(kind, &format!("e{id}"), &format!("S-{}", record.subject)).by(&format!("source-{source}")).at(record.minutes);
    let word = ["LDD", "POD", "?"][usize::from(record.target) % 3];
    let event = if kind == "shipment.status_reported" { event.data(json!({ "code": word })) } else { event };
    let event = record.extras.iter().fold(event, |event, what| event.data(extra(what)));
    let event = if kind == "event.retracted" { event.data(json!({ "retracts": format!("e{}", record.target) })) } else { event };
    let event = record.sequence.iter().fold(event, |event, sequence| event.sequence(&sequence.to_string()));
    recorded.iter().fold(event, |event, recorded| event.recorded(9_000 + i64::from(*recorded)))
}

/// Facts have owners, and words a meaning, from some time on: what came before is folded anew.
const CONFIGURED: &str = r#"
[ownership]
execution = ["source-1"]
commercial = ["source-0"]
[[status_maps]]
sources = "source-*"
codes = { LDD = "loaded", POD = "pod_received" }
"#;

/// Sends everything and answers what is held then.
async fn held<F: Open + 'static>(records: &BTreeMap<Key, Record>, sending: &Sending) -> Dump {
    let world = World::open::<F>().await;
    let mut tells: Vec<Tell> = records.iter().map(|(key, record)| told(key, record)).collect();
    for (at, other) in sending.order.iter().take(tells.len()).enumerate() {
        let other = other.index(tells.len());
        tells.swap(at, other);
    }
    for (n, again) in sending.repeated.iter().enumerate() {
        let again = tells[again.index(tells.len())].clone();
        tells.insert((n * 7) % tells.len(), again);
    }
    let mut batch = Vec::new();
    let lane = if sending.bulk { Lane::Bulk } else { Lane::Single };
    for (at, (tell, cut)) in tells.into_iter().zip(sending.cuts.iter().cycle()).enumerate() {
        if at == sending.policy_at {
            world.put_policy(toml::from_str(CONFIGURED).expect("a policy")).await;
        }
        batch.push(tell);
        if *cut {
            world.send_as(IntakeTerms { lane, ..LIVE }, &std::mem::take(&mut batch)).await;
        }
    }
    world.send(&batch).await;
    if sending.policy_at >= records.len() + sending.repeated.len() {
        world.put_policy(toml::from_str(CONFIGURED).expect("a policy")).await;
    }
    world.check().await;
    world.dump().await
}

/// Any two sendings of the same records end in the same.
pub(crate) fn converges<F: Open + 'static>() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let config =
        ProptestConfig { cases: F::CASES, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(records in records(), one in sending(), other in sending())| {
        let (one, other) = runtime.block_on(async { tokio::join!(held::<F>(&records, &one), held::<F>(&records, &other)) });
        prop_assert_eq!(one, other);
    });
}
