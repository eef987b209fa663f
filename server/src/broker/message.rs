//! A message: one CloudEvent, structured or binary, with where it stands in its stream.

use crate::{
    domain::{
        access::Actor,
        event::ReadTerms,
        receipt::{Inbound, Refusal},
    },
    intake::{binary, structured},
    service::intake::refuse_foreign,
};
use async_nats::{HeaderMap, header::NATS_MESSAGE_ID, jetstream::Message};

/// Whether a message tells old data.
pub(super) fn is_history(message: &Message) -> bool {
    header(message.headers.as_ref(), "waybill-mode").is_some_and(|mode| mode == "history")
}

/// How often it has been delivered, this time included.
pub(super) fn deliveries(message: &Message) -> u32 {
    message.info().map_or(1, |info| u32::try_from(info.delivered).unwrap_or(u32::MAX))
}

/// Reads a message, as what this actor may send. What cannot be taken says which message it was.
pub(super) fn read(message: &Message, actor: &Actor, terms: &ReadTerms) -> Inbound {
    let parts = parts(message);
    let mut item = match &parts {
        Some(parts) => binary::read(parts, terms),
        None => structured::read(&message.payload, terms),
    };
    refuse_foreign(actor, &mut item);
    if let Inbound::Refused(refusal) = &mut item {
        refusal.reason = format!("{} ({})", refusal.reason, place(message));
    }
    item
}

/// Why a message is kept as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// Nobody has got to the end of it.
    DeliveredTooOften,
    /// The store takes others.
    StoreRefused,
}

impl Unread {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::DeliveredTooOften => ("delivered_too_often", "delivered again and again, and never taken to its end"),
            Self::StoreRefused => ("store_refused", "the database refused it again and again, and took others; the log says why"),
        }
    }
}

/// For quarantine as it came.
pub(super) fn unread(message: &Message, why: Unread, terms: &ReadTerms) -> Inbound {
    let (code, reason) = why.words();
    let mut raw = parts(message).map_or_else(|| message.payload.to_vec(), |parts| binary::as_structured(&parts));
    raw.truncate(terms.limits.body);
    Inbound::Refused(Box::new(Refusal {
        raw,
        code,
        reason: format!("{reason} ({})", place(message)),
        place: None,
        source: None,
        event_id: None,
        event_type: None,
        subject: None,
    }))
}

/// Which message it is.
pub(super) fn place(message: &Message) -> String {
    let subject: String = message.subject.chars().take(120).collect();
    match message.info() {
        Ok(info) => format!("message {} of {} on {subject}, delivery {}", info.stream_sequence, info.stream, info.delivered),
        Err(_) => format!("message on {subject}"),
    }
}

/// A message in binary mode: attributes in `ce-` headers. The id that spares the stream a copy is the event's where it has none.
fn parts(message: &Message) -> Option<binary::Parts<'_>> {
    let headers = message.headers.as_ref()?;
    let mut content_type = header(Some(headers), "content-type");
    if content_type.is_some_and(|media_type| media_type.to_ascii_lowercase().starts_with("application/cloudevents")) {
        return None;
    }
    let mut attributes: Vec<(&str, &[u8])> = Vec::new();
    for (name, values) in headers.iter() {
        let name: &str = name.as_ref();
        let prefix = name.get(..binary::PREFIX.len()).filter(|prefix| prefix.eq_ignore_ascii_case(binary::PREFIX));
        if prefix.is_none() {
            continue;
        }
        match &name[binary::PREFIX.len()..] {
            "datacontenttype" => content_type = content_type.or(values.first().map(|value| value.as_str())),
            name => attributes.extend(values.iter().map(|value| (name, value.as_str().as_bytes()))),
        }
    }
    if attributes.is_empty() {
        return None;
    }
    if !attributes.iter().any(|(name, _)| *name == "id")
        && let Some(id) = headers.get(NATS_MESSAGE_ID)
    {
        attributes.push(("id", id.as_str().as_bytes()));
    }
    // A map has no order; a text that is kept should have one.
    attributes.sort_unstable();
    Some(binary::Parts { attributes, content_type, body: &message.payload })
}

fn header<'m>(headers: Option<&'m HeaderMap>, wanted: &str) -> Option<&'m str> {
    let same = |name: &str| name.eq_ignore_ascii_case(wanted);
    headers?.iter().find(|(name, _)| same((*name).as_ref())).and_then(|(_, values)| Some(values.first()?.as_str()))
}
