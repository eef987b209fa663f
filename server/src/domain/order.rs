//! An order's state: the same fold over fewer facts, and what its shipments need to know of it.

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

    /// It was released, in full or in part.
    pub fn is_released(&self) -> bool {
        self.released_at().is_some()
    }

    /// Latest release, in full or in part.
    fn released_at(&self) -> Option<Instant> {
        let at = |key| self.facts.at(key).map(|(at, _)| at);
        at(FactKey::OrderReleased).max(at(FactKey::OrderPartiallyReleased))
    }

    /// What its shipments need to know; whether it is known at all is for [`OrderFlags::add`] to say. A block or a cancellation
    /// counts until a later release; of what
    /// is known to the day only, it is not claimed that it came after something else of that day.
    pub fn flags(&self) -> OrderFlags {
        let released = self.released_at();
        let standing = |key| {
            let (at, precision) = self.facts.at(key)?;
            released.is_none_or(|released| released <= at).then(|| at.earliest(precision))
        };
        OrderFlags {
            blocked_at: standing(FactKey::OrderCreditBlocked),
            cancelled_at: standing(FactKey::OrderCancelled),
            changed_at: self.facts.at(FactKey::OrderChanged).map(|(at, precision)| at.earliest(precision)),
            unknown: Vec::new(),
        }
    }
}

/// What a shipment needs to know of the orders that it names. The same for any order of them, and for any repetition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderFlags {
    /// One is blocked for credit: the earliest since when.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub blocked_at: Option<Instant>,
    /// One is cancelled: the earliest since when.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Instant>,
    /// The latest change of any.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Instant>,
    /// Named, and never released; sorted.
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

impl OrderFlags {
    /// Of a shipment that names no order.
    pub const NONE: Self = Self { blocked_at: None, cancelled_at: None, changed_at: None, unknown: Vec::new() };

    /// Of the orders with these references, each with its state if anything is known of it.
    pub fn of<'o>(orders: impl IntoIterator<Item = (&'o str, Option<&'o OrderState>)>) -> Self {
        let mut flags = Self::default();
        orders.into_iter().for_each(|(reference, state)| flags.add(reference, state));
        flags
    }

    /// Takes one more order in.
    pub fn add(&mut self, reference: &str, state: Option<&OrderState>) {
        if !state.is_some_and(OrderState::is_released)
            && let Err(place) = self.unknown.binary_search_by(|known| known.as_str().cmp(reference))
        {
            self.unknown.insert(place, reference.to_owned());
        }
        let Some(other) = state.map(OrderState::flags) else { return };
        let least = |one: Option<Instant>, other: Option<Instant>| one.into_iter().chain(other).min();
        self.blocked_at = least(self.blocked_at, other.blocked_at);
        self.cancelled_at = least(self.cancelled_at, other.cancelled_at);
        self.changed_at = self.changed_at.max(other.changed_at);
    }

    /// Nothing is wrong with any.
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }
}

#[cfg(test)]
mod tests;
