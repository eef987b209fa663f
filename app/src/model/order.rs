//! One order: many shipments, each with its own carrier and dates.

use super::{Fact, Hold, Moment, Money, Reference, ShipmentRow, Sums, TimelineEntry};
use serde::{Deserialize, Serialize};

/// Something that is remarkable about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFlag {
    /// Nobody released it.
    NotReleased,
    /// Released in part, and not in full since.
    PartlyReleased,
    /// Changed after it was released.
    Changed,
    /// Blocked for credit, and not released since.
    Blocked,
    /// Cancelled, and not released since.
    Cancelled,
}

impl OrderFlag {
    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotReleased => "Not released",
            Self::PartlyReleased => "Partially released",
            Self::Changed => "Changed",
            Self::Blocked => "Blocked for credit",
            Self::Cancelled => "Cancelled",
        }
    }
}

/// A shipment that carries a part of the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderLeg {
    /// The shipment as in lists.
    pub row: ShipmentRow,
    /// Money that waits for it or is billed for it, where known.
    pub money: Option<Money>,
    /// What holds it from billing; none for whom holds are not for.
    pub holds: Option<Vec<Hold>>,
}

/// Everything about one order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderDetail {
    /// Its reference.
    pub reference: String,
    /// What is remarkable about it.
    pub flags: Vec<OrderFlag>,
    /// What is known of the order itself.
    pub facts: Vec<Fact>,
    /// Deliveries, invoices and whatever else it is called by.
    pub references: Vec<Reference>,
    /// Its shipments, in the order in which they go.
    pub legs: Vec<OrderLeg>,
    /// There are more shipments than these.
    pub more: bool,
    /// The money of the legs by currency.
    pub money: Sums,
    /// Its own events by business time, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// When this was read.
    pub as_of: Moment,
}
