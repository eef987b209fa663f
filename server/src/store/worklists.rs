//! Reading lists of work: shipments that wait, and what all of them come to.

use super::{StoreError, shipments::Sight};
use crate::domain::{
    exception::Queue,
    money::Money,
    readiness::{HoldKind, Holds},
    shipment::Stage,
    time::{Instant, Precision},
};
use app::model::WorkList;
use async_trait::async_trait;

/// What holds those that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldFilter {
    /// This, perhaps beside others.
    Held(HoldKind),
    /// Nothing.
    Free,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkOrder {
    /// What waits longest comes first.
    Longest,
    /// Money × age.
    Value,
}

/// What a list of work is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkQuery {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// Which list.
    pub list: WorkList,
    /// What holds them.
    pub hold: Option<HoldFilter>,
    /// `[from, to)` of the time since when they wait.
    pub since: (Option<Instant>, Option<Instant>),
    /// Region.
    pub region: Option<String>,
    /// Business unit.
    pub business_unit: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Customer.
    pub customer: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// In which order.
    pub order: WorkOrder,
    /// The moment of the answer.
    pub now: Instant,
}

/// A place in a list of work.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkCursor {
    /// Behind what waits since then.
    Longest {
        /// Since when.
        since: Instant,
        /// Id of the row.
        id: String,
    },
    /// Behind what came to this.
    Value {
        /// The moment at which ages are taken, on every page.
        as_of: Instant,
        /// Money × age.
        score: f64,
        /// The row's place.
        row: i64,
    },
}

/// A shipment that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRecord {
    /// Id.
    pub id: String,
    /// Reference.
    pub reference: String,
    /// Stage.
    pub stage: Stage,
    /// Since when it waits.
    pub since: (Instant, Precision),
    /// Money that waits.
    pub money: Option<Money>,
    /// What holds it.
    pub holds: Holds,
    /// Id of its exception: the one that the list is about, else the one that stands for the shipment.
    pub exception: Option<String>,
    /// More of that exception, where the list is one of a kind: detail, whose queue.
    pub kind: Option<(String, Queue)>,
    /// Carrier, empty if nobody told it.
    pub carrier: String,
    /// Customer, likewise.
    pub customer: String,
    /// Region, likewise.
    pub region: String,
    /// Mode, likewise.
    pub mode: String,
}

/// Some of the list that have their holds, their age and their currency in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkShare {
    /// What holds each.
    pub holds: Holds,
    /// Place of their age in the ages that were asked for.
    pub age: usize,
    /// How many.
    pub count: u64,
    /// Their money; none where no money is known.
    pub money: Option<Money>,
}

/// Reads lists of work.
#[async_trait]
pub trait WorkListStore: Send + Sync {
    /// At most `limit` rows after the cursor, and where the next page begins.
    async fn work_rows(
        &self,
        query: &WorkQuery,
        after: Option<&WorkCursor>,
        limit: u32,
    ) -> Result<(Vec<WorkRecord>, Option<WorkCursor>), StoreError>;
    /// All of the list, whatever the query says of holds and ages: by holds, by age (`ages` are the lower edges, youngest first)
    /// and by currency.
    async fn work_shares(&self, query: &WorkQuery, ages: &[i64]) -> Result<Vec<WorkShare>, StoreError>;
}
