//! What people do with exceptions: each row of the version that they saw, all in one transaction.

use super::{ASSESSMENT, subject};
use crate::{
    domain::{
        access::{Environment, Scope},
        outward::NoticeKind,
        receipt::Lane,
        time::Instant,
    },
    store::{
        StoreError,
        acts::Touch,
        audit::Note,
        exceptions::{Act, Acted, Deed, ExceptionState, MOST_AT_ONCE, Standing},
        feed::Topic,
        shipments::Sight,
        sql::{self, Bind, Session, params},
        tables::{
            acts::{self, Touched},
            audit, intake, outbox,
            people::names,
            writer::Writer,
        },
    },
};
use serde_json::json;

/// Does it with each.
pub(super) async fn on(writer: &Writer, act: Act) -> Result<Vec<(String, Acted)>, StoreError> {
    if act.on.len() > MOST_AT_ONCE {
        return Err(StoreError::Conflict(format!("at most {MOST_AT_ONCE} exceptions at once")));
    }
    let work = writer.run_remembering(Lane::Single, move |connection, memory| {
        let mut acted = Vec::with_capacity(act.on.len());
        let mut waived = Vec::new();
        let Act { sight, actor, note, now, may_waive, .. } = &act;
        let theirs = match &act.what {
            Deed::Assign(name) => sees(connection, name)?,
            _ => None,
        };
        let doer = Doer { sight, actor, note, now: *now, job: None, may_waive: *may_waive, theirs };
        for (id, version) in &act.on {
            let tried = match &act.what {
                Deed::Undo => match before(connection, id, *version)? {
                    Some(standing) => one(connection, &doer, &Deed::Restore(standing), (id, *version), &mut waived)?,
                    None => Tried::Refused(Acted::NoUndo),
                },
                what => one(connection, &doer, what, (id, *version), &mut waived)?,
            };
            let outcome = match tried {
                Tried::Done(_) => Acted::Done(*version),
                Tried::Refused(why) => why,
            };
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

/// Who does it, and in what words.
pub(in crate::store::tables) struct Doer<'a> {
    pub sight: &'a Sight,
    pub actor: &'a str,
    pub note: &'a str,
    pub now: Instant,
    /// Who may waive may also take a waiver back; nobody else may either.
    pub may_waive: bool,
    /// The bulk job that it belongs to.
    pub job: Option<&'a str>,
    /// Of whom it is given to: what they see.
    pub theirs: Option<Scope>,
}

/// What the person of this name sees. Of nobody, and of who is no person of ours, nothing is known.
pub(in crate::store::tables) fn sees(connection: &Session, name: &str) -> Result<Option<Scope>, StoreError> {
    let found: Option<(Option<String>, Option<String>)> =
        sql::optional(connection, "SELECT regions, business_units FROM users WHERE name = ?1", [name])?;
    let Some((regions, business_units)) = found else { return Ok(None) };
    let read = |text| names(text).ok_or_else(|| super::corrupt("users", name, "scope"));
    Ok(Some(Scope { regions: read(regions)?, business_units: read(business_units)? }))
}

/// What became of one.
pub(in crate::store::tables) enum Tried {
    /// Done; this is how it stood before.
    Done(Standing),
    /// Left alone.
    Refused(Acted),
}

/// An exception as far as it decides what may be done.
struct Held {
    standing: Standing,
    shipment_id: Option<String>,
    subject: String,
}

impl Held {
    fn is_snoozed(&self, now: Instant) -> bool {
        self.standing.snoozed_until.is_some_and(|until| until > now)
    }
}

/// Does it with one. What is waived, or no longer, is left to [`intake::waive`].
pub(in crate::store::tables) fn one(
    connection: &Session,
    doer: &Doer<'_>,
    what: &Deed,
    (id, version): (&str, i64),
    waived: &mut Vec<intake::Waived>,
) -> Result<Tried, StoreError> {
    type Row = (i64, i64, String, String, String, String, Option<String>, String, Option<i64>, String);
    let found: Option<Row> = sql::optional(
        connection,
        "SELECT rowid, version, state, environment, region_id, business_unit_id, shipment_id, subject, snoozed_until, assignee
         FROM exceptions WHERE id = ?1",
        [id],
    )?;
    let Some((row, held_version, state, environment, region, unit, shipment_id, subject, snoozed_until, assignee)) = found else {
        return Ok(Tried::Refused(Acted::NotFound));
    };
    let told = |value: &'_ str| (!value.is_empty()).then(|| value.to_owned());
    let Sight { environment: world, scope } = doer.sight;
    if environment != world.code() || !scope.holds(told(&region).as_deref(), told(&unit).as_deref()) {
        return Ok(Tried::Refused(Acted::NotFound));
    }
    let theirs = match what {
        Deed::Assign(_) => doer.theirs.as_ref().is_none_or(|scope| scope.holds(told(&region).as_deref(), told(&unit).as_deref())),
        _ => true,
    };
    let state = ExceptionState::from_code(&state).ok_or_else(|| super::corrupt("exceptions", id, state))?;
    if held_version != version {
        return Ok(Tried::Refused(faster(connection, (id, held_version), state)?));
    }
    let standing = Standing { state, assignee, snoozed_until: snoozed_until.map(Instant) };
    let held = Held { standing, shipment_id, subject };
    if !is_possible(connection, doer, what, id, &held)? {
        return Ok(Tried::Refused(Acted::Impossible(state)));
    }
    if !theirs {
        return Ok(Tried::Refused(Acted::NotTheirs));
    }
    let waive = waives(what, &held);
    if waive.is_some() && !doer.may_waive {
        return Ok(Tried::Refused(Acted::NotAllowed));
    }
    change(connection, doer, what, row)?;
    if let Some(waive) = waive {
        let kind = if waive { NoticeKind::ExceptionClosed } else { NoticeKind::ExceptionOpened };
        outbox::exception(connection, id, kind, doer.now)?;
    }
    if let Some(waive) = waive.filter(|_| held.shipment_id.is_some()) {
        waived.push(intake::Waived { shipment: held.subject.clone(), exception: id.to_owned(), waived: waive });
    }
    let note = note(doer, what, id, &held, version + 1);
    if let Some(touch) = hand(what, waive) {
        let (environment, shipment_id) = (world, held.shipment_id.as_deref());
        let touched =
            Touched { environment: *environment, shipment_id, touch, action: note.action, actor: doer.actor, at: doer.now };
        acts::touch(connection, &touched)?;
    }
    audit::write(connection, &note)?;
    Ok(Tried::Done(held.standing))
}

/// As what the ledger of touches counts it. What is only said, or put off, is no touch.
fn hand(what: &Deed, waives: Option<bool>) -> Option<Touch> {
    match what {
        Deed::Assign(_) => Some(Touch::Reassign),
        Deed::Restore(_) | Deed::Undo => Some(Touch::Undo),
        Deed::Waive => Some(Touch::Override),
        Deed::Reopen => waives.map(|_| Touch::Override),
        Deed::Comment | Deed::Snooze(_) | Deed::Claim => None,
    }
}

/// How it stood with people before somebody made this version of it.
fn before(connection: &Session, id: &str, version: i64) -> Result<Option<Standing>, StoreError> {
    let found: Option<(String,)> = sql::optional(
        connection,
        "SELECT detail -> 'was' FROM audit
         WHERE subject = ?1 AND subject <> '' AND CAST(detail ->> 'version' AS BIGINT) = ?2 AND detail -> 'was' IS NOT NULL ORDER BY seq DESC LIMIT 1",
        params![subject(id), version],
    )?;
    let read = |(was,): (String,)| serde_json::from_str(&was).map_err(|cause| super::corrupt("audit", id, cause));
    found.map(read).transpose()
}

/// Whether the shipment's work is to remember it as waived, or no longer.
fn waives(what: &Deed, held: &Held) -> Option<bool> {
    let (was, is) = match what {
        Deed::Waive => (false, true),
        Deed::Reopen => (held.standing.state == ExceptionState::Waived, false),
        Deed::Restore(to) => (held.standing.state == ExceptionState::Waived, to.state == ExceptionState::Waived),
        _ => return None,
    };
    (was != is).then_some(is)
}

fn is_possible(connection: &Session, doer: &Doer<'_>, what: &Deed, id: &str, held: &Held) -> Result<bool, StoreError> {
    let live = matches!(held.standing.state, ExceptionState::Open | ExceptionState::Claimed);
    // Only what is still there comes back from being waived.
    let comes_back = || is_there(connection, doer.sight.environment, id, held);
    Ok(match what {
        Deed::Comment => true,
        Deed::Assign(_) | Deed::Waive => live,
        Deed::Snooze(until) => live && *until > doer.now,
        Deed::Claim => held.standing.state == ExceptionState::Open,
        Deed::Reopen => match held.standing.state {
            ExceptionState::Open => held.is_snoozed(doer.now),
            ExceptionState::Claimed => true,
            ExceptionState::Waived => comes_back()?,
            ExceptionState::Verified => false,
        },
        Deed::Undo => false,
        Deed::Restore(to) => match (held.standing.state, to.state) {
            (_, ExceptionState::Verified) | (ExceptionState::Verified, _) => false,
            (ExceptionState::Waived, ExceptionState::Open | ExceptionState::Claimed) => comes_back()?,
            _ => true,
        },
    })
}

/// Whether the cause of a waived exception is still there.
fn is_there(connection: &Session, environment: Environment, id: &str, held: &Held) -> Result<bool, StoreError> {
    let (n,): (i64,) = match &held.shipment_id {
        Some(shipment) => sql::one(
            connection,
            "SELECT count(*) FROM shipments AS s, json_each(s.work -> 'e') AS e WHERE s.id = ?1 AND e.value ->> 'i' = ?2",
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

fn change(connection: &Session, doer: &Doer<'_>, what: &Deed, row: i64) -> Result<(), StoreError> {
    let change = |sql: &str, values: &[&dyn Bind]| {
        let row: &dyn Bind = &row;
        let values: Vec<_> = std::iter::once(row).chain(values.iter().copied()).collect();
        sql::execute(connection, sql, &*values).map(drop)
    };
    match what {
        // What is said changes nothing that somebody else saw.
        Deed::Comment | Deed::Undo => Ok(()),
        Deed::Assign(name) => change("UPDATE exceptions SET assignee = ?2, version = version + 1 WHERE rowid = ?1", &[name]),
        Deed::Snooze(Instant(until)) => {
            change("UPDATE exceptions SET snoozed_until = ?2, version = version + 1 WHERE rowid = ?1", &[until])
        }
        Deed::Claim => change("UPDATE exceptions SET state = 'claimed', version = version + 1 WHERE rowid = ?1", &[]),
        Deed::Reopen => change(
            "UPDATE exceptions SET state = 'open', closed_at = NULL, snoozed_until = NULL, version = version + 1 WHERE rowid = ?1",
            &[],
        ),
        Deed::Waive => change(
            "UPDATE exceptions SET state = 'waived', closed_at = ?2, snoozed_until = NULL, version = version + 1 WHERE rowid = ?1",
            &[&doer.now.0],
        ),
        Deed::Restore(Standing { state, assignee, snoozed_until }) => change(
            "UPDATE exceptions SET state = ?2, assignee = ?3, snoozed_until = ?4, closed_at = ?5, version = version + 1 WHERE rowid = ?1",
            &[
                &state.code(),
                assignee,
                &snoozed_until.map(|until| until.0),
                &(*state == ExceptionState::Waived).then_some(doer.now.0),
            ],
        ),
    }
}

fn note(doer: &Doer<'_>, what: &Deed, id: &str, held: &Held, version: i64) -> Note {
    let before = &held.standing;
    let (action, mut detail) = match what {
        Deed::Assign(name) => ("exception.assign", json!({ "assignee": name, "before": before.assignee, "version": version })),
        Deed::Comment | Deed::Undo => ("exception.comment", json!({})),
        Deed::Snooze(until) => ("exception.snooze", json!({ "until": until, "version": version })),
        Deed::Claim => ("exception.claim", json!({ "version": version })),
        Deed::Reopen => ("exception.reopen", json!({ "before": before.state.code(), "version": version })),
        Deed::Waive => ("exception.waive", json!({ "version": version })),
        Deed::Restore(to) => ("exception.undo", json!({ "before": before, "after": to, "version": version })),
    };
    if !matches!(what, Deed::Comment) {
        // What undoing puts back.
        detail["was"] = json!(before);
    }
    if let Some(job) = doer.job {
        detail["bulk"] = job.into();
    }
    Note {
        at: doer.now,
        environment: doer.sight.environment,
        actor: doer.actor.to_owned(),
        action,
        subject: subject(id),
        reason: doer.note.to_owned(),
        detail: detail.to_string(),
    }
}

/// Who made this version of it, and by what. What no person did Waybill did itself: found another cause, or saw it go.
fn faster(connection: &Session, (id, version): (&str, i64), state: ExceptionState) -> Result<Acted, StoreError> {
    let found: Option<(String, String)> = sql::optional(
        connection,
        "SELECT actor, action FROM audit
         WHERE subject = ?1 AND subject <> '' AND CAST(detail ->> 'version' AS BIGINT) = ?2 ORDER BY seq DESC LIMIT 1",
        params![subject(id), version],
    )?;
    Ok(match found {
        Some((by, did)) => Acted::Stale { by, did: Some(did) },
        None => {
            let did = (state == ExceptionState::Verified).then(|| "exception.verify".to_owned());
            Acted::Stale { by: ASSESSMENT.to_owned(), did }
        }
    })
}
