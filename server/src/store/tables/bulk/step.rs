//! One step of a job: the next items, each as a person would do it, and where the job has come, all in one transaction.

use super::{NOT_ALLOWED, NOT_THEIRS, moves, read_scope, tell};
use crate::{
    domain::{access::Environment, time::Instant},
    store::{
        StoreError,
        bulk::{BulkAction, BulkState, Move, Task},
        exceptions::{Acted, ExceptionState, Standing},
        shipments::Sight,
        sql::{self, Session, params},
        tables::{
            exceptions::act::{self, Doer, Tried},
            intake::{self, Memory, rows},
        },
    },
};

/// An item with what became of it.
struct Outcome {
    place: i64,
    exception: String,
    /// The version that it has now, if that is known.
    made: i64,
    tried: Tried,
}

/// Tries the next items of a running job; how many.
pub(super) fn take(connection: &Session, memory: &mut Memory, number: i64, limit: u32, now: Instant) -> Result<u32, StoreError> {
    let Some(Running { step, task, until, place }) = running(connection, number, now)? else { return Ok(0) };
    type Item = (i64, String, i64, Option<String>);
    let items: Vec<Item> = sql::all(
        connection,
        "SELECT place, exception_id, version, goal FROM bulk_items WHERE job = ?1 AND place > ?2 ORDER BY place LIMIT ?3",
        params![number, place, limit],
    )?;
    let count = u32::try_from(items.len()).unwrap_or(limit);
    let theirs = match task.action {
        BulkAction::Assign => act::sees(connection, &task.assignee)?,
        _ => None,
    };
    let (sight, actor, job) = (&step.sight, &*step.actor, Some(&*step.id));
    let doer = Doer { sight, actor, note: &task.note, now, job, may_waive: step.may_waive, theirs };
    let (mut outcomes, mut waived) = (Vec::with_capacity(items.len()), Vec::new());
    for (place, exception, version, goal) in items {
        let goal: Option<Standing> = goal
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .map_err(|cause| rows::corrupt("bulk_items", &exception, cause))?;
        let deed = task.deed(until, goal).ok_or_else(|| rows::corrupt("bulk_items", &exception, "nothing to put back"))?;
        let tried = act::one(connection, &doer, &deed, (&exception, version), &mut waived)?;
        // What is said makes no version.
        let made = version + i64::from(task.action != BulkAction::Comment);
        outcomes.push(Outcome { place, exception, made, tried });
    }
    if !waived.is_empty() {
        intake::waive(connection, memory, now, step.sight.environment, &waived)?;
        for outcome in outcomes.iter_mut().filter(|outcome| matches!(outcome.tried, Tried::Done(_))) {
            // Assessing its shipment may have changed it once more.
            (outcome.made,) = sql::one(connection, "SELECT version FROM exceptions WHERE id = ?1", [&outcome.exception])?;
        }
    }
    write(connection, number, &outcomes)?;
    let (mut done, mut from_waived) = (0_u32, false);
    for outcome in &outcomes {
        if let Tried::Done(before) = &outcome.tried {
            (done, from_waived) = (done + 1, from_waived || before.state == ExceptionState::Waived);
        }
    }
    let place = outcomes.last().map_or(place, |last| last.place);
    let (items, all_done, refused): (i64, i64, i64) = sql::one(
        connection,
        "UPDATE bulk_jobs SET place = ?2, done = done + ?3, refused = refused + ?4, stepped_at = ?5,
             from_waived = max(from_waived, ?6) WHERE number = ?1 RETURNING items, done, refused",
        params![number, place, done, count - done, now.0, from_waived],
    )?;
    if place >= items {
        moves::finish(connection, number, &step, (all_done, refused))?;
    }
    tell(connection, step.sight.environment.code())?;
    Ok(count)
}

/// A running job, and who started it.
struct Running {
    step: Move,
    task: Task,
    until: Instant,
    place: i64,
}

fn running(connection: &Session, number: i64, now: Instant) -> Result<Option<Running>, StoreError> {
    type Row = (String, String, String, String, String, String, u32, Option<i64>, String, i64);
    let found: Option<Row> = sql::optional(
        connection,
        "SELECT id, environment, starter, scope, action, assignee, hours, until, note, place FROM bulk_jobs
         WHERE number = ?1 AND state = 'running'",
        [number],
    )?;
    let Some((id, environment, actor, scope, action, assignee, hours, until, note, place)) = found else { return Ok(None) };
    let corrupt = |what: &str| rows::corrupt("bulk_jobs", &id, what);
    let environment = Environment::from_code(&environment).ok_or_else(|| corrupt("environment"))?;
    let action = BulkAction::from_code(&action).ok_or_else(|| corrupt("action"))?;
    let (scope, may_waive) = read_scope(&id, &scope)?;
    let sight = Sight { environment, scope };
    let task = Task { action, assignee, hours, note };
    let until = Instant(until.unwrap_or(now.0));
    Ok(Some(Running { step: Move { sight, actor, id, to: BulkState::Finished, may_waive, now }, task, until, place }))
}

fn write(connection: &Session, number: i64, outcomes: &[Outcome]) -> Result<(), StoreError> {
    let update = "UPDATE bulk_items SET outcome = ?3, detail = ?4, before = ?5, made = ?6 WHERE job = ?1 AND place = ?2";
    for Outcome { place, made, tried, .. } in outcomes {
        let told;
        let (outcome, detail, before) = match tried {
            Tried::Done(before) => ("done", None, Some(rows::json(before))),
            Tried::Refused(Acted::Stale { by, did }) => {
                told = did.as_ref().map_or_else(|| by.clone(), |did| format!("{by} {did}"));
                ("stale", Some(told.as_str()), None)
            }
            Tried::Refused(Acted::Impossible(state)) => ("impossible", Some(state.code()), None),
            Tried::Refused(Acted::NotAllowed) => ("impossible", Some(NOT_ALLOWED), None),
            Tried::Refused(Acted::NotTheirs) => ("impossible", Some(NOT_THEIRS), None),
            Tried::Refused(_) => ("not_found", None, None),
        };
        let made = before.is_some().then_some(made);
        sql::later(connection, update, params![number, place, outcome, detail, before, made])?;
    }
    Ok(())
}
