//! Quarantined items: reading, fixing, replaying, giving up.

use super::{
    StoreError,
    shipments::{Cursor, Sight},
};
use crate::domain::{event::CanonicalEvent, time::Instant};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineQuery {
    /// Items have no region yet: only an unscoped actor sees any.
    pub sight: Sight,
    /// `open`, `resolved` or `discarded`.
    pub state: &'static str,
    /// Only of this source.
    pub source: Option<String>,
    /// Only with this code.
    pub code: Option<String>,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRecord {
    /// Id.
    pub id: String,
    /// `open`, `resolved` or `discarded`.
    pub state: String,
    /// Stable code.
    pub code: String,
    /// In words.
    pub reason: String,
    /// JSON pointer, or row and column.
    pub place: Option<String>,
    /// Source, when readable.
    pub source: Option<String>,
    /// Type, when readable.
    pub event_type: Option<String>,
    /// Subject, when readable.
    pub subject: Option<String>,
    /// When it came.
    pub received_at: Instant,
    /// Taken in as old data.
    pub history: bool,
    /// For optimistic concurrency.
    pub version: i64,
}

/// One item, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineWhole {
    /// The list's row.
    pub record: QuarantineRecord,
    /// The bytes as they came.
    pub raw: Vec<u8>,
    /// The latest fix.
    pub fixed: Option<String>,
    /// The shipment that took it, once accepted: (id, reference).
    pub shipment: Option<(String, String)>,
    /// What happened to it: (when, who, action, reason).
    pub history: Vec<(Instant, String, String, String)>,
    /// Why the latest fix was not taken.
    pub latest: Option<Refused>,
}

/// Why a text was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// As a code.
    pub code: String,
    /// In words.
    pub reason: String,
    /// Where in the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A person's step on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The item.
    pub id: String,
    /// The version that the person saw.
    pub version: i64,
    /// Whose world.
    pub sight: Sight,
    /// What the audit trail writes as the actor.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// What a replay came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replayed {
    /// The event took its place in the store.
    Accepted,
    /// It was there already.
    Duplicate,
    /// Another body is there under its key: nothing was changed.
    Conflict,
}

/// Reads and moves quarantined items.
#[async_trait]
pub trait QuarantineStore: Send + Sync {
    /// At most `limit` items, newest first, after the cursor.
    async fn quarantined(
        &self,
        query: &QuarantineQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<QuarantineRecord>, StoreError>;
    /// How many match; none if more than `most`.
    async fn count_quarantined(&self, query: &QuarantineQuery, most: u32) -> Result<Option<u64>, StoreError>;
    /// One item; [`StoreError::NotFound`] also for one out of sight.
    async fn quarantined_item(&self, sight: &Sight, id: &str) -> Result<QuarantineWhole, StoreError>;
    /// Keeps a fix that is not acceptable yet, with why it is not.
    async fn keep_fix(&self, step: Step, fixed: String, refused: Refused) -> Result<(), StoreError>;
    /// Records the event and resolves the item, both or neither. `fixed` is the corrected JSON, if it was corrected.
    async fn replay(&self, step: Step, event: CanonicalEvent, fixed: Option<String>) -> Result<Replayed, StoreError>;
    /// Gives the item up; its bytes stay.
    async fn discard(&self, step: Step) -> Result<(), StoreError>;
}
