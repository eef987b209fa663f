//! `invoice.*`

use super::values::{Amount, Code, Few, Name, Note, When};
use schemars::JsonSchema;
use serde::Deserialize;

/// The customer's invoice became possible, was drafted, sent or blocked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct InvoiceData {
    /// The invoice's number.
    pub number: Option<Name>,
    /// Its amount.
    pub amount: Option<Amount>,
    /// The consolidation that it belongs to, when one invoice covers several shipments.
    pub consolidation: Option<Name>,
    /// When it is due.
    pub due_at: Option<When>,
    /// What blocks it, coded.
    #[serde(default)]
    #[schemars(with = "Option<Few<Code, 50>>")]
    pub blocked_by: Few<Code, 50>,
    /// In words.
    pub note: Option<Note>,
}
