//! `shipment.status_reported`

use super::values::{Code, Name, Note};
use schemars::JsonSchema;
use serde::Deserialize;

/// What happened, in the source's own word. What it means says the status map that is configured for the source; a word that no map
/// knows is kept, means nothing, and is an exception until it is mapped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct StatusData {
    /// The source's code: `LDD`, `POD captured`.
    pub code: Code,
    /// Why, coded.
    pub reason: Option<Code>,
    /// Where it happened.
    pub location: Option<Name>,
    /// Anything else, in words.
    pub note: Option<Note>,
}
