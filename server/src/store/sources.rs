//! Sources that are expected to speak.

use super::StoreError;
use async_trait::async_trait;

/// Looks after silent sources.
#[async_trait]
pub trait SourceStore: Send + Sync {
    /// Opens an exception for each configured source that has been silent for too long, and verifies those that speak again or
    /// are expected no more. Answers how many it opened or verified.
    async fn watch_sources(&self) -> Result<u64, StoreError>;
}
