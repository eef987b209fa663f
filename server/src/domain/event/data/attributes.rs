//! What any event may say of its subject besides what happened.

use super::values::{Amount, Code, Few, Name, Quantity, Text, When};
use crate::domain::time::Precision;
use schemars::JsonSchema;
use serde::Deserialize;

/// What every event may say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Basics {
    /// `day` when only the local calendar day of `time` is known. Default `instant`.
    #[schemars(with = "Option<PrecisionCode>")]
    pub precision: Option<Precision>,
    /// Further names of the subject: bill of lading, container, the carrier's own number.
    #[serde(default)]
    #[schemars(with = "Option<Few<ReferenceData, 100>>")]
    pub references: Few<ReferenceData, 100>,
}

/// Attributes of a shipment or an order. Each given one becomes a fact; one that is left out says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Attributes {
    /// Region code.
    pub region: Option<Code>,
    /// Business unit code.
    pub business_unit: Option<Code>,
    /// Customer code.
    pub customer: Option<Code>,
    /// Customer's name.
    pub customer_name: Option<Name>,
    /// Where the goods come from.
    pub origin: Option<Name>,
    /// Where they go (ship-to).
    pub destination: Option<Name>,
    /// Promised delivery.
    pub promised_at: Option<When>,
    /// Incoterm.
    pub incoterm: Option<Code>,
    /// Gross weight.
    pub weight: Option<Quantity>,
    /// Value of the goods.
    pub goods_value: Option<Amount>,
}

/// Attributes that only a shipment has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ShipmentAttributes {
    /// References of the orders that the shipment carries.
    #[serde(default)]
    #[schemars(with = "Option<Few<Name, 1000>>")]
    pub orders: Few<Name, 1000>,
    /// Carrier code. In a tender: the carrier that is asked.
    pub carrier: Option<Code>,
    /// Carrier's name.
    pub carrier_name: Option<Name>,
    /// `road`, `air`, `ocean`, `rail`, `parcel`, `barge`, `multimodal`, or a code of your own.
    pub mode: Option<Code>,
    /// Estimated delivery.
    pub eta: Option<When>,
    /// Freight cost, as far as known.
    pub freight_cost: Option<Amount>,
}

/// A further name of the subject.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct ReferenceData {
    /// `bol`, `pro`, `container`, `booking`, `carrier_invoice`, …
    pub scheme: Code,
    /// Who gave the name; leave it out for your own.
    pub issuer: Option<Name>,
    /// The name.
    pub value: Name,
}

/// How exactly `time` is known.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the wire form of Precision to the schema")]
enum PrecisionCode {
    /// A point in time.
    Instant,
    /// A local calendar day; it counts as the end of that day and stays out of figures by the hour.
    Day,
}

/// A vehicle, as short as anybody names it: plate or fleet number.
pub(super) type Vehicle = Text<64>;
