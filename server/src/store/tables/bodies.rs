//! Reading and writing bodies of events, wherever they are (see [`crate::store::bodies`]): all who do it go through here.

use super::intake::Memory;
use crate::{
    domain::{month::Month, time::Instant},
    store::{
        StoreError,
        archive::Search,
        bodies::{KNOWN_SINCE, dropping, making, part},
        sql::{self, Connection, Session, params, query_as},
    },
};
use std::collections::BTreeMap;

/// The body of an event, in words of a query: `body!("e")` of `events AS e`.
macro_rules! body {
    ($event:literal) => {
        concat!(
            "CASE WHEN ",
            $event,
            ".body_month = 0 THEN ",
            $event,
            ".body ELSE (SELECT b.body FROM event_bodies AS b WHERE b.month = ",
            $event,
            ".body_month AND b.seq = ",
            $event,
            ".seq) END"
        )
    };
}
pub(super) use body;

/// The month under which bodies of now are written, if they are to be kept apart: only where a month can be dropped at once, and where no
/// build is left that looks for them beside their events.
pub(super) fn month_of_new(session: &Session, memory: &mut Memory, now: Instant) -> Result<Option<Month>, StoreError> {
    if !session.has_parts() || memory.served_since(session)? < KNOWN_SINCE {
        return Ok(None);
    }
    let month = Month::of(now);
    if !memory.has_month(month) {
        if !has_part(session, month)? {
            making(month).iter().try_for_each(|sql| sql::execute(session, sql, ()).map(drop))?;
        }
        memory.keep_month(month);
    }
    Ok(Some(month))
}

/// Writes a body under its month.
pub(super) fn write(session: &Session, (month, seq): (Month, i64), body: &str) -> Result<(), StoreError> {
    sql::later(session, "INSERT INTO event_bodies (month, seq, body) VALUES (?1, ?2, ?3)", params![month.number(), seq, body])
}

/// Whether a month has a part of its own.
pub(super) fn has_part(session: &Session, month: Month) -> Result<bool, StoreError> {
    if !session.has_parts() {
        return Ok(false);
    }
    sql::one(session, "SELECT to_regclass(?1) IS NOT NULL", [part(month)]).map(|(there,)| there)
}

/// Drops a month's part.
pub(super) fn drop_part(session: &Session, month: Month) -> Result<(), StoreError> {
    dropping(month).iter().try_for_each(|sql| sql::execute(session, sql, ()).map(drop))
}

/// A body that is neither beside its event nor under its month: the month, and its event.
pub(super) type Away = (i64, i64);

/// Files in which it may be.
const FILES: &str =
    "SELECT a.file FROM archives AS a WHERE a.month = $1 AND a.first_seq <= $2 AND a.last_seq >= $2 ORDER BY a.first_seq, a.file";

/// Reads a body of a shipment from the archives, within a transaction of the writer's.
pub(super) fn read_archived(session: &Session, search: &mut Search<'_>, (month, seq): Away) -> Result<String, StoreError> {
    let files: Vec<(String,)> = sql::all(session, &FILES.replace('$', "?"), params![month, seq])?;
    let files: Vec<String> = files.into_iter().map(|(file,)| file).collect();
    search.find(&files, seq).map(|(body, _)| body)
}

/// Reads bodies of a shipment from the archives: each by its event, with its file.
pub(super) async fn fetch_archived(
    connection: &mut Connection,
    shipment: &str,
    away: Vec<Away>,
) -> Result<BTreeMap<i64, Result<(String, String), StoreError>>, StoreError> {
    let mut wanted = Vec::new();
    for (month, seq) in away {
        let files: Vec<(String,)> = query_as(FILES).bind(month).bind(seq).fetch_all(&mut *connection).await?;
        wanted.push((seq, files.into_iter().map(|(file,)| file).collect::<Vec<_>>()));
    }
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let shipment = shipment.to_owned();
    blocking(move || {
        let mut search = Search::of(&shipment);
        Ok(wanted.into_iter().map(|(seq, files)| (seq, search.find(&files, seq))).collect())
    })
    .await
}

/// An archive's name: what people are told of it.
pub(super) fn name_of(file: &str) -> String {
    file.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The same for one body.
pub(super) async fn fetch_one(connection: &mut Connection, shipment: &str, away: Away) -> Result<String, StoreError> {
    let mut found = fetch_archived(connection, shipment, vec![away]).await?;
    found.remove(&away.1).unwrap_or(Err(StoreError::NotFound)).map(|(body, _)| body)
}

/// Runs what waits for the disk on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(StoreError::Closed))
}
