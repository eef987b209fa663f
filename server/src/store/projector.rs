//! Folding measures into the cells of packed weeks.

use super::StoreError;
use async_trait::async_trait;

/// Folds measures, in their order, into cells; a figure is the cells plus what is not folded yet.
#[async_trait]
pub trait ProjectorStore: Send + Sync {
    /// Folds at most `limit` measures in one transaction and answers how many it folded.
    async fn fold(&self, limit: u32) -> Result<u64, StoreError>;
}
