//! Taking events in: the one door for HTTP, files, brokers and the simulator.

use crate::domain::{
    access::{Actor, Forbidden},
    receipt::{Inbound, IntakeTerms, Receipt},
};
use async_trait::async_trait;
use std::time::Duration;

/// Why a batch was not taken. Nothing of it is stored then; the sender should send it again.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The actor may not send these events.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The writer's queue is full.
    #[error("the writer's queue is full")]
    Busy {
        /// When trying again makes sense.
        retry_after: Duration,
    },
    /// The store is away.
    #[error("the store is not available")]
    Unavailable(#[source] anyhow::Error),
}

/// Takes events in.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Commits the batch in one transaction (bulk: in slices) and answers afterwards, one receipt each, in order.
    /// An event of a source that the actor may not send as is answered by quarantine with code `source_not_allowed`.
    async fn submit(&self, actor: &Actor, terms: IntakeTerms, items: Vec<Inbound>) -> Result<Vec<Receipt>, IntakeError>;
}
