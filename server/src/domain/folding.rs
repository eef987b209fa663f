//! What the configuration says about how facts are folded: whose word counts, and what words mean.
//!
//! Made once for each version of the policy. When it changes, facts are folded anew from the events.

use super::{
    event::{self, CanonicalEvent, EventType},
    fact::{Claim, Ranks},
    policy::{self, Meaning, Ownership, Policy, StatusMap},
};
use std::borrow::Cow;

/// The parts of a policy by which facts are folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folding {
    ownership: Ownership,
    maps: Vec<StatusMap>,
}

/// What an event comes to.
pub(crate) struct Effect<'e> {
    /// As what it counts.
    pub(crate) event_type: EventType,
    /// What it says.
    pub(crate) claims: Cow<'e, [Claim]>,
    /// A word that nobody mapped.
    pub(crate) unmapped: Option<String>,
}

impl Folding {
    /// As this policy has it.
    pub fn of(policy: &Policy) -> Self {
        Self { ownership: policy.ownership.clone(), maps: policy::in_order(&policy.status_maps) }
    }

    /// What a source's word weighs; none where nothing is owned by anybody.
    pub(crate) fn ranks(&self, source: &str) -> Option<Ranks> {
        (!self.ownership.is_empty()).then(|| self.ownership.ranks(source))
    }

    /// What an event comes to.
    pub(crate) fn effect<'e>(&self, event: &'e CanonicalEvent) -> Effect<'e> {
        let plain = Effect { event_type: event.event_type, claims: Cow::Borrowed(&event.claims), unmapped: None };
        let Some(status) = &event.status else { return plain };
        match policy::meaning(&self.maps, &event.source, event.occurred_at, &status.code) {
            Some(Meaning::Event(means)) => {
                Effect { event_type: means, claims: event::reported(event, status, means).into(), unmapped: None }
            }
            Some(Meaning::Ignore) => plain,
            None => Effect { unmapped: Some(format!("{}: {}", event.source, status.code)), ..plain },
        }
    }
}
