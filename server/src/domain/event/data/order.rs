//! `order.*`

use super::values::{Code, Decimal, Few, Name, Note, Quantity, When};
use schemars::JsonSchema;
use serde::Deserialize;

/// An order was released, changed, cancelled, blocked or released in part. The subject is the order's reference.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct OrderData {
    /// How urgent: `standard`, `express`, or a code of your own.
    pub priority: Option<Code>,
    /// Ship not before.
    pub window_from: Option<When>,
    /// Deliver not after.
    pub window_until: Option<When>,
    /// Whether dangerous goods are among the items.
    pub hazmat: Option<bool>,
    /// Conditions and services asked for: `reefer`, `liftgate`, `two_person`, …
    #[serde(default)]
    #[schemars(with = "Option<Few<Code, 50>>")]
    pub requirements: Few<Code, 50>,
    /// What is ordered.
    #[serde(default)]
    #[schemars(with = "Option<Few<OrderLine, 1000>>")]
    pub lines: Few<OrderLine, 1000>,
    /// Why it was changed, cancelled or blocked, coded.
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct OrderLine {
    /// Item number.
    pub item: Name,
    /// What it is.
    pub description: Option<Name>,
    /// How many.
    pub quantity: Option<Quantity>,
    /// Gross weight.
    pub weight: Option<Quantity>,
    /// Volume.
    pub volume: Option<Quantity>,
    /// Length, width and height in metres.
    pub dimensions: Option<Dimensions>,
}

/// Outer dimensions in metres.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Dimensions {
    /// Length.
    pub length: Decimal,
    /// Width.
    pub width: Decimal,
    /// Height.
    pub height: Decimal,
}
