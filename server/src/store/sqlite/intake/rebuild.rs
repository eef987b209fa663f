//! Folding a subject's facts again from its effective events: after an amendment or a retraction.

use super::{
    rows,
    subjects::{State, Subject},
};
use crate::{
    domain::{event, time::Instant},
    store::{StoreError, sqlite::sql},
};
use rusqlite::Connection;

/// Replaces the subject's state by the fold of what is effective now. The batch's own events must be written already.
pub(super) fn refold(connection: &Connection, subject: &mut Subject) -> Result<(), StoreError> {
    let events: Vec<(i64, String, i64, bool)> = sql::all(
        connection,
        "SELECT seq, body, recorded_at, history FROM events WHERE subject_id = ?1 AND standing = 'effective' ORDER BY seq",
        [&subject.id],
    )?;
    subject.state = match subject.state {
        State::Shipment(_) => State::Shipment(Box::default()),
        State::Order(_) => State::Order(Box::default()),
    };
    for (seq, body, recorded_at, history) in events {
        let event = event::reread(&body).map_err(|refusal| rows::corrupt("events", &seq.to_string(), refusal.reason))?;
        match &mut subject.state {
            State::Shipment(state) => state.apply(&event, Instant(recorded_at), history),
            State::Order(state) => state.apply(&event, Instant(recorded_at)),
        }
    }
    Ok(())
}
