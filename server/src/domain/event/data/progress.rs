//! `shipment.eta_changed`, `shipment.delayed`, `stop.*`, `check_in.missed`

use super::values::{Code, Name, Note, When};
use schemars::JsonSchema;
use serde::Deserialize;

/// The estimate changed, or the shipment is late on its way. The new estimate is `eta`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct DelayData {
    /// Where it is now.
    pub location: Option<Name>,
    /// Why, coded: `weather`, `breakdown`, `customs`, …
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}

/// A stop of the route was completed or missed, or the driver did not check in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct StopData {
    /// The stop, as the route names it.
    pub stop: Option<Name>,
    /// Where it is.
    pub location: Option<Name>,
    /// When it was due.
    pub due_at: Option<When>,
    /// Arrival.
    pub arrived_at: Option<When>,
    /// Departure.
    pub departed_at: Option<When>,
    /// Why it was missed, coded.
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}
