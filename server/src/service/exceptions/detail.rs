//! One exception, whole: why it is there, what ends it, what can be done.

use super::rows;
use crate::{
    domain::{
        access::{Actor, Permission},
        exception::{ExceptionKind, UNKNOWN_CARRIER, taxonomy},
        policy::{Carrier, Meaning, Policy},
    },
    service::words::{self, Words},
    store::exceptions::{ExceptionLine, ExceptionRecord, ExceptionWhole, Standing},
};
use app::model::{ExceptionAction, ExceptionDetail, ExceptionState, ExceptionStep, Readiness, UnknownCarrier, UnmappedCode};
use serde::Deserialize;

/// An exception in words.
pub fn describe(whole: ExceptionWhole, readiness: Option<Readiness>, actor: &Actor, words: Words) -> ExceptionDetail {
    let ExceptionWhole { record, history, same_cause } = whole;
    let meaning = taxonomy(record.kind);
    ExceptionDetail {
        detected: words.instant(record.detected_at),
        since: words.instant(record.since),
        ends_when: meaning.ends_when.to_owned(),
        playbook: meaning.playbook.iter().map(|step| (*step).to_owned()).collect(),
        rank: rank(&record, meaning.probability, words),
        unmapped: unmapped(&record, actor),
        unknown_carrier: None,
        undo: undo(&record, &history, actor, words),
        item: (record.shipment_id.is_none() && matches!(record.kind, ExceptionKind::DataDefect | ExceptionKind::UnknownCode))
            .then(|| record.subject.clone()),
        history: history.into_iter().map(|line| step(line, words)).collect(),
        same_cause,
        readiness,
        may: may(&record, actor, words),
        row: rows::row(record, words),
    }
}

fn rank(record: &ExceptionRecord, probability: f64, words: Words) -> String {
    let age = words::duration(words.now.since(record.detected_at));
    let share = format!("{:.0} %", probability * 100.0);
    match &record.money {
        Some(money) => format!(
            "{} waits for {age}; with this kind of exception, money is lost or late in {share} of cases",
            rows::amount(money).text()
        ),
        None => format!("no money is known to wait; open for {age}, money is lost or late in {share} of cases of this kind"),
    }
}

fn step(line: ExceptionLine, words: Words) -> ExceptionStep {
    let detail: serde_json::Value = serde_json::from_str(&line.detail).unwrap_or_default();
    let told = |name: &str| detail.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let what = match line.action.as_str() {
        "exception.open" => "found it".to_owned(),
        "exception.verify" => "saw that its cause went away".to_owned(),
        "exception.reopen" => "opened it again".to_owned(),
        "exception.change" if told("was").is_empty() => "saw that its cause changed".to_owned(),
        "exception.change" => format!("saw that its cause changed; it was “{}”", told("was")),
        "exception.assign" if told("assignee").is_empty() => "gave it back to the queue".to_owned(),
        "exception.assign" => format!("gave it to {}", told("assignee")),
        "exception.comment" => "said".to_owned(),
        "exception.snooze" => "snoozed it".to_owned(),
        "exception.claim" => "said that it is solved".to_owned(),
        "exception.waive" => "waived it".to_owned(),
        "exception.undo" => "put it back as it was".to_owned(),
        other => other.to_owned(),
    };
    let actor = match line.actor.strip_prefix("user:") {
        Some(person) => person.to_owned(),
        None if line.actor.starts_with("system:") => "Waybill".to_owned(),
        None => line.actor,
    };
    ExceptionStep { at: words.instant(line.at), actor, what, note: line.note }
}

/// The word that nobody mapped, as the detector tells it: `carrier/acme: XB`. A source has no space in its name;
/// what tells of a carrier that nobody configured has: `carrier XB`.
fn unmapped(record: &ExceptionRecord, actor: &Actor) -> Option<UnmappedCode> {
    let open = matches!(record.state, ExceptionState::Open | ExceptionState::Claimed);
    if record.kind != ExceptionKind::UnknownCode || record.shipment_id.is_none() || !open {
        return None;
    }
    actor.require(Permission::MapCodes).ok()?;
    let (source, code) = record.detail.split_once(": ").filter(|(source, _)| !source.contains(' '))?;
    let meanings = Meaning::ALL.iter().map(|(code, _, words)| ((*code).to_owned(), (*words).to_owned())).collect();
    Some(UnmappedCode { source: source.to_owned(), code: code.to_owned(), meanings })
}

/// Offers to whom it is given to say it the carriers that an unknown name may be, if that is what the exception tells of.
pub fn offer_carriers(detail: &mut ExceptionDetail, policy: &Policy, actor: &Actor) {
    let row = &detail.row;
    let open = matches!(row.state, ExceptionState::Open | ExceptionState::Claimed);
    if row.kind != ExceptionKind::UnknownCode || !open || actor.require(Permission::MapCodes).is_err() {
        return;
    }
    let Some(name) = row.detail.strip_prefix(UNKNOWN_CARRIER).filter(|_| row.shipment.is_some()) else { return };
    let label = |carrier: &Carrier| if carrier.name.is_empty() { carrier.code.clone() } else { carrier.name.clone() };
    let carriers = policy.carriers.list().iter().map(|carrier| (carrier.code.clone(), label(carrier))).collect();
    detail.unknown_carrier = Some(UnknownCarrier { name: name.to_owned(), carriers });
}

/// What a person did last, if it is still the last and the reader may take it back.
fn undo(record: &ExceptionRecord, history: &[ExceptionLine], actor: &Actor, words: Words) -> Option<String> {
    #[derive(Deserialize)]
    struct Made {
        version: i64,
        was: Standing,
    }
    actor.require(Permission::WorkExceptions).ok()?;
    let (line, made) = history.iter().rev().find_map(|line| Some((line, serde_json::from_str::<Made>(&line.detail).ok()?)))?;
    let waived = |state| state == ExceptionState::Waived;
    let crosses = waived(made.was.state) != waived(record.state);
    if made.version != record.version
        || record.state == ExceptionState::Verified
        || (crosses && actor.require(Permission::WaiveHolds).is_err())
    {
        return None;
    }
    let ExceptionStep { actor, what, .. } = step(line.clone(), words);
    Some(format!("{actor} {what}"))
}

/// What the reader may do with it as it stands.
fn may(record: &ExceptionRecord, actor: &Actor, words: Words) -> Vec<ExceptionAction> {
    use ExceptionAction as A;
    let works = actor.require(Permission::WorkExceptions).is_ok();
    let waives = actor.require(Permission::WaiveHolds).is_ok();
    let snoozed = record.snoozed_until.is_some_and(|until| until > words.now);
    let can = |action: &A| match (action, record.state) {
        (A::Comment, _) => works,
        (_, ExceptionState::Verified) => false,
        (A::Reopen, ExceptionState::Open) => works && snoozed,
        (A::Reopen, ExceptionState::Claimed) => works,
        (A::Reopen, ExceptionState::Waived) => waives,
        (A::Claim, ExceptionState::Open) => works,
        (A::Waive, ExceptionState::Open | ExceptionState::Claimed) => waives,
        (A::Assign | A::Snooze, ExceptionState::Open | ExceptionState::Claimed) => works,
        _ => false,
    };
    A::ALL.into_iter().filter(can).collect()
}
