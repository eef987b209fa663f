//! Words on what a form came to for each exception: what was done, which were left and why, and how it is taken back.

use crate::http::{Edge, Problem};
use app::{
    error::AppError,
    model::{ExceptionAct, ExceptionActed, ExceptionAction, Flash, NotDone, Undo},
    paths,
    ports::Caller,
};
use axum::response::{IntoResponse, Redirect, Response};

/// Left ones that are told one by one; of more their number is told.
const TOLD: usize = 20;

/// What was done, in words.
pub(super) struct Words {
    done: String,
    /// It can be taken back.
    undo: bool,
    /// What is to be known of it besides.
    then: &'static str,
}

impl Words {
    /// Of what was taken back.
    pub(super) fn undone() -> Self {
        Self { done: "Put back as it was before".to_owned(), undo: false, then: "" }
    }
}

/// What an action does, in the words of afterwards.
pub(super) fn words(act: &ExceptionAct) -> Words {
    let done = match act.action {
        ExceptionAction::Assign if act.assignee.trim().is_empty() => "Given back to the queue".to_owned(),
        ExceptionAction::Assign if act.assignee.trim() == "me" => "Assigned to you".to_owned(),
        ExceptionAction::Assign => format!("Given to {}", act.assignee.trim()),
        ExceptionAction::Comment => "Your comment is in the history; it cannot be taken back".to_owned(),
        ExceptionAction::Snooze => match &act.until {
            Some(until) => format!("Snoozed until {}", until.replacen('T', " ", 1)),
            None if act.hours.is_multiple_of(24) => format!("Snoozed for {} d", act.hours / 24),
            None => format!("Snoozed for {} h", act.hours),
        },
        ExceptionAction::Claim => "Said to be solved".to_owned(),
        ExceptionAction::Reopen => "Opened again".to_owned(),
        ExceptionAction::Waive => "Waived".to_owned(),
    };
    let then = if act.action == ExceptionAction::Claim { " An exception is solved only when its effect is seen." } else { "" };
    Words { done, undo: act.action != ExceptionAction::Comment, then }
}

/// Leads back with the words. What the person may not do is a problem as everywhere.
pub(super) async fn told(
    edge: &Edge,
    caller: &Caller,
    back: &str,
    words: Words,
    acted: Result<Vec<ExceptionActed>, AppError>,
) -> Result<Response, Problem> {
    let flash = match acted {
        Ok(acted) => of(edge, caller, words, acted).await,
        Err(AppError::Invalid { message, .. }) => Flash::refused("Nothing was changed", message),
        Err(error @ AppError::Conflict { .. }) => Flash::refused("Nothing was changed", error.to_string()),
        Err(other) => return Err(other.into()),
    };
    let id = edge.ports.flashes.keep(caller, flash).await;
    Ok(Redirect::to(&paths::flashed(back, paths::EXCEPTIONS, &id)).into_response())
}

async fn of(edge: &Edge, caller: &Caller, Words { done, undo, then }: Words, acted: Vec<ExceptionActed>) -> Flash {
    let changed: Vec<_> = acted.iter().filter_map(|acted| Some((acted.id.clone(), acted.version?))).collect();
    let left: Vec<_> = acted.into_iter().filter_map(|acted| Some((acted.id, acted.problem?))).collect();
    let told = match changed.len() {
        0 => None,
        1 => Some(format!("{done}.{then}")),
        n => Some(format!("{done}: {n} exceptions.{then}")),
    };
    let mut flash =
        Flash { done: told, undo: (undo && !changed.is_empty()).then_some(Undo::Exceptions(changed)), ..Flash::default() };
    let more = left.len().saturating_sub(TOLD);
    for (id, why) in left.into_iter().take(TOLD) {
        // Of one that is not there nothing more is told than that.
        let (what, href) = match edge.ports.reading.exception(caller, id).await {
            Ok(detail) => {
                let row = detail.row;
                let shipment = row.shipment.map(|(_, reference)| format!(", {reference}")).unwrap_or_default();
                (format!("{}{shipment}", row.kind.label()), Some(paths::exception(&row.id)))
            }
            Err(_) => ("One of them".to_owned(), None),
        };
        flash.left.push(NotDone { what, href, why });
    }
    if more > 0 {
        flash.left.push(NotDone { what: format!("{more} more"), href: None, why: "left as they were".into() });
    }
    flash
}
