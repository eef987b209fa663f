//! Groups and rows in words.

use crate::{
    domain::money::Money,
    service::words::{self, Words},
    store::exceptions::{CauseGroup, ExceptionRecord},
};
use app::model::{self, ExceptionGroup, ExceptionRow, ExceptionState};

/// Amounts on the wire.
pub fn sums(money: &[Money]) -> model::Sums {
    money.iter().map(amount).collect()
}

/// An amount as it is on the wire.
pub fn amount(money: &Money) -> model::Money {
    model::Money { amount: money.decimal(), currency: money.currency.code().into() }
}

/// A group in words.
pub fn group(found: CauseGroup, words: Words) -> ExceptionGroup {
    ExceptionGroup {
        cause: found.cause,
        kind: found.kind,
        detail: found.detail,
        queue: found.queue,
        severity: found.severity,
        exceptions: found.exceptions,
        shipments: found.shipments,
        money: sums(&found.money),
        oldest: words::duration(words.now.since(found.oldest)),
        overdue: found.overdue,
    }
}

/// A row in words. A closed exception's age is how long it took.
pub fn row(record: ExceptionRecord, words: Words) -> ExceptionRow {
    let told = |text: String| Some(text).filter(|text| !text.is_empty());
    let open = matches!(record.state, ExceptionState::Open | ExceptionState::Claimed);
    let until = record.closed_at.filter(|_| !open).unwrap_or(words.now);
    ExceptionRow {
        id: record.id,
        kind: record.kind,
        cause: record.cause,
        detail: record.detail,
        state: record.state,
        severity: record.severity,
        queue: record.queue,
        shipment: record.shipment_id.map(|id| (id, record.subject)),
        customer: told(record.customer),
        money: record.money.as_ref().map(amount),
        age: words::duration(until.since(record.detected_at)),
        due: open.then(|| words.instant(record.due_at)),
        overdue: open && record.due_at < words.now,
        assignee: told(record.assignee),
        snoozed_until: record.snoozed_until.filter(|until| open && *until > words.now).map(|until| words.instant(until)),
        reopens: record.reopens,
        version: record.version,
    }
}
