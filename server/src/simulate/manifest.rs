//! What was put into a simulation, so that a test knows the truth.

use super::{Fault, GeneratedEvent, Options, Truth};
use crate::domain::event::EventType;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Collects what was told.
#[derive(Debug, Serialize)]
pub struct Manifest {
    /// The seed.
    pub seed: u64,
    /// First instant of the span, RFC 3339.
    pub from: String,
    /// Last instant of the span, RFC 3339.
    pub until: String,
    /// Shipments of which anything was told.
    pub shipments: usize,
    /// Lines.
    pub events: u64,
    /// Lines by event type, were they told rightly.
    pub by_type: BTreeMap<&'static str, u64>,
    /// What intake should answer.
    pub expected: Expected,
    /// Events that something was done to, by what it was.
    pub injected: BTreeMap<&'static str, Vec<Injected>>,
    /// Shipments with trouble of their own, by the event that tells it.
    pub troubles: BTreeMap<&'static str, BTreeSet<String>>,
    /// Exceptions that should be open at the end, shipments by kind; empty until it is settled.
    pub open: BTreeMap<&'static str, BTreeSet<String>>,
    /// Sources that the policy expects to speak and that never do.
    pub silent: BTreeSet<&'static str>,
    #[serde(skip)]
    seen: BTreeSet<String>,
}

/// What intake should answer, event by event.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// New events.
    pub accepted: u64,
    /// Repetitions.
    pub duplicate: u64,
    /// Corrections.
    pub amended: u64,
    /// Contradictions.
    pub conflict: u64,
    /// Not acceptable.
    pub quarantined: u64,
}

/// One event that something was done to.
#[derive(Debug, Serialize)]
pub struct Injected {
    /// CloudEvents source.
    pub source: &'static str,
    /// CloudEvents id.
    pub id: String,
    /// The shipment that it belongs to.
    pub shipment: String,
}

impl Manifest {
    /// An empty one.
    pub fn new(seed: u64, options: &Options) -> Self {
        Self {
            seed,
            from: super::json::rfc3339(options.from, 0),
            until: super::json::rfc3339(options.until, 0),
            shipments: 0,
            events: 0,
            by_type: BTreeMap::new(),
            expected: Expected::default(),
            injected: BTreeMap::new(),
            troubles: BTreeMap::new(),
            open: BTreeMap::new(),
            silent: BTreeSet::from(["North gate"]),
            seen: BTreeSet::new(),
        }
    }

    /// Says which exceptions should be open at the end of the span under [`policy`](super::policy()), if all of it was sent as
    /// it happens.
    pub fn settle(&mut self, options: &Options) {
        for (kind, reference) in Truth::of(self.seed, *options).open_at(options.until) {
            self.open.entry(kind).or_default().insert(reference);
        }
    }

    /// Notes an event down. Events must come in the order in which they are sent.
    pub fn note(&mut self, event: &GeneratedEvent) {
        self.events += 1;
        *self.by_type.entry(event.event_type.name()).or_default() += 1;
        if self.seen.insert(event.shipment.clone()) {
            self.shipments += 1;
        }
        let expected = &mut self.expected;
        match event.fault {
            None | Some(Fault::Late | Fault::OutOfOrder | Fault::Retracted | Fault::RetractedFirst) => expected.accepted += 1,
            Some(Fault::Repeated) => expected.duplicate += 1,
            Some(Fault::Corrected) => expected.amended += 1,
            Some(Fault::Contradicted) => expected.conflict += 1,
            Some(
                Fault::UnknownType | Fault::BadMoney | Fault::FutureDate | Fault::BadTime | Fault::NoSubject | Fault::CutOff,
            ) => expected.quarantined += 1,
        }
        if let Some(fault) = event.fault {
            let injected = Injected { source: event.source, id: event.id.clone(), shipment: event.shipment.clone() };
            self.injected.entry(fault.code()).or_default().push(injected);
        }
        if let Some(trouble) = trouble(event.event_type) {
            self.troubles.entry(trouble).or_default().insert(event.shipment.clone());
        }
    }
}

/// What trouble of the business an event tells of, if any.
fn trouble(event_type: EventType) -> Option<&'static str> {
    Some(match event_type {
        EventType::TenderRejected => "tender_rejected",
        EventType::ShipmentCancelled => "cancelled",
        EventType::ShipmentDelayed => "delayed",
        EventType::VehicleBrokeDown => "vehicle_broke_down",
        EventType::ShipmentPartiallyDelivered => "partially_delivered",
        EventType::ShipmentRefused => "refused",
        EventType::PodRejected => "pod_rejected",
        EventType::InvoiceBlocked => "invoice_blocked",
        EventType::ErpPostingFailed => "posting_failed",
        EventType::OrderChanged => "order_changed",
        EventType::OrderCreditBlocked => "order_blocked",
        EventType::OrderCancelled => "order_cancelled",
        EventType::StopMissed => "stop_missed",
        EventType::CheckInMissed => "check_in_missed",
        EventType::DeliveryExceptionRaised => "delivery_exception",
        EventType::DisputeOpened => "disputed",
        _ => return None,
    })
}
