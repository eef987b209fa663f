//! What intake answers for each event, and what it keeps when it cannot take one.

use super::{access::Environment, event::CanonicalEvent, ids::QuarantineId};
use serde::Serialize;

/// One thing that came in: an event that could be read, or bytes that could not.
#[derive(Debug, Clone)]
pub enum Inbound {
    /// A readable event.
    Event(Box<CanonicalEvent>),
    /// Something for quarantine; its bytes are kept.
    Refused(Box<Refusal>),
}

/// Why something went to quarantine, with everything that could still be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The bytes as they came.
    pub raw: Vec<u8>,
    /// Stable code: `json_malformed`, `type_unknown`, `money_invalid`, …
    pub code: &'static str,
    /// In words, naming the field; never echoes more than a few characters of the input.
    pub reason: String,
    /// JSON pointer, or row and column of a file.
    pub place: Option<String>,
    /// CloudEvents source, when readable.
    pub source: Option<String>,
    /// CloudEvents id, when readable.
    pub event_id: Option<String>,
    /// CloudEvents type, when readable.
    pub event_type: Option<String>,
    /// CloudEvents subject, when readable.
    pub subject: Option<String>,
}

/// How events are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeTerms {
    /// Whose world.
    pub environment: Environment,
    /// Old data: no silence timers, no alerts, no jobs for what ended before the cut-over.
    pub history: bool,
    /// Which lane of the writer.
    pub lane: Lane,
}

/// The writer's lanes: single events go first, bulk in short slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Someone waits for the answer.
    Single,
    /// Throughput matters more than the answer's time.
    Bulk,
}

/// What became of one event, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Receipt {
    /// Stored; its effect on the facts is committed.
    Accepted {
        /// Commit sequence.
        seq: i64,
    },
    /// The same body under the same source and id was there already.
    Duplicate,
    /// A later record of an event that was there: the later one counts.
    Amended {
        /// Commit sequence.
        seq: i64,
    },
    /// Another body under the same source and id, without a later record time: kept as evidence in quarantine.
    Conflict {
        /// The quarantined item.
        quarantine_id: QuarantineId,
    },
    /// Not acceptable: kept raw in quarantine, where it can be fixed and replayed.
    Quarantined {
        /// The quarantined item.
        quarantine_id: QuarantineId,
        /// Stable code.
        code: String,
        /// In words.
        reason: String,
        /// JSON pointer, or row and column.
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<String>,
    },
}
