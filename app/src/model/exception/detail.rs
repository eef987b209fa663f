//! One exception, whole.

use super::{
    super::{ExceptionAction, Moment, Readiness},
    ExceptionRow,
};
use serde::{Deserialize, Serialize};

/// One line of an exception's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionStep {
    /// When.
    pub at: Moment,
    /// Who: a person, or Waybill itself.
    pub actor: String,
    /// What, in words.
    pub what: String,
    /// Why, or the comment.
    pub note: String,
}

/// One exception, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionDetail {
    /// The list's row.
    pub row: ExceptionRow,
    /// First detection.
    pub detected: Moment,
    /// When the business trouble began, which may be long before.
    pub since: Moment,
    /// What makes it go away, in words: the detector's own condition.
    pub ends_when: String,
    /// What to do, step by step.
    pub playbook: Vec<String>,
    /// Why it ranks where it does, in words.
    pub rank: String,
    /// What happened to it, oldest first.
    pub history: Vec<ExceptionStep>,
    /// Others of the same cause that are open.
    pub same_cause: u64,
    /// The shipment's conditions for billing, if it has one.
    pub readiness: Option<Readiness>,
    /// What the viewer may do with it now.
    pub may: Vec<ExceptionAction>,
    /// What was done last, in words, if the viewer may take it back.
    pub undo: Option<String>,
    /// The quarantined item that it is about.
    pub item: Option<String>,
    /// The word of a source that nobody mapped, for whom may map it.
    pub unmapped: Option<UnmappedCode>,
    /// The carrier that nobody configured, if the reader may say who it is.
    #[serde(default)]
    pub unknown_carrier: Option<UnknownCarrier>,
}

/// A carrier that is none of those that are configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCarrier {
    /// As it was told.
    pub name: String,
    /// Whom it may mean: (code, name).
    pub carriers: Vec<(String, String)>,
}

/// A source's word that nobody mapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmappedCode {
    /// Whose word.
    pub source: String,
    /// The word.
    pub code: String,
    /// What it may mean: (code, words).
    pub meanings: Vec<(String, String)>,
}
