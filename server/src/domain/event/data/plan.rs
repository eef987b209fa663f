//! `shipment.planned`, `freight.booked`, `shipment.cancelled`

use super::values::{Code, Name, Note, When};
use schemars::JsonSchema;
use serde::Deserialize;

/// A shipment was planned, its freight booked, or it was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct PlanData {
    /// The carrier's booking number.
    pub booking: Option<Name>,
    /// The load that the shipment rides in.
    pub load: Option<Name>,
    /// When it should be picked up.
    pub pickup_at: Option<When>,
    /// Service that was booked.
    pub service: Option<Code>,
    /// Why it was cancelled, coded.
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}
