//! `shipment.dispatched`, `.departed`, `.loaded`, `.picked_up`, `.in_transit`, `.returned`, `route.departed`, `warehouse.departed`

use super::{
    attributes::Vehicle,
    values::{Code, Name, Note, Quantity},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The shipment moved on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct MovementData {
    /// Where it happened.
    pub location: Option<Name>,
    /// Vehicle.
    pub vehicle: Option<Vehicle>,
    /// Trailer or container.
    pub trailer: Option<Vehicle>,
    /// The driver's number; no name, please.
    pub driver: Option<Code>,
    /// The trip.
    pub trip: Option<Name>,
    /// The route.
    pub route: Option<Name>,
    /// Seal number.
    pub seal: Option<Name>,
    /// How many pieces.
    pub pieces: Option<Quantity>,
    /// Why it comes back, coded.
    pub reason: Option<Code>,
    /// Anything else, in words.
    pub note: Option<Note>,
}
