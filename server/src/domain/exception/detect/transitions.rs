//! Orders of events that cannot be.

use super::{Sign, found};
use crate::domain::{assess::Case, fact::FactKey as K, time::Instant, time::Precision};

/// Clocks of two systems may differ by this much.
const CLOCKS: i64 = 5 * Instant::MINUTE;

/// What cannot have happened after what, in words; both times as they are believed in the end.
pub(crate) const IMPOSSIBLE: [(K, K, &str); 13] = [
    (K::Loaded, K::Delivered, "loaded after its delivery"),
    (K::Dispatched, K::Delivered, "dispatched after its delivery"),
    (K::PickedUp, K::Delivered, "picked up after its delivery"),
    (K::Departed, K::Delivered, "departed after its delivery"),
    (K::Delivered, K::PodValidated, "delivered after its POD was validated"),
    (K::Loaded, K::Cancelled, "loaded after its cancellation"),
    (K::Dispatched, K::Cancelled, "dispatched after its cancellation"),
    (K::PickedUp, K::Cancelled, "picked up after its cancellation"),
    (K::Departed, K::Cancelled, "departed after its cancellation"),
    (K::InTransit, K::Cancelled, "in transit after its cancellation"),
    (K::Delivered, K::Cancelled, "delivered after its cancellation"),
    (K::Dispatched, K::Returned, "dispatched after its return"),
    (K::PickedUp, K::Returned, "picked up after its return"),
];

/// X10: the believed times contradict each other. Days are too coarse to tell.
pub(super) fn illegal<'a>(case: &Case<'a>) -> Sign<'a> {
    let at = |key| case.told(key).filter(|(_, precision)| *precision == Precision::Instant).map(|(at, _)| at);
    let broken = IMPOSSIBLE.into_iter().find_map(|(late, early, words)| {
        let (late, early) = (at(late)?, at(early)?);
        (late.since(early) > CLOCKS).then_some((late, words))
    });
    match broken {
        Some((since, words)) => found(since, words),
        None => Sign::Clear,
    }
}
