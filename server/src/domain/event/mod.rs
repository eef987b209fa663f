//! Canonical events: CloudEvents 1.0 with a typed, versioned payload.

use super::{
    fact::Claim,
    time::{Instant, Precision},
};

mod canonical;
mod charges;
mod claims;
pub mod contract;
pub mod data;
mod details;
mod envelope;
pub mod limits;
mod node;
mod read;
#[cfg(test)]
mod tests;
mod typed;
mod types;

pub use charges::{RatedLine, rated_lines};
pub use claims::milestone;
pub(crate) use claims::{lines, reported};
pub use data::EventData;
pub use details::details;
pub(crate) use envelope::is_json;
pub use limits::{Limits, ReadTerms};
pub use read::{glance, read};
pub use types::{EventType, SubjectKind};

/// An event that could be read: envelope, typed data, and the hash that tells repetition from conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct CanonicalEvent {
    /// CloudEvents source.
    pub source: String,
    /// CloudEvents id, unique within the source.
    pub id: String,
    /// What happened.
    pub event_type: EventType,
    /// The shipment's reference; for `order.*` events the order's.
    pub subject: String,
    /// Business truth (CloudEvents time).
    pub occurred_at: Instant,
    /// How exactly that is known.
    pub precision: Precision,
    /// The producer's record time (`recordedtime`), if it gave one.
    pub recorded_time: Option<Instant>,
    /// The producer's sequence, if it gave one.
    pub sequence: Option<String>,
    /// SHA-256 over the canonical JSON (RFC 8785) of type, subject, time and data.
    pub body_hash: [u8; 32],
    /// The structured-mode JSON as it is kept: as it came, or assembled from binary mode's headers and body.
    pub json: String,
    /// What it says about the subject.
    pub claims: Vec<Claim>,
    /// Every further reference of the subject.
    pub references: Vec<Reference>,
    /// Orders that the shipment carries.
    pub orders: Vec<String>,
    /// For [`EventType::StatusReported`]: the source's own words, of which the configuration says what they mean.
    pub status: Option<Box<Status>>,
    /// For [`EventType::EventRetracted`]: the id, of the same source, that it takes back.
    pub retracts: Option<String>,
}

/// What happened, in a source's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The source's code.
    pub code: String,
    /// Why, coded.
    pub reason: Option<String>,
}

/// A name that somebody gave a thing. Written as a list, `["bol","CARR","4711"]`: a shipment's state holds many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(from = "(String, String, String)")]
pub struct Reference {
    /// `shipment`, `order`, `bol`, `pro`, `container`, `carrier_invoice`, …
    pub scheme: String,
    /// Who gave it; empty for the tenant itself.
    pub issuer: String,
    /// The name.
    pub value: String,
}

impl From<(String, String, String)> for Reference {
    fn from((scheme, issuer, value): (String, String, String)) -> Self {
        Self { scheme, issuer, value }
    }
}

impl serde::Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.scheme, &self.issuer, &self.value).serialize(serializer)
    }
}

/// Reads an event that is stored already: it was within the limits of its day, whatever they are now.
pub fn reread(json: &str) -> Result<CanonicalEvent, Box<super::receipt::Refusal>> {
    let limits =
        Limits { event: usize::MAX, string: usize::MAX, name: usize::MAX, earliest: Instant(i64::MIN), ..Limits::DEFAULT };
    read(json.as_bytes(), &ReadTerms { now: Instant(i64::MAX), limits })
}
