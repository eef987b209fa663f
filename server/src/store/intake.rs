//! Recording events.

use super::StoreError;
use crate::domain::receipt::{Inbound, IntakeTerms, Receipt};
use async_trait::async_trait;

/// A batch with the one who sent it.
#[derive(Debug)]
pub struct Batch {
    /// What the audit trail writes as the actor.
    pub actor: String,
    /// How it is taken in.
    pub terms: IntakeTerms,
    /// The events and refusals.
    pub items: Vec<Inbound>,
}

/// Records events: identity, facts, counts, measures, quarantine and audit, all or nothing.
#[async_trait]
pub trait IntakeStore: Send + Sync {
    /// Commits the batch (bulk: in slices, each a transaction) and answers after the last commit, in order.
    /// [`StoreError::Busy`]: nothing of it was taken.
    async fn record(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError>;
}
