//! The CloudEvents attributes around a payload, checked.

use super::{
    EventType, ReadTerms,
    node::{Members, Node, NodeError, get},
};
use crate::domain::time::Instant;
use chrono::{DateTime, FixedOffset, NaiveDate};

/// The attributes that Waybill uses.
pub(super) struct Envelope<'m, 't> {
    pub(super) source: &'m str,
    pub(super) id: &'m str,
    pub(super) event_type: EventType,
    pub(super) subject: &'m str,
    pub(super) time: Stated<'m>,
    pub(super) recorded_time: Option<Instant>,
    pub(super) sequence: Option<&'m str>,
    pub(super) data: Option<&'m Node<'t>>,
}

/// A time as its producer stated it.
pub(super) struct Stated<'m> {
    pub(super) text: &'m str,
    pub(super) at: Instant,
    pub(super) local_day: NaiveDate,
    pub(super) offset: FixedOffset,
}

impl<'m, 't> Envelope<'m, 't> {
    /// Checks the attributes of an event.
    pub(super) fn of(members: &'m Members<'t>, terms: &ReadTerms) -> Result<Self, NodeError> {
        let attributes = Attributes { members, longest: terms.limits.name };
        if attributes.required("specversion")? != "1.0" {
            return Err(wrong("specversion", "specversion_unsupported", "must be 1.0"));
        }
        let event_type = event_type(attributes.required("type")?)?;
        let (id, source) = (attributes.name("id")?, attributes.name("source")?);
        if source.contains(' ') {
            return Err(wrong("source", "attribute_invalid", "must be a URI reference, without spaces"));
        }
        let subject = attributes.name("subject")?;
        let time = stated("time", attributes.required("time")?)?;
        let recorded_time = match attributes.optional("recordedtime")? {
            Some(text) => Some(recorded(text, terms)?),
            None => None,
        };
        attributes.others()?;
        Ok(Self {
            source,
            id,
            event_type,
            subject,
            time,
            recorded_time,
            sequence: attributes.optional("sequence")?,
            data: get(members, "data"),
        })
    }
}

struct Attributes<'m, 't> {
    members: &'m Members<'t>,
    longest: usize,
}

impl<'m> Attributes<'m, '_> {
    fn optional(&self, name: &'static str) -> Result<Option<&'m str>, NodeError> {
        match get(self.members, name) {
            None | Some(Node::Null) => Ok(None),
            Some(Node::Text(text)) if text.is_empty() => Err(wrong(name, "attribute_invalid", "must not be empty")),
            Some(Node::Text(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, "attribute_invalid", format!("is {}, must be a string", other.kind()))),
        }
    }

    fn required(&self, name: &'static str) -> Result<&'m str, NodeError> {
        self.optional(name)?.ok_or_else(|| wrong(name, "attribute_missing", "is missing"))
    }

    /// A required attribute that names something: short, and without control characters.
    fn name(&self, name: &'static str) -> Result<&'m str, NodeError> {
        let text = self.required(name)?;
        if text.len() > self.longest && text.chars().count() > self.longest {
            return Err(wrong(name, "string_too_long", format!("must not be longer than {} characters", self.longest)));
        }
        if text.chars().any(char::is_control) || text.trim().len() != text.len() {
            return Err(wrong(name, "attribute_invalid", "must not hold control characters, nor begin or end with a space"));
        }
        Ok(text)
    }

    /// Everything else: extension names are lower-case letters and digits, extension values are simple, data is JSON.
    fn others(&self) -> Result<(), NodeError> {
        for (name, value) in self.members {
            match (name.as_ref(), value) {
                ("data", _) => {}
                ("data_base64", _) => {
                    return Err(wrong(name, "data_invalid", "cannot be read; send the payload as JSON in `data`"));
                }
                ("datacontenttype", Node::Text(kind)) if !is_json(kind) => {
                    return Err(wrong(name, "data_content_type_unsupported", "must be application/json"));
                }
                ("dataschema", Node::Text(uri)) if uri.is_empty() => {
                    return Err(wrong(name, "attribute_invalid", "must not be empty"));
                }
                (name, _) if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) => {
                    return Err(wrong(
                        name,
                        "attribute_invalid",
                        "is no name of an attribute: lower-case letters and digits only",
                    ));
                }
                (name, Node::List(_) | Node::Object(_)) => {
                    return Err(wrong(name, "attribute_invalid", format!("is {}, must be a simple value", value.kind())));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// `application/json`, `application/vnd.x+json; charset=utf-8`, …
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || (essence.contains('/') && essence.ends_with("+json"))
}

fn event_type(name: &str) -> Result<EventType, NodeError> {
    if let Some(known) = EventType::from_name(name) {
        return Ok(known);
    }
    let family = |name: &'_ str| name.rsplit_once(".v").map(|(family, _)| family.to_owned());
    let wanted = family(name).unwrap_or_else(|| name.to_owned());
    match EventType::ALL.iter().find(|known| family(known.name()).is_some_and(|family| family == wanted)) {
        Some(known) => {
            Err(wrong("type", "type_version_unsupported", format!("is a version that is not understood; {} is", known.name())))
        }
        None => Err(wrong("type", "type_unknown", "is no event type that is understood; see /api/v1/contracts")),
    }
}

fn stated<'m>(name: &'static str, text: &'m str) -> Result<Stated<'m>, NodeError> {
    let time = DateTime::parse_from_rfc3339(text)
        .map_err(|_| wrong(name, "time_invalid", "must be RFC 3339 with an offset, such as 2026-03-01T14:05:00+02:00"))?;
    Ok(Stated { text, at: Instant(time.timestamp_micros()), local_day: time.date_naive(), offset: *time.offset() })
}

fn recorded(text: &str, terms: &ReadTerms) -> Result<Instant, NodeError> {
    let at = stated("recordedtime", text)?.at;
    if at > terms.now.plus(terms.limits.clock_skew) {
        return Err(wrong("recordedtime", "time_in_future", "lies in the future"));
    }
    if at < terms.limits.earliest {
        return Err(wrong("recordedtime", "time_too_early", "lies before 1990"));
    }
    Ok(at)
}

fn wrong(name: &str, code: &'static str, message: impl Into<String>) -> NodeError {
    NodeError::new(code, message).under(name)
}
