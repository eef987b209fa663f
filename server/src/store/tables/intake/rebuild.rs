//! Folding a subject's facts again from its effective events: after an amendment or a retraction, or when it is configured otherwise
//! what words mean and whose count.

use super::{
    memory::Rules,
    rows,
    subjects::{State, Subject},
};
use crate::{
    domain::{event, folding::Folding, shipment::Hearing, time::Instant},
    store::{
        StoreError,
        archive::Search,
        sql::{self, Session},
        tables::bodies::{self, body},
    },
};

/// Folds a subject again if its events are others than they were, or if facts are folded otherwise than when it was.
pub(super) fn bring_up(connection: &Session, subject: &mut Subject, rules: &Rules, now: Instant) -> Result<(), StoreError> {
    let folded_since = subject.watch.work.folded_since;
    let is_shipment = matches!(subject.state, State::Shipment(_));
    let stale = is_shipment && subject.watch.work.folded_since != rules.folded_since;
    if stale {
        subject.watch.work.folded_since = rules.folded_since;
        subject.changed = true;
    }
    if subject.rebuild {
        return refold(connection, subject, &rules.folding);
    }
    // One that is new was folded by what is in force.
    if !stale || subject.row.is_none() {
        return Ok(());
    }
    subject.rebuild = true;
    match refold(connection, subject, &rules.folding) {
        // It stays as it was, so that the others are not kept waiting.
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(error.message = %error, "a shipment could not be folded anew");
            Ok(())
        }
        // The same, until the archive is there again: it still has to be folded anew.
        Err(error @ StoreError::Archive { .. }) => {
            tracing::error!(error.message = %error, "a shipment could not be folded anew; it is tried again in an hour");
            subject.watch.work.folded_since = folded_since;
            subject.again_at = Some(now.plus(Instant::HOUR));
            Ok(())
        }
        done => done,
    }
}

/// Replaces the subject's state by the fold of what is effective now. The batch's own events must be written already.
fn refold(connection: &Session, subject: &mut Subject, folding: &Folding) -> Result<(), StoreError> {
    let events: Vec<(i64, i64, Option<String>, i64, bool)> = sql::all(
        connection,
        concat!(
            "SELECT e.seq, e.body_month, ",
            body!("e"),
            ", e.recorded_at, e.history FROM events AS e WHERE e.subject_id = ?1 AND e.standing = 'effective' ORDER BY e.seq"
        ),
        [&subject.id],
    )?;
    let mut state = match subject.state {
        State::Shipment(_) => State::Shipment(Box::default()),
        State::Order(_) => State::Order(Box::default()),
    };
    let mut archived = Search::of(&subject.id);
    for (seq, month, body, recorded_at, history) in events {
        let body = body.map_or_else(|| bodies::read_archived(connection, &mut archived, (month, seq)), Ok)?;
        let event = event::reread(&body).map_err(|refusal| rows::corrupt("events", &seq.to_string(), refusal.reason))?;
        let recorded_at = Instant(recorded_at);
        match &mut state {
            State::Shipment(state) => state.apply(&event, &Hearing { recorded_at, history, folding }),
            State::Order(state) => state.apply(&event, recorded_at),
        }
    }
    subject.state = state;
    Ok(())
}
