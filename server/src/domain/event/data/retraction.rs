//! `event.retracted`

use super::values::{Code, Name, Note};
use schemars::JsonSchema;
use serde::Deserialize;

/// Takes an earlier event of the same source back, as if it had never been sent. It may come before that event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct RetractionData {
    /// The id of the event that is taken back.
    pub retracts: Name,
    /// Why, coded.
    pub reason: Option<Code>,
    /// In words.
    pub note: Option<Note>,
}
