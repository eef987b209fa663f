//! What others are told of, until a broker has it.

use super::StoreError;
use crate::domain::{access::Environment, outward::NoticeKind, time::Instant};
use async_trait::async_trait;
use tokio::sync::watch;

/// A notice that no broker has yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its place in the order of the commits.
    pub seq: i64,
    /// Of the CloudEvent, for ever.
    pub id: String,
    /// Whose world.
    pub environment: Environment,
    /// What is told.
    pub kind: NoticeKind,
    /// The shipment's reference; of an exception of none, its item or source.
    pub subject: String,
    /// When Waybill knew.
    pub known_at: Instant,
    /// JSON.
    pub data: String,
}

/// Notices, which commits write as soon as others are told of their world.
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// From now on others are told of this world.
    async fn open_outlet(&self, environment: Environment) -> Result<(), StoreError>;
    /// Others are no longer told of this world; what waits is dropped, and counted.
    async fn close_outlet(&self, environment: Environment) -> Result<u64, StoreError>;
    /// The notices of this world that wait, in their order.
    async fn waiting(&self, environment: Environment, limit: u32) -> Result<Vec<Notice>, StoreError>;
    /// How many of this world wait, and since when.
    async fn backlog(&self, environment: Environment) -> Result<(u64, Option<Instant>), StoreError>;
    /// A broker has all notices of this world up to this one.
    async fn told(&self, environment: Environment, seq: i64) -> Result<(), StoreError>;
    /// Fails once telling is another process's.
    async fn still_tells(&self) -> Result<(), StoreError>;
    /// Changes its value after commits. Only a hint: it may miss, so look as well.
    fn hint(&self) -> watch::Receiver<u64>;
}
