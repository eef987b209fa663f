//! Failed sign-ins.

use super::Database;
use crate::{
    domain::{
        receipt::Lane,
        time::Instant,
        tries::{Bounds, Tries, Whom},
    },
    store::{
        StoreError,
        accounts::TriesStore,
        sql::{self, Session, params, query_as},
    },
};
use async_trait::async_trait;
use std::time::Duration;

/// Rows that are taken away beside each new one.
const FORGOTTEN: i64 = 20;

fn names(whom: &Whom) -> (&'static str, &str) {
    match whom {
        Whom::Name(name) => ("name", name),
        Whom::Address(address) => ("address", address),
    }
}

type Row = (u32, i64, i64);

fn tries((failures, last, until): Row) -> Tries {
    Tries { failures, last: Instant(last), until: Instant(until) }
}

fn held(session: &Session, whom: &Whom) -> Result<Option<Tries>, StoreError> {
    let (kind, who) = names(whom);
    let row: Option<Row> = sql::optional(
        session,
        "SELECT failures, last, until FROM sign_in_tries WHERE kind = ?1 AND who = ?2",
        params![kind, who],
    )?;
    Ok(row.map(tries))
}

fn put(session: &Session, whom: &Whom, Tries { failures, last, until }: Tries) -> Result<(), StoreError> {
    let (kind, who) = names(whom);
    sql::execute(
        session,
        "INSERT INTO sign_in_tries (kind, who, failures, last, until) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (kind, who) DO UPDATE SET failures = excluded.failures, last = excluded.last, until = excluded.until",
        params![kind, who, failures, last.0, until.0],
    )
    .map(drop)
}

#[async_trait]
impl TriesStore for Database {
    async fn tries(&self, whom: &Whom) -> Result<Option<Tries>, StoreError> {
        let (kind, who) = names(whom);
        let row: Option<Row> = query_as("SELECT failures, last, until FROM sign_in_tries WHERE kind = $1 AND who = $2")
            .bind(kind)
            .bind(who)
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(tries))
    }

    async fn admit_try(&self, whom: Whom, bounds: Bounds, now: Instant) -> Result<Result<(), Duration>, StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |session| {
            let tries = held(session, &whom)?.unwrap_or(Tries::none(now));
            match tries.admit(now, bounds) {
                Ok(tries) => put(session, &whom, tries)?,
                Err(wait) => return Ok(Err(wait)),
            }
            // Who invents names makes rows: those that hold nothing against anybody any more go.
            sql::execute(
                session,
                "DELETE FROM sign_in_tries WHERE (kind, who) IN (SELECT t.kind, t.who FROM sign_in_tries AS t
                 INDEXED BY sign_in_tries_last WHERE t.last < ?1 ORDER BY t.last LIMIT ?2)",
                params![now.0.saturating_sub(bounds.longest.saturating_mul(2)), FORGOTTEN],
            )?;
            Ok(Ok(()))
        });
        work.await
    }

    async fn forget_tries(&self, whom: Whom) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |session| {
            let (kind, who) = names(&whom);
            let sql = "DELETE FROM sign_in_tries WHERE kind = ?1 AND who = ?2";
            sql::execute(session, sql, params![kind, who]).map(drop)
        });
        work.await
    }

    async fn forgive_try(&self, whom: Whom, bounds: Bounds) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |session| match held(session, &whom)? {
            Some(tries) => put(session, &whom, tries.forgive_one(bounds.allowed)),
            None => Ok(()),
        });
        work.await
    }
}
