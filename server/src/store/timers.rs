//! Looking again at shipments for which a time has come.

use super::StoreError;
use async_trait::async_trait;
use std::time::Duration;

/// Assesses shipments again whose time has come, or whose policy has changed.
#[async_trait]
pub trait TimerStore: Send + Sync {
    /// Looks at no more than `limit` shipments, in one transaction; at how many, and how long it took the writer. Fewer than
    /// `limit`: no more are due.
    async fn look_again_timed(&self, limit: u32) -> Result<(u64, Duration), StoreError>;
    /// The same without the time.
    async fn look_again(&self, limit: u32) -> Result<u64, StoreError> {
        Ok(self.look_again_timed(limit).await?.0)
    }
}
