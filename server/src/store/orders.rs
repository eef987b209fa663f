//! Reading orders.

use super::{
    StoreError,
    shipments::{ShipmentRecord, Sight},
};
use crate::domain::{money::Money, order::OrderState, readiness::Holds};
use async_trait::async_trait;

/// A shipment that names an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegRecord {
    /// The shipment as in lists.
    pub record: ShipmentRecord,
    /// Its money.
    pub money: Option<Money>,
    /// What holds it.
    pub holds: Holds,
}

/// An order with its shipments.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderWhole {
    /// Id and state, if the order itself is known and in sight.
    pub order: Option<(String, OrderState)>,
    /// Shipments in sight that name it.
    pub legs: Vec<LegRecord>,
}

/// Reads orders.
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// An order by its reference, with at most `limit` of its shipments; [`StoreError::NotFound`] where neither is in sight.
    async fn order(&self, sight: &Sight, reference: &str, limit: u32) -> Result<OrderWhole, StoreError>;
}
