//! What people say of shipments, and the documents that they attach.

use super::{StoreError, shipments::Sight};
use crate::domain::{desk::Seen, event::CanonicalEvent, time::Instant};
use async_trait::async_trait;

/// Media types of documents, as their bytes tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// TIFF.
    Tiff,
}

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Png, Self::Jpeg, Self::Tiff];

    /// As in a header, and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
        }
    }
}

/// A human hand on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// Something was entered.
    Create,
    /// What was believed was changed.
    Edit,
    /// A rule or a finding was overruled.
    Override,
    /// A paper was attached.
    Attach,
    /// It was given to somebody.
    Reassign,
    /// Something was tried again.
    Retry,
    /// Something was approved: no touch where a contract asks for it.
    Approve,
    /// An earlier act was taken back.
    Undo,
}

impl Touch {
    /// As in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Override => "override",
            Self::Attach => "attach",
            Self::Reassign => "reassign",
            Self::Retry => "retry",
            Self::Approve => "approve",
            Self::Undo => "undo",
        }
    }
}

/// What comes with a word from the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// A document, under the event's id.
    Document {
        /// As its sender called it.
        file_name: String,
        /// As its bytes say.
        media_type: MediaType,
        /// Its hash.
        sha256: [u8; 32],
        /// The document.
        bytes: Vec<u8>,
    },
    /// It takes back what was said under this id.
    TakesBack(String),
}

/// A word from the desk, with all that is written with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// What the audit trail writes as the actor.
    pub actor: String,
    /// The shipment.
    pub shipment_id: String,
    /// What is said.
    pub event: CanonicalEvent,
    /// As the audit trail names it: `shipment.validate_pod`.
    pub action: &'static str,
    /// As the ledger of touches counts it.
    pub touch: Touch,
    /// Why, in the person's words.
    pub reason: String,
    /// What comes with it.
    pub beside: Beside,
    /// What the person decided on; they are too late if it is no longer so.
    pub seen: Option<Seen>,
}

/// A document without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    /// Its id, and its event's.
    pub id: String,
    /// As its sender called it.
    pub file_name: String,
    /// As its bytes say.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Its hash.
    pub sha256: Vec<u8>,
    /// Who attached it.
    pub actor: String,
    /// When.
    pub at: Instant,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
}

/// A word from the desk, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordRecord {
    /// The event's id.
    pub id: String,
    /// Its type.
    pub event_type: String,
    /// The event as JSON; none: it is in an archive that is away.
    pub body: Option<String>,
    /// Its commit.
    pub at: Instant,
    /// The event that took it back, and its commit.
    pub taken_back: Option<(String, Instant)>,
}

/// Keeps what people say of shipments. Each method is one transaction.
#[async_trait]
pub trait ActStore: Send + Sync {
    /// Takes the event in as any other, and writes with it the document, the touch and the audit trail: all or nothing.
    /// [`StoreError::NotFound`]: no such shipment in sight, or nothing that could be taken back.
    /// [`StoreError::Conflict`]: it was taken back already, or what the person decided on was told anew since.
    async fn tell(&self, telling: Telling) -> Result<(), StoreError>;
    /// A shipment's documents, latest first, those that were taken back included.
    async fn documents(&self, sight: &Sight, shipment_id: &str) -> Result<Vec<DocumentRecord>, StoreError>;
    /// A document that was not taken back, with its bytes.
    async fn document(&self, sight: &Sight, shipment_id: &str, id: &str) -> Result<(DocumentRecord, Vec<u8>), StoreError>;
    /// What the desk said of a shipment, latest first, at most `limit`. The caller has seen the shipment.
    async fn words(&self, sight: &Sight, shipment_id: &str, limit: u32) -> Result<Vec<WordRecord>, StoreError>;
}
