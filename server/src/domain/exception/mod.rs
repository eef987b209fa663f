//! Exceptions as the domain sees them: findings, and what each kind means to people.

use super::{policy::Policy, time::Instant};
pub use app::model::{ExceptionKind, Queue, Severity};

mod detect;
#[cfg(test)]
mod documented;
mod taxonomy;
mod waiver;

#[cfg(test)]
use detect::IMPOSSIBLE;
pub(crate) use detect::{DETECTORS, Sign};
pub use taxonomy::{Taxonomy, taxonomy};
pub use waiver::{is_told_with_more, waivable, waives};

/// How the cause of an event type that nobody knows begins. The causes of other unknown codes begin with a source, which holds no
/// space, or as [`UNKNOWN_CARRIER`] does.
pub(crate) const UNKNOWN_TYPE: &str = "event type ";

/// How the cause of a carrier begins that is none of those that are configured.
pub(crate) const UNKNOWN_CARRIER: &str = "carrier ";

/// Something that is wrong with a shipment now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What. A shipment has at most one finding of a kind; of kinds that are [`each_by_cause`] one for each cause.
    pub kind: ExceptionKind,
    /// The business cause, as a code or in few words: a carrier, what blocks. Part of the fingerprint by which exceptions are
    /// grouped, so there are few different ones. Empty where the kind says it all.
    pub detail: String,
    /// When the trouble began: what happened, or when what was expected had not come.
    pub since: Instant,
}

/// Whether a shipment can have several exceptions of this kind, one for each cause: each unknown code waits for a mapping of its
/// own, and each contradiction for somebody's word about it.
pub fn each_by_cause(kind: ExceptionKind) -> bool {
    matches!(kind, ExceptionKind::UnknownCode | ExceptionKind::SourceConflict)
}

impl Policy {
    /// How bad exceptions of a kind are.
    pub fn severity(&self, kind: ExceptionKind) -> Severity {
        self.exceptions.get(&kind).and_then(|deviation| deviation.severity).unwrap_or(taxonomy(kind).severity)
    }

    /// Whose they are.
    pub fn queue(&self, kind: ExceptionKind) -> Queue {
        self.exceptions.get(&kind).and_then(|deviation| deviation.queue).unwrap_or(taxonomy(kind).queue)
    }

    /// Within how many hours they have to be solved.
    pub fn sla_hours(&self, kind: ExceptionKind) -> u32 {
        self.exceptions.get(&kind).and_then(|deviation| deviation.sla_hours).unwrap_or(taxonomy(kind).sla_hours)
    }
}
