//! Remembering how far imports have come, so that an interrupted one goes on.

use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Forbidden, Permission},
        ids::ImportId,
        receipt::Receipt,
    },
    ids,
    store::{
        StoreError,
        imports::{ImportState, ImportStore, NewImport},
    },
};
use sha2::{Digest, Sha256};
use std::sync::Arc;

pub use crate::store::imports::{ImportKey, ImportProgress, ImportRun};

/// Why progress could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportsError {
    /// The actor may not import.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The store failed, or the same import runs elsewhere.
    #[error("the import's progress could not be kept")]
    Store(#[from] StoreError),
}

/// Imports and how far they have come.
#[derive(Clone)]
pub struct Imports {
    store: Arc<dyn ImportStore>,
    clock: Clock,
}

impl ImportKey {
    /// The key of a file under a mapping. Old data and news are not the same import.
    pub fn new(actor: &Actor, file_hash: &[u8; 32], mapping: &str, history: bool) -> Self {
        let mode: &[u8] = if history { b"history\n" } else { b"live\n" };
        let mapping_hash = Sha256::new().chain_update(mode).chain_update(mapping).finalize().into();
        Self { environment: actor.environment, file_hash: *file_hash, mapping_hash }
    }
}

impl ImportProgress {
    /// Counts what became of an item.
    pub fn count(&mut self, receipt: &Receipt) {
        let counter = match receipt {
            Receipt::Accepted { .. } => &mut self.accepted,
            Receipt::Duplicate => &mut self.duplicate,
            Receipt::Amended { .. } => &mut self.amended,
            Receipt::Conflict { .. } => &mut self.conflict,
            Receipt::Quarantined { .. } => &mut self.quarantined,
        };
        *counter += 1;
    }
}

impl Imports {
    /// Over this store.
    pub fn new(store: Arc<dyn ImportStore>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Begins an import, or goes on with one that was interrupted.
    pub async fn begin(&self, actor: &Actor, key: ImportKey, mapping: &str, file_name: &str) -> Result<ImportRun, ImportsError> {
        actor.require(Permission::SendEvents)?;
        let at = self.clock.now();
        let new = NewImport {
            key,
            id: ImportId(ids::fresh_at(at)),
            mapping: mapping.to_owned(),
            file_name: file_name.to_owned(),
            actor: actor.name.clone(),
            at,
        };
        Ok(self.store.begin(new).await?)
    }

    /// Notes progress.
    pub async fn advance(&self, actor: &Actor, run: &mut ImportRun, progress: ImportProgress) -> Result<(), ImportsError> {
        self.note(actor, run, progress, ImportState::Running).await
    }

    /// Notes that the file was read to its end.
    pub async fn finish(&self, actor: &Actor, run: &mut ImportRun, progress: ImportProgress) -> Result<(), ImportsError> {
        self.note(actor, run, progress, ImportState::Finished).await
    }

    async fn note(
        &self,
        actor: &Actor,
        run: &mut ImportRun,
        progress: ImportProgress,
        state: ImportState,
    ) -> Result<(), ImportsError> {
        actor.require(Permission::SendEvents)?;
        run.version = self.store.advance(run, progress, state, self.clock.now()).await?;
        run.progress = progress;
        Ok(())
    }
}
