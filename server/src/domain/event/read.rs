//! Reads structured-mode CloudEvents JSON into a [`CanonicalEvent`], or says what is wrong with it.

use super::{
    CanonicalEvent, EventType, ReadTerms,
    canonical::body_hash,
    claims::{Told, told},
    data::{EventBody, EventData, When, end_of_day},
    envelope::{Envelope, Stated},
    node::{Members, Node, NodeError, get, read_object},
};
use crate::domain::{
    receipt::Refusal,
    time::{Instant, Precision},
};

/// How much of an oversized event is looked through for its id, source, type and subject.
const GLANCE: usize = 8 << 10;

/// Reads one event in structured mode (`application/cloudevents+json`).
pub fn read(bytes: &[u8], terms: &ReadTerms) -> Result<CanonicalEvent, Box<Refusal>> {
    let mut members = Members::with_capacity(12);
    read_members(bytes, terms, &mut members).map_err(|error| Box::new(refusal(bytes, &members, error)))
}

fn read_members<'t>(bytes: &'t [u8], terms: &ReadTerms, members: &mut Members<'t>) -> Result<CanonicalEvent, NodeError> {
    let limits = &terms.limits;
    let text = readable(bytes, limits.event);
    let read = read_object(text, limits, members);
    if bytes.len() > limits.event {
        let message = format!("the event has {} bytes, {} are allowed", bytes.len(), limits.event);
        return Err(NodeError::new("event_too_large", message));
    }
    if text.len() < bytes.len() {
        return Err(NodeError::new("json_malformed", format!("not UTF-8 from byte {} on", text.len())));
    }
    read?;
    let envelope = Envelope::of(members, terms)?;
    let nothing = Node::Object(Vec::new());
    let data = EventData::read(envelope.event_type, envelope.data.unwrap_or(&nothing)).map_err(|error| error.under("data"))?;
    let precision = data.basics.precision.unwrap_or_default();
    let occurred_at = occurred(&envelope.time, precision, terms)?;
    within(data.attributes.promised_at, "promised_at", terms)?;
    within(data.shipment.eta, "eta", terms)?;
    if let EventBody::Correction(correction) = &data.body {
        happened(correction.delivered_at, "delivered_at", terms)?;
    }
    if envelope.event_type == EventType::EtaChanged && data.shipment.eta.is_none() {
        return Err(NodeError::new("data_missing", "is missing").under("eta").under("data"));
    }
    let body_hash = body_hash(envelope.data, envelope.subject, envelope.time.text, envelope.event_type.name());
    let Told { claims, references, orders, retracts, status } = told(envelope.event_type, occurred_at, precision, data);
    Ok(CanonicalEvent {
        source: envelope.source.to_owned(),
        id: envelope.id.to_owned(),
        event_type: envelope.event_type,
        subject: envelope.subject.to_owned(),
        occurred_at,
        precision,
        recorded_time: envelope.recorded_time,
        sequence: envelope.sequence.map(str::to_owned),
        body_hash,
        json: text.to_owned(),
        claims,
        references,
        orders,
        retracts,
        status,
    })
}

/// What the beginning of an event tells about it; the refusal is the caller's to word.
pub fn glance(beginning: &[u8], terms: &ReadTerms) -> Refusal {
    let mut members = Members::new();
    let error = read_object(readable(beginning, terms.limits.event), &terms.limits, &mut members).err();
    refusal(beginning, &members, error.unwrap_or_else(|| NodeError::new("event_too_large", "is too large")))
}

/// As much of it as is text and worth looking at.
fn readable(bytes: &[u8], most: usize) -> &str {
    let bytes = if bytes.len() > most { &bytes[..GLANCE.min(bytes.len())] } else { bytes };
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// The instant of business truth; for a day its last microsecond.
fn occurred(time: &Stated, precision: Precision, terms: &ReadTerms) -> Result<Instant, NodeError> {
    let (at, known_from) = match precision {
        Precision::Instant => (time.at, time.at),
        Precision::Day => {
            let end = end_of_day(time.local_day, time.offset).unwrap_or(time.at);
            (end, end.plus(-Instant::DAY))
        }
    };
    if known_from > terms.now.plus(terms.limits.clock_skew) {
        return Err(NodeError::new("time_in_future", "lies in the future; what has not happened is no event").under("time"));
    }
    if at < terms.limits.earliest {
        return Err(NodeError::new("time_too_early", "lies before 1990").under("time"));
    }
    Ok(at)
}

/// A promise or an estimate may lie ahead, but not in another age.
fn within(when: Option<When>, field: &'static str, terms: &ReadTerms) -> Result<(), NodeError> {
    let Some(When { at, .. }) = when else { return Ok(()) };
    let wrong = |code, message| Err(NodeError::new(code, message).under(field).under("data"));
    if at > terms.now.plus(terms.limits.horizon) {
        return wrong("time_in_future", "lies more than ten years ahead");
    }
    if at < terms.limits.earliest {
        return wrong("time_too_early", "lies before 1990");
    }
    Ok(())
}

/// What has happened lies behind; a day may still go on.
fn happened(when: Option<When>, field: &'static str, terms: &ReadTerms) -> Result<(), NodeError> {
    within(when, field, terms)?;
    let Some(When { at, precision }) = when else { return Ok(()) };
    if at.earliest(precision) > terms.now.plus(terms.limits.clock_skew) {
        let error = NodeError::new("time_in_future", "lies in the future; what has not happened is no event");
        return Err(error.under(field).under("data"));
    }
    Ok(())
}

/// Everything that can be said about bytes that are no event.
fn refusal(bytes: &[u8], members: &Members<'_>, error: NodeError) -> Refusal {
    let place = error.pointer();
    let reason = match &place {
        Some(place) if !error.message.starts_with(char::is_uppercase) => format!("{place}: {}", error.message),
        _ => error.message,
    };
    let text = |name: &str| {
        let text: String = get(members, name)?.text()?.chars().filter(|c| !c.is_control()).take(256).collect();
        (!text.is_empty()).then_some(text)
    };
    Refusal {
        raw: bytes.to_vec(),
        code: error.code,
        reason,
        place,
        source: text("source"),
        event_id: text("id"),
        event_type: text("type"),
        subject: text("subject"),
    }
}
