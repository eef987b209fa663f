//! Reading shipments.

use super::StoreError;
use crate::domain::{
    access::{Environment, Scope},
    money::Money,
    shipment::{Outcome, ShipmentState, Stage},
    time::{Instant, Precision},
};
use async_trait::async_trait;

/// Which rows an actor may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Whose world.
    pub environment: Environment,
    /// Regions and business units.
    pub scope: Scope,
}

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentQuery {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// Region.
    pub region: Option<String>,
    /// Business unit.
    pub business_unit: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// Customer.
    pub customer: Option<String>,
    /// Stage.
    pub stage: Option<Stage>,
    /// Delivery against promise.
    pub promise: Option<PromiseFilter>,
    /// Only what waits for a POD.
    pub awaiting_pod: bool,
    /// Only what is delivered.
    pub delivered: bool,
    /// `[from, to)` of the place in the list: delivered, else promised, else first known.
    pub from: Option<Instant>,
    /// See `from`.
    pub to: Option<Instant>,
}

/// Delivery against promise, as a list is filtered by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseFilter {
    /// Delivered no later than promised.
    OnTime,
    /// Delivered after the promise.
    DeliveredLate,
    /// Not delivered, watched, promised before this instant.
    Overdue(Instant),
}

/// A place in a list: everything after it, in the list's order, comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Sort key of the last row.
    pub at: Instant,
    /// Its id.
    pub id: String,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentRecord {
    /// Id.
    pub id: String,
    /// Reference.
    pub reference: String,
    /// Stage.
    pub stage: Stage,
    /// Delivery against promise.
    pub outcome: Outcome,
    /// Region, empty if nobody told it.
    pub region: String,
    /// Business unit, likewise.
    pub business_unit: String,
    /// Carrier, likewise.
    pub carrier: String,
    /// Mode, likewise.
    pub mode: String,
    /// Promised delivery.
    pub promised: Option<(Instant, Precision)>,
    /// Dispatch confirmed.
    pub dispatched_at: Option<Instant>,
    /// Handed over.
    pub delivered: Option<(Instant, Precision)>,
    /// Freight cost.
    pub freight: Option<Money>,
    /// Only old data.
    pub history: bool,
    /// Place in lists.
    pub sort_at: Instant,
}

/// One shipment with its state.
#[derive(Debug, Clone, PartialEq)]
pub struct ShipmentWhole {
    /// The list's row.
    pub record: ShipmentRecord,
    /// Facts, references, orders.
    pub state: ShipmentState,
}

/// An event of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Commit sequence.
    pub seq: i64,
    /// CloudEvents source.
    pub source: String,
    /// CloudEvents id.
    pub event_id: String,
    /// CloudEvents type.
    pub event_type: String,
    /// Business truth.
    pub occurred: (Instant, Precision),
    /// Producer's record time, else our receipt.
    pub recorded_at: Instant,
    /// Our commit.
    pub known_at: Instant,
    /// `effective`, `superseded` or `retracted`.
    pub standing: String,
    /// SHA-256 of the canonical body.
    pub body_hash: Vec<u8>,
    /// The event as JSON; empty if its archive cannot be read.
    pub body: String,
    /// Where that is.
    pub kept: Kept,
}

/// Where the body of an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In the database.
    Here,
    /// In the archive of this name.
    Archive(String),
    /// In this one, which cannot be read.
    Unreadable(String),
}

/// A shipment that a name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedShipment {
    /// Scheme of the name.
    pub scheme: String,
    /// The name.
    pub value: String,
    /// Id.
    pub id: String,
    /// Reference.
    pub reference: String,
    /// Stage.
    pub stage: Stage,
}

/// Places that filters can offer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Regions.
    pub regions: Vec<String>,
    /// Business units.
    pub business_units: Vec<String>,
}

/// Values that filters can offer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// Regions and business units.
    pub places: Places,
    /// Carriers.
    pub carriers: Vec<String>,
    /// Modes.
    pub modes: Vec<String>,
}

/// Reads shipments. Each method sees one consistent state of the store.
#[async_trait]
pub trait ShipmentStore: Send + Sync {
    /// At most `limit` rows, newest first, after the cursor.
    async fn shipments(
        &self,
        query: &ShipmentQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<ShipmentRecord>, StoreError>;
    /// How many rows match; none if more than `most`.
    async fn count_shipments(&self, query: &ShipmentQuery, most: u32) -> Result<Option<u64>, StoreError>;
    /// One shipment; [`StoreError::NotFound`] also for one out of sight.
    async fn shipment(&self, sight: &Sight, id: &str) -> Result<ShipmentWhole, StoreError>;
    /// Its latest `limit` events by business time, oldest first, and how many there are in all.
    async fn timeline(&self, id: &str, limit: u32) -> Result<(Vec<EventRecord>, u64), StoreError>;
    /// One event, if its shipment is in sight.
    async fn event(&self, sight: &Sight, seq: i64) -> Result<EventRecord, StoreError>;
    /// Shipments by the beginning of a name; exact matches come first.
    async fn by_name(&self, sight: &Sight, start: &str, limit: u32) -> Result<Vec<NamedShipment>, StoreError>;
    /// Places that filters can offer.
    async fn places(&self, sight: &Sight) -> Result<Places, StoreError>;
    /// All that filters can offer.
    async fn choices(&self, sight: &Sight) -> Result<Choices, StoreError>;
}
