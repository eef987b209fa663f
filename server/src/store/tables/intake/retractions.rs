//! Retractions: whom their rows belong to, and what happens when one is amended away.
//!
//! An event is taken back while any retraction of it counts. The key remembers one of them; the others are found by their rows.

use super::{Arrival, ledger::Ledger, subjects::Subjects};
use crate::store::{
    StoreError,
    sql::{self, Session, params},
};

/// What the row of a retraction belongs to, in place of a shipment or an order: the event that it takes back.
pub(super) fn holder(arrival: &Arrival<'_>) -> String {
    holder_of(arrival.source_id, arrival.event.retracts.as_deref().unwrap_or_default())
}

fn holder_of(source_id: i64, event_id: &str) -> String {
    format!("event:{source_id}:{event_id}")
}

/// The event that the holder of a retraction's row names; none for a shipment or an order.
pub(super) fn target(holder: &str) -> Option<(i64, &str)> {
    let (source_id, event_id) = holder.strip_prefix("event:")?.split_once(':')?;
    Some((source_id.parse().ok()?, event_id))
}

/// Gives events back whose retraction was amended to mean something else, unless another one holds them. The batch's rows and
/// keys must be written already.
pub(super) fn settle(connection: &Session, ledger: &Ledger<'_>, subjects: &mut Subjects) -> Result<(), StoreError> {
    for (source_id, event_id) in &ledger.given_back {
        // On the index of events by subject.
        let (by,): (Option<i64>,) = sql::one(
            connection,
            "SELECT min(seq) FROM events WHERE subject_id = ?1 AND standing = 'effective'",
            [holder_of(*source_id, event_id)],
        )?;
        sql::execute(
            connection,
            "UPDATE event_keys SET retracted_by = ?1 WHERE source_id = ?2 AND event_id = ?3",
            params![by, source_id, event_id],
        )?;
        if by.is_some() {
            continue;
        }
        let given_back: Option<(String,)> = sql::optional(
            connection,
            "UPDATE events SET standing = 'effective'
             WHERE seq = (SELECT event_seq FROM event_keys WHERE source_id = ?1 AND event_id = ?2) AND standing = 'retracted'
             RETURNING subject_id",
            params![source_id, event_id],
        )?;
        if let Some((holder,)) = given_back {
            subjects.rebuild_holder(&holder);
        }
    }
    Ok(())
}
