//! What people do with exceptions: each row of the version that they saw, all in one transaction.

use super::{ASSESSMENT, sql, subject};
use crate::{
    domain::{access::Environment, receipt::Lane, time::Instant},
    store::{
        StoreError,
        audit::Note,
        exceptions::{Act, Acted, Deed, ExceptionState, MOST_AT_ONCE},
        feed::Topic,
        sqlite::{audit, intake, writer::Writer},
    },
};
use rusqlite::{Connection, params};
use serde_json::json;

/// Does it with each.
pub(super) async fn on(writer: &Writer, act: Act) -> Result<Vec<(String, Acted)>, StoreError> {
    if act.on.len() > MOST_AT_ONCE {
        return Err(StoreError::Conflict(format!("at most {MOST_AT_ONCE} exceptions at once")));
    }
    let work = writer.run_remembering(Lane::Single, move |connection, memory| {
        let mut acted = Vec::with_capacity(act.on.len());
        let mut waived = Vec::new();
        for (id, version) in &act.on {
            let outcome = one(connection, &act, id, *version, &mut waived)?;
            acted.push((id.clone(), outcome));
        }
        if !waived.is_empty() {
            intake::waive(connection, memory, act.now, act.sight.environment, &waived)?;
        }
        if acted.iter().any(|(_, outcome)| matches!(outcome, Acted::Done(_))) {
            intake::bump(connection, act.sight.environment.code(), Topic::Exceptions.code())?;
        }
        for (id, outcome) in &mut acted {
            if let Acted::Done(version) = outcome {
                (*version,) = sql::one(connection, "SELECT version FROM exceptions WHERE id = ?1", [&*id])?;
            }
        }
        Ok(acted)
    });
    work.await
}

/// An exception as far as it decides what may be done.
struct Held {
    state: ExceptionState,
    shipment_id: Option<String>,
    subject: String,
    snoozed: bool,
    assignee: String,
}

fn one(
    connection: &Connection,
    act: &Act,
    id: &str,
    version: i64,
    waived: &mut Vec<intake::Waived>,
) -> Result<Acted, StoreError> {
    type Row = (i64, String, String, String, String, Option<String>, String, Option<i64>, String);
    let found: Option<Row> = sql::optional(
        connection,
        "SELECT version, state, environment, region_id, business_unit_id, shipment_id, subject, snoozed_until, assignee
         FROM exceptions WHERE id = ?1",
        [id],
    )?;
    let Some((held_version, state, environment, region, unit, shipment_id, about, snoozed_until, assignee)) = found else {
        return Ok(Acted::NotFound);
    };
    let told = |value: &'_ str| (!value.is_empty()).then(|| value.to_owned());
    let in_sight =
        environment == act.sight.environment.code() && act.sight.scope.holds(told(&region).as_deref(), told(&unit).as_deref());
    if !in_sight {
        return Ok(Acted::NotFound);
    }
    if held_version != version {
        return Ok(Acted::Stale { by: actor_of(connection, id, held_version)? });
    }
    let state = ExceptionState::from_code(&state).ok_or_else(|| super::corrupt("exceptions", id, state))?;
    let snoozed = snoozed_until.is_some_and(|until| until > act.now.0);
    let held = Held { state, shipment_id, subject: about, snoozed, assignee };
    if !is_possible(connection, act, id, &held)? {
        return Ok(Acted::Impossible(state));
    }
    change(connection, act, id)?;
    if let Some(waive) = waives(&act.what, &held)
        && held.shipment_id.is_some()
    {
        waived.push(intake::Waived { shipment: held.subject.clone(), exception: id.to_owned(), waived: waive });
    }
    audit::write(connection, &note(act, id, &held, version + 1))?;
    Ok(Acted::Done(version))
}

/// Whether the shipment's work is to remember it as waived, or no longer.
fn waives(deed: &Deed, held: &Held) -> Option<bool> {
    match deed {
        Deed::Waive => Some(true),
        Deed::Reopen if held.state == ExceptionState::Waived => Some(false),
        _ => None,
    }
}

fn is_possible(connection: &Connection, act: &Act, id: &str, held: &Held) -> Result<bool, StoreError> {
    let live = matches!(held.state, ExceptionState::Open | ExceptionState::Claimed);
    Ok(match &act.what {
        Deed::Comment => true,
        Deed::Assign(_) | Deed::Waive => live,
        Deed::Snooze(until) => live && *until > act.now,
        Deed::Claim => held.state == ExceptionState::Open,
        Deed::Reopen => match held.state {
            ExceptionState::Open => held.snoozed,
            ExceptionState::Claimed => true,
            // Only what is still there.
            ExceptionState::Waived => is_there(connection, act.sight.environment, id, held)?,
            ExceptionState::Verified => false,
        },
    })
}

/// Whether the cause of a waived exception is still there.
fn is_there(connection: &Connection, environment: Environment, id: &str, held: &Held) -> Result<bool, StoreError> {
    let (n,): (i64,) = match &held.shipment_id {
        Some(shipment) => sql::one(
            connection,
            "SELECT count(*) FROM shipments AS s, json_each(s.work, '$.e') AS e WHERE s.id = ?1 AND e.value ->> 'i' = ?2",
            [shipment, id],
        )?,
        None => sql::one(
            connection,
            "SELECT count(*) FROM quarantine WHERE id = ?1 AND environment = ?2 AND state = 'open'",
            [&held.subject, environment.code()],
        )?,
    };
    Ok(n > 0)
}

fn change(connection: &Connection, act: &Act, id: &str) -> Result<(), StoreError> {
    let change = |sql: &str, value: Option<&dyn rusqlite::ToSql>| {
        let id: &dyn rusqlite::ToSql = &id;
        let values: Vec<_> = std::iter::once(id).chain(value).collect();
        sql::execute(connection, sql, &*values).map(drop)
    };
    match &act.what {
        // What is said changes nothing that somebody else saw.
        Deed::Comment => Ok(()),
        Deed::Assign(name) => change("UPDATE exceptions SET assignee = ?2, version = version + 1 WHERE id = ?1", Some(name)),
        Deed::Snooze(Instant(until)) => {
            change("UPDATE exceptions SET snoozed_until = ?2, version = version + 1 WHERE id = ?1", Some(until))
        }
        Deed::Claim => change("UPDATE exceptions SET state = 'claimed', version = version + 1 WHERE id = ?1", None),
        Deed::Reopen => change(
            "UPDATE exceptions SET state = 'open', closed_at = NULL, snoozed_until = NULL, version = version + 1 WHERE id = ?1",
            None,
        ),
        Deed::Waive => change(
            "UPDATE exceptions SET state = 'waived', closed_at = ?2, snoozed_until = NULL, version = version + 1 WHERE id = ?1",
            Some(&act.now.0),
        ),
    }
}

fn note(act: &Act, id: &str, held: &Held, version: i64) -> Note {
    let (action, detail) = match &act.what {
        Deed::Assign(name) => ("exception.assign", json!({ "assignee": name, "before": held.assignee, "version": version })),
        Deed::Comment => ("exception.comment", json!({})),
        Deed::Snooze(until) => ("exception.snooze", json!({ "until": until, "version": version })),
        Deed::Claim => ("exception.claim", json!({ "version": version })),
        Deed::Reopen => ("exception.reopen", json!({ "before": held.state.code(), "version": version })),
        Deed::Waive => ("exception.waive", json!({ "version": version })),
    };
    Note {
        at: act.now,
        environment: act.sight.environment,
        actor: act.actor.clone(),
        action,
        subject: subject(id),
        reason: act.note.clone(),
        detail: detail.to_string(),
    }
}

/// Who made this version of it. What no person did Waybill did itself: found another cause, or saw it go.
fn actor_of(connection: &Connection, id: &str, version: i64) -> Result<String, StoreError> {
    let found: Option<(String,)> = sql::optional(
        connection,
        "SELECT actor FROM audit WHERE subject = ?1 AND subject <> '' AND detail ->> 'version' = ?2 ORDER BY seq DESC LIMIT 1",
        params![subject(id), version],
    )?;
    Ok(found.map_or_else(|| ASSESSMENT.to_owned(), |(actor,)| actor))
}
