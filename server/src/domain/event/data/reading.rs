//! `temperature.assessed`, `telemetry.recorded`

use super::{
    attributes::Vehicle,
    values::{Code, Decimal, Few, Name, Note, Quantity},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Whether the goods stayed within their temperature limits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct TemperatureData {
    /// They did.
    pub compliant: bool,
    /// Lowest reading.
    pub lowest: Option<Quantity>,
    /// Highest reading.
    pub highest: Option<Quantity>,
    /// Lower limit.
    pub limit_low: Option<Quantity>,
    /// Upper limit.
    pub limit_high: Option<Quantity>,
    /// In words.
    pub note: Option<Note>,
}

/// What a vehicle or a device reports.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct TelemetryData {
    /// Vehicle.
    pub vehicle: Option<Vehicle>,
    /// The driver's number; no name, please.
    pub driver: Option<Code>,
    /// Where it is, in words.
    pub location: Option<Name>,
    /// Degrees north.
    pub latitude: Option<Decimal>,
    /// Degrees east.
    pub longitude: Option<Decimal>,
    /// Everything else: `fuel`, `speed`, `driver_utilisation`, …
    #[serde(default)]
    #[schemars(with = "Option<Few<Reading, 100>>")]
    pub readings: Few<Reading, 100>,
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Reading {
    /// Of what.
    pub name: Code,
    /// How much.
    pub value: Decimal,
    /// In which unit.
    pub unit: Option<Code>,
}
