use super::*;
use crate::domain::{
    fact::{Claim, FactValue},
    time::Precision,
};

fn order(facts: &[(FactKey, i64)]) -> OrderState {
    let mut state = OrderState::default();
    for (key, hour) in facts {
        let at = Instant(hour * Instant::HOUR);
        let standing = Standing {
            rank: 0,
            told_at: at,
            sequence: None,
            source: "erp".into(),
            event_id: format!("{key:?}{hour}"),
            received_at: None,
        };
        state.facts.merge(&[Claim { key: *key, value: FactValue::At(at, Precision::Instant) }], standing);
    }
    state
}

fn hour(hour: i64) -> Option<Instant> {
    Some(Instant(hour * Instant::HOUR))
}

#[test]
fn a_block_or_a_cancellation_counts_until_a_later_release() {
    use FactKey as K;
    for (facts, blocked, cancelled) in [
        (vec![(K::OrderReleased, 1)], None, None),
        (vec![(K::OrderReleased, 1), (K::OrderCreditBlocked, 2)], hour(2), None),
        (vec![(K::OrderCreditBlocked, 2), (K::OrderReleased, 3)], None, None),
        (vec![(K::OrderCreditBlocked, 2), (K::OrderPartiallyReleased, 3)], None, None),
        (vec![(K::OrderReleased, 1), (K::OrderCancelled, 4)], None, hour(4)),
        (vec![(K::OrderCancelled, 4), (K::OrderReleased, 5)], None, None),
    ] {
        let flags = order(&facts).flags();
        assert_eq!((flags.blocked_at, flags.cancelled_at), (blocked, cancelled), "{facts:?}");
    }
}

#[test]
fn several_orders_fold_in_any_order_and_however_often() {
    let (good, blocked) = (order(&[(FactKey::OrderReleased, 1)]), order(&[(FactKey::OrderCreditBlocked, 2)]));
    let changed = order(&[(FactKey::OrderReleased, 1), (FactKey::OrderChanged, 7)]);
    let flags = OrderFlags::of([("A", Some(&good)), ("D", None), ("B", Some(&blocked)), ("C", Some(&changed))]);
    let again = OrderFlags::of([
        ("C", Some(&changed)),
        ("B", Some(&blocked)),
        ("D", None),
        ("A", Some(&good)),
        ("B", Some(&blocked)),
        ("D", None),
    ]);
    assert_eq!(flags, again);
    assert_eq!((flags.blocked_at, flags.changed_at), (hour(2), hour(7)));
    assert_eq!(flags.unknown, ["B", "D"], "a block releases nothing");
    assert!(OrderFlags::of([("A", Some(&good))]).is_empty());
    assert!(OrderFlags::default().is_empty());
}
