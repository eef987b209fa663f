//! Taking events in: the one door for HTTP, files, brokers and the simulator.

use crate::{
    domain::{
        access::{Actor, Forbidden, Permission},
        receipt::{Inbound, IntakeTerms, Receipt, Refusal},
    },
    store::{
        StoreError,
        intake::{Batch, IntakeStore},
    },
};
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};

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

/// How long a sender should wait when the writer's queue is full: a queue is worked off in well under a second.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// [`Intake`] over a store.
#[derive(Clone)]
pub struct StoreIntake {
    store: Arc<dyn IntakeStore>,
}

impl StoreIntake {
    /// Takes events into this store.
    pub fn new(store: Arc<dyn IntakeStore>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Intake for StoreIntake {
    async fn submit(&self, actor: &Actor, terms: IntakeTerms, mut items: Vec<Inbound>) -> Result<Vec<Receipt>, IntakeError> {
        actor.require(Permission::SendEvents)?;
        if items.is_empty() {
            return Ok(Vec::new());
        }
        for item in &mut items {
            refuse_foreign_source(actor, item);
        }
        self.store.record(Batch { actor: actor.name.clone(), terms, items }).await.map_err(|error| match error {
            StoreError::Busy => IntakeError::Busy { retry_after: RETRY_AFTER },
            other => IntakeError::Unavailable(other.into()),
        })
    }
}

/// An event of a source that the actor may not send as is kept, but takes no effect.
fn refuse_foreign_source(actor: &Actor, item: &mut Inbound) {
    let Inbound::Event(event) = item else { return };
    if actor.may_send_as(&event.source) {
        return;
    }
    *item = Inbound::Refused(Box::new(Refusal {
        raw: event.json.clone().into_bytes(),
        code: "source_not_allowed",
        reason: format!("{} may not send events of this source", actor.name),
        place: Some("/source".into()),
        source: Some(event.source.clone()),
        event_id: Some(event.id.clone()),
        event_type: Some(event.event_type.name().into()),
        subject: Some(event.subject.clone()),
    }));
}
