//! Live updates: a hint when something was committed, and the truth to read then.

use super::StoreError;
use crate::domain::access::Environment;
use async_trait::async_trait;
use tokio::sync::watch;

/// What can change under a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Shipments, their facts and every figure drawn from them.
    Shipments,
    /// Quarantined items.
    Quarantine,
    /// Exceptions.
    Exceptions,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 3] = [Self::Shipments, Self::Quarantine, Self::Exceptions];

    /// As in the feed and on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Shipments => "shipments",
            Self::Quarantine => "quarantine",
            Self::Exceptions => "exceptions",
        }
    }
}

/// Where a live stream learns of changes.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The latest sequence of each topic that ever changed in this environment.
    async fn latest(&self, environment: Environment) -> Result<Vec<(Topic, i64)>, StoreError>;
    /// Changes its value after each commit that changed a topic. Only a hint: it may miss, so poll as well.
    fn hint(&self) -> watch::Receiver<u64>;
}
