//! How far imports have come.

use super::StoreError;
use crate::domain::{access::Environment, ids::ImportId, time::Instant};
use async_trait::async_trait;

/// Which import: the same file under the same mapping is the same import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportKey {
    /// Whose world.
    pub environment: Environment,
    /// SHA-256 of the file.
    pub file_hash: [u8; 32],
    /// SHA-256 of the mapping and how it is applied.
    pub mapping_hash: [u8; 32],
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportProgress {
    /// Events and refusals that are committed, from the file's beginning.
    pub items: u64,
    /// Accepted events.
    pub accepted: u64,
    /// Repeated events.
    pub duplicate: u64,
    /// Amended events.
    pub amended: u64,
    /// Events in conflict with earlier ones.
    pub conflict: u64,
    /// What else went to quarantine.
    pub quarantined: u64,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Begun, perhaps interrupted.
    Running,
    /// Read to the file's end.
    Finished,
}

/// An import that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Its id.
    pub id: ImportId,
    /// For optimistic concurrency.
    pub version: i64,
    /// How far an interrupted run came; nothing for a new one.
    pub progress: ImportProgress,
}

/// A run that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// Which.
    pub key: ImportKey,
    /// Its id, if it was never begun before.
    pub id: ImportId,
    /// The mapping's name.
    pub mapping: String,
    /// The file's name.
    pub file_name: String,
    /// What the audit trail writes as the actor.
    pub actor: String,
    /// Now.
    pub at: Instant,
}

/// Remembers how far imports have come.
#[async_trait]
pub trait ImportStore: Send + Sync {
    /// Begins an import, or goes on with one that was interrupted. A finished one begins again, from nothing.
    async fn begin(&self, new: NewImport) -> Result<ImportRun, StoreError>;
    /// Notes progress and answers the new version; [`StoreError::Conflict`] if another run of the same import goes on.
    async fn advance(
        &self,
        run: &ImportRun,
        progress: ImportProgress,
        state: ImportState,
        at: Instant,
    ) -> Result<i64, StoreError>;
}
