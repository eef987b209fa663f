//! The stages between dispatch and invoice: they add up to the whole, whatever the order of the milestones was.

use crate::domain::{assess::Case, fact::FactKey as K, time::Instant};

use super::Metric;

/// How many stages there are.
pub const STAGES: usize = 6;

/// How long each stage took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages {
    /// Milliseconds, in the order of the trade.
    pub millis: [i64; STAGES],
    /// Every milestone came no earlier than the one before it, and none after the invoice.
    pub in_order: bool,
}

/// The metrics of the stages.
pub(super) const METRICS: [Metric; STAGES] = [
    Metric::StageTransit,
    Metric::StageProof,
    Metric::StageCheck,
    Metric::StageRating,
    Metric::StageApproval,
    Metric::StageIssue,
];

impl Stages {
    /// Between these instants. Boundaries are the running maximum of the milestones, none beyond the stop; a milestone that is
    /// absent makes a stage of no length.
    pub(super) fn of(case: &Case<'_>, start: Instant, stop: Instant) -> Self {
        let milestones = [
            case.at(K::Delivered),
            case.inputs.state.proven_at,
            case.validated(),
            case.at(K::ChargesRated),
            case.at(K::ChargeApproved),
        ];
        Self::between(start, milestones, stop)
    }

    /// The same from milestones.
    fn between(start: Instant, milestones: [Option<Instant>; STAGES - 1], stop: Instant) -> Self {
        let milli = |at: Instant| at.0.div_euclid(1_000);
        // A day stands for its end, and what started on it may have stopped before.
        let start = start.min(stop);
        let (mut millis, mut in_order, mut boundary) = ([0; STAGES], true, milli(start));
        for (stage, milestone) in millis.iter_mut().zip(milestones) {
            let Some(milestone) = milestone else { continue };
            in_order &= (boundary..=milli(stop)).contains(&milli(milestone));
            let next = milli(milestone).min(milli(stop)).max(boundary);
            (*stage, boundary) = (next - boundary, next);
        }
        millis[STAGES - 1] = milli(stop) - boundary;
        Self { millis, in_order }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Instant {
        Instant(seconds * Instant::SECOND)
    }

    #[test]
    fn what_came_out_of_order_takes_no_time_and_is_told() {
        let stages = Stages::between(at(0), [Some(at(10)), None, Some(at(7)), Some(at(15)), None], at(20));
        assert_eq!(stages, Stages { millis: [10_000, 0, 0, 5_000, 0, 5_000], in_order: false });
        let early = Stages::between(at(0), [Some(at(10)), Some(at(30)), None, None, None], at(20));
        assert_eq!(early, Stages { millis: [10_000, 10_000, 0, 0, 0, 0], in_order: false });
        let plain = Stages::between(at(0), [Some(at(1)), Some(at(2)), Some(at(3)), Some(at(4)), Some(at(5))], at(6));
        assert_eq!(plain, Stages { millis: [1_000; 6], in_order: true });
    }

    proptest! {
        #[test]
        fn stages_add_up(
            start in 0..1_000_000_i64,
            length in 0..1_000_000_i64,
            milestones in proptest::array::uniform5(proptest::option::of(-500_000..3_000_000_i64)),
        ) {
            let stop = start + length;
            let stages = Stages::between(Instant(start), milestones.map(|at| at.map(Instant)), Instant(stop));
            prop_assert_eq!(stages.millis.iter().sum::<i64>(), stop.div_euclid(1_000) - start.div_euclid(1_000));
            prop_assert!(stages.millis.iter().all(|stage| *stage >= 0));
        }
    }
}
