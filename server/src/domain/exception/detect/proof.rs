//! What goes wrong with proofs of delivery.

use super::{Sign, expected, found, way::carrier};
use crate::domain::{assess::Case, fact::FactKey as K, policy::PodRule};

/// X2: delivered, a proof is asked for, and none came in time.
pub(super) fn missing<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(delivered) = case.at(K::Delivered) else { return Sign::Clear };
    // A rejected one is told as that; what was billed without is told as billed too early.
    let told = case.proven().is_some() || case.has(K::PodRejected) || case.is_billed();
    if told || !case.wants_pod() {
        return Sign::Clear;
    }
    let hours = case.contract.and_then(|contract| contract.pod_grace).unwrap_or(case.inputs.policy.expectations.pod_grace);
    expected(case, delivered, hours, carrier(case))
}

/// X2: the latest proof was rejected, or lacks something.
pub(super) fn incomplete<'a>(case: &Case<'a>) -> Sign<'a> {
    if !case.wants_pod() {
        return Sign::Clear;
    }
    let billed = |since| case.billed_at().is_some_and(|billed| billed >= since);
    if let Some(since) = case.open(K::PodRejected, &[]).filter(|since| case.proven().is_none() && !billed(*since)) {
        let told = |key| case.text(key).filter(|_| case.together(K::PodRejected, key));
        return found(since, told(K::PodRejectedFor).or(told(K::PodLacks)).unwrap_or("rejected"));
    }
    let Some(since) = case.open(K::PodReceived, &[K::PodValidated, K::PodRejected]) else { return Sign::Clear };
    let lacks = case.text(K::PodLacks).filter(|_| case.together(K::PodReceived, K::PodLacks));
    let asked = || case.contract.is_some_and(|contract| contract.pod == PodRule::Signed);
    let unsigned = || asked() && case.signed().is_none();
    match lacks.or_else(|| unsigned().then_some("signature")).filter(|_| !billed(since)) {
        Some(lacks) => found(since, lacks),
        None => Sign::Clear,
    }
}

/// X18: the proof's document could not be read with confidence, and nobody has looked at it.
pub(super) fn unreadable<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(since) = case.open(K::PodReceived, &[K::PodValidated, K::PodRejected]) else { return Sign::Clear };
    let confidence = case.text(K::PodConfidence).filter(|_| case.together(K::PodReceived, K::PodConfidence));
    let unsure = confidence
        .and_then(|confidence| confidence.parse::<f64>().ok())
        .is_some_and(|confidence| confidence < case.inputs.policy.tolerances.pod_confidence);
    if unsure && case.wants_pod() && !case.is_billed() { found(since, carrier(case)) } else { Sign::Clear }
}
