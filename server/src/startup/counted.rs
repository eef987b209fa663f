//! Counts what comes in through the one door, whoever sends it.

use crate::{
    domain::{
        access::Actor,
        receipt::{Inbound, IntakeTerms, Receipt},
    },
    service::intake::{Intake, IntakeError},
};
use async_trait::async_trait;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    environment: &'static str,
    outcome: &'static str,
}

/// An intake that counts.
pub(super) struct Counted {
    inner: Arc<dyn Intake>,
    events: Family<Labels, Counter>,
    refused: Counter,
}

impl Counted {
    pub(super) fn new(inner: Arc<dyn Intake>) -> Self {
        Self { inner, events: Family::default(), refused: Counter::default() }
    }

    /// Another intake that adds to the same counts.
    pub(super) fn beside(&self, inner: Arc<dyn Intake>) -> Self {
        Self { inner, events: self.events.clone(), refused: self.refused.clone() }
    }

    /// Shows the counts.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("events", "Events taken in, by what became of them", self.events.clone());
        registry.register(
            "batches_refused",
            "Batches of which nothing was taken: the writer was busy or away",
            self.refused.clone(),
        );
    }
}

#[async_trait]
impl Intake for Counted {
    async fn submit(&self, actor: &Actor, terms: IntakeTerms, items: Vec<Inbound>) -> Result<Vec<Receipt>, IntakeError> {
        let submitted = self.inner.submit(actor, terms, items).await;
        match &submitted {
            Ok(receipts) => {
                let mut counts = BTreeMap::<&'static str, u64>::new();
                for receipt in receipts {
                    *counts.entry(outcome(receipt)).or_default() += 1;
                }
                for (outcome, count) in counts {
                    let labels = Labels { environment: terms.environment.code(), outcome };
                    self.events.get_or_create(&labels).inc_by(count);
                }
            }
            Err(IntakeError::Forbidden(_)) => {}
            Err(IntakeError::Busy { .. } | IntakeError::Unavailable(_)) => {
                self.refused.inc();
            }
        }
        submitted
    }
}

fn outcome(receipt: &Receipt) -> &'static str {
    match receipt {
        Receipt::Accepted { .. } => "accepted",
        Receipt::Duplicate => "duplicate",
        Receipt::Amended { .. } => "amended",
        Receipt::Conflict { .. } => "conflict",
        Receipt::Quarantined { .. } => "quarantined",
    }
}
