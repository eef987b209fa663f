//! Where everything stands now: shipments by stage, sources by their last word.

use super::{StoreError, figures::MeasureQuery, shipments::Sight};
use crate::domain::{access::Environment, shipment::Stage, time::Instant};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// Where shipments stand now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Shipments by stage. Under a filter of carrier, mode or customer those that are done with are not counted.
    pub stages: BTreeMap<Stage, u64>,
    /// All stages are counted.
    pub whole: bool,
    /// Milestones that no source has told of any shipment in sight: `dispatched`, `invoiced`.
    pub untold: Vec<&'static str>,
    /// Not delivered and past the promise.
    pub overdue: u64,
}

/// A source that has spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its name.
    pub name: String,
    /// When it spoke last; none if it only ever told old data.
    pub last: Option<Instant>,
    /// Of what it sent, so many items wait in Quarantine.
    pub quarantined: u64,
}

/// Reads where everything stands.
#[async_trait]
pub trait StandingStore: Send + Sync {
    /// Shipments; lanes and days of the query are no filter of it.
    async fn standing(&self, query: &MeasureQuery, now: Instant) -> Result<Standing, StoreError>;
    /// Sources of an environment.
    async fn heard(&self, environment: Environment) -> Result<Vec<Heard>, StoreError>;
    /// Open items in Quarantine; an actor with a scope sees none.
    async fn in_quarantine(&self, sight: &Sight) -> Result<u64, StoreError>;
}
