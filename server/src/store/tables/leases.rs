//! Leases: rows whose time is the database's, changed in a turn of the writers as everything is.

use super::Database;
use crate::{
    domain::time::Instant,
    store::{
        StoreError,
        leases::{Duty, LeaseStore, Tenure},
        sql::{self, Reader, Session, params, query_as},
    },
};
use async_trait::async_trait;
use std::time::Duration;

/// Until somebody else asks: further away than anybody's clock.
const FOR_EVER: i64 = i64::MAX / 4;
/// Clocks that are no further apart are the same to us.
const APART: i64 = Instant::SECOND;

impl Database {
    /// The same database for what is done in a tenure: whatever is written through it is refused once the tenure is over.
    pub fn during(&self, tenure: Tenure) -> Self {
        Self { writer: self.writer.during(tenure), ..self.clone() }
    }
}

/// Refuses whoever writes after their tenure.
pub(super) fn check(session: &Session, Tenure { duty, token }: Tenure) -> Result<(), StoreError> {
    let (holds,): (i64,) =
        sql::one(session, "SELECT count(*) FROM leases WHERE name = ?1 AND token = ?2", params![duty.code(), token])?;
    if holds == 1 {
        return Ok(());
    }
    tracing::info!(duty = duty.code(), token, "a write after its tenure was refused: the duty is another process's");
    Err(StoreError::Superseded)
}

#[async_trait]
impl LeaseStore for Database {
    async fn hold(&self, holder: &str, wanted: &[Duty], term: Duration) -> Result<Vec<Tenure>, StoreError> {
        let embedded = self.is_embedded();
        // Those that somebody else has are left alone, without asking for the turn to write.
        let taken: Vec<(String,)> = if embedded {
            Vec::new()
        } else {
            query_as("SELECT name FROM leases WHERE holder <> $1 AND until > CAST(unixepoch('subsec') * 1000000 AS BIGINT)")
                .bind(holder)
                .fetch_all(&self.read)
                .await?
        };
        let wanted: Vec<Duty> = wanted.iter().copied().filter(|duty| !taken.iter().any(|(name,)| name == duty.code())).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let term = if embedded { FOR_EVER } else { i64::try_from(term.as_micros()).unwrap_or(FOR_EVER) };
        let holder = holder.to_owned();
        let work = self.writer.run_calmly(move |session| {
            let mut held = Vec::new();
            for duty in wanted {
                let token: Option<(i64,)> = sql::optional(
                    session,
                    "INSERT INTO leases (name, holder, token, until)
                     SELECT ?1, ?2, 1, n.now + ?3 FROM (SELECT CAST(unixepoch('subsec') * 1000000 AS BIGINT) AS now) AS n WHERE 1 = 1
                     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
                         token = leases.token + iif(leases.holder = excluded.holder, 0, 1)
                     WHERE leases.holder = excluded.holder OR leases.until <= excluded.until - ?3 OR ?4 = 1
                     RETURNING token",
                    params![duty.code(), holder, term, embedded],
                )?;
                held.extend(token.map(|(token,)| Tenure { duty, token }));
            }
            Ok(held)
        });
        work.await
    }

    async fn give_up(&self, holder: &str) -> Result<(), StoreError> {
        let holder = holder.to_owned();
        let work = self.writer.run_calmly(move |session| {
            // A token of its own for the time without anybody.
            let sql = "UPDATE leases SET holder = '', until = 0, token = token + 1 WHERE holder = ?1";
            sql::execute(session, sql, [&*holder]).map(drop)
        });
        work.await
    }

    fn is_embedded(&self) -> bool {
        matches!(self.read, Reader::Sqlite(_))
    }

    async fn set_clock(&self) -> Result<(), StoreError> {
        if self.is_embedded() {
            return Ok(());
        }
        let clock = self.writer.clock();
        let before = clock.uncorrected();
        let (told,): (i64,) = query_as("SELECT CAST(unixepoch('subsec') * 1000000 AS BIGINT)").fetch_one(&self.read).await?;
        let after = clock.uncorrected();
        let middle = Instant(before.0 + after.since(before) / 2);
        let (apart, corrected) = (Instant(told).since(middle), clock.correction());
        // Nobody knows when between asking and hearing it was that late.
        if (apart - corrected).abs() > APART.max(after.since(before)) {
            let correction = if apart.abs() > APART { apart } else { 0 };
            tracing::warn!(
                clock.apart_seconds = apart / Instant::SECOND,
                "this machine's clock is not the database's, whose time counts"
            );
            clock.correct(correction);
        }
        Ok(())
    }
}
