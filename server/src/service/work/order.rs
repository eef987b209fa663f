//! An order in words: what is remarkable about it, its shipments, its own events.

use super::{holds, sums};
use crate::{
    domain::{fact::FactKey, money::Money, order::OrderState, time::Instant},
    service::{
        shipment::{entry, facts_of},
        shipments,
        words::Words,
    },
    store::{
        orders::{LegRecord, OrderWhole},
        shipments::EventRecord,
    },
};
use app::model::{OrderDetail, OrderFlag, OrderLeg, Reference};
use std::collections::BTreeMap;

/// Shipments that are shown.
pub(super) const LEGS: u32 = 200;

/// The page. `may_see_holds` is whether holds are for the reader.
pub(super) fn describe(
    reference: String,
    whole: OrderWhole,
    events: Vec<EventRecord>,
    may_see_holds: bool,
    words: Words,
) -> OrderDetail {
    let OrderWhole { order, mut legs } = whole;
    let more = legs.len() > LEGS as usize;
    legs.truncate(LEGS as usize);
    legs.sort_by_key(|leg| (leg.record.dispatched_at.unwrap_or(leg.record.sort_at), leg.record.reference.clone()));
    let state = order.map(|(_, state)| state).unwrap_or_default();
    OrderDetail {
        reference,
        flags: flags(&state),
        facts: facts_of(&state.facts, words),
        references: state
            .references
            .iter()
            .map(|known| Reference { scheme: known.scheme.clone(), issuer: known.issuer.clone(), value: known.value.clone() })
            .collect(),
        money: sums(&added(&legs)),
        legs: legs.into_iter().map(|leg| describe_leg(leg, may_see_holds, words)).collect(),
        more,
        timeline: events.iter().map(|event| entry(event, words)).collect(),
        as_of: words.as_of(),
    }
}

fn describe_leg(leg: LegRecord, may_see_holds: bool, words: Words) -> OrderLeg {
    OrderLeg {
        money: sums(&leg.money.into_iter().collect::<Vec<_>>()).pop(),
        holds: may_see_holds.then(|| holds(leg.holds)),
        row: shipments::row(leg.record, words),
    }
}

fn added(legs: &[LegRecord]) -> Vec<Money> {
    let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
    for money in legs.iter().filter_map(|leg| leg.money.as_ref()) {
        let sum = sums.entry(money.currency.code()).or_insert_with(|| Money { minor: 0, ..*money });
        sum.minor = sum.minor.saturating_add(money.minor);
    }
    sums.into_values().collect()
}

/// What is remarkable; a block or a cancellation counts until a later release.
fn flags(state: &OrderState) -> Vec<OrderFlag> {
    let at = |key| state.facts.at(key).map(|(at, _): (Instant, _)| at);
    let known = state.flags();
    let (whole, part) = (at(FactKey::OrderReleased), at(FactKey::OrderPartiallyReleased));
    let mut flags = Vec::new();
    let mut flag = |is: bool, flag| is.then(|| flags.push(flag));
    flag(!state.is_released(), OrderFlag::NotReleased);
    flag(part.is_some_and(|part| whole.is_none_or(|whole| whole < part)), OrderFlag::PartlyReleased);
    flag(known.changed_at.is_some(), OrderFlag::Changed);
    flag(known.blocked_at.is_some(), OrderFlag::Blocked);
    flag(known.cancelled_at.is_some(), OrderFlag::Cancelled);
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        fact::{Fact, FactValue, Facts, Standing},
        time::Precision,
    };
    use std::sync::Arc;

    fn order(times: &[(FactKey, i64)]) -> OrderState {
        let standing = Arc::new(Standing {
            rank: 0,
            told_at: Instant(0),
            sequence: None,
            source: "erp".into(),
            event_id: "e1".into(),
            received_at: None,
        });
        let fact = |at: i64| Fact { value: FactValue::At(Instant(at), Precision::Instant), standing: Arc::clone(&standing) };
        OrderState { facts: Facts(times.iter().map(|(key, at)| (*key, fact(*at))).collect()), ..OrderState::default() }
    }

    #[test]
    fn a_release_ends_blocks_and_cancellations_and_completes_what_was_released_in_part() {
        use FactKey as K;
        use OrderFlag as F;
        type Told<'t> = (&'t [(K, i64)], &'t [F]);
        let cases: &[Told] = &[
            (&[], &[F::NotReleased]),
            (&[(K::OrderReleased, 1)], &[]),
            (&[(K::OrderPartiallyReleased, 2)], &[F::PartlyReleased]),
            (&[(K::OrderPartiallyReleased, 2), (K::OrderReleased, 3)], &[]),
            (&[(K::OrderReleased, 1), (K::OrderCreditBlocked, 2)], &[F::Blocked]),
            (&[(K::OrderCreditBlocked, 2), (K::OrderReleased, 3)], &[]),
            (&[(K::OrderReleased, 1), (K::OrderChanged, 2), (K::OrderCancelled, 3)], &[F::Changed, F::Cancelled]),
        ];
        for (times, flags) in cases {
            assert_eq!(super::flags(&order(times)), *flags, "{times:?}");
        }
    }
}
