//! What an event says: the facts that it claims, the names that it adds, the event that it takes back.

use super::{
    CanonicalEvent, EventType, Reference, Status,
    data::{Attributes, Basics, ChargeLine, ChargesData, Code, EventBody, EventData, Name, PodData, ShipmentAttributes, When},
};
use crate::domain::{
    fact::{Claim, FactKey, FactValue},
    money::Money,
    time::{Instant, Precision},
};

/// Charges for the freight itself and its fuel; every other one is an accessorial.
const FREIGHT: [&str; 8] =
    ["base", "base_freight", "freight", "linehaul", "line_haul", "fuel", "fuel_surcharge", "bunker_adjustment"];

/// Everything that an event says.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) claims: Vec<Claim>,
    pub(super) references: Vec<Reference>,
    pub(super) orders: Vec<String>,
    pub(super) retracts: Option<String>,
    pub(super) status: Option<Box<Status>>,
}

/// The milestone that an event of this type reports.
pub fn milestone(event_type: EventType) -> Option<FactKey> {
    use EventType as T;
    use FactKey as K;
    Some(match event_type {
        T::OrderReleased => K::OrderReleased,
        T::OrderChanged => K::OrderChanged,
        T::OrderCancelled => K::OrderCancelled,
        T::OrderCreditBlocked => K::OrderCreditBlocked,
        T::OrderPartiallyReleased => K::OrderPartiallyReleased,
        T::ShipmentPlanned => K::Planned,
        T::FreightBooked => K::Booked,
        T::ShipmentCancelled => K::Cancelled,
        T::TenderSent => K::Tendered,
        T::TenderAccepted => K::TenderAccepted,
        T::TenderRejected => K::TenderRejected,
        T::VehicleAssigned | T::LoadAssigned | T::LoadReassigned => K::Assigned,
        T::ShipmentLoaded => K::Loaded,
        T::ShipmentDispatched => K::Dispatched,
        T::ShipmentPickedUp => K::PickedUp,
        T::ShipmentDeparted | T::RouteDeparted | T::WarehouseDeparted => K::Departed,
        T::ShipmentInTransit | T::StopCompleted => K::InTransit,
        T::ShipmentPartiallyDelivered => K::PartiallyDelivered,
        T::ShipmentRefused => K::Refused,
        T::ShipmentDelivered => K::Delivered,
        T::ShipmentReturned => K::Returned,
        T::PodReceived => K::PodReceived,
        T::PodValidated => K::PodValidated,
        T::PodRejected => K::PodRejected,
        T::ChargesRated => K::ChargesRated,
        T::FreightChargeApproved => K::ChargeApproved,
        T::InvoiceReady => K::InvoiceReady,
        T::InvoiceGenerated => K::InvoiceGenerated,
        T::InvoiceReleased => K::InvoiceReleased,
        T::InvoiceBlocked => K::InvoiceBlocked,
        T::ErpPostingSucceeded => K::ErpPosted,
        T::ErpPostingFailed => K::ErpPostingFailed,
        T::AccrualCreated => K::AccrualCreated,
        T::AccrualReversed => K::AccrualReversed,
        T::CarrierInvoiceReceived => K::CarrierInvoiceReceived,
        T::EtaChanged => K::EtaChanged,
        T::ShipmentDelayed => K::Delayed,
        T::StopMissed => K::StopMissed,
        T::CheckInMissed => K::CheckInMissed,
        T::DeliveryExceptionRaised => K::DeliveryExceptionRaised,
        T::DeliveryExceptionCleared => K::DeliveryExceptionCleared,
        T::VehicleBrokeDown => K::BrokeDown,
        T::MaintenanceAlerted => K::MaintenanceAlerted,
        T::CaseCreated => K::CaseCreated,
        T::CaseResolved => K::CaseResolved,
        T::DisputeOpened => K::DisputeOpened,
        T::DisputeResolved => K::DisputeResolved,
        // What it claims depends on what was measured, corrected, or meant by the word.
        T::TemperatureAssessed
        | T::StatusReported
        | T::SynchronisationCompleted
        | T::NotificationSent
        | T::TelemetryRecorded
        | T::ShipmentCorrected
        | T::EventRetracted => return None,
    })
}

/// What an event of this type, at this time, says with its data.
pub(super) fn told(event_type: EventType, at: Instant, precision: Precision, data: EventData) -> Told {
    let EventData { basics, mut attributes, mut shipment, body } = data;
    shipment.carrier = shipment.carrier.map(bare);
    attributes.customer = attributes.customer.map(bare);
    let mut told = Told::default();
    told.claims.reserve(8);
    if let Some(key) = milestone(event_type).filter(|_| moves(&body)) {
        told.claim(key, FactValue::At(at, precision));
    }
    told.body(event_type, FactValue::At(at, precision), body, shipment.carrier.as_ref());
    told.attributes(attributes);
    told.shipment(event_type, shipment);
    told.basics(basics);
    told.references.sort_unstable();
    told.references.dedup();
    told.orders.sort_unstable();
    told.orders.dedup();
    told
}

/// What an event says whose source's word means this: its own attributes, and the effect of an event of that type.
pub(crate) fn reported(event: &CanonicalEvent, status: &Status, means: EventType) -> Vec<Claim> {
    use EventType as T;
    let asked = matches!(means, T::TenderSent | T::TenderRejected);
    let about_carrier = |key| matches!(key, FactKey::Carrier | FactKey::CarrierName);
    let own = event.claims.iter().filter(|claim| !(asked && about_carrier(claim.key)));
    let mut told = Told { claims: own.cloned().collect(), ..Told::default() };
    let text = |text: &Option<String>| text.clone().map(FactValue::Text);
    if let Some(key) = milestone(means) {
        told.claim(key, FactValue::At(event.occurred_at, event.precision));
    }
    let (key, value) = match means {
        T::ShipmentDelayed
        | T::StopMissed
        | T::StopCompleted
        | T::ShipmentDelivered
        | T::ShipmentPartiallyDelivered
        | T::ShipmentRefused => (FactKey::ReasonCode, text(&status.reason)),
        T::DeliveryExceptionRaised => {
            let code = text(&status.reason).unwrap_or_else(|| FactValue::Text(status.code.clone()));
            told.claim(FactKey::ReasonCode, code.clone());
            (FactKey::DeliveryException, Some(code))
        }
        T::PodRejected => (FactKey::PodRejectedFor, text(&status.reason)),
        T::TenderRejected => {
            let carrier = event.claims.iter().find(|claim| claim.key == FactKey::Carrier);
            (FactKey::RejectedBy, carrier.map(|claim| claim.value.clone()))
        }
        _ => return told.claims,
    };
    if let Some(value) = value {
        told.claim(key, value);
    }
    told.claims
}

/// What the lines of rated charges say: their codes, and the sum of the accessorials.
pub(crate) fn lines(lines: &[(String, Money)], total: Money) -> [Claim; 2] {
    let mut codes: Vec<&str> = lines.iter().map(|(code, _)| code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let accessorials =
        lines.iter().filter(|(code, amount)| amount.currency == total.currency && !FREIGHT.contains(&code.as_str()));
    let minor = accessorials.fold(0_i64, |sum, (_, amount)| sum.saturating_add(amount.minor));
    [
        Claim { key: FactKey::ChargeCodes, value: FactValue::Text(codes.join("\n")) },
        Claim { key: FactKey::Accessorials, value: FactValue::Money(Money { minor, currency: total.currency }) },
    ]
}

/// A posting moves the shipment only if it is the customer's receivable; payables and accruals have milestones of their own.
fn moves(body: &EventBody) -> bool {
    match body {
        EventBody::Posting(posting) => posting.ledger.as_ref().is_none_or(|ledger| ledger.0 == "receivable"),
        _ => true,
    }
}

/// Without the spaces around it: what the configuration calls by a name has none. Nothing but spaces stays as it came.
fn bare<const MAX: usize>(text: super::data::Text<MAX>) -> super::data::Text<MAX> {
    match text.0.trim() {
        "" => text,
        inner if inner.len() == text.0.len() => text,
        inner => super::data::Text(inner.to_owned()),
    }
}

impl Told {
    fn claim(&mut self, key: FactKey, value: FactValue) {
        self.claims.push(Claim { key, value });
    }

    fn text<const MAX: usize>(&mut self, key: FactKey, text: Option<super::data::Text<MAX>>) {
        if let Some(text) = text {
            self.claim(key, FactValue::Text(text.0));
        }
    }

    fn when(&mut self, key: FactKey, when: Option<When>) {
        if let Some(When { at, precision }) = when {
            self.claim(key, FactValue::At(at, precision));
        }
    }

    fn reference(&mut self, scheme: &str, issuer: Option<&Code>, value: Option<&Name>) {
        if let Some(value) = value {
            let issuer = issuer.map(|issuer| issuer.0.clone()).unwrap_or_default();
            self.references.push(Reference { scheme: scheme.into(), issuer, value: value.0.clone() });
        }
    }

    fn body(&mut self, event_type: EventType, when: FactValue, body: EventBody, carrier: Option<&Code>) {
        use EventBody as B;
        match body {
            B::Plan(plan) => {
                self.reference("booking", carrier, plan.booking.as_ref());
                self.reference("load", None, plan.load.as_ref());
            }
            B::Tender(tender) => {
                self.reference("tender", None, tender.tender.as_ref());
                if event_type == EventType::TenderRejected {
                    self.text(FactKey::RejectedBy, carrier.cloned());
                }
            }
            B::Assignment(assignment) => {
                if event_type == EventType::LoadReassigned {
                    self.claim(FactKey::Reassigned, when);
                }
                self.reference("load", None, assignment.load.as_ref());
                self.reference("trip", None, assignment.trip.as_ref());
            }
            B::Movement(movement) => self.reference("trip", None, movement.trip.as_ref()),
            B::Status(status) => {
                self.status = Some(Box::new(Status { code: bare(status.code).0, reason: status.reason.map(|reason| reason.0) }));
            }
            B::Delay(delay) => self.text(FactKey::ReasonCode, delay.reason),
            B::Stop(stop) => self.text(FactKey::ReasonCode, stop.reason),
            B::Delivery(delivery) => {
                self.text(FactKey::SignedBy, delivery.signed_by);
                self.text(FactKey::ReasonCode, delivery.reason);
            }
            B::DeliveryException(exception) if event_type == EventType::DeliveryExceptionRaised => {
                self.text(FactKey::ReasonCode, Some(exception.code.clone()));
                self.text(FactKey::DeliveryException, Some(exception.code));
            }
            B::Pod(pod) => {
                self.reference("pod", None, pod.document.as_ref().and_then(|document| document.number.as_ref()));
                self.proof(event_type, when, pod);
            }
            B::Charges(charges) if event_type == EventType::FreightChargeApproved => {
                self.claim(FactKey::FreightCost, FactValue::Money(charges.total.0));
            }
            B::Charges(charges) => self.charges(&charges),
            B::Invoice(invoice) => {
                self.reference("invoice", None, invoice.number.as_ref());
                self.reference("consolidation", None, invoice.consolidation.as_ref());
                self.text(FactKey::InvoiceNumber, invoice.number);
                if let Some(amount) = invoice.amount {
                    self.claim(FactKey::InvoiceAmount, FactValue::Money(amount.0));
                }
                if event_type == EventType::InvoiceBlocked {
                    self.text(FactKey::BlockedBy, invoice.blocked_by.0.into_iter().next());
                }
            }
            B::Accrual(accrual) => {
                self.reference("accrual", None, accrual.accrual.as_ref());
                if event_type == EventType::AccrualCreated {
                    self.claim(FactKey::AccrualAmount, FactValue::Money(accrual.amount.0));
                }
            }
            B::CarrierInvoice(invoice) => {
                self.reference("carrier_invoice", carrier, Some(&invoice.number));
                self.claim(FactKey::CarrierInvoiceAmount, FactValue::Money(invoice.amount.0));
            }
            B::Posting(posting) => {
                self.reference("erp_document", None, posting.document.as_ref());
                self.reference("invoice", None, posting.invoice.as_ref());
                if event_type == EventType::ErpPostingSucceeded
                    && posting.ledger.as_ref().is_some_and(|ledger| ledger.0 == "payable")
                {
                    self.claim(FactKey::PayablePosted, when);
                }
                let receivable = posting.ledger.is_none_or(|ledger| ledger.0 == "receivable");
                self.text(FactKey::ErpDocument, posting.document.filter(|_| receivable));
                if event_type == EventType::ErpPostingFailed {
                    self.text(FactKey::PostingError, posting.error.filter(|_| receivable));
                }
            }
            B::Case(case) => {
                let scheme =
                    if matches!(event_type, EventType::DisputeOpened | EventType::DisputeResolved) { "dispute" } else { "case" };
                self.reference(scheme, None, Some(&case.number));
                self.reference("invoice", None, case.invoice.as_ref());
                if event_type == EventType::DisputeOpened {
                    self.text(FactKey::DisputeReason, case.reason);
                }
            }
            B::Temperature(temperature) => {
                self.claim(if temperature.compliant { FactKey::TemperatureKept } else { FactKey::TemperatureBroken }, when);
            }
            B::Correction(correction) => {
                self.when(FactKey::Delivered, correction.delivered_at);
                self.text(FactKey::SignedBy, correction.signed_by);
            }
            B::Retraction(retraction) => self.retracts = Some(retraction.retracts.0),
            B::Order(_)
            | B::DeliveryException(_)
            | B::VehicleFault(_)
            | B::Synchronisation(_)
            | B::Notification(_)
            | B::Telemetry(_) => {}
        }
    }

    fn proof(&mut self, event_type: EventType, when: FactValue, pod: PodData) {
        let lacks: Vec<&str> = pod.missing.0.iter().map(|part| part.0.as_str()).collect();
        if !lacks.is_empty() {
            self.claim(FactKey::PodLacks, FactValue::Text(lacks.join(", ")));
        }
        match event_type {
            EventType::PodRejected => self.text(FactKey::PodRejectedFor, pod.reason),
            EventType::PodReceived | EventType::PodValidated if pod.signed_by.is_some() && !lacks.contains(&"signature") => {
                self.claim(FactKey::PodSigned, when);
            }
            _ => {}
        }
        if let Some(confidence) = pod.confidence {
            self.claim(FactKey::PodConfidence, FactValue::Text(confidence.0));
        }
        self.text(FactKey::SignedBy, pod.signed_by);
    }

    fn charges(&mut self, charges: &ChargesData) {
        let total = charges.total.0;
        self.claim(FactKey::ChargesTotal, FactValue::Money(total));
        if charges.charges.is_empty() {
            return;
        }
        let of_line = |line: &ChargeLine| (line.code.0.clone(), line.amount.0);
        self.claims.extend(lines(&charges.charges.0.iter().map(of_line).collect::<Vec<_>>(), total));
    }

    fn attributes(&mut self, attributes: Attributes) {
        self.text(FactKey::Region, attributes.region);
        self.text(FactKey::BusinessUnit, attributes.business_unit);
        self.text(FactKey::Customer, attributes.customer);
        self.text(FactKey::CustomerName, attributes.customer_name);
        self.text(FactKey::Origin, attributes.origin);
        self.text(FactKey::Destination, attributes.destination);
        self.when(FactKey::PromisedAt, attributes.promised_at);
        self.text(FactKey::Incoterm, attributes.incoterm);
        if let Some(weight) = attributes.weight {
            self.claim(FactKey::Weight, FactValue::Text(weight.to_string()));
        }
        if let Some(value) = attributes.goods_value {
            self.claim(FactKey::GoodsValue, FactValue::Money(value.0));
        }
    }

    fn shipment(&mut self, event_type: EventType, shipment: ShipmentAttributes) {
        // A carrier that was only asked, or said no, does not carry the shipment.
        if !matches!(event_type, EventType::TenderSent | EventType::TenderRejected) {
            self.text(FactKey::Carrier, shipment.carrier);
            self.text(FactKey::CarrierName, shipment.carrier_name);
        }
        self.text(FactKey::Mode, shipment.mode);
        self.when(FactKey::EstimatedAt, shipment.eta);
        if let Some(cost) = shipment.freight_cost {
            // The approved total, if the event has one, is the better figure.
            if event_type != EventType::FreightChargeApproved {
                self.claim(FactKey::FreightCost, FactValue::Money(cost.0));
            }
        }
        self.orders.extend(shipment.orders.0.into_iter().map(|order| order.0));
    }

    fn basics(&mut self, basics: Basics) {
        self.references.extend(basics.references.0.into_iter().map(|reference| Reference {
            scheme: reference.scheme.0,
            issuer: reference.issuer.map(|issuer| issuer.0).unwrap_or_default(),
            value: reference.value.0,
        }));
    }
}
