//! A step as the line that its source sends: CloudEvents 1.0 in structured mode.

use super::{
    json::Object,
    shipper::{CARRIERS, Customer, ROUTELINE},
    story::{Act, Step, Story, Twist},
    voices,
};
use crate::domain::{
    event::{EventType, SubjectKind},
    time::Instant,
};

/// Years are long; this is far enough ahead for any clock.
const CENTURY: i64 = 36_525 * Instant::DAY;

/// The event type of an act.
pub(crate) fn event_type(act: &Act) -> EventType {
    match act {
        Act::OrderReleased(_) => EventType::OrderReleased,
        Act::OrderChanged => EventType::OrderChanged,
        Act::OrderBlocked => EventType::OrderCreditBlocked,
        Act::OrderCancelled => EventType::OrderCancelled,
        Act::Planned => EventType::ShipmentPlanned,
        Act::Booked => EventType::FreightBooked,
        Act::TenderSent(_) => EventType::TenderSent,
        Act::TenderAccepted(_) => EventType::TenderAccepted,
        Act::TenderRejected(_) => EventType::TenderRejected,
        Act::VehicleAssigned => EventType::VehicleAssigned,
        Act::Loaded => EventType::ShipmentLoaded,
        Act::Dispatched => EventType::ShipmentDispatched,
        Act::PickedUp => EventType::ShipmentPickedUp,
        Act::InTransit(_) => EventType::ShipmentInTransit,
        Act::EtaChanged(..) => EventType::EtaChanged,
        Act::Delayed(..) => EventType::ShipmentDelayed,
        Act::VehicleBrokeDown => EventType::VehicleBrokeDown,
        Act::StopMissed => EventType::StopMissed,
        Act::CheckInMissed => EventType::CheckInMissed,
        Act::Delivered => EventType::ShipmentDelivered,
        Act::PartiallyDelivered(_) => EventType::ShipmentPartiallyDelivered,
        Act::Refused(_) => EventType::ShipmentRefused,
        Act::DeliveryExceptionRaised(_) => EventType::DeliveryExceptionRaised,
        Act::DeliveryExceptionCleared(_) => EventType::DeliveryExceptionCleared,
        Act::PodReceived => EventType::PodReceived,
        Act::PodValidated => EventType::PodValidated,
        Act::PodRejected(_) => EventType::PodRejected,
        Act::TemperatureAssessed => EventType::TemperatureAssessed,
        Act::ChargesRated => EventType::ChargesRated,
        Act::ChargesApproved => EventType::FreightChargeApproved,
        Act::AccrualCreated => EventType::AccrualCreated,
        Act::InvoiceGenerated => EventType::InvoiceGenerated,
        Act::InvoiceBlocked(_) => EventType::InvoiceBlocked,
        Act::InvoiceReleased | Act::InvoicedAgain => EventType::InvoiceReleased,
        Act::PostingSucceeded => EventType::ErpPostingSucceeded,
        Act::PostingFailed(_) => EventType::ErpPostingFailed,
        Act::CarrierInvoiceReceived => EventType::CarrierInvoiceReceived,
        Act::DisputeOpened(_) => EventType::DisputeOpened,
        Act::DisputeResolved => EventType::DisputeResolved,
        Act::CaseMisdirected => EventType::CaseCreated,
        Act::Cancelled(_) => EventType::ShipmentCancelled,
        Act::Mumbled(_) | Act::Misremembered(_) => EventType::StatusReported,
        Act::Retracted(_) => EventType::EventRetracted,
    }
}

/// The type under which a step is sent: some vendors have words of their own.
pub(crate) fn sent_as(story: &Story, step: &Step) -> EventType {
    if voices::word(story, step).is_some() { EventType::StatusReported } else { event_type(&step.act) }
}

/// Whether the step's event carries money, so that bad money can be put into it.
pub(crate) fn has_money(act: &Act) -> bool {
    matches!(
        act,
        Act::OrderReleased(_)
            | Act::ChargesRated
            | Act::ChargesApproved
            | Act::AccrualCreated
            | Act::InvoiceGenerated
            | Act::InvoiceReleased
            | Act::InvoicedAgain
            | Act::CarrierInvoiceReceived
            | Act::PostingSucceeded
    )
}

/// The line, without the line's end.
pub(crate) fn line(story: &Story, step: &Step, customer: &Customer) -> String {
    let mut line = String::with_capacity(800);
    let mut event = Object::open(&mut line);
    let (id, kind) = (story.event_id(step.number), sent_as(story, step));
    let stray = story.stray_reference();
    let subject = match step.act {
        Act::OrderReleased(order) => &story.orders[order],
        Act::OrderChanged | Act::OrderBlocked | Act::OrderCancelled => &story.orders[0],
        Act::CaseMisdirected => &stray,
        _ => &story.reference,
    };
    let offset = if step.source == ROUTELINE { story.region.utc_offset } else { 0 };
    event.text("specversion", "1.0").text("id", &id).text("source", step.source);
    match step.twist {
        Some(Twist::UnknownType) => event.text("type", "com.waybill.shipment.geofence_crossed.v1"),
        _ => event.text("type", kind.name()),
    };
    if step.twist != Some(Twist::NoSubject) {
        event.text("subject", subject);
    }
    match step.twist {
        Some(Twist::BadTime) => event.text("time", "31/02/2026 25:61"),
        Some(Twist::FutureDate) => event.time("time", step.occurred.plus(CENTURY), offset),
        Some(Twist::Contradicts) => event.time("time", step.occurred.plus(37 * Instant::MINUTE), offset),
        _ => event.time("time", step.occurred, offset),
    };
    event.time("recordedtime", step.recorded, offset).text("datacontenttype", "application/json");
    event.display("dataschema", format_args!("https://contracts.example/events/{}", kind.name()));
    if kind.subject_kind() == SubjectKind::Shipment {
        event.text("correlationid", &story.orders[0]);
    }
    let (trace, span) = (story.number.wrapping_mul(0x9e37_79b9_7f4a_7c15), step.recorded.0.unsigned_abs());
    event.display("traceparent", format_args!("00-{trace:016x}{span:016x}-{:016x}-01", trace ^ span));
    event.object("data", |data| body(data, story, step, customer));
    event.close();
    if step.twist == Some(Twist::CutOff) {
        line.truncate(line.len() * 3 / 5);
    }
    line
}

/// The payload.
fn body(data: &mut Object<'_>, story: &Story, step: &Step, customer: &Customer) {
    let bill = &story.bill;
    let currency = if step.twist == Some(Twist::BadMoney) { "DOLLARS" } else { bill.currency };
    if !step.source.starts_with("carrier/") {
        data.text("region", story.region.code).text("business_unit", story.unit.code);
        data.text("customer", &customer.code).text("customer_name", &customer.name);
    }
    if let Some(word) = voices::word(story, step) {
        data.text("code", word);
    }
    match &step.act {
        Act::OrderReleased(order) => {
            data.text("origin", story.origin).text("destination", story.destination).text("incoterm", "DAP");
            data.text("priority", if story.mode.code() == "air" { "express" } else { "standard" });
            let share = i64::try_from(story.orders.len()).unwrap_or(1);
            data.money("goods_value", bill.goods / share, currency);
            data.objects("lines", [order], |line, order| {
                line.display("item", format_args!("SKU-{:05}", (story.number * 7 + *order as u64 * 131) % 90_000));
                line.quantity("quantity", format_args!("{}", bill.pieces), "piece");
                line.quantity("weight", format_args!("{}.{}", bill.weight_dekagrams / 10, bill.weight_dekagrams % 10), "kg");
            });
        }
        Act::Planned => {
            data.texts("orders", &story.orders).text("mode", story.mode.code());
            data.text("origin", story.origin).text("destination", story.destination);
            data.time("promised_at", story.promised, 0);
            data.quantity("weight", format_args!("{}.{}", bill.weight_dekagrams / 10, bill.weight_dekagrams % 10), "kg");
            data.money("goods_value", bill.goods, bill.currency);
            data.money("freight_cost", bill.freight(), bill.currency);
        }
        Act::Booked => {
            carrier(data, story.carrier);
            data.display("booking", format_args!("BK-{}", story.reference)).text("service", "contract");
            reference(data, story);
        }
        Act::TenderSent(asked) => {
            carrier(data, *asked);
            data.display("tender", format_args!("T-{}-{asked}", story.reference)).money("rate", bill.freight(), bill.currency);
            data.time("expires_at", step.occurred.plus(12 * Instant::HOUR), 0);
        }
        Act::TenderAccepted(asked) => {
            carrier(data, *asked);
            data.display("tender", format_args!("T-{}-{asked}", story.reference));
            reference(data, story);
        }
        Act::TenderRejected(asked) => {
            data.text("carrier", CARRIERS[*asked].code).display("tender", format_args!("T-{}-{asked}", story.reference));
            data.text("reason", "no_capacity").text("note", "No equipment on this lane before the requested date.");
        }
        Act::VehicleAssigned => {
            data.text("vehicle", &bill.vehicle).display("driver", format_args!("D{:04}", story.number % 7_919));
        }
        Act::Loaded | Act::Dispatched | Act::PickedUp => {
            moved(data, story, story.origin);
        }
        Act::InTransit(place) => moved(data, story, place),
        Act::EtaChanged(eta, reason) | Act::Delayed(eta, reason) => {
            data.time("eta", *eta, 0).text("reason", reason);
            data.text("note", "The consignment will arrive later than planned; the consignee has been told.");
        }
        Act::VehicleBrokeDown => {
            data.text("vehicle", &bill.vehicle).text("code", "engine").text("note", "A replacement is on its way.");
        }
        Act::Delivered => {
            data.text("location", story.destination).text("signed_by", bill.signer);
            data.quantity("pieces", format_args!("{}", bill.pieces), "piece");
            reference(data, story);
        }
        Act::PartiallyDelivered(percent) => {
            let taken = (bill.pieces * u32::from(*percent) / 100).max(1);
            data.text("location", story.destination).text("signed_by", bill.signer).text("reason", "short");
            data.quantity("pieces", format_args!("{taken}"), "piece");
            data.quantity("pieces_short", format_args!("{}", bill.pieces.saturating_sub(taken)), "piece");
        }
        Act::Refused(reason) => {
            data.text("location", story.destination).text("reason", reason);
        }
        Act::OrderChanged => {
            data.text("reason", "customer_request").text("note", "Other quantities than ordered first.");
        }
        Act::OrderBlocked => {
            data.text("reason", "limit_exceeded");
        }
        Act::OrderCancelled => {
            data.text("reason", "customer_request");
        }
        Act::StopMissed | Act::CheckInMissed => {
            data.text("stop", "1").text("location", story.origin);
        }
        Act::DeliveryExceptionRaised(code) => {
            data.text("code", code).text("location", story.destination);
        }
        Act::DeliveryExceptionCleared(code) => {
            data.text("code", code).text("resolution", "accepted_with_note");
        }
        Act::Misremembered(other) => carrier(data, *other),
        Act::PodReceived | Act::PodValidated | Act::PodRejected(_) => proof(data, story, step),
        _ => cash(data, story, step, currency),
    }
}

/// Payloads of documents and money.
fn cash(data: &mut Object<'_>, story: &Story, step: &Step, currency: &str) {
    let bill = &story.bill;
    let charges = |data: &mut Object<'_>| {
        data.objects("charges", &bill.charges, |line, (code, amount)| {
            line.text("code", code).money("amount", *amount, bill.currency);
        });
    };
    match &step.act {
        Act::TemperatureAssessed => {
            let warm = story.is_warm();
            data.flag("compliant", !warm);
            data.quantity("lowest", format_args!("2.4"), "C").quantity(
                "highest",
                format_args!("{}", if warm { "9.7" } else { "6.8" }),
                "C",
            );
            data.quantity("limit_low", format_args!("2"), "C").quantity("limit_high", format_args!("8"), "C");
        }
        Act::ChargesRated => {
            data.money("total", bill.invoice, currency)
                .display("tariff", format_args!("{}-{}-2026", story.region.code, story.mode.code()));
            data.money("freight_cost", bill.freight(), bill.currency);
            charges(data);
        }
        Act::ChargesApproved => {
            data.money("total", bill.freight(), currency).text("approved_by", "freight audit");
        }
        Act::AccrualCreated => {
            data.money("amount", bill.freight(), currency).display("accrual", format_args!("AC-{}", story.reference));
            data.text("account", "4310");
        }
        Act::InvoiceGenerated | Act::InvoiceReleased | Act::InvoicedAgain => {
            let copy = if step.act == Act::InvoicedAgain { "-2" } else { "" };
            data.display("number", format_args!("{}{copy}", bill.invoice_number)).money("amount", bill.invoiced, currency);
            data.time("due_at", step.occurred.plus(30 * Instant::DAY), 0);
        }
        Act::InvoiceBlocked(reason) => {
            data.text("number", &bill.invoice_number).texts("blocked_by", &[(*reason).to_owned()]);
            data.text("note", "Held by the billing desk.");
        }
        Act::PostingSucceeded => {
            data.text("document", &bill.erp_document).text("ledger", "receivable").text("invoice", &bill.invoice_number);
            data.money("amount", bill.invoiced, currency);
        }
        Act::PostingFailed(error) => {
            data.text("ledger", "receivable").text("invoice", &bill.invoice_number).text("error", error);
        }
        Act::CarrierInvoiceReceived => {
            data.text("number", &bill.carrier_invoice_number).money("amount", bill.asked, currency);
            charges(data);
        }
        Act::DisputeOpened(reason) => {
            data.display("number", format_args!("DSP-{}", story.reference)).text("reason", reason);
            data.text("invoice", &bill.invoice_number).money("amount", bill.invoice / 5, bill.currency);
        }
        Act::DisputeResolved => {
            data.display("number", format_args!("DSP-{}", story.reference)).text("resolution", "credited");
            data.text("invoice", &bill.invoice_number);
        }
        Act::CaseMisdirected => {
            data.display("number", format_args!("CS-{}", story.reference)).text("reason", "late_delivery");
        }
        Act::Cancelled(reason) => {
            data.text("reason", reason);
        }
        Act::Retracted(number) => {
            data.text("retracts", &story.event_id(*number)).text("reason", "sent_in_error");
        }
        // The physical half is told by `body`.
        _ => {}
    }
}

/// A proof of delivery.
fn proof(data: &mut Object<'_>, story: &Story, step: &Step) {
    data.object("document", |document| {
        document.display("number", format_args!("POD-{}-{:02}", story.reference, step.number)).text("kind", "signed_note");
        document.text("media_type", "application/pdf");
        document.display("href", format_args!("https://pod.example/documents/{}/{:02}.pdf", story.reference, step.number));
    });
    match step.act {
        Act::PodRejected(reason) => data.text("reason", reason),
        _ => data.text("signed_by", story.bill.signer),
    };
    if let Some(confidence) = story.bill.confidence.filter(|_| step.act == Act::PodReceived) {
        data.text("confidence", confidence);
    }
}

/// Who moves it.
fn carrier(data: &mut Object<'_>, index: usize) {
    data.text("carrier", CARRIERS[index].code).text("carrier_name", CARRIERS[index].name);
}

/// The name that the carrier's papers give it.
fn reference(data: &mut Object<'_>, story: &Story) {
    data.objects("references", [&story.document], |reference, (scheme, value)| {
        reference.text("scheme", scheme).text("issuer", story.carrier().code).text("value", value);
    });
}

/// Somewhere, with something.
fn moved(data: &mut Object<'_>, story: &Story, place: &str) {
    carrier(data, story.carrier);
    data.text("location", place).text("mode", story.mode.code());
    data.text("vehicle", &story.bill.vehicle).display("trip", format_args!("TRP-{}", story.number / 3));
    data.quantity("pieces", format_args!("{}", story.bill.pieces), "piece");
}
