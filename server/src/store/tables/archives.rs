//! Moving bodies of work that is over out of the database, in an order in which they are never nowhere: written into a file that is on
//! the disk; the file made known; then taken out, a few at a time. Whoever is killed anywhere leaves them in both places at most.

use super::{
    Database,
    bodies::{self, blocking, body},
};
use crate::{
    domain::{month::Month, time::Instant},
    ids,
    store::{
        StoreError,
        archive::{ArchiveStore, Archived, Retention, Search, Step, file},
        bodies::MARK,
        sql::{self, FromRow, QueryBuilder, Row, Session, params, query_as},
    },
};
use async_trait::async_trait;
use std::{collections::BTreeMap, path::PathBuf};

/// Whether a shipment `AS s` is nobody's work: nothing is wrong, held, awaited, unbilled or unposted, and no time is set to look again.
macro_rules! is_over {
    () => {
        "s.next_at IS NULL AND s.holds = 0 AND s.awaiting_pod = 0 AND s.awaiting_arrival = 0 AND s.unbilled = 0
         AND s.posting_refused = 0 AND (s.history = 1 OR s.stage = 'posted' OR s.stage = 'cancelled')
         AND NOT EXISTS (SELECT 1 FROM exceptions AS x WHERE x.environment = s.environment AND x.shipment_id = s.id
                         AND x.state IN ('open', 'claimed'))"
    };
}

/// Events that are looked at with one question.
const WINDOW: i64 = 5_000;
/// Bodies that are read with one question.
const READ: usize = 500;
/// Bodies that are taken out in one transaction.
const STEP: usize = 200;

/// A month's part is dropped when what is left of it is at most this part of what is archived.
const LEFT: i64 = 2;

const COLUMNS: &str = "file, month, first_seq, last_seq, events, bytes, sha256";

impl FromRow for Archived {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            file: PathBuf::from(row.text("file")?),
            month: Month::from_number(row.try_get("month")?),
            first_seq: row.try_get("first_seq")?,
            last_seq: row.try_get("last_seq")?,
            events: row.try_get::<i64>("events")?.unsigned_abs(),
            bytes: row.try_get::<i64>("bytes")?.unsigned_abs(),
            sha256: row.try_get("sha256")?,
        })
    }
}

/// Bodies of a month, by shipment.
type Chosen = BTreeMap<String, file::Bodies>;

#[async_trait]
impl ArchiveStore for Database {
    async fn archive(&self, terms: &Retention, after: i64) -> Result<Step, StoreError> {
        if let Some(begun) = self.begun().await? {
            let taken = self.take_out(&begun).await;
            if let Err(StoreError::Archive { .. }) = &taken {
                // Whoever comes next makes another one, from the first event on.
                self.give_up(begun).await?;
            }
            return taken.map(|()| Step::More(after));
        }
        if after == 0 {
            let folder = terms.folder.clone();
            for file in blocking(move || file::clear(&folder)).await? {
                tracing::info!(file = %file.display(), "a file that a pass of before had begun was removed");
            }
        }
        let last = Month::of(self.writer.now()).before(terms.months.saturating_add(1));
        let (chosen, month, looked) = self.choose(terms, (after, last)).await?;
        let Some(month) = month else {
            self.drop_months(last).await?;
            return Ok(Step::Done);
        };
        if chosen.is_empty() {
            return Ok(Step::More(looked));
        }
        let folder = terms.folder.clone();
        let written = blocking(move || file::write(&folder, (month, &ids::fresh()), &chosen)).await?;
        self.make_known(written).await?;
        Ok(Step::More(looked))
    }

    async fn archives(&self) -> Result<Vec<Archived>, StoreError> {
        Ok(query_as(format!("SELECT {COLUMNS} FROM archives ORDER BY month, first_seq, file")).fetch_all(&self.read).await?)
    }
}

impl Database {
    /// A file that is known, and of which something may still be in the database.
    async fn begun(&self) -> Result<Option<Archived>, StoreError> {
        Ok(query_as(format!("SELECT {COLUMNS} FROM archives WHERE taken_out = 0 LIMIT 1")).fetch_optional(&self.read).await?)
    }

    /// Bodies for the next file, of which month, and the last event that was looked at. No month: there is no event to look at.
    pub(super) async fn choose(
        &self,
        terms: &Retention,
        (mut after, last): (i64, Month),
    ) -> Result<(Chosen, Option<Month>, i64), StoreError> {
        type Event = (i64, i64, Option<String>, Option<i64>);
        let (mut chosen, mut month, mut bytes) = (BTreeMap::new(), None, 0);
        'windows: while chosen.len() < terms.at_once as usize && bytes < terms.bytes {
            // The window's events, whether they are chosen or not: where it ends, and whether a month does, follows from them. How long their bodies
            // are is asked first: a window of large ones would be too much at once.
            let window: Vec<Event> = query_as(concat!(
                "SELECT e.seq, e.known_at, s.id, CASE WHEN s.id IS NULL THEN NULL ELSE octet_length(",
                body!("e"),
                ") END FROM (SELECT * FROM events WHERE seq > $1 ORDER BY seq LIMIT $2) AS e
                 LEFT JOIN shipments AS s ON s.id = e.subject_id AND ",
                is_over!(),
                " ORDER BY e.seq"
            ))
            .bind(after)
            .bind(WINDOW.min(i64::from(terms.at_once)))
            .fetch_all(&self.read)
            .await?;
            if window.is_empty() {
                break;
            }
            for (seq, known_at, shipment, length) in window {
                let of = Month::of(Instant(known_at));
                // Commit times do not run backwards: what follows is younger. What is too much is looked at next time.
                if of > last || month.is_some_and(|month| month != of) || bytes >= terms.bytes {
                    break 'windows;
                }
                (month, after) = (Some(of), seq);
                // None: it is in an archive already.
                if let (Some(shipment), Some(length)) = (shipment, length) {
                    bytes += usize::try_from(length).unwrap_or_default();
                    chosen.insert(seq, shipment);
                }
            }
        }
        Ok((self.bodies_of(&chosen).await?, month, after))
    }

    /// The bodies of these events, by their shipments.
    async fn bodies_of(&self, chosen: &BTreeMap<i64, String>) -> Result<Chosen, StoreError> {
        let (mut bodies, seqs) = (Chosen::new(), chosen.keys().copied().collect::<Vec<_>>());
        for some in seqs.chunks(READ) {
            let mut sql = QueryBuilder::new(concat!("SELECT e.seq, ", body!("e"), " FROM events AS e WHERE e.seq IN ("));
            let mut list = sql.separated(", ");
            for seq in some {
                list.push_bind(*seq);
            }
            sql.push(")");
            let found: Vec<(i64, Option<String>)> = sql.build_query_as().fetch_all(&self.read).await?;
            for (seq, body) in found {
                if let (Some(body), Some(shipment)) = (body, chosen.get(&seq)) {
                    bodies.entry(shipment.clone()).or_default().insert(seq, body);
                }
            }
        }
        Ok(bodies)
    }

    /// From here on the file is looked into.
    pub(super) async fn make_known(&self, written: Archived) -> Result<(), StoreError> {
        let now = self.writer.now();
        let work = self.writer.run_step(move |session, _| {
            let file = written.file.to_str().ok_or_else(|| StoreError::Archive {
                file: written.file.display().to_string(),
                cause: "its name is no text".into(),
            })?;
            let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            sql::execute(
                session,
                "INSERT INTO archives (file, month, first_seq, last_seq, events, bytes, sha256, written_at, taken_out)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
                params![
                    file,
                    written.month.number(),
                    written.first_seq,
                    written.last_seq,
                    number(written.events),
                    number(written.bytes),
                    written.sha256,
                    now.0
                ],
            )?;
            sql::execute(session, MARK, ()).map(drop)
        });
        work.await.map(drop)
    }

    /// Takes out what a file holds of shipments that are still over. The file is read again: what is taken out can be read.
    async fn take_out(&self, archived: &Archived) -> Result<(), StoreError> {
        let (archived, path) = (archived.clone(), archived.file.clone());
        let held = blocking(move || {
            let mut held = Vec::new();
            file::verify(&archived)?;
            file::read_all(&archived.file, |shipment, bodies| {
                held.extend(bodies.into_keys().map(|seq| (shipment.clone(), seq)))
            })?;
            Ok((held, archived.month))
        });
        let (held, month) = held.await?;
        for some in held.chunks(STEP) {
            let some = some.to_vec();
            self.writer.run_step(move |session, _| take_out(session, month, &some)).await?;
        }
        let done = self.writer.run_step(move |session, _| {
            let file = path.to_str().unwrap_or_default();
            sql::execute(session, "UPDATE archives SET taken_out = 1 WHERE file = ?1", [file]).map(drop)
        });
        done.await.map(drop)
    }
}

/// Takes bodies out, within a transaction of the writer's: nobody can begin to work on a shipment meanwhile.
pub(super) fn take_out(session: &Session, month: Month, held: &[(String, i64)]) -> Result<(), StoreError> {
    let mut over = Vec::new();
    let sql = concat!("SELECT s.id FROM shipments AS s WHERE s.id = ?1 AND ", is_over!());
    sql::ask_each(session, sql, held.iter().map(|(shipment, _)| [shipment]), |at, (_,): (String,)| {
        over.push(held[at].1);
        Ok(())
    })?;
    for seq in over {
        let of = params![month.number(), seq];
        sql::later(session, "DELETE FROM event_bodies WHERE month = ?1 AND seq = ?2", of)?;
        sql::later(session, "UPDATE events SET body = '', body_month = ?1 WHERE seq = ?2 AND body_month = 0", of)?;
    }
    sql::settle(session)
}

impl Database {
    /// Has nothing more taken out that is in a file which cannot be read. It is forgotten, so that all of it goes into another one; unless it has
    /// what is nowhere else any more: then it stays in the list, as missing.
    async fn give_up(&self, lost: Archived) -> Result<(), StoreError> {
        let away: Vec<(i64, Option<String>)> = query_as(concat!(
            "SELECT e.seq, e.subject_id FROM events AS e WHERE e.seq >= $1 AND e.seq <= $2 AND e.body_month = $3 AND (",
            body!("e"),
            ") IS NULL ORDER BY e.seq"
        ))
        .bind(lost.first_seq)
        .bind(lost.last_seq)
        .bind(lost.month.number())
        .fetch_all(&self.read)
        .await?;
        let others: Vec<String> = self
            .archives()
            .await?
            .into_iter()
            .filter(|other| other.file != lost.file)
            .map(|other| other.file.display().to_string())
            .collect();
        let elsewhere = blocking(move || {
            let found = |(seq, shipment): &(i64, Option<String>)| {
                Search::of(shipment.as_deref().unwrap_or_default()).find(&others, *seq).is_ok()
            };
            Ok(away.iter().all(found))
        });
        let sql = if elsewhere.await? {
            "DELETE FROM archives WHERE file = ?1 AND taken_out = 0"
        } else {
            "UPDATE archives SET taken_out = 1 WHERE file = ?1"
        };
        let path = lost.file.display().to_string();
        self.writer.run_step(move |session, _| sql::execute(session, sql, [path]).map(drop)).await.map(drop)
    }

    /// Drops the parts of archived months in which little is left: that is put back beside its events, where it costs no part.
    async fn drop_months(&self, last: Month) -> Result<(), StoreError> {
        let months: Vec<(i64, i64, i64)> = query_as(
            "SELECT m.month, m.events, (SELECT count(*) FROM event_bodies AS b WHERE b.month = m.month)
             FROM (SELECT a.month AS month, CAST(sum(a.events) AS BIGINT) AS events FROM archives AS a WHERE a.month <= $1 GROUP BY a.month) AS m
             ORDER BY m.month",
        )
        .bind(last.number())
        .fetch_all(&self.read)
        .await?;
        for (month, archived, left) in months {
            if left > archived / LEFT {
                continue;
            }
            let month = Month::from_number(month);
            while self.writer.run_step(move |session, _| put_back(session, month)).await?.0 {}
        }
        Ok(())
    }
}

/// Puts some of what is left of a month back; of one of which nothing is left, drops the part. Whether there is more to do.
fn put_back(session: &Session, month: Month) -> Result<bool, StoreError> {
    if !bodies::has_part(session, month)? {
        return Ok(false);
    }
    let left: Vec<(i64,)> = sql::all(
        session,
        "SELECT seq FROM event_bodies WHERE month = ?1 ORDER BY seq LIMIT ?2",
        params![month.number(), u32::try_from(STEP).unwrap_or(u32::MAX)],
    )?;
    if left.is_empty() {
        bodies::drop_part(session, month)?;
        tracing::info!(%month, "the part of a month was dropped: its bodies are archived");
        return Ok(false);
    }
    for (seq,) in &left {
        sql::later(
            session,
            "UPDATE events SET body = (SELECT b.body FROM event_bodies AS b WHERE b.month = ?1 AND b.seq = ?2), body_month = 0
             WHERE seq = ?2 AND body_month = ?1",
            params![month.number(), seq],
        )?;
    }
    // Before any of them is deleted.
    sql::settle(session)?;
    for (seq,) in &left {
        sql::later(session, "DELETE FROM event_bodies WHERE month = ?1 AND seq = ?2", params![month.number(), seq])?;
    }
    sql::settle(session)?;
    Ok(true)
}
