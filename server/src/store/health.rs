//! Whether the store does its work.

use super::StoreError;
use async_trait::async_trait;

/// Tries the store out.
#[async_trait]
pub trait HealthStore: Send + Sync {
    /// Reads something.
    async fn readable(&self) -> Result<(), StoreError>;
    /// Takes the writer's turn and commits something that changes nothing.
    async fn writable(&self) -> Result<(), StoreError>;
}
