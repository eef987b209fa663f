//! Taking events in: the one door for HTTP, files, brokers and the simulator.

use crate::{
    domain::{
        access::{Actor, Forbidden, Permission},
        event::CanonicalEvent,
        fact::{FactKey, FactValue},
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
    /// An event of a source that the actor may not send as is answered by quarantine with code `source_not_allowed`; of a region or business unit that is
    /// not the actor's, with `scope_not_allowed`.
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
            refuse_foreign(actor, item);
        }
        self.store.record(Batch { actor: actor.name.clone(), terms, items }).await.map_err(|error| match error {
            StoreError::Busy => IntakeError::Busy { retry_after: RETRY_AFTER },
            other => IntakeError::Unavailable(other.into()),
        })
    }
}

/// An event that the actor may not send is kept, but takes no effect.
pub(crate) fn refuse_foreign(actor: &Actor, item: &mut Inbound) {
    let Inbound::Event(event) = item else { return };
    let Some((code, what, place)) = overreach(actor, event) else { return };
    *item = Inbound::Refused(Box::new(Refusal {
        raw: event.json.clone().into_bytes(),
        code,
        reason: format!("{} may not send events {what}", actor.name),
        place: Some(place.into()),
        source: Some(event.source.clone()),
        event_id: Some(event.id.clone()),
        event_type: Some(event.event_type.name().into()),
        subject: Some(event.subject.clone()),
    }));
}

/// What the actor has no right to tell: a code, in words, and where it stands.
fn overreach(actor: &Actor, event: &CanonicalEvent) -> Option<(&'static str, &'static str, &'static str)> {
    if !actor.may_send_as(&event.source) {
        return Some(("source_not_allowed", "of this source", "/source"));
    }
    let told = |key: FactKey| {
        event.claims.iter().find(|claim| claim.key == key).and_then(|claim| match &claim.value {
            FactValue::Text(text) => Some(text),
            _ => None,
        })
    };
    // An event that names no region speaks of a shipment that somebody else has placed: only naming a foreign one is refused.
    let foreign = |set: &Option<Vec<String>>, key| set.as_ref().zip(told(key)).is_some_and(|(set, value)| !set.contains(value));
    if foreign(&actor.scope.regions, FactKey::Region) {
        return Some(("scope_not_allowed", "of this region", "/data/region"));
    }
    if foreign(&actor.scope.business_units, FactKey::BusinessUnit) {
        return Some(("scope_not_allowed", "of this business unit", "/data/business_unit"));
    }
    None
}
