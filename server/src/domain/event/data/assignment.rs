//! `vehicle.assigned`, `load.assigned`, `load.reassigned`

use super::{
    attributes::Vehicle,
    values::{Code, Name, Note},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The shipment got a vehicle or a load, or another one than before.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct AssignmentData {
    /// Vehicle.
    pub vehicle: Option<Vehicle>,
    /// Trailer.
    pub trailer: Option<Vehicle>,
    /// The driver's number; no name, please.
    pub driver: Option<Code>,
    /// The load.
    pub load: Option<Name>,
    /// The trip.
    pub trip: Option<Name>,
    /// The vehicle that it had before.
    pub previous_vehicle: Option<Vehicle>,
    /// The load that it was in before.
    pub previous_load: Option<Name>,
    /// Why it was reassigned, coded.
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}
