//! One shipment: what is believed, who said it, and what nobody said.

use super::{
    shipments,
    words::{self, Words},
};
use crate::{
    domain::{
        event::{self, EventType},
        fact::{FactKey, FactValue, Facts},
        policy::Customers,
        shipment::{ShipmentState, Stage},
        time::{Instant, Precision},
    },
    store::shipments::{EventRecord, Kept, ShipmentWhole},
};
use app::model::{Blank, Fact, RawEvent, Reference, ShipmentDetail, SystemState, TimelineEntry};
use std::collections::BTreeMap;

/// Events shown; the page says so when there are more.
pub const TIMELINE: u32 = 500;

/// Milestones in canonical order and attributes, in words; the order of the page.
const LABELS: [(FactKey, &str); 51] = [
    (FactKey::OrderReleased, "Released"),
    (FactKey::OrderPartiallyReleased, "Partially released"),
    (FactKey::OrderChanged, "Changed"),
    (FactKey::OrderCreditBlocked, "Blocked for credit"),
    (FactKey::OrderCancelled, "Order cancelled"),
    (FactKey::Planned, "Planned"),
    (FactKey::Booked, "Freight booked"),
    (FactKey::Tendered, "Tendered"),
    (FactKey::TenderAccepted, "Tender accepted"),
    (FactKey::TenderRejected, "Tender rejected"),
    (FactKey::Assigned, "Assigned"),
    (FactKey::Dispatched, "Dispatched"),
    (FactKey::Loaded, "Loaded"),
    (FactKey::PickedUp, "Picked up"),
    (FactKey::Departed, "Departed"),
    (FactKey::InTransit, "In transit"),
    (FactKey::PartiallyDelivered, "Partially delivered"),
    (FactKey::Refused, "Refused"),
    (FactKey::Delivered, "Delivered"),
    (FactKey::Returned, "Returned"),
    (FactKey::PodReceived, "POD received"),
    (FactKey::PodValidated, "POD validated"),
    (FactKey::PodRejected, "POD rejected"),
    (FactKey::ChargesRated, "Charges rated"),
    (FactKey::ChargeApproved, "Freight charge approved"),
    (FactKey::InvoiceReady, "Invoice-ready"),
    (FactKey::InvoiceGenerated, "Invoice generated"),
    (FactKey::InvoiceReleased, "Invoice released"),
    (FactKey::InvoiceBlocked, "Invoice blocked"),
    (FactKey::AccrualCreated, "Accrual created"),
    (FactKey::AccrualReversed, "Accrual reversed"),
    (FactKey::CarrierInvoiceReceived, "Carrier invoice received"),
    (FactKey::ErpPosted, "Posted in the ERP"),
    (FactKey::ErpPostingFailed, "ERP posting failed"),
    (FactKey::Cancelled, "Cancelled"),
    (FactKey::PromisedAt, "Promised delivery"),
    (FactKey::EstimatedAt, "Estimated delivery"),
    (FactKey::Carrier, "Carrier"),
    (FactKey::CarrierName, "Carrier name"),
    (FactKey::Mode, "Mode"),
    (FactKey::Region, "Region"),
    (FactKey::BusinessUnit, "Business unit"),
    (FactKey::CustomerName, "Customer"),
    (FactKey::Origin, "Origin"),
    (FactKey::Destination, "Destination"),
    (FactKey::Incoterm, "Incoterm"),
    (FactKey::Weight, "Weight"),
    (FactKey::FreightCost, "Freight cost"),
    (FactKey::GoodsValue, "Value of the goods"),
    (FactKey::InvoiceAmount, "Invoice amount"),
    (FactKey::SignedBy, "Signed by"),
];

/// What a shipment should come to have, and what its absence means.
const EXPECTED: [(FactKey, &str, &str); 5] = [
    (FactKey::PromisedAt, "Promised delivery", "Without a promise the delivery is neither late nor on time."),
    (FactKey::Dispatched, "Dispatch", "No source has confirmed it; cycle times from dispatch cannot be told."),
    (FactKey::Delivered, "Delivery", "No source has told it yet."),
    (FactKey::PodReceived, "Proof of delivery", "No POD app, carrier or person has sent one."),
    (FactKey::InvoiceReleased, "Invoice", "No billing system has told that one was issued."),
];

/// Puts a shipment and its timeline into words.
pub fn describe(
    whole: ShipmentWhole,
    (events, total): (Vec<EventRecord>, u64),
    customers: &Customers,
    words: Words,
) -> ShipmentDetail {
    let ShipmentWhole { record, state } = whole;
    let stage = record.stage;
    let mut references = vec![Reference { scheme: "shipment".into(), issuer: String::new(), value: record.reference.clone() }];
    references.extend(state.references.iter().map(|r| Reference {
        scheme: r.scheme.clone(),
        issuer: r.issuer.clone(),
        value: r.value.clone(),
    }));
    let shown = u64::try_from(events.len()).unwrap_or(u64::MAX);
    ShipmentDetail {
        row: shipments::row(record, words),
        customer: customer(&state.facts, customers),
        references,
        orders: state.orders.iter().cloned().collect(),
        facts: facts_of(&state.facts, words),
        blanks: blanks(&state),
        systems: systems(&events, stage, words),
        timeline: events.iter().map(|event| entry(event, words)).collect(),
        timeline_cut_from: (total > shown).then(|| u32::try_from(total).unwrap_or(u32::MAX)),
        as_of: words.as_of(),
    }
}

/// Who the customer is: as people call it, with its code.
fn customer(facts: &Facts, customers: &Customers) -> Option<String> {
    let (code, told) = (facts.text(FactKey::Customer), facts.text(FactKey::CustomerName));
    let Some(code) = code else { return told.map(str::to_owned) };
    let name = customers.name(code).or(told).filter(|name| *name != code);
    Some(name.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})")))
}

/// One event as it came in.
pub fn raw(event: EventRecord) -> RawEvent {
    let indented = serde_json::from_str::<serde_json::Value>(&event.body).and_then(|value| serde_json::to_string_pretty(&value));
    RawEvent {
        seq: event.seq,
        id: event.event_id,
        source: event.source,
        event_type: event.event_type,
        body_hash: event.body_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        json: indented.unwrap_or(event.body),
        kept: kept(&event.kept),
    }
}

/// Where an event's body is, if not in the database.
fn kept(kept: &Kept) -> Option<String> {
    match kept {
        Kept::Here => None,
        Kept::Archive(file) => Some(format!("Archived in {file}")),
        Kept::Unreadable(file) => Some(format!("Archived in {file}, which is missing or damaged: what was sent cannot be shown")),
    }
}

/// Facts in words, of a shipment or an order.
pub(super) fn facts_of(facts: &Facts, words: Words) -> Vec<Fact> {
    let described = LABELS.iter().filter_map(|(key, label)| {
        let fact = facts.get(*key)?;
        let (value, at) = match &fact.value {
            FactValue::At(at, precision) => {
                let moment = words.moment((*at, *precision));
                (moment.local.clone(), Some(moment))
            }
            FactValue::Text(text) => (text.clone(), None),
            FactValue::Money(money) => {
                let money = app::model::Money { amount: money.decimal(), currency: money.currency.code().into() };
                (money.text(), None)
            }
        };
        let standing = &fact.standing;
        let of = match fact.value {
            FactValue::At(at, precision) => (at, precision),
            _ => (standing.recorded_at(), Precision::Instant),
        };
        let recorded = recorded(standing.recorded_at(), of, words);
        Some(Fact { label: (*label).into(), value, at, source: standing.source.clone(), recorded })
    });
    described.collect()
}

/// When it was recorded. Without a record time that is when it happened, and no more exact than that: no end of a day.
fn recorded(at: Instant, happened: (Instant, Precision), words: Words) -> app::model::Moment {
    let precision = if at == happened.0 { happened.1 } else { Precision::Instant };
    words.moment((at, precision))
}

fn blanks(state: &ShipmentState) -> Vec<Blank> {
    let validated = state.facts.get(FactKey::PodValidated).is_some();
    EXPECTED
        .iter()
        .filter(|(key, _, _)| state.facts.get(*key).is_none() && !(*key == FactKey::PodReceived && validated))
        .map(|(_, label, note)| Blank { label: (*label).into(), note: (*note).into() })
        .collect()
}

/// Each source's latest word, and whether it lags behind what all of them together say.
fn systems(events: &[EventRecord], stage: Stage, words: Words) -> Vec<SystemState> {
    let mut by_source: BTreeMap<&str, (u32, &EventRecord)> = BTreeMap::new();
    for event in events.iter().filter(|event| event.standing == "effective") {
        let known = by_source.entry(&event.source).or_insert((0, event));
        known.0 += 1;
        if event.occurred.0 >= known.1.occurred.0 {
            known.1 = event;
        }
    }
    let state = |(source, (count, latest)): (&str, (u32, &EventRecord))| SystemState {
        source: source.into(),
        latest: title(&latest.event_type),
        occurred: words.moment(latest.occurred),
        events: count,
        drifts: contradicts(&latest.event_type, stage),
    };
    by_source.into_iter().map(state).collect()
}

/// A source whose last word says that the goods are still on their way, while others know of their delivery.
fn contradicts(event_type: &str, stage: Stage) -> bool {
    let under_way = EventType::from_name(event_type).and_then(event::milestone).is_some_and(|key| {
        matches!(key, FactKey::InTransit | FactKey::Departed | FactKey::PickedUp | FactKey::Dispatched | FactKey::Loaded)
    });
    let arrived = matches!(stage, Stage::Delivered | Stage::PodReceived | Stage::Invoiced | Stage::Posted);
    under_way && arrived && EventType::from_name(event_type) == Some(EventType::ShipmentInTransit)
}

/// A line of the timeline.
pub(super) fn entry(event: &EventRecord, words: Words) -> TimelineEntry {
    let lag = event.recorded_at.since(event.occurred.0);
    let exact = event.occurred.1 == Precision::Instant;
    let early = if exact { lag < 0 } else { lag <= -Instant::DAY };
    TimelineEntry {
        seq: event.seq,
        source: event.source.clone(),
        title: title(&event.event_type),
        event_type: event.event_type.clone(),
        occurred: words.moment(event.occurred),
        recorded: recorded(event.recorded_at, event.occurred, words),
        known: words.instant(event.known_at),
        lag: (exact && lag >= 0).then(|| words::duration(lag)),
        remark: early.then(|| "recorded before it happened".to_owned()),
        standing: event.standing.clone(),
        details: match &event.kept {
            Kept::Unreadable(_) => kept(&event.kept).map(|words| ("Archive".to_owned(), words)).into_iter().collect(),
            Kept::Here | Kept::Archive(_) => event::details(&event.body),
        },
    }
}

fn title(event_type: &str) -> String {
    EventType::from_name(event_type).map_or_else(|| event_type.to_owned(), |t| t.title().to_owned())
}
