//! Words on what a form came to.

use super::StoreError;
use crate::domain::time::Instant;
use async_trait::async_trait;

/// Keeps words for a while: the page that shows them may be another process's.
#[async_trait]
pub trait FlashStore: Send + Sync {
    /// Keeps words under an id, for one who acts, until a time; takes away what was kept long enough.
    async fn keep_flash(
        &self,
        id: String,
        actor: String,
        words: String,
        (now, until): (Instant, Instant),
    ) -> Result<(), StoreError>;
    /// The words under an id, if they are this one's and their time is not over.
    async fn flash(&self, id: &str, actor: &str, now: Instant) -> Result<Option<String>, StoreError>;
}
