//! What sources do to a shipment: words that nobody knows, and words against each other.

use super::{Sign, found};
use crate::domain::{
    assess::Case,
    desk::DESK,
    exception::UNKNOWN_CARRIER,
    fact::{Fact, FactKey as K, FactValue},
    time::{Instant, Precision},
};

/// X10: a source used words that no map knows (`source: word`), or its carrier is none of those that are configured (`carrier NAME`: no
/// source has a space in its name, so neither reads as the other).
pub(super) fn unknown_code<'a>(case: &Case<'a>) -> Sign<'a> {
    let words = case.inputs.state.unmapped.iter().map(|(word, since)| (*since, word.clone()));
    let carriers = &case.inputs.policy.carriers;
    let carrier = match case.inputs.state.facts.get(K::Carrier) {
        Some(Fact { value: FactValue::Text(carrier), standing }) if !carriers.is_empty() && !carriers.know(carrier) => {
            Some((standing.told_at, format!("{UNKNOWN_CARRIER}{carrier}")))
        }
        _ => None,
    };
    each(words.chain(carrier))
}

/// One for each cause; of those that read alike the first.
fn each<'a>(causes: impl Iterator<Item = (Instant, String)>) -> Sign<'a> {
    let mut told: Vec<(Instant, String)> = Vec::new();
    for cause in causes {
        if told.iter().all(|(_, detail)| *detail != cause.1) {
            told.push(cause);
        }
    }
    if told.is_empty() { Sign::Clear } else { Sign::Each(told) }
}

/// X23: what is believed of its way or its money was typed in by a person: into a spreadsheet, or here as a correction.
pub(super) fn entered_by_hand<'a>(case: &Case<'a>) -> Sign<'a> {
    let sources = &case.inputs.policy.sources;
    let manual = |source: &str| sources.iter().any(|terms| terms.manual && terms.covers(source));
    let by_hand = |(key, fact): (K, &'a Fact)| {
        let matters = match fact.value {
            FactValue::At(..) => !matches!(key, K::PromisedAt | K::EstimatedAt),
            FactValue::Money(_) => true,
            FactValue::Text(_) => false,
        };
        let source = fact.standing.source.as_str();
        let typed = matters && (if source == DESK { is_correction(case, key) } else { manual(source) });
        typed.then(|| (fact.standing.told_at, source))
    };
    match case.inputs.state.facts.0.iter().filter_map(by_hand).min() {
        Some((since, source)) => found(since, source),
        None => Sign::Clear,
    }
}

/// What people tell at the desk is a correction unless it is what they do there: looking at proofs and approving charges.
fn is_correction(case: &Case<'_>, key: K) -> bool {
    match key {
        K::PodReceived | K::PodValidated | K::PodRejected | K::PodSigned | K::ChargeApproved => false,
        K::FreightCost => !case.together(K::ChargeApproved, K::FreightCost),
        _ => true,
    }
}

/// X11: a source that does not own a fact says later than its owner something else. Each such fact is a contradiction of its own.
pub(super) fn conflict<'a>(case: &Case<'a>) -> Sign<'a> {
    let state = case.inputs.state;
    if state.contests.is_empty() {
        return Sign::Clear;
    }
    let hours = case.inputs.policy.tolerances.conflict_hours;
    let disagree = |(key, other): (K, &'a Fact)| {
        let (held, what) = (state.facts.get(key)?, key.disagreement()?);
        let differs = other.standing.is_later_than(&held.standing) && differ(&held.value, &other.value, hours);
        differs.then(|| (other.standing.told_at, format!("{what}: {}", other.standing.source)))
    };
    each(state.contests.0.iter().filter_map(disagree))
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
