//! `charges.rated`, `freight_charge.approved`, `accrual.*`, `carrier_invoice.received`

use super::values::{Amount, Code, Few, Name, Note, Text, When};
use schemars::JsonSchema;
use serde::Deserialize;

/// Charges were rated for the customer, or a freight charge was approved for payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ChargesData {
    /// Their sum.
    pub total: Amount,
    /// One by one.
    #[serde(default)]
    #[schemars(with = "Option<Few<ChargeLine, 500>>")]
    pub charges: Few<ChargeLine, 500>,
    /// Tariff or contract that was used.
    pub tariff: Option<Name>,
    /// Who approved.
    pub approved_by: Option<Name>,
    /// In words.
    pub note: Option<Note>,
}

/// One charge.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ChargeLine {
    /// `base`, `fuel`, `detention`, `liftgate`, …
    pub code: Code,
    /// In words.
    pub description: Option<Name>,
    /// How much.
    pub amount: Amount,
}

/// Freight cost was accrued, or the accrual was reversed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct AccrualData {
    /// How much.
    pub amount: Amount,
    /// The accrual's number.
    pub accrual: Option<Name>,
    /// Financial account.
    pub account: Option<Code>,
    /// Accounting period, such as `2026-03`.
    pub period: Option<Text<16>>,
    /// Why it was reversed, coded.
    pub reason: Option<Code>,
}

/// The carrier sent its invoice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CarrierInvoiceData {
    /// The carrier's invoice number.
    pub number: Name,
    /// What it asks for.
    pub amount: Amount,
    /// Line by line.
    #[serde(default)]
    #[schemars(with = "Option<Few<ChargeLine, 500>>")]
    pub charges: Few<ChargeLine, 500>,
    /// When it is due.
    pub due_at: Option<When>,
    /// In words.
    pub note: Option<Note>,
}
