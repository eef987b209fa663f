use super::Moment;
use serde::{Deserialize, Serialize};

/// Where a quarantined item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineState {
    /// Waits for someone.
    Open,
    /// Fixed (or the reason went away), replayed and accepted: the event is in the store.
    Resolved,
    /// Given up by a person, with a reason; the bytes stay.
    Discarded,
}

impl QuarantineState {
    /// As in URLs, the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Discarded => "discarded",
        }
    }
}

/// What the Quarantine page is asked for; each field is a query parameter of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuarantineFilter {
    /// [`QuarantineState`] code; `open` when absent.
    pub state: Option<String>,
    /// Only this source.
    pub source: Option<String>,
    /// Only this stable code.
    pub code: Option<String>,
    /// Cursor of a page.
    pub after: Option<String>,
}

/// One row of the Quarantine list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantineRow {
    /// Waybill's id (UUIDv7).
    pub id: String,
    /// Stable code of the reason: `money_invalid`.
    pub code: String,
    /// The reason in words, naming the field.
    pub reason: String,
    /// Where in the body: `/data/amount`, or `row 41, column Freight Cost (USD)`.
    pub place: Option<String>,
    /// Source, when it could be read.
    pub source: Option<String>,
    /// Event type, when it could be read.
    pub event_type: Option<String>,
    /// Subject (the shipment's reference), when it could be read.
    pub subject: Option<String>,
    /// When it came in.
    pub received: Moment,
    /// Where it stands.
    pub state: QuarantineState,
}

/// One quarantined item, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantineItem {
    /// The list's row.
    pub row: QuarantineRow,
    /// The bytes as they came, read as text (invalid UTF-8 shown as U+FFFD).
    pub raw: String,
    /// The raw bytes are not valid UTF-8, so a fix starts from a lossy copy.
    pub lossy: bool,
    /// The latest fix, if there is one.
    pub fixed: Option<String>,
    /// What happened to it, oldest first: (when, who, what).
    pub history: Vec<(Moment, String, String)>,
    /// `version` for optimistic concurrency: a fix must present it.
    pub version: i64,
    /// The viewer may fix, replay and discard.
    pub may_fix: bool,
    /// The shipment that the event went to, once accepted: (id, reference).
    pub shipment: Option<(String, String)>,
}

/// A fix: the event as it should have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineFix {
    /// The item.
    pub id: String,
    /// The version that the person saw.
    pub version: i64,
    /// The corrected event as JSON.
    pub body: String,
    /// Why, in the person's words; it stands in the audit trail.
    pub reason: String,
}

/// What a replay came to: never "done" unless the event is in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum QuarantineOutcome {
    /// The event is in the store.
    Accepted {
        /// The shipment it belongs to, if it has one.
        shipment: Option<String>,
    },
    /// The same event was already there.
    Duplicate,
    /// Still not acceptable: the new reason.
    Refused {
        /// Stable code.
        code: String,
        /// In words.
        reason: String,
        /// Where in the body.
        place: Option<String>,
    },
}
