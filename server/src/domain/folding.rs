//! What the configuration says about how facts are folded: whose word counts, and what words mean.
//!
//! Made once for each version of the policy. When it changes, facts are folded anew from the events.

use super::{
    event::{self, CanonicalEvent, EventType},
    fact::{Claim, Ranks},
    fact::{FactKey, FactValue},
    policy::{self, Carriers, ChargeMap, Customers, Meaning, Ownership, Policy, StatusMap},
};
use std::borrow::Cow;

/// The parts of a policy by which facts are folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folding {
    ownership: Ownership,
    maps: Vec<StatusMap>,
    carriers: Carriers,
    customers: Customers,
    charges: Vec<ChargeMap>,
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
        Self {
            ownership: policy.ownership.clone(),
            maps: policy::in_order(&policy.status_maps),
            carriers: policy.carriers.clone(),
            customers: policy.customers.clone(),
            charges: policy.charge_maps.clone(),
        }
    }

    /// What a source's word weighs; none where nothing is owned by anybody.
    pub(crate) fn ranks(&self, source: &str) -> Option<Ranks> {
        (!self.ownership.is_empty()).then(|| self.ownership.ranks(source))
    }

    /// What an event comes to.
    pub(crate) fn effect<'e>(&self, event: &'e CanonicalEvent) -> Effect<'e> {
        let mut effect = self.meant(event);
        if !(self.carriers.is_empty() && self.customers.is_empty()) {
            self.name_parties(&mut effect.claims);
        }
        if !self.charges.is_empty() && event.event_type == EventType::ChargesRated {
            self.name_charges(event, &mut effect.claims);
        }
        effect
    }

    /// Calls carriers and customers by their codes.
    fn name_parties(&self, claims: &mut Cow<'_, [Claim]>) {
        for at in 0..claims.len() {
            let Claim { key, value: FactValue::Text(name) } = &claims[at] else { continue };
            let parties = match key {
                FactKey::Carrier | FactKey::RejectedBy => &self.carriers,
                FactKey::Customer => &self.customers,
                _ => continue,
            };
            if let Some(code) = parties.of_alias(name) {
                claims.to_mut()[at].value = FactValue::Text(code.to_owned());
            }
        }
    }

    /// Calls charges by our codes. What counts as an accessorial depends on them, so the lines are looked at again.
    fn name_charges(&self, event: &CanonicalEvent, claims: &mut Cow<'_, [Claim]>) {
        let mut lines: Vec<_> = event::rated_lines(&event.json).into_iter().map(|line| (line.code, line.amount)).collect();
        let mut renamed = false;
        for (code, _) in &mut lines {
            if let Some(ours) = policy::charge_code(&self.charges, &event.source, code) {
                renamed = true;
                ours.clone_into(code);
            }
        }
        let total = claims.iter().find_map(|claim| match (claim.key, &claim.value) {
            (FactKey::ChargesTotal, FactValue::Money(total)) => Some(*total),
            _ => None,
        });
        if let Some(total) = total.filter(|_| renamed) {
            let named = event::lines(&lines, total);
            for claim in claims.to_mut() {
                if let Some(other) = named.iter().find(|other| other.key == claim.key) {
                    claim.value = other.value.clone();
                }
            }
        }
    }

    fn meant<'e>(&self, event: &'e CanonicalEvent) -> Effect<'e> {
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
