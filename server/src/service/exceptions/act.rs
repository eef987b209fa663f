//! Doing something with exceptions: who may, what must be said, and what came of it.

use super::super::{period::invalid, text::at_most, when};
use crate::{
    domain::{
        access::{Actor, Permission},
        time::Instant,
    },
    store::{
        exceptions::{Act, Acted, Deed, MOST_AT_ONCE},
        shipments::Sight,
    },
};
use app::{
    error::AppError,
    model::{ExceptionAct, ExceptionActed, ExceptionAction, ExceptionUndo},
};

/// Longest comment or reason, in characters.
const LONGEST_NOTE: usize = 2_000;
const TOO_LONG: &str = "Keep it under 2,000 characters.";
/// Longest sign-in name.
const LONGEST_NAME: usize = 64;
/// Longest snooze: thirty days.
const LONGEST_SNOOZE: u32 = 720;

/// Reads what is asked for, if the actor may do it.
pub fn read(asked: ExceptionAct, actor: &Actor, sight: Sight, now: Instant) -> Result<Act, AppError> {
    allowed(asked.action, actor)?;
    some(&asked.on)?;
    let Said { assignee, hours, note } = said(&asked, actor)?;
    let what = match asked.action {
        ExceptionAction::Assign => Deed::Assign(assignee),
        ExceptionAction::Comment => Deed::Comment,
        ExceptionAction::Snooze => Deed::Snooze(match &asked.until {
            Some(text) => until(text, actor, now)?,
            None => now.plus(i64::from(hours) * Instant::HOUR),
        }),
        ExceptionAction::Claim => Deed::Claim,
        ExceptionAction::Reopen => Deed::Reopen,
        ExceptionAction::Waive => Deed::Waive,
    };
    Ok(Act { sight, actor: actor.name.clone(), what, on: asked.on, note, may_waive: may_waive(actor), now })
}

/// A time to come, no later than the longest snooze lasts; without an offset the actor's own.
pub fn until(text: &str, actor: &Actor, now: Instant) -> Result<Instant, AppError> {
    let time = when::time(text.trim(), actor).map(|time| Instant(time.timestamp_micros()));
    time.filter(|time| *time > now && time.since(now) <= i64::from(LONGEST_SNOOZE) * Instant::HOUR)
        .ok_or_else(|| invalid("until", "Snooze until a time to come, at most 30 days from now, such as 2026-01-31 12:00."))
}

fn may_waive(actor: &Actor) -> bool {
    actor.require(Permission::WaiveHolds).is_ok()
}

/// Reads what is to be taken back: of each the version that came of it.
pub fn undo(asked: ExceptionUndo, actor: &Actor, sight: Sight, now: Instant) -> Result<Act, AppError> {
    actor.require(Permission::WorkExceptions).map_err(|_| AppError::Forbidden)?;
    let ExceptionUndo { on, note } = asked;
    some(&on)?;
    let note = at_most("note", &note, LONGEST_NOTE, TOO_LONG)?;
    Ok(Act { sight, actor: actor.name.clone(), what: Deed::Undo, on, note, may_waive: may_waive(actor), now })
}

/// At least one, and not too many.
fn some(on: &[(String, i64)]) -> Result<(), AppError> {
    match on.len() {
        0 => Err(invalid("on", "Choose at least one exception.")),
        1..=MOST_AT_ONCE => Ok(()),
        _ => Err(invalid("on", "At most 500 exceptions at a time.")),
    }
}

/// Passes if the actor may do this with an exception.
pub fn allowed(action: ExceptionAction, actor: &Actor) -> Result<(), AppError> {
    let needed = match action {
        ExceptionAction::Waive => Permission::WaiveHolds,
        _ => Permission::WorkExceptions,
    };
    actor.require(needed).map_err(|_| AppError::Forbidden)
}

/// What a person said to an action.
pub struct Said {
    /// Whom it is given to; empty for nobody.
    pub assignee: String,
    /// For how long.
    pub hours: u32,
    /// The comment or the reason.
    pub note: String,
}

/// What is said to an action, if it is enough for it.
pub fn said(asked: &ExceptionAct, actor: &Actor) -> Result<Said, AppError> {
    let note = at_most("note", &asked.note, LONGEST_NOTE, TOO_LONG)?;
    match asked.action {
        ExceptionAction::Comment if note.is_empty() => return Err(invalid("note", "Write the comment.")),
        ExceptionAction::Claim if note.is_empty() => return Err(invalid("note", "Say how it was solved.")),
        ExceptionAction::Waive if note.is_empty() => return Err(invalid("note", "Say why; it stands in the audit trail.")),
        ExceptionAction::Snooze if asked.until.is_some() && asked.hours != 0 => {
            return Err(invalid("until", "Give either hours or until."));
        }
        ExceptionAction::Snooze if asked.until.is_none() && !(1..=LONGEST_SNOOZE).contains(&asked.hours) => {
            return Err(invalid("hours", "Snooze for 1 to 720 hours."));
        }
        _ => {}
    }
    let assignee = match asked.action {
        ExceptionAction::Assign => assignee(&asked.assignee, actor)?,
        _ => String::new(),
    };
    Ok(Said { assignee, hours: asked.hours, note })
}

fn assignee(name: &str, actor: &Actor) -> Result<String, AppError> {
    match name.trim() {
        "me" => Ok(sign_in_name(actor).to_owned()),
        name if name.len() > LONGEST_NAME || name.chars().any(char::is_control) => {
            Err(invalid("assignee", "This is no sign-in name."))
        }
        name => Ok(name.to_owned()),
    }
}

/// The name that a person signs in with.
pub fn sign_in_name(actor: &Actor) -> &str {
    actor.name.strip_prefix("user:").unwrap_or(&actor.name)
}

/// What came of each.
pub fn outcome((id, acted): (String, Acted)) -> ExceptionActed {
    let version = match acted {
        Acted::Done(version) => Some(version),
        _ => None,
    };
    let problem = match acted {
        Acted::Done(_) => None,
        Acted::NotAllowed => Some("Only who may waive can do this.".to_owned()),
        Acted::NotTheirs => Some("Who it would go to does not see it: it is in another region or business unit.".to_owned()),
        Acted::NoUndo => Some("What was done last is nothing that can be taken back.".to_owned()),
        Acted::NotFound => Some("It is not there.".to_owned()),
        Acted::Stale { by, did } => {
            let by = by.strip_prefix("user:").unwrap_or(if by.starts_with("system:") { "Waybill" } else { &by });
            Some(format!("{by} {} meanwhile: look at it again.", meanwhile(did.as_deref())))
        }
        Acted::Impossible(state) => Some(format!("Not possible: it is now “{}”.", state.label())),
    };
    ExceptionActed { id, version, problem }
}

/// What somebody who was faster did.
fn meanwhile(did: Option<&str>) -> &'static str {
    match did {
        Some("exception.verify") => "saw its cause go away",
        Some("exception.reopen") => "opened it again",
        Some("exception.assign") => "assigned it",
        Some("exception.snooze") => "snoozed it",
        Some("exception.claim") => "called it solved",
        Some("exception.waive") => "waived it",
        Some("exception.undo") => "put it back as it was",
        _ => "changed it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Environment, Grants, Role, Scope};

    fn actor(role: Role) -> Actor {
        let environment = Environment::Live;
        Actor { name: "user:amira".into(), grants: Grants::Role(role), scope: Scope::ALL, environment, time_zone: "UTC".into() }
    }

    fn asked(action: ExceptionAction) -> ExceptionAct {
        ExceptionAct { action, on: vec![("x".into(), 1)], assignee: "me".into(), hours: 4, until: None, note: " because ".into() }
    }

    fn reading(asked: ExceptionAct, role: Role) -> Result<Act, AppError> {
        let sight = Sight { environment: Environment::Live, scope: Scope::ALL };
        read(asked, &actor(role), sight, Instant(0))
    }

    #[test]
    fn only_a_lead_waives_and_only_workers_work() {
        for action in ExceptionAction::ALL {
            let waive = action == ExceptionAction::Waive;
            assert!(reading(asked(action), Role::FinanceLead).is_ok());
            assert_eq!(reading(asked(action), Role::Finance).is_ok(), !waive);
            for reader in [Role::Viewer, Role::Executive] {
                assert_eq!(reading(asked(action), reader), Err(AppError::Forbidden));
            }
        }
    }

    #[test]
    fn what_must_be_said_is_asked_for() {
        let field = |asked: ExceptionAct| match reading(asked, Role::Admin) {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        for action in [ExceptionAction::Comment, ExceptionAction::Claim, ExceptionAction::Waive] {
            assert_eq!(field(ExceptionAct { note: "  ".into(), ..asked(action) }), "note");
        }
        for hours in [0, 721] {
            assert_eq!(field(ExceptionAct { hours, ..asked(ExceptionAction::Snooze) }), "hours");
        }
        assert_eq!(field(ExceptionAct { on: vec![], ..asked(ExceptionAction::Reopen) }), "on");
        assert_eq!(field(ExceptionAct { on: vec![("x".into(), 1); 501], ..asked(ExceptionAction::Reopen) }), "on");
        assert_eq!(field(ExceptionAct { assignee: "a\nb".into(), ..asked(ExceptionAction::Assign) }), "assignee");
    }

    #[test]
    fn me_is_the_actor_and_a_snooze_ends() {
        let act = reading(asked(ExceptionAction::Assign), Role::Finance).expect("may");
        assert_eq!((act.what, act.note.as_str()), (Deed::Assign("amira".into()), "because"));
        let act = reading(asked(ExceptionAction::Snooze), Role::Finance).expect("may");
        assert_eq!(act.what, Deed::Snooze(Instant(4 * Instant::HOUR)));
        let until = |text: &str, hours| {
            let asked = ExceptionAct { hours, until: Some(text.into()), ..asked(ExceptionAction::Snooze) };
            reading(asked, Role::Finance).map(|act| act.what).map_err(|_| "refused")
        };
        assert_eq!(until("1970-01-02T01:00:00+01:00", 0), Ok(Deed::Snooze(Instant(Instant::DAY))));
        assert_eq!(until("1970-01-31T00:00:00Z", 0), Ok(Deed::Snooze(Instant(30 * Instant::DAY))));
        // As a browser's field has it, in the person's own zone; an hour that its clocks skip is none.
        let at =
            |text: &str| super::until(text, &Actor { time_zone: "Europe/Zurich".into(), ..actor(Role::Finance) }, Instant(0));
        assert_eq!(at("1970-01-02T01:00"), Ok(Instant(Instant::DAY)));
        assert_eq!(at("1970-01-02 01:30"), Ok(Instant(Instant::DAY + Instant::HOUR / 2)));
        for (text, hours) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-31T00:00:01Z", 0),
            ("1970-01-02", 0),
            ("tomorrow", 0),
            ("1970-01-02T00:00:00Z", 4),
        ] {
            assert_eq!(until(text, hours), Err("refused"), "{text} {hours}");
        }
    }
}
