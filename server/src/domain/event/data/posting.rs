//! `erp_posting.*`, `synchronisation.completed`

use super::values::{Amount, Code, Few, Name, Note};
use schemars::JsonSchema;
use serde::Deserialize;

/// The ERP posted a document, or refused to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct PostingData {
    /// The ERP's document number.
    pub document: Option<Name>,
    /// `receivable`, `payable`, `cost`, `accrual`, …
    pub ledger: Option<Code>,
    /// How much was posted.
    pub amount: Option<Amount>,
    /// The invoice that it is for.
    pub invoice: Option<Name>,
    /// The ERP's own error code.
    pub error: Option<Code>,
    /// In words.
    pub note: Option<Note>,
}

/// Every system has what it needs of the shipment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct SynchronisationData {
    /// The systems that confirmed.
    #[serde(default)]
    #[schemars(with = "Option<Few<Code, 50>>")]
    pub systems: Few<Code, 50>,
    /// In words.
    pub note: Option<Note>,
}
