//! Reading the figures of the Overview.

use super::{StoreError, shipments::Sight};
use crate::domain::{histogram::Histogram, time::Instant};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// What the figures are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureQuery {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// Region.
    pub region: Option<String>,
    /// Business unit.
    pub business_unit: Option<String>,
    /// First UTC day (since 1970) that counts; none for the data's first.
    pub from_day: Option<i32>,
    /// First UTC day that counts no more; none for the data's end.
    pub to_day: Option<i32>,
    /// Now.
    pub now: Instant,
    /// Lower edges of the POD age buckets in microseconds, youngest (0) first.
    pub pod_ages: Vec<i64>,
}

/// The figures, all of one consistent state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Counts of now by kind: `stage:delivered`, `told:dispatched`, `history:no_pod`.
    pub counts: BTreeMap<String, i64>,
    /// Not delivered and past the promise.
    pub overdue: u64,
    /// Waiting for a POD, by age bucket.
    pub awaiting_pod: Vec<u64>,
    /// When the one that waits longest was delivered.
    pub oldest_awaiting: Option<Instant>,
    /// First and last UTC day with a delivery, whatever the period.
    pub days: Option<(i32, i32)>,
    /// Deliveries against promise in the period.
    pub against_promise: Histogram,
    /// Delivered to recorded in the period, by the Monday of the week; weeks without a delivery are left out.
    pub recorded: BTreeMap<i32, Histogram>,
}

/// Reads figures.
#[async_trait]
pub trait FigureStore: Send + Sync {
    /// The figures of the Overview.
    async fn figures(&self, query: &FigureQuery) -> Result<Figures, StoreError>;
}
