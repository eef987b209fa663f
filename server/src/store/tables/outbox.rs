//! Notices for others: written in the commit that they are of, taken away when a broker has them.

use super::{Database, exceptions, intake::rows::corrupt};
use crate::{
    domain::{
        access::Environment,
        outward::{Amount, Exception, NoticeKind, rfc3339},
        receipt::Lane,
        time::Instant,
    },
    ids,
    store::{
        StoreError,
        leases::Tenure,
        outbox::{Notice, OutboxStore},
        sql::{self, Session, params, query_as},
    },
};
use async_trait::async_trait;
use tokio::sync::watch;

/// What is written of a notice.
pub(super) struct New<'n> {
    pub environment: &'n str,
    pub kind: NoticeKind,
    pub subject: &'n str,
    pub now: Instant,
    pub data: String,
}

/// Writes notices, in this order.
pub(super) fn write(connection: &Session, notices: &[New<'_>]) -> Result<(), StoreError> {
    const INSERT: &str =
        "INSERT INTO outbox (id, environment, type, subject, known_at, data, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut places = sql::draw(connection, "outbox", "seq", notices.len())?;
    for New { environment, kind, subject, now, data } in notices {
        places.insert(connection, INSERT, params![ids::fresh(), environment, kind.name(), subject, now.0, data])?;
    }
    Ok(())
}

/// Tells of an exception as it stands, if others are told of its world.
pub(super) fn exception(connection: &Session, id: &str, kind: NoticeKind, now: Instant) -> Result<(), StoreError> {
    type Row = (String, String, String, String, String, String, i64, i64, Option<i64>, String, Option<String>);
    let found: Option<Row> = sql::optional(
        connection,
        "SELECT e.environment, e.subject, e.kind, e.detail, e.state, e.queue, e.since, e.due_at, e.money_minor, e.currency, e.shipment_id
         FROM exceptions AS e JOIN outlets AS o ON o.environment = e.environment WHERE e.id = ?1",
        [id],
    )?;
    let Some((environment, subject, what, detail, state, queue, since, due, minor, currency, shipment)) = found else {
        return Ok(());
    };
    let money = exceptions::money(minor, &currency).map_err(|cause| corrupt("exceptions", id, cause))?;
    let told = Exception {
        exception: id.to_owned(),
        kind: what,
        detail,
        state,
        queue,
        since: rfc3339(Instant(since)),
        due: rfc3339(Instant(due)),
        money: money.map(Amount::from),
        shipment: shipment.is_some(),
    };
    let data = super::intake::rows::json(&told);
    write(connection, &[New { environment: &environment, kind, subject: &subject, now, data }])
}

/// The same for all exceptions that are no shipment's and stand under this name, when they close.
pub(super) fn closing(connection: &Session, environment: &str, subject: &str) -> Result<Vec<String>, StoreError> {
    let found: Vec<(String,)> = sql::all(
        connection,
        "SELECT e.id FROM exceptions AS e JOIN outlets AS o ON o.environment = e.environment
         WHERE e.environment = ?1 AND e.subject = ?2 AND e.shipment_id IS NULL AND e.state IN ('open', 'claimed')",
        [environment, subject],
    )?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

#[async_trait]
impl OutboxStore for Database {
    async fn open_outlet(&self, environment: Environment) -> Result<(), StoreError> {
        let now = self.writer.now();
        let work = self.writer.run_remembering(Lane::Single, move |connection, memory| {
            let sql = "INSERT INTO outlets (environment, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            sql::execute(connection, sql, params![environment.code(), now.0])?;
            memory.forget_rules();
            Ok(())
        });
        work.await
    }

    async fn close_outlet(&self, environment: Environment) -> Result<u64, StoreError> {
        let work = self.writer.run_remembering(Lane::Single, move |connection, memory| {
            sql::execute(connection, "DELETE FROM outlets WHERE environment = ?1", [environment.code()])?;
            memory.forget_rules();
            sql::execute(connection, "DELETE FROM outbox WHERE environment = ?1", [environment.code()])
        });
        Ok(work.await? as u64)
    }

    async fn waiting(&self, environment: Environment, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let rows: Vec<(i64, String, String, String, i64, String)> =
            query_as("SELECT seq, id, type, subject, known_at, data FROM outbox WHERE environment = $1 ORDER BY seq LIMIT $2")
                .bind(environment.code())
                .bind(limit)
                .fetch_all(&self.read)
                .await?;
        rows.into_iter()
            .map(|(seq, id, kind, subject, known_at, data)| {
                let kind = NoticeKind::from_name(&kind).ok_or_else(|| corrupt("outbox", &id, kind))?;
                Ok(Notice { seq, id, environment, kind, subject, known_at: Instant(known_at), data })
            })
            .collect()
    }

    async fn backlog(&self, environment: Environment) -> Result<(u64, Option<Instant>), StoreError> {
        let (n, since): (i64, Option<i64>) = query_as("SELECT count(*), min(known_at) FROM outbox WHERE environment = $1")
            .bind(environment.code())
            .fetch_one(&self.read)
            .await?;
        Ok((n.unsigned_abs(), since.map(Instant)))
    }

    async fn told(&self, environment: Environment, seq: i64) -> Result<(), StoreError> {
        let work = self.writer.run_calmly(move |connection| {
            let sql = "DELETE FROM outbox WHERE environment = ?1 AND seq <= ?2";
            sql::execute(connection, sql, params![environment.code(), seq])
        });
        work.await.map(drop)
    }

    async fn still_tells(&self) -> Result<(), StoreError> {
        let Some(Tenure { duty, token }) = self.writer.tenure() else { return Ok(()) };
        let (holds,): (i64,) = query_as("SELECT count(*) FROM leases WHERE name = $1 AND token = $2")
            .bind(duty.code())
            .bind(token)
            .fetch_one(&self.read)
            .await?;
        if holds == 1 { Ok(()) } else { Err(StoreError::Superseded) }
    }

    fn hint(&self) -> watch::Receiver<u64> {
        self.writer.hint()
    }
}
