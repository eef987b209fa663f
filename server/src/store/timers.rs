//! Looking again at shipments for which a time has come.

use super::StoreError;
use async_trait::async_trait;

/// Assesses shipments again whose time has come, or whose policy has changed.
#[async_trait]
pub trait TimerStore: Send + Sync {
    /// Looks at no more than `limit` shipments, in one transaction, and answers at how many. Fewer than `limit`: no more are due.
    async fn look_again(&self, limit: u32) -> Result<u64, StoreError>;
}
