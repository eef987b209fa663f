//! Quarantine: inspect, fix, replay, give up.

use super::{cursor, words::Words};
use crate::{
    domain::access::Actor,
    store::{
        quarantine::{QuarantineQuery, QuarantineRecord, QuarantineWhole, Step},
        shipments::Sight,
    },
};
use app::{
    error::AppError,
    model::{QuarantineFilter, QuarantineItem, QuarantineRow, QuarantineState},
};

/// Rows on a page.
pub const PAGE: u32 = 50;

/// Reads the filter.
pub fn query(filter: &QuarantineFilter, sight: Sight) -> Result<QuarantineQuery, AppError> {
    let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let state = match given(&filter.state).as_deref() {
        None | Some("open") => "open",
        Some("resolved") => "resolved",
        Some("discarded") => "discarded",
        Some(_) => return Err(super::period::invalid("state", "Choose open, resolved or discarded.")),
    };
    Ok(QuarantineQuery { sight, state, source: given(&filter.source), code: given(&filter.code) })
}

/// A row in words.
pub fn row(record: QuarantineRecord, words: Words) -> QuarantineRow {
    QuarantineRow {
        id: record.id,
        code: record.code,
        reason: record.reason,
        place: record.place,
        source: record.source,
        event_type: record.event_type,
        subject: record.subject,
        received: words.instant(record.received_at),
        state: match record.state.as_str() {
            "resolved" => QuarantineState::Resolved,
            "discarded" => QuarantineState::Discarded,
            _ => QuarantineState::Open,
        },
    }
}

/// An item in words.
pub fn item(whole: QuarantineWhole, may_fix: bool, words: Words) -> QuarantineItem {
    let raw = String::from_utf8_lossy(&whole.raw).into_owned();
    let lossy = std::str::from_utf8(&whole.raw).is_err();
    let version = whole.record.version;
    let may_fix = may_fix && whole.record.state == "open";
    let came = (words.instant(whole.record.received_at), "Waybill".to_owned(), format!("refused it: {}", whole.record.reason));
    let mut row = row(whole.record, words);
    // What keeps it now is what the latest fix lacks; why it was refused as it came stands in its history.
    if let Some(latest) = whole.latest.filter(|_| row.state == QuarantineState::Open) {
        (row.code, row.reason, row.place) = (latest.code, latest.reason, latest.place);
    }
    let history = whole.history.into_iter().map(|(at, actor, action, reason)| {
        let what = match action.as_str() {
            "quarantine.keep_fix" => "kept a fix that is not acceptable yet",
            "quarantine.replay" => "replayed it: the event is in the store",
            "quarantine.discard" => "discarded it",
            other => other,
        };
        let what = if reason.is_empty() { what.to_owned() } else { format!("{what} — {reason}") };
        (words.instant(at), actor, what)
    });
    QuarantineItem {
        raw,
        lossy,
        fixed: whole.fixed,
        history: std::iter::once(came).chain(history).collect(),
        version,
        may_fix,
        shipment: whole.shipment,
        row,
    }
}

/// The cursor behind the last row of a full page.
pub fn next(records: &[QuarantineRecord]) -> Option<String> {
    if records.len() < PAGE as usize {
        return None;
    }
    records.last().map(|last| cursor::write(last.received_at, &last.id))
}

/// A person's step on an item.
pub fn step(actor: &Actor, sight: Sight, id: String, version: i64, reason: String) -> Step {
    Step { id, version, sight, actor: actor.name.clone(), reason }
}
