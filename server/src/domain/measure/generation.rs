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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::measures::cells::home;

    #[test]
    fn what_follows_has_the_same_shape_and_is_kept_with_what_it_adds_up_with() {
        let now = Generation::CURRENT;
        for (old, new) in now.followed {
            assert_eq!(old.shape(), new.shape(), "{} and {}", old.code(), new.code());
        }
        for metric in Metric::ALL.iter().filter(|metric| now.gives(**metric)) {
            assert!(now.gives(home(*metric)), "{} is kept with what is measured no more", metric.code());
        }
    }
}
