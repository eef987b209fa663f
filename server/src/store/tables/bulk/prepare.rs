//! Preparing a job: its set is read from one snapshot beside the writer, and written down in short transactions. Until the last of
//! them the job is there for nobody; what a crash leaves is swept away by the next one.

use super::{note, write_scope};
use crate::{
    domain::time::Instant,
    ids,
    store::{
        StoreError,
        bulk::{BulkAction, Chosen, NewBulk},
        sql::{self, Connection, QueryBuilder, Session, params, query_as},
        tables::{Database, audit, exceptions::select, intake::rows, scope},
    },
};
use futures::TryStreamExt;
use serde_json::json;

/// Items in one transaction: some milliseconds of the writer.
const CHUNK: usize = 4_000;
/// What was not finished after so long never will be.
const ABANDONED: i64 = Instant::HOUR;

/// An item: exception, version, how it is to stand.
type Item = (String, i64, Option<String>);

/// Prepares a job; its id.
pub(super) async fn job(database: &Database, new: &NewBulk) -> Result<String, StoreError> {
    let id = ids::fresh();
    let mut transaction = database.read.begin().await?;
    let undoes = match &new.chosen {
        Chosen::DoneBy(other) => Some(super::job(&mut transaction, &new.sight, other).await?.number),
        _ => None,
    };
    let (begun, name) = (new.clone(), id.clone());
    let (number, _) = database.writer.run_step(move |connection, _| begin(connection, &begun, &name, undoes)).await?;
    let mut place = 0;
    let mut chunk: Vec<Item> = Vec::new();
    let mut sql = frozen(new, undoes);
    let mut items = sql.build_query_as::<Item>().fetch(&mut transaction);
    loop {
        let item = items.try_next().await?;
        let last = item.is_none();
        chunk.extend(item);
        if chunk.len() == CHUNK || (last && !chunk.is_empty()) {
            let (items, from) = (std::mem::take(&mut chunk), place);
            place += i64::try_from(items.len()).unwrap_or(i64::MAX);
            database.writer.run_step(move |connection, _| write(connection, number, from, &items)).await?;
        }
        if last {
            break;
        }
    }
    drop(items);
    drop(transaction);
    if place == 0 {
        return Err(StoreError::NotFound);
    }
    let weight = weigh(&mut database.read.acquire().await?, number, new).await?;
    let (new, name) = (new.clone(), id.clone());
    database.writer.run_step(move |connection, _| seal(connection, number, &new, &name, &weight)).await?;
    Ok(id)
}

fn begin(connection: &Session, new: &NewBulk, id: &str, undoes: Option<i64>) -> Result<i64, StoreError> {
    let abandoned = new.now.0 - ABANDONED;
    let of = "FROM bulk_jobs INDEXED BY bulk_jobs_preparing WHERE state = 'preparing' AND prepared_at < ?1";
    sql::execute(connection, &format!("DELETE FROM bulk_items WHERE job IN (SELECT number {of})"), [abandoned])?;
    sql::execute(connection, &format!("DELETE {of}"), [abandoned])?;
    let task = &new.task;
    sql::insert(
        connection,
        "INSERT INTO bulk_jobs (id, environment, actor, scope, action, assignee, hours, note, chosen, undoes, state, prepared_at, stepped_at,
             until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'preparing', ?11, ?11, ?12)",
        params![
            id,
            new.sight.environment.code(),
            new.actor,
            write_scope(&new.sight.scope, false),
            task.action.code(),
            task.assignee,
            task.hours,
            task.note,
            new.list,
            undoes,
            new.now.0,
            new.until.map(|until| until.0)
        ],
        "number",
    )
}

/// Exceptions with their versions; the oldest first, as they lie in the table.
fn frozen(new: &NewBulk, undoes: Option<i64>) -> QueryBuilder {
    match &new.chosen {
        Chosen::Matching(query) => {
            let index = if select::over(query).is_some() { "exceptions_closed" } else { "exceptions_open" };
            let mut sql =
                QueryBuilder::new("SELECT e.id, e.version, NULL FROM (SELECT rowid AS place FROM exceptions INDEXED BY ");
            sql.push(index).push(" WHERE ");
            select::rows(&mut sql, query);
            sql.push(" ORDER BY rowid) AS chosen CROSS JOIN exceptions AS e ON e.rowid = chosen.place ORDER BY chosen.place");
            sql
        }
        Chosen::Rows(on) => {
            let mut sql = QueryBuilder::new("SELECT e.id, min(CAST(c.value ->> 1 AS BIGINT)), NULL FROM json_each(");
            sql.push_bind(rows::json(on)).push(") AS c CROSS JOIN exceptions AS e ON e.id = c.value ->> 0 WHERE ");
            scope::push(&mut sql, "e.", &new.sight);
            sql.push(" GROUP BY e.rowid, e.id ORDER BY e.rowid");
            sql
        }
        Chosen::DoneBy(_) => {
            let mut sql = QueryBuilder::new("SELECT exception_id, made, before FROM bulk_items WHERE job = ");
            sql.push_bind(undoes).push(" AND outcome = 'done' AND made IS NOT NULL ORDER BY place");
            sql
        }
    }
}

fn write(connection: &Session, number: i64, from: i64, items: &[Item]) -> Result<(), StoreError> {
    let insert = "INSERT INTO bulk_items (job, place, exception_id, version, goal) VALUES (?1, ?2, ?3, ?4, ?5)";
    for (place, (id, version, goal)) in (from + 1..).zip(items) {
        sql::later(connection, insert, params![number, place, id, version, goal])?;
    }
    Ok(())
}

/// What the set comes to.
struct Weight {
    items: i64,
    possible: i64,
    waives: bool,
    shipments: i64,
    money: Vec<(String, i64)>,
}

async fn weigh(connection: &mut Connection, number: i64, new: &NewBulk) -> Result<Weight, StoreError> {
    // With which it can be done as they stand: the same as is asked when it is done.
    let possible = match new.task.action {
        BulkAction::Comment => "true",
        BulkAction::Assign | BulkAction::Snooze | BulkAction::Waive => "e.state IN ('open', 'claimed')",
        BulkAction::Claim => "e.state = 'open'",
        BulkAction::Reopen => "e.state IN ('claimed', 'waived') OR (e.state = 'open' AND e.snoozed_until > ",
        BulkAction::Undo => "e.state <> 'verified'",
    };
    let mut sql = QueryBuilder::new("SELECT count(*), count(*) FILTER (WHERE i.version = e.version AND (");
    sql.push(possible);
    if new.task.action == BulkAction::Reopen {
        sql.push_bind(new.now.0).push(")");
    }
    sql.push(
        ")), coalesce(max(iif(i.goal ->> 's' = 'waived', 1, 0)), 0)
        FROM bulk_items AS i LEFT JOIN exceptions AS e ON e.id = i.exception_id WHERE i.job = ",
    );
    sql.push_bind(number);
    let (items, possible, waives): (i64, i64, bool) = sql.build_query_as().fetch_one(&mut *connection).await?;
    let sums: Vec<(String, i64, i64)> = query_as(
        "SELECT currency, count(*), CAST(total(minor) AS BIGINT) FROM
         (SELECT e.currency, max(e.money_minor) AS minor FROM bulk_items AS i CROSS JOIN exceptions AS e ON e.id = i.exception_id
          WHERE i.job = $1 AND e.shipment_id IS NOT NULL GROUP BY e.currency, e.shipment_id) AS each GROUP BY currency ORDER BY currency",
    )
    .bind(number)
    .fetch_all(connection)
    .await?;
    Ok(Weight {
        items,
        possible,
        waives: waives || new.task.action == BulkAction::Waive,
        shipments: sums.iter().map(|(_, n, _)| n).sum(),
        money: sums
            .into_iter()
            .filter(|(code, _, minor)| !code.is_empty() && *minor != 0)
            .map(|(code, _, minor)| (code, minor))
            .collect(),
    })
}

fn seal(connection: &Session, number: i64, new: &NewBulk, id: &str, weight: &Weight) -> Result<(), StoreError> {
    let Weight { items, possible, waives, shipments, money } = weight;
    sql::execute(
        connection,
        "UPDATE bulk_jobs SET state = 'prepared', items = ?2, possible = ?3, waives = ?4, shipments = ?5, money = ?6
         WHERE number = ?1 AND state = 'preparing'",
        params![number, items, possible, waives, shipments, rows::json(money)],
    )?;
    let detail = json!({ "action": new.task.action.code(), "items": items }).to_string();
    audit::write(connection, &note(&new.sight, &new.actor, new.now, "bulk.prepare", (id, &new.task.note, detail)))?;
    super::tell(connection, new.sight.environment.code())
}
