//! Where everything stands now, in SQLite.

use super::{Database, intake::rows::corrupt, scope};
use crate::{
    domain::{access::Environment, shipment::Stage, time::Instant},
    store::{
        StoreError,
        figures::MeasureQuery,
        shipments::Sight,
        sql::{Connection, QueryBuilder, query_as},
        standing::{Heard, Standing, StandingStore},
    },
};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// Milestones whose absence is told, as they are counted.
const TOLD: [(&str, &str); 4] =
    [("told:dispatched", "dispatched"), ("told:delivered", "delivered"), ("told:pod", "pod"), ("told:invoiced", "invoiced")];

#[async_trait]
impl StandingStore for Database {
    async fn standing(&self, query: &MeasureQuery, now: Instant) -> Result<Standing, StoreError> {
        // One read transaction: stages and what is overdue are of the same state.
        let mut transaction = self.read.begin().await?;
        let counts = counts(&mut transaction, query).await?;
        let n = |what: &str| counts.get(what).copied().unwrap_or(0).max(0).unsigned_abs();
        let mut standing = Standing { whole: is_counted(query), ..Standing::default() };
        standing.stages = if standing.whole {
            Stage::ALL.into_iter().map(|stage| (stage, n(&format!("stage:{}", stage.code())))).collect()
        } else {
            open_stages(&mut transaction, query).await?
        };
        if counts.values().any(|n| *n > 0) {
            standing.untold = TOLD.into_iter().filter(|(what, _)| n(what) == 0).map(|(_, name)| name).collect();
        }
        standing.overdue = overdue(&mut transaction, query, now).await?;
        Ok(standing)
    }

    async fn heard(&self, environment: Environment) -> Result<Vec<Heard>, StoreError> {
        let mut transaction = self.read.begin().await?;
        let sources: Vec<(String, Option<i64>)> = query_as("SELECT name, last_at FROM sources WHERE environment = $1")
            .bind(environment.code())
            .fetch_all(&mut transaction)
            .await?;
        let open: Vec<(Option<String>, i64)> =
            query_as("SELECT source, count(*) FROM quarantine INDEXED BY quarantine_by_source WHERE environment = $1 AND state = 'open' GROUP BY source")
                .bind(environment.code())
                .fetch_all(&mut transaction)
                .await?;
        let open: BTreeMap<String, u64> = open.into_iter().filter_map(|(name, n)| Some((name?, n.unsigned_abs()))).collect();
        let heard = |(name, last): (String, Option<i64>)| {
            let quarantined = open.get(&name).copied().unwrap_or(0);
            Heard { name, last: last.map(Instant), quarantined }
        };
        Ok(sources.into_iter().map(heard).collect())
    }

    async fn in_quarantine(&self, sight: &Sight) -> Result<u64, StoreError> {
        if !sight.scope.holds(None, None) {
            return Ok(0);
        }
        let (n,): (i64,) = query_as("SELECT count(*) FROM quarantine WHERE environment = $1 AND state = 'open'")
            .bind(sight.environment.code())
            .fetch_one(&self.read)
            .await?;
        Ok(n.unsigned_abs())
    }
}

/// Whether each commit counts what is asked for.
fn is_counted(query: &MeasureQuery) -> bool {
    query.carrier.is_none() && query.mode.is_none() && query.customer.is_none()
}

/// What each commit counts, by region and business unit.
async fn counts(connection: &mut Connection, query: &MeasureQuery) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut sql = QueryBuilder::new("SELECT what, sum(n) FROM shipment_counts WHERE ");
    scope::push(&mut sql, "", &query.sight);
    scope::push_equal(&mut sql, "region_id", query.region.as_deref());
    scope::push_equal(&mut sql, "business_unit_id", query.business_unit.as_deref());
    sql.push(" AND (what BETWEEN 'stage:' AND 'stage;' OR what BETWEEN 'told:' AND 'told;') GROUP BY what");
    let rows: Vec<(String, i64)> = sql.build_query_as().fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

fn narrowed(sql: &mut QueryBuilder, query: &MeasureQuery) {
    scope::push(sql, "", &query.sight);
    for (column, value) in [
        ("region_id", &query.region),
        ("business_unit_id", &query.business_unit),
        ("carrier_id", &query.carrier),
        ("mode", &query.mode),
        ("customer_id", &query.customer),
    ] {
        scope::push_equal(sql, column, value.as_deref());
    }
}

/// What is under way, counted row by row: it is little beside what is done with.
async fn open_stages(connection: &mut Connection, query: &MeasureQuery) -> Result<BTreeMap<Stage, u64>, StoreError> {
    let open = || Stage::ALL.into_iter().filter(|stage| !matches!(stage, Stage::Posted | Stage::Cancelled));
    let list: Vec<String> = open().map(|stage| format!("'{}'", stage.code())).collect();
    let mut sql = QueryBuilder::new("SELECT stage, count(*) FROM shipments INDEXED BY shipments_by_stage WHERE ");
    narrowed(&mut sql, query);
    sql.push(" AND stage IN (").push(list.join(", ")).push(") GROUP BY stage");
    let rows: Vec<(String, i64)> = sql.build_query_as().fetch_all(connection).await?;
    let mut stages: BTreeMap<Stage, u64> = open().map(|stage| (stage, 0)).collect();
    for (code, n) in rows {
        let stage = Stage::from_code(&code).ok_or_else(|| corrupt("shipments", &code, "no stage"))?;
        stages.insert(stage, n.unsigned_abs());
    }
    Ok(stages)
}

/// Runs on the index of what is promised and not delivered; the planner would prefer a region's whole history.
async fn overdue(connection: &mut Connection, query: &MeasureQuery, now: Instant) -> Result<u64, StoreError> {
    let mut sql =
        QueryBuilder::new("SELECT count(*) FROM shipments INDEXED BY shipments_awaiting_arrival WHERE awaiting_arrival = 1 AND ");
    narrowed(&mut sql, query);
    sql.push(" AND sort_at < ").push_bind(now.0);
    let (n,): (i64,) = sql.build_query_as().fetch_one(connection).await?;
    Ok(n.unsigned_abs())
}
