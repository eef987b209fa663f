//! `vehicle.broke_down`, `vehicle.maintenance_alerted`

use super::{
    attributes::Vehicle,
    values::{Code, Name, Note},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The vehicle that carries the shipment has a fault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct VehicleFaultData {
    /// Vehicle.
    pub vehicle: Vehicle,
    /// Where.
    pub location: Option<Name>,
    /// The fault, coded.
    pub code: Option<Code>,
    /// In words.
    pub note: Option<Note>,
}
