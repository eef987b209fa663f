//! The slow, obvious recomputation: what a store must hold after everything that was sent, worked out from the start.

use super::Dump;
use crate::domain::{
    assess::{Inputs, assess, money},
    event::{CanonicalEvent, EventType, SubjectKind, reread},
    exception::{ExceptionKind, each_by_cause, waives},
    fact::FactKey,
    folding::Folding,
    measure::measures,
    order::{OrderFlags, OrderState},
    policy::Policy,
    receipt::IntakeTerms,
    shipment::{Hearing, ShipmentState},
    time::Instant,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// An event as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) terms: IntakeTerms,
    pub(crate) received_at: Instant,
    pub(crate) event: CanonicalEvent,
}

type Key = (String, String, String);

fn key(sent: &Sent) -> Key {
    (sent.terms.environment.code().into(), sent.event.source.clone(), sent.event.id.clone())
}

/// By what everything is assessed.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) policy: Arc<Policy>,
    /// (shipment, kind) of the exceptions that are waived.
    pub(crate) waived: BTreeSet<(String, ExceptionKind)>,
    pub(crate) now: Instant,
}

/// What the store must hold after these, sent in this order.
pub(crate) fn dump(sent: &[Sent], rules: &Rules) -> Dump {
    let mut dump = Dump::default();
    let kept = kept(sent);
    let mut shipments: BTreeMap<(String, String), ShipmentState> = BTreeMap::new();
    let mut orders: BTreeMap<(String, String), OrderState> = BTreeMap::new();
    for records in kept.values() {
        for record in records.iter().filter(|record| !is_retraction(&record.event)) {
            let name = (record.terms.environment.code().to_owned(), record.event.subject.clone());
            match record.event.event_type.subject_kind() {
                SubjectKind::Shipment => drop(shipments.entry(name).or_default()),
                SubjectKind::Order => drop(orders.entry(name).or_default()),
            }
        }
    }
    let current: BTreeMap<&Key, &Sent> = kept.iter().map(|(key, records)| (key, counting(records))).collect();
    let target = |(key, record): (&&Key, &&Sent)| {
        let target = record.event.retracts.clone().filter(|_| is_retraction(&record.event))?;
        Some((key.0.clone(), key.1.clone(), target))
    };
    let taken_back: BTreeSet<Key> = current.iter().filter_map(target).collect();
    let folding = Folding::of(&rules.policy);
    for (key, record) in &current {
        if taken_back.contains(*key) && !is_retraction(&record.event) {
            continue;
        }
        let recorded_at = record.event.recorded_time.unwrap_or(record.received_at);
        let hash = record.event.body_hash.iter().map(|byte| format!("{byte:02x}")).collect();
        dump.effective.insert((*key).clone(), (hash, recorded_at.0));
        if is_retraction(&record.event) {
            continue;
        }
        let event = reread(&record.event.json).expect("what was read can be read again");
        let name = (key.0.clone(), event.subject.clone());
        match event.event_type.subject_kind() {
            SubjectKind::Shipment => {
                let hearing = Hearing { recorded_at, history: record.terms.history, folding: &folding };
                shipments.get_mut(&name).expect("made above").apply(&event, &hearing);
            }
            SubjectKind::Order => orders.get_mut(&name).expect("made above").apply(&event, recorded_at),
        }
    }
    for ((environment, reference), state) in &shipments {
        names(&mut dump, environment, reference, state);
        counts(&mut dump, environment, state);
        measured(&mut dump, environment, reference, state);
        let order = |order: &String| (environment.clone(), order.clone());
        let known = state.orders.iter().map(|named| (named.as_str(), orders.get(&order(named))));
        assessed(&mut dump, rules, [environment, reference], state, OrderFlags::of(known.filter(|_| state.watched)));
    }
    dump.shipments = shipments.into_iter().map(|(name, state)| (name, json(&state))).collect();
    dump.orders = orders.into_iter().map(|(name, state)| (name, json(&state))).collect();
    dump
}

/// First and last day on which something was delivered, in the live environment.
pub(crate) fn days(dump: &Dump) -> Option<(i32, i32)> {
    let cells = dump.cells.keys().filter(|([environment, metric], part, _)| {
        environment == "live" && metric == "delivered_against_promise" && part.is_none()
    });
    let days: Vec<i32> = cells.map(|(_, _, (day, _))| *day).collect();
    Some((*days.iter().min()?, *days.iter().max()?))
}

/// By what an open exception is told from the others: of kinds that are each by cause the cause belongs to it.
pub(crate) fn open_key(environment: &str, reference: &str, kind: ExceptionKind, detail: &str) -> [String; 4] {
    [environment, reference, kind.code(), if each_by_cause(kind) { detail } else { "" }].map(str::to_owned)
}

fn json<T: serde::Serialize>(state: &T) -> serde_json::Value {
    serde_json::to_value(state).expect("states are JSON")
}

fn is_retraction(event: &CanonicalEvent) -> bool {
    event.event_type == EventType::EventRetracted
}

/// The records of each key that are neither repetitions nor contradictions.
fn kept(sent: &[Sent]) -> BTreeMap<Key, Vec<Sent>> {
    let mut kept: BTreeMap<Key, Vec<Sent>> = BTreeMap::new();
    for sent in sent {
        let records = kept.entry(key(sent)).or_default();
        let same_time = |held: &Sent| held.event.recorded_time == sent.event.recorded_time;
        let same_body = |held: &Sent| held.event.body_hash == sent.event.body_hash;
        let late = records.iter().any(|held| held.event.recorded_time > sent.event.recorded_time);
        let known = match records.is_empty() {
            true => false,
            false if late => records.iter().any(same_body),
            false => same_time(counting(records)),
        };
        if !known {
            records.push(sent.clone());
        }
    }
    kept
}

/// The record of a key that counts: the latest by its producer's clock.
fn counting(records: &[Sent]) -> &Sent {
    records.iter().rev().max_by_key(|sent| sent.event.recorded_time).expect("a key has a record")
}

fn names(dump: &mut Dump, environment: &str, reference: &str, state: &ShipmentState) {
    let mut add = |scheme: &str, issuer: &str, value: &str| {
        let folded = value.chars().flat_map(char::to_lowercase).collect::<String>();
        dump.names.insert([environment, reference, &folded, scheme, issuer, value].map(str::to_owned));
    };
    add("shipment", "", reference);
    state.references.iter().for_each(|r| add(&r.scheme, &r.issuer, &r.value));
    state.orders.iter().for_each(|order| add("order", "", order));
}

fn counts(dump: &mut Dump, environment: &str, state: &ShipmentState) {
    let s = state.summary();
    let told = |key, what: &str| state.facts.get(key).is_some().then(|| what.to_owned());
    let what = [
        Some(format!("stage:{}", s.stage.code())),
        (!s.carrier.is_empty()).then(|| format!("carrier:{}", s.carrier)),
        (!s.mode.is_empty()).then(|| format!("mode:{}", s.mode)),
        s.history_without_pod.then(|| "history:no_pod".into()),
        told(FactKey::Dispatched, "told:dispatched"),
        told(FactKey::Delivered, "told:delivered"),
        told(FactKey::PodReceived, "told:pod"),
        told(FactKey::InvoiceReleased, "told:invoiced"),
    ];
    for what in what.into_iter().flatten() {
        *dump.counts.entry([environment.into(), s.region.into(), s.business_unit.into(), what]).or_default() += 1;
    }
}

fn measured(dump: &mut Dump, environment: &str, reference: &str, state: &ShipmentState) {
    let s = state.summary();
    for measure in measures(state) {
        let metric = measure.metric.code();
        let place = (measure.day, measure.bin);
        let row = [environment, metric, reference, s.region, s.business_unit, s.carrier, s.mode].map(str::to_owned);
        *dump.measures.entry((row, place)).or_default() += 1;
        for part in [None, Some([s.region, s.business_unit].map(str::to_owned))] {
            *dump.cells.entry(([environment, metric].map(str::to_owned), part, place)).or_default() += 1;
        }
    }
}

fn assessed(dump: &mut Dump, rules: &Rules, [environment, reference]: [&str; 2], state: &ShipmentState, orders: OrderFlags) {
    let look = |waivers: &[_]| assess(&Inputs { state, orders: &orders, waivers, policy: &rules.policy, now: rules.now });
    let is_waived = |kind: ExceptionKind| rules.waived.contains(&(reference.to_owned(), kind));
    let waived: Vec<_> = look(&[]).findings.into_iter().filter(|finding| is_waived(finding.kind)).collect();
    let waivers: Vec<_> = waived.iter().flat_map(|finding| waives(finding.kind, &finding.detail)).copied().collect();
    let assessment = look(&waivers);
    let waiting = money(state).map(|money| (money.minor, money.currency.code().to_owned()));
    let name = (environment.to_owned(), reference.to_owned());
    let next_at = assessment.next_at.map(|at| at.0);
    dump.assessed.insert(name, (assessment.holds.bits(), next_at, json(&orders), waiting.clone()));
    let s = state.summary();
    for finding in assessment.findings.into_iter().filter(|finding| !is_waived(finding.kind)) {
        let key = open_key(environment, reference, finding.kind, &finding.detail);
        let dimensions = [s.customer, s.carrier, s.region, s.business_unit].map(str::to_owned);
        dump.open.insert(key, (finding.detail, finding.since.0, waiting.clone(), dimensions));
    }
}
