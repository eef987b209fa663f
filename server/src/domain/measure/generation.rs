//! What a build measures, and what was measured before in its place.

use super::Metric;

/// Which metrics a build gives. A metric with a new meaning is a new metric that follows the old one: whoever has measured by the
/// old one goes on telling it until all shipments have the new one.
///
/// Metrics that are kept together or add up (K1 and its stages) are followed together, and what follows has the same shape.
#[derive(Debug, Clone, Copy)]
pub struct Generation {
    /// The old one, and the one that follows it.
    pub followed: &'static [(Metric, Metric)],
    /// Given by this build no more, and followed by nothing.
    pub dropped: &'static [Metric],
}

impl Generation {
    /// What this build measures. Nothing has been followed or dropped so far.
    pub const CURRENT: Self = Self { followed: &[], dropped: &[] };

    /// Whether shipments are measured by it.
    pub fn gives(&self, metric: Metric) -> bool {
        !self.dropped.contains(&metric) && self.followed.iter().all(|(old, _)| *old != metric)
    }

    /// What it follows.
    pub fn before(&self, metric: Metric) -> Option<Metric> {
        self.followed.iter().find(|(_, new)| *new == metric).map(|(old, _)| *old)
    }
}
