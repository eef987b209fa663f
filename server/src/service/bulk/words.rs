//! Jobs and what became of each item, in words.

use super::may_work;
use crate::{
    domain::access::Actor,
    service::{
        exceptions::{act, sums},
        words::Words,
    },
    store::{
        bulk::{BulkAction, BulkItemRecord, BulkRecord, BulkState, Task},
        exceptions::Acted,
    },
};
use app::model::{BulkItem, BulkJob, BulkResult, BulkTurn};

/// A job in words.
pub fn job(record: BulkRecord, actor: &Actor, words: Words) -> BulkJob {
    let told = |text: String| Some(text).filter(|text| !text.is_empty());
    BulkJob {
        action: record.task.action,
        what: what(&record, words),
        undo: undo(&record),
        may: may(&record, actor),
        id: record.id,
        note: record.task.note,
        chosen: told(record.list),
        state: record.state,
        problem: told(record.problem),
        items: record.items,
        possible: record.possible,
        shipments: record.shipments,
        money: sums(&record.money),
        done: record.done,
        refused: record.refused,
        undoes: record.undoes,
        undone_by: record.undone_by,
        prepared_by: person(&record.actor),
        prepared: words.instant(record.prepared_at),
        started_by: told(record.starter).map(|name| person(&name)),
        started: record.started_at.map(|at| words.instant(at)),
        ended: record.ended_at.map(|at| words.instant(at)),
        as_of: words.as_of(),
    }
}

fn person(actor: &str) -> String {
    actor.strip_prefix("user:").unwrap_or(actor).to_owned()
}

fn what(record: &BulkRecord, words: Words) -> String {
    let Task { action, assignee, hours, .. } = &record.task;
    match action {
        BulkAction::Assign if assignee.is_empty() => "Give back to the queue".to_owned(),
        BulkAction::Assign => format!("Give to {assignee}"),
        BulkAction::Comment => "Say the same of each".to_owned(),
        BulkAction::Snooze => match record.until {
            Some(until) => format!("Snooze until {}", words.instant(until).local),
            None => format!("Snooze for {hours} h from the start"),
        },
        BulkAction::Claim => "Say of each that it is solved".to_owned(),
        BulkAction::Reopen => "Open again what was said to be solved, snoozed or waived".to_owned(),
        BulkAction::Waive => "Waive each, and the condition for billing that it tells of".to_owned(),
        BulkAction::Undo => "Put back what another job changed: state, person and snooze of each".to_owned(),
    }
}

/// Whether and how it can be undone.
fn undo(record: &BulkRecord) -> String {
    match record.task.action {
        BulkAction::Comment => "This cannot be undone: what is said stays in the history of each.".to_owned(),
        _ => "This can be undone: each goes back to the state, the person and the snooze that it had before, unless somebody \
              changes it meanwhile."
            .to_owned(),
    }
}

/// Whether undoing it waives something, or takes back what was waived: that takes who may waive.
pub fn undo_touches_waivers(record: &BulkRecord) -> bool {
    record.undo_waives || record.task.action == BulkAction::Waive
}

/// Why it cannot be undone now.
pub fn no_undo(record: &BulkRecord) -> Option<&'static str> {
    match record.state {
        _ if record.task.action == BulkAction::Comment => Some("what was said stays in the history"),
        BulkState::Prepared => Some("nothing was done yet"),
        BulkState::Running | BulkState::Paused => Some("it is not over: cancel it, or let it finish"),
        _ if record.done == 0 => Some("nothing was done"),
        BulkState::Cancelled | BulkState::Finished => None,
    }
}

/// What the reader may do with it now.
fn may(record: &BulkRecord, actor: &Actor) -> Vec<BulkTurn> {
    let can = |turn: &BulkTurn| match (turn, record.state) {
        (BulkTurn::Start, BulkState::Prepared | BulkState::Paused) => may_work(actor, record.waives).is_ok(),
        (BulkTurn::Pause, BulkState::Running) => true,
        (BulkTurn::Cancel, BulkState::Prepared | BulkState::Running | BulkState::Paused) => true,
        (BulkTurn::Undo, _) => no_undo(record).is_none() && may_work(actor, undo_touches_waivers(record)).is_ok(),
        _ => false,
    };
    if may_work(actor, false).is_err() {
        return Vec::new();
    }
    BulkTurn::ALL.into_iter().filter(can).collect()
}

/// One of the set, in words.
pub fn item(record: BulkItemRecord) -> BulkItem {
    let exception = record.exception_id;
    let (result, problem) = match record.acted {
        None => (BulkResult::Waiting, None),
        Some(acted @ Acted::Done(_)) => (BulkResult::Done, act::outcome((exception.clone(), acted)).problem),
        Some(refused) => (BulkResult::Refused, act::outcome((exception.clone(), refused)).problem),
    };
    let (mut kind, mut detail, mut shipment) = (None, String::new(), None);
    if let Some((of, words, id, reference)) = record.about {
        (kind, detail, shipment) = (Some(of), words, id.map(|id| (id, reference)));
    }
    BulkItem { exception, kind, detail, shipment, result, problem }
}
