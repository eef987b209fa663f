//! Whether a shipment may be billed, condition by condition, and what would release it.

use super::rows;
use crate::{
    domain::{
        assess::{Inputs, money},
        event::{RatedLine, rated_lines},
        exception::{is_told_with_more, waivable, waives},
        fact::FactKey,
        lifecycle,
        readiness::{Condition, HoldKind, conditions},
        shipment::ShipmentState,
        time::Instant,
    },
    service::words::Words,
    store::exceptions::{ExceptionRecord, ShipmentWork},
};
use app::model::{LifecyclePlace, RatedCharge, Readiness, ReadinessCondition};

/// A shipment's readiness in words, worked out anew from its facts.
pub fn describe(work: &ShipmentWork, words: Words) -> Readiness {
    let waivers: Vec<HoldKind> = work.waivers.iter().map(|waiver| waiver.hold).collect();
    let policy = &*work.policy.policy;
    let inputs = Inputs { state: &work.state, orders: &work.orders, waivers: &waivers, policy, now: words.now };
    let mut all = conditions(&inputs);
    all.sort_by_key(|condition| condition.met || condition.waived);
    let open = all.iter().filter(|condition| !condition.met && !condition.waived).count();
    let delivered = work.state.facts.at(FactKey::Delivered);
    let rated = work.rating.as_ref();
    Readiness {
        contract: contract(work),
        verdict: verdict(&work.state, open),
        conditions: all.into_iter().map(|condition| describe_condition(condition, work, words)).collect(),
        money: money(&work.state).as_ref().map(rows::amount),
        since: delivered.map(|at| words.moment(at)),
        lifecycles: lifecycle::places(&inputs).into_iter().map(place).collect(),
        charges: rated
            .and_then(|rated| rated.as_deref().ok())
            .map(rated_lines)
            .unwrap_or_default()
            .into_iter()
            .map(charge)
            .collect(),
        charges_away: rated.and_then(|rated| rated.as_ref().err().cloned()),
    }
}

fn place(place: lifecycle::Place) -> LifecyclePlace {
    let lifecycle::Place { lifecycle, state } = place;
    LifecyclePlace {
        lifecycle: lifecycle.code.to_owned(),
        title: lifecycle.title.to_owned(),
        state: state.code.to_owned(),
        label: state.label.to_owned(),
    }
}

fn charge(line: RatedLine) -> RatedCharge {
    RatedCharge { code: line.code, description: line.description, amount: rows::amount(&line.amount) }
}

/// Names to each unmet condition the open exception that tells of it, since waiving that waives the condition, and what else goes with
/// it: of several exceptions the one with which the fewest go. Or it says why there is nothing to waive.
pub fn offer_waivers(readiness: &mut Readiness, open: &[ExceptionRecord]) {
    let unmet = |each: &&mut ReadinessCondition| !each.met && each.waived.is_none();
    let held: Vec<String> = readiness.conditions.iter_mut().filter(unmet).map(|each| each.code.clone()).collect();
    for condition in readiness.conditions.iter_mut().filter(unmet) {
        let tells = |row: &&ExceptionRecord| waives(row.kind, &row.detail).iter().any(|hold| hold.code() == condition.code);
        let also = |row: &ExceptionRecord| -> Vec<String> {
            let codes = waives(row.kind, &row.detail).iter().map(|hold| hold.code());
            codes.filter(|code| *code != condition.code && held.iter().any(|each| each == code)).map(Into::into).collect()
        };
        let narrowest = open.iter().filter(tells).map(|row| (row, also(row))).min_by_key(|(_, also)| also.len());
        condition.unwaivable = if narrowest.is_some() { None } else { Some(why_unwaivable(&condition.code, open)) };
        if let Some((row, also)) = narrowest {
            condition.waivable = Some((row.id.clone(), row.version));
            condition.waives_also = also;
        }
    }
}

fn why_unwaivable(code: &str, open: &[ExceptionRecord]) -> String {
    let Some(hold) = HoldKind::from_code(code).filter(|hold| waivable(*hold)) else {
        return "Nothing is billed without it, so it cannot be waived.".into();
    };
    match open.iter().find(|row| is_told_with_more(row.kind, &row.detail, hold)) {
        Some(row) => format!(
            "The exception that tells of it lacks more ({}): once there is what nothing is billed without, it can be waived.",
            row.detail
        ),
        None => "It is waived with the exception that tells of it, and none is open.".into(),
    }
}

fn contract(work: &ShipmentWork) -> Option<String> {
    let at = |key| work.state.facts.at(key).map(|(at, _)| at);
    let when = at(FactKey::Dispatched).or_else(|| at(FactKey::Planned)).or(work.state.first_at).unwrap_or(Instant(0));
    let customer = work.state.facts.text(FactKey::Customer)?;
    work.policy.policy.contracts.find(customer, when).map(|contract| contract.label().to_owned())
}

fn verdict(state: &ShipmentState, open: usize) -> String {
    let has = |key| state.facts.get(key).is_some();
    if has(FactKey::ErpPosted) {
        "Posted".into()
    } else if has(FactKey::InvoiceReleased) {
        "Invoiced".into()
    } else if !state.watched {
        "Imported history: nothing is billed from it".into()
    } else if has(FactKey::Cancelled) && !has(FactKey::Delivered) {
        "Cancelled".into()
    } else if open == 0 {
        "Ready to invoice".into()
    } else if !has(FactKey::Delivered) {
        "Not due yet".into()
    } else if open == 1 {
        "Held by one condition".into()
    } else {
        format!("Held by {open} conditions")
    }
}

fn describe_condition(condition: Condition, work: &ShipmentWork, words: Words) -> ReadinessCondition {
    let waiver = work.waivers.iter().find(|waiver| waiver.hold == condition.kind).filter(|_| condition.waived);
    ReadinessCondition {
        code: condition.kind.code().to_owned(),
        label: condition.kind.condition().to_owned(),
        met: condition.met,
        waived: waiver
            .map(|waiver| format!("{}: {}", waiver.actor.strip_prefix("user:").unwrap_or(&waiver.actor), waiver.reason)),
        waivable: None,
        waives_also: Vec::new(),
        unwaivable: None,
        waived_with: waiver.map(|waiver| waiver.exception_id.clone()),
        owner: condition.owner,
        since: condition.since.map(|at| words.instant(at)),
        evidence: condition.evidence,
    }
}
