//! Cases of customers.

use super::lifecycle;
use crate::domain::{assess::Case, fact::FactKey as K};

lifecycle! {
    /// A case that a customer or the service desk opened.
    ServiceCase: "ST12", "case", "Service case", "The latest case that somebody opened about the shipment.";
    states {
        /// None.
        None = "none", "None";
        /// Open.
        Created = "created", "Created";
        /// Settled.
        Resolved = "resolved", "Resolved";
    }
    transitions {
        None [CaseCreated] Created;
        None [CaseResolved] Resolved;
        Created [CaseResolved] Resolved;
        Resolved [CaseCreated] Created;
    }
}

impl ServiceCase {
    pub(super) fn of(case: &Case<'_>) -> Self {
        if case.open(K::CaseCreated, &[K::CaseResolved]).is_some() {
            Self::Created
        } else if case.has(K::CaseCreated) || case.has(K::CaseResolved) {
            Self::Resolved
        } else {
            Self::None
        }
    }
}
