//! What a person had before them when they decided: of two who decide on the same proof or charge, the second decides on something
//! that is no longer there, and is told so.

use super::Field;
use crate::domain::{
    fact::{Fact, FactKey as K},
    shipment::ShipmentState,
};
use sha2::{Digest, Sha256};

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// Its proof of delivery.
    Proof,
    /// What its freight costs.
    Charges,
    /// One field that can be corrected.
    Field(Field),
}

/// A decision's matter as the person saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// About what.
    pub matter: Matter,
    /// As [`Matter::mark`] told it.
    pub mark: String,
}

impl Seen {
    /// Whether it is still so.
    pub fn holds(&self, state: &ShipmentState) -> bool {
        self.matter.mark(state) == self.mark
    }
}

impl Matter {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proof => "its proof of delivery",
            Self::Charges => "its charges",
            Self::Field(field) => field.label(),
        }
    }

    fn keys(self) -> Vec<K> {
        match self {
            Self::Proof => vec![K::PodReceived, K::PodSigned, K::PodLacks, K::PodValidated, K::PodRejected, K::PodRejectedFor],
            Self::Charges => {
                vec![
                    K::ChargesRated,
                    K::ChargesTotal,
                    K::FreightCost,
                    K::AccrualAmount,
                    K::CarrierInvoiceAmount,
                    K::ChargeApproved,
                ]
            }
            Self::Field(field) => vec![field.fact()],
        }
    }

    fn facts(self, state: &ShipmentState) -> impl Iterator<Item = (K, &Fact)> {
        self.keys().into_iter().filter_map(|key| Some((key, state.facts.get(key)?)))
    }

    /// Short and opaque; another one as soon as any of it is told anew, or taken back.
    pub fn mark(self, state: &ShipmentState) -> String {
        let mut hash = Sha256::new();
        for (key, Fact { value, standing }) in self.facts(state) {
            // Each of them has its own line: what a source or an id holds is escaped.
            let told = (key, value, standing.told_at.0, &standing.source, &standing.event_id);
            hash.update(format!("{told:?}\n"));
        }
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What was told of it last.
    pub fn latest(self, state: &ShipmentState) -> Option<(K, &Fact)> {
        self.facts(state).max_by_key(|(_, fact)| fact.standing.recorded_at())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        fact::{FactValue, Standing},
        time::{Instant, Precision},
    };
    use std::sync::Arc;

    fn told(state: &mut ShipmentState, key: K, at: i64, by: &str) {
        let standing = Standing {
            rank: 0,
            told_at: Instant(at),
            sequence: None,
            source: by.into(),
            event_id: "e".into(),
            received_at: Some(Instant(at)),
        };
        let value = FactValue::At(Instant(at), Precision::Instant);
        state.facts.0.insert(key, Fact { value, standing: Arc::new(standing) });
    }

    #[test]
    fn a_mark_moves_with_its_own_matter_only() {
        let mut state = ShipmentState::default();
        let nothing = Seen { matter: Matter::Proof, mark: Matter::Proof.mark(&state) };
        told(&mut state, K::Delivered, 1, "carrier");
        told(&mut state, K::ChargesRated, 2, "rating");
        assert!(nothing.holds(&state));
        told(&mut state, K::PodReceived, 3, "pod-app");
        assert!(!nothing.holds(&state));
        let received = Seen { matter: Matter::Proof, mark: Matter::Proof.mark(&state) };
        told(&mut state, K::PodReceived, 3, "mail");
        assert!(!received.holds(&state), "another copy, by another source");
        told(&mut state, K::PodReceived, 3, "pod-app");
        assert!(received.holds(&state));
        told(&mut state, K::PodRejected, 4, "desk");
        assert_eq!(Matter::Proof.latest(&state).map(|(key, _)| key), Some(K::PodRejected));
        state.facts.0.remove(K::PodRejected);
        assert!(received.holds(&state), "taken back: as it was");
    }
}
