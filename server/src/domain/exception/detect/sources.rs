//! What sources do to a shipment: words that nobody knows, and words against each other.

use super::{Sign, found};
use crate::domain::{
    assess::Case,
    fact::{Fact, FactValue},
    time::{Instant, Precision},
};

/// X10: a source used a word that no map knows.
pub(super) fn unknown_code<'a>(case: &Case<'a>) -> Sign<'a> {
    match case.inputs.state.unmapped.first_key_value() {
        Some((word, since)) => found(*since, word.as_str()),
        None => Sign::Clear,
    }
}

/// X11: a source that does not own a fact says later than its owner something else.
pub(super) fn conflict<'a>(case: &Case<'a>) -> Sign<'a> {
    let state = case.inputs.state;
    if state.contests.is_empty() {
        return Sign::Clear;
    }
    let hours = case.inputs.policy.tolerances.conflict_hours;
    let disagree = |(key, other): (&_, &'a Fact)| {
        let (held, what) = (state.facts.get(*key)?, key.disagreement()?);
        let differs = other.standing.is_later_than(&held.standing) && differ(&held.value, &other.value, hours);
        differs.then(|| found(other.standing.told_at, format!("{what}: {}", other.standing.source)))
    };
    state.contests.0.iter().find_map(disagree).unwrap_or(Sign::Clear)
}

/// Whether two values tell different things: times more than so many hours apart, text not only in its case.
fn differ(one: &FactValue, other: &FactValue, hours: u32) -> bool {
    match (one, other) {
        (FactValue::At(one, exactly), FactValue::At(other, as_exactly)) => {
            apart((*one, *exactly), (*other, *as_exactly)) > i64::from(hours) * Instant::HOUR
        }
        (FactValue::Text(one), FactValue::Text(other)) => {
            !one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
        }
        (one, other) => one != other,
    }
}

/// How far two times lie apart at least.
fn apart((one, exactly): (Instant, Precision), (other, as_exactly): (Instant, Precision)) -> i64 {
    one.earliest(exactly).since(other).max(other.earliest(as_exactly).since(one))
}
