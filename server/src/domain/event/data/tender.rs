//! `tender.*`

use super::values::{Amount, Code, Name, Note, When};
use schemars::JsonSchema;
use serde::Deserialize;

/// A carrier was asked to move the shipment, and said yes or no. `carrier` names it; only an accepted tender makes it the
/// shipment's carrier.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct TenderData {
    /// The tender's number.
    pub tender: Option<Name>,
    /// What the carrier is offered.
    pub rate: Option<Amount>,
    /// Until when it may answer.
    pub expires_at: Option<When>,
    /// Why it was rejected, coded.
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}
