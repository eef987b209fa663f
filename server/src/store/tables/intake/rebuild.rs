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
        sql::{self, Session},
    },
};

/// Folds a subject again if its events are others than they were, or if facts are folded otherwise than when it was.
pub(super) fn bring_up(connection: &Session, subject: &mut Subject, rules: &Rules) -> Result<(), StoreError> {
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
        done => done,
    }
}

/// Replaces the subject's state by the fold of what is effective now. The batch's own events must be written already.
fn refold(connection: &Session, subject: &mut Subject, folding: &Folding) -> Result<(), StoreError> {
    let events: Vec<(i64, String, i64, bool)> = sql::all(
        connection,
        "SELECT seq, body, recorded_at, history FROM events WHERE subject_id = ?1 AND standing = 'effective' ORDER BY seq",
        [&subject.id],
    )?;
    let mut state = match subject.state {
        State::Shipment(_) => State::Shipment(Box::default()),
        State::Order(_) => State::Order(Box::default()),
    };
    for (seq, body, recorded_at, history) in events {
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
