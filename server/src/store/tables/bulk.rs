//! Work on many exceptions at once, in SQLite.

use super::{
    Database,
    exceptions::{money, unreadable},
    intake::{self, rows::corrupt},
};
use crate::{
    domain::{access::Scope, exception::ExceptionKind, money::Money, time::Instant},
    store::{
        StoreError,
        audit::Note,
        bulk::{BulkAction, BulkItemRecord, BulkItems, BulkRecord, BulkState, BulkStore, Move, NewBulk, Stepped, Task, covers},
        exceptions::{Acted, ExceptionState},
        feed::Topic,
        shipments::Sight,
        sql::{Connection, FromRow, QueryBuilder, Row, Session, Whole, query_as},
    },
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::Duration;

mod forget;
mod moves;
mod prepare;
mod step;

/// What a job may do, as it is stored: its scope, and whether it may waive.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default, rename = "r")]
    regions: Option<Vec<String>>,
    #[serde(default, rename = "u")]
    business_units: Option<Vec<String>>,
    #[serde(default, rename = "w")]
    may_waive: bool,
}

fn write_scope(scope: &Scope, may_waive: bool) -> String {
    let Scope { regions, business_units } = scope.clone();
    intake::rows::json(&Stored { regions, business_units, may_waive })
}

fn read_scope(id: &str, json: &str) -> Result<(Scope, bool), StoreError> {
    let stored: Stored = serde_json::from_str(json).map_err(|cause| corrupt("bulk_jobs", id, cause))?;
    Ok((Scope { regions: stored.regions, business_units: stored.business_units }, stored.may_waive))
}

/// In place of the state in which something is not possible: whoever started the job may not waive.
const NOT_ALLOWED: &str = "not_allowed";
/// Likewise: who it would go to does not see it.
const NOT_THEIRS: &str = "not_theirs";

/// A job with the scope that it was prepared or started in.
struct Job {
    number: i64,
    scope: String,
    record: BulkRecord,
}

/// Looks for jobs that another process started come no more often than this.
const CALM: Duration = Duration::from_millis(200);

/// Everything of a job, and of the jobs that it undoes and is undone by.
const JOB: &str = "SELECT j.*, (SELECT id FROM bulk_jobs AS o WHERE o.number = j.undoes) AS undoes_id,
        (SELECT id FROM bulk_jobs AS u WHERE u.undoes = j.number ORDER BY u.number DESC LIMIT 1) AS undone_by
    FROM bulk_jobs AS j ";

impl FromRow for Job {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        let count = |column| Ok::<_, sqlx::Error>(row.try_get::<i64>(column)?.unsigned_abs());
        let perhaps = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(Instant));
        let sums: Vec<(String, i64)> = serde_json::from_str(row.text("money")?).map_err(|_| unreadable("money"))?;
        let sums = sums.iter().map(|(currency, minor)| money(Some(*minor), currency));
        Ok(Self {
            number: row.try_get("number")?,
            scope: row.try_get("scope")?,
            record: BulkRecord {
                id: row.try_get("id")?,
                actor: row.try_get("actor")?,
                starter: row.try_get("starter")?,
                task: Task {
                    action: BulkAction::from_code(row.text("action")?).ok_or_else(|| unreadable("action"))?,
                    assignee: row.try_get("assignee")?,
                    hours: row.try_get("hours")?,
                    note: row.try_get("note")?,
                },
                until: perhaps("until")?,
                list: row.try_get("chosen")?,
                undoes: row.try_get("undoes_id")?,
                undone_by: row.try_get("undone_by")?,
                state: BulkState::from_code(row.text("state")?).ok_or_else(|| unreadable("state"))?,
                problem: row.try_get("problem")?,
                waives: row.try_get("waives")?,
                undo_waives: row.try_get("from_waived")?,
                items: count("items")?,
                possible: count("possible")?,
                shipments: count("shipments")?,
                money: sums.collect::<Result<Vec<Option<Money>>, _>>()?.into_iter().flatten().collect(),
                done: count("done")?,
                refused: count("refused")?,
                prepared_at: Instant(row.try_get("prepared_at")?),
                started_at: perhaps("started_at")?,
                ended_at: perhaps("ended_at")?,
            },
        })
    }
}

/// A job in sight.
async fn job(connection: &mut Connection, sight: &Sight, id: &str) -> Result<Job, StoreError> {
    let mut sql = QueryBuilder::new(JOB);
    sql.push("WHERE j.id = ").push_bind(id.to_owned()).push(" AND j.state <> 'preparing' AND j.environment = ");
    sql.push_bind(sight.environment.code());
    let job: Job = sql.build_query_as().fetch_optional(connection).await?.ok_or(StoreError::NotFound)?;
    if covers(&sight.scope, &read_scope(id, &job.scope)?.0) { Ok(job) } else { Err(StoreError::NotFound) }
}

/// A line about a job.
fn note(sight: &Sight, actor: &str, now: Instant, action: &'static str, (id, reason, detail): (&str, &str, String)) -> Note {
    Note {
        at: now,
        environment: sight.environment,
        actor: actor.to_owned(),
        action,
        subject: format!("bulk:{id}"),
        reason: reason.to_owned(),
        detail,
    }
}

#[async_trait]
impl BulkStore for Database {
    async fn prepare_bulk(&self, new: NewBulk) -> Result<BulkRecord, StoreError> {
        let id = prepare::job(self, &new).await?;
        self.bulk_job(&new.sight, &id).await
    }

    async fn bulk_job(&self, sight: &Sight, id: &str) -> Result<BulkRecord, StoreError> {
        Ok(job(&mut self.read.acquire().await?, sight, id).await?.record)
    }

    async fn bulk_jobs(&self, sight: &Sight, limit: u32) -> Result<Vec<BulkRecord>, StoreError> {
        let mut sql = QueryBuilder::new(JOB);
        sql.push("WHERE j.state <> 'preparing' AND j.environment = ").push_bind(sight.environment.code());
        sql.push(" ORDER BY j.number DESC LIMIT ").push_bind(limit);
        let jobs: Vec<Job> = sql.build_query_as().fetch_all(&self.read).await?;
        let mut seen = Vec::new();
        for job in jobs {
            if covers(&sight.scope, &read_scope(&job.record.id, &job.scope)?.0) {
                seen.push(job.record);
            }
        }
        Ok(seen)
    }

    async fn bulk_items(
        &self,
        sight: &Sight,
        id: &str,
        which: BulkItems,
        after: i64,
        limit: u32,
    ) -> Result<Vec<BulkItemRecord>, StoreError> {
        let mut transaction = self.read.begin().await?;
        let job = job(&mut transaction, sight, id).await?;
        let mut sql = QueryBuilder::new(
            "SELECT i.place, i.exception_id, i.outcome, i.detail AS why, i.version, e.kind, e.detail, e.shipment_id, e.subject
             FROM bulk_items AS i LEFT JOIN exceptions AS e ON e.id = i.exception_id AND ",
        );
        super::scope::push(&mut sql, "e.", sight);
        sql.push(" WHERE i.job = ").push_bind(job.number).push(" AND i.place > ").push_bind(after);
        if which == BulkItems::Refused {
            sql.push(" AND i.outcome IN ('not_found', 'stale', 'impossible')");
        }
        sql.push(" ORDER BY i.place LIMIT ").push_bind(limit);
        let rows: Vec<Whole> = sql.build().fetch_all(&mut transaction).await?;
        Ok(rows.iter().map(|row| item(&row.row())).collect::<Result<_, _>>()?)
    }

    async fn move_bulk(&self, step: Move) -> Result<BulkRecord, StoreError> {
        let (sight, id) = (step.sight.clone(), step.id.clone());
        // Also tells those who may see it from those who may not.
        let job = job(&mut self.read.acquire().await?, &sight, &id).await?;
        // As a step: somebody in the first lane would have a whole second of bulk intake cut into short slices.
        self.writer.run_step(move |connection, _| moves::on(connection, job.number, &step)).await?;
        self.bulk_started.notify_one();
        self.bulk_job(&sight, &id).await
    }

    async fn step_bulk(&self, limit: u32) -> Result<Stepped, StoreError> {
        let next: Option<(i64,)> = query_as(
            "SELECT number FROM bulk_jobs INDEXED BY bulk_jobs_running WHERE state = 'running' ORDER BY stepped_at LIMIT 1",
        )
        .fetch_optional(&self.read)
        .await?;
        let now = self.writer.now();
        let Some((number,)) = next else {
            forget::abandoned(self, now).await?;
            return Ok(Stepped::Idle);
        };
        let work = self.writer.run_step(move |connection, memory| step::take(connection, memory, number, limit, now));
        match work.await {
            Ok((tried, took)) => Ok(Stepped::Tried(tried, took)),
            // It would fail again: whoever started it has to know.
            Err(error @ StoreError::Corrupt { .. }) => {
                let problem = error.to_string();
                self.writer.run_step(move |connection, _| moves::halt(connection, number, &problem)).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    async fn bulk_started(&self) {
        let mut hint = self.writer.hint();
        // A commit from before is not one to wake up for; who looks on their own misses nothing for long.
        hint.mark_unchanged();
        let elsewhere = async {
            // It may have been started by any commit of another process; not each of them is worth a look.
            tokio::time::sleep(CALM).await;
            if hint.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.bulk_started.notified() => {}
            () = elsewhere => {}
        }
    }
}

fn item(row: &Row<'_>) -> Result<BulkItemRecord, sqlx::Error> {
    let about = match row.try_get::<Option<String>>("kind")? {
        None => None,
        Some(kind) => {
            let kind = ExceptionKind::from_code(&kind).ok_or_else(|| unreadable("kind"))?;
            Some((kind, row.try_get("detail")?, row.try_get("shipment_id")?, row.try_get("subject")?))
        }
    };
    let why: Option<String> = row.try_get("why")?;
    let why = why.unwrap_or_default();
    let acted = match row.try_get::<Option<String>>("outcome")?.as_deref() {
        None => None,
        Some("done") => Some(Acted::Done(row.try_get("version")?)),
        Some("not_found") => Some(Acted::NotFound),
        Some("stale") => Some(match why.rsplit_once(' ') {
            Some((by, did)) if did.starts_with("exception.") => Acted::Stale { by: by.to_owned(), did: Some(did.to_owned()) },
            _ => Acted::Stale { by: why, did: None },
        }),
        Some("impossible") if why == NOT_ALLOWED => Some(Acted::NotAllowed),
        Some("impossible") if why == NOT_THEIRS => Some(Acted::NotTheirs),
        Some("impossible") => Some(Acted::Impossible(ExceptionState::from_code(&why).ok_or_else(|| unreadable("detail"))?)),
        Some(_) => return Err(unreadable("outcome")),
    };
    Ok(BulkItemRecord { place: row.try_get("place")?, exception_id: row.try_get("exception_id")?, about, acted })
}

/// Tells those who look at exceptions and jobs.
fn tell(connection: &Session, environment: &str) -> Result<(), StoreError> {
    intake::bump(connection, environment, Topic::Exceptions.code())
}
