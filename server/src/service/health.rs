//! Whether the parts that Waybill stands on do their work.

use async_trait::async_trait;

/// A part that has to work before traffic is taken.
#[async_trait]
pub trait Part: Send + Sync {
    /// Its name: `store.read`, `store.write`.
    fn name(&self) -> &'static str;

    /// Tries it; the error says in a few words what is wrong.
    async fn check(&self) -> Result<(), String>;
}
