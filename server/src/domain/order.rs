//! An order's state: the same fold over fewer facts. Its lifecycle comes with the core workflow.

use super::{
    event::{CanonicalEvent, Reference},
    fact::{FactKey, Facts, Standing},
    time::Instant,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Everything believed of an order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderState {
    /// Facts.
    #[serde(rename = "f", default)]
    pub facts: Facts,
    /// Names it goes by, its own reference left out.
    #[serde(rename = "r", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub references: BTreeSet<Reference>,
}

impl OrderState {
    /// Takes one effective event in.
    pub fn apply(&mut self, event: &CanonicalEvent, recorded_at: Instant) {
        self.facts.merge(&event.claims, Standing::of(event, recorded_at));
        self.references.extend(event.references.iter().cloned());
    }

    /// Region, empty if nobody told it.
    pub fn region(&self) -> &str {
        self.facts.text(FactKey::Region).unwrap_or_default()
    }

    /// Business unit, empty if nobody told it.
    pub fn business_unit(&self) -> &str {
        self.facts.text(FactKey::BusinessUnit).unwrap_or_default()
    }
}
