//! `shipment.delivered`, `.partially_delivered`, `.refused`, `delivery_exception.*`

use super::values::{Code, Name, Note, Quantity};
use schemars::JsonSchema;
use serde::Deserialize;

/// The goods were handed over, in full or in part, or refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct DeliveryData {
    /// Who signed for the goods.
    pub signed_by: Option<Name>,
    /// Where they were handed over.
    pub location: Option<Name>,
    /// What was taken.
    pub pieces: Option<Quantity>,
    /// What was refused or is missing.
    pub pieces_short: Option<Quantity>,
    /// Why it was late, partial or refused, coded.
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}

/// Something is wrong with the delivery, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct DeliveryExceptionData {
    /// What, coded: `damaged`, `short`, `wrong_address`, `closed`, …
    pub code: Code,
    /// Where.
    pub location: Option<Name>,
    /// How it was cleared, coded.
    pub resolution: Option<Code>,
    /// In words.
    pub note: Option<Note>,
}
