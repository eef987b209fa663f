//! What became of events, as it is written on the wire.

use crate::domain::receipt::Receipt;
use serde::Serialize;

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(super) struct EventResult {
    /// The line of a stream; absent elsewhere, where results stand in the order of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    /// What became of it.
    pub(super) outcome: Outcome,
    /// Commit sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seq: Option<i64>,
    /// Under which id it waits in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quarantine_id: Option<String>,
    /// Why it is there: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// JSON pointer to what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Stored, its effect is visible.
    Accepted,
    /// The same event was there already; nothing changed.
    Duplicate,
    /// A later record of an event that was there: this one counts now.
    Amended,
    /// Another body under an id that was there already: kept in quarantine.
    Conflict,
    /// Not acceptable: kept in quarantine, where it can be fixed and replayed.
    Quarantined,
}

/// What became of each event, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(super) struct Results {
    /// One for each event.
    pub(super) results: Vec<EventResult>,
}

impl From<Receipt> for EventResult {
    fn from(receipt: Receipt) -> Self {
        let bare = |outcome| Self { line: None, outcome, seq: None, quarantine_id: None, code: None, reason: None, place: None };
        match receipt {
            Receipt::Accepted { seq } => Self { seq: Some(seq), ..bare(Outcome::Accepted) },
            Receipt::Duplicate => bare(Outcome::Duplicate),
            Receipt::Amended { seq } => Self { seq: Some(seq), ..bare(Outcome::Amended) },
            Receipt::Conflict { quarantine_id } => Self { quarantine_id: Some(quarantine_id.0), ..bare(Outcome::Conflict) },
            Receipt::Quarantined { quarantine_id, code, reason, place } => Self {
                quarantine_id: Some(quarantine_id.0),
                code: Some(code),
                reason: Some(reason),
                place,
                ..bare(Outcome::Quarantined)
            },
        }
    }
}

/// How far a stream has come, in total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(super) struct Tally {
    /// Lines that are done with, blank ones included. To go on after a break, skip as many.
    pub(super) lines: u64,
    /// Events that are committed: stored, known already, or in quarantine.
    pub(super) committed: u64,
    /// Stored.
    pub(super) accepted: u64,
    /// Known already.
    pub(super) duplicate: u64,
    /// Stored as a later record.
    pub(super) amended: u64,
    /// Kept as conflicting.
    pub(super) conflict: u64,
    /// In quarantine.
    pub(super) quarantined: u64,
}

impl Tally {
    pub(super) fn count(&mut self, outcome: Outcome) {
        self.committed += 1;
        *match outcome {
            Outcome::Accepted => &mut self.accepted,
            Outcome::Duplicate => &mut self.duplicate,
            Outcome::Amended => &mut self.amended,
            Outcome::Conflict => &mut self.conflict,
            Outcome::Quarantined => &mut self.quarantined,
        } += 1;
    }
}
