//! Reading shipments, in SQLite.

use super::{
    Database,
    bodies::{self, body},
    intake::rows::{self, corrupt},
    names, scope,
};
use crate::{
    domain::{
        money::{Currency, Money},
        shipment::{Outcome, Stage},
        time::{Instant, Precision},
    },
    store::{
        StoreError,
        shipments::{
            Choices, Cursor, EventRecord, Kept, NamedShipment, Places, PromiseFilter, ShipmentQuery, ShipmentRecord,
            ShipmentStore, ShipmentWhole, Sight,
        },
        sql::{Connection, FromRow, QueryBuilder, Row, query_as},
    },
};
use async_trait::async_trait;

const COLUMNS: &str = "id, reference, stage, outcome, region_id, business_unit_id, carrier_id, mode, promised_at, promised_day,
    dispatched_at, delivered_at, delivered_day, freight_minor, freight_currency, history, sort_at";

/// Events with their sources, for [`EventRecord`].
macro_rules! event {
    () => {
        concat!(
            "SELECT e.seq, o.name AS source, e.event_id, e.event_type, e.occurred_at, e.precision, e.recorded_at, e.known_at,
                    e.standing, e.body_hash, e.subject_id, e.body_month, ",
            body!("e"),
            " AS body FROM events AS e CROSS JOIN sources AS o ON o.id = e.source_id"
        )
    };
}

/// Columns of `shipments AS s` where it is joined by its id. The plus keeps the planner from walking through all of a scope.
const BY_ID: &str = "+s.";

impl FromRow for ShipmentRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        let unreadable = |column: &str| sqlx::Error::ColumnDecode { index: column.into(), source: "not a known value".into() };
        let time = |at: &str, day: &str| -> Result<_, sqlx::Error> {
            let precision = if row.try_get::<bool>(day)? { Precision::Day } else { Precision::Instant };
            Ok(row.try_get::<Option<i64>>(at)?.map(|at| (Instant(at), precision)))
        };
        let freight = match (row.try_get::<Option<i64>>("freight_minor")?, row.try_get::<Option<String>>("freight_currency")?) {
            (Some(minor), Some(code)) => {
                Some(Money { minor, currency: Currency::try_from(code).map_err(|_| unreadable("freight_currency"))? })
            }
            _ => None,
        };
        Ok(Self {
            id: row.try_get("id")?,
            reference: row.try_get("reference")?,
            stage: Stage::from_code(row.text("stage")?).ok_or_else(|| unreadable("stage"))?,
            outcome: Outcome::from_code(row.text("outcome")?).ok_or_else(|| unreadable("outcome"))?,
            region: row.try_get("region_id")?,
            business_unit: row.try_get("business_unit_id")?,
            carrier: row.try_get("carrier_id")?,
            mode: row.try_get("mode")?,
            promised: time("promised_at", "promised_day")?,
            dispatched_at: row.try_get::<Option<i64>>("dispatched_at")?.map(Instant),
            delivered: time("delivered_at", "delivered_day")?,
            freight,
            history: row.try_get("history")?,
            sort_at: Instant(row.try_get("sort_at")?),
        })
    }
}

/// An event as it stands in the database; its body may be elsewhere.
struct Stored {
    record: EventRecord,
    shipment: String,
    month: i64,
    is_away: bool,
}

impl FromRow for Stored {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        let precision = if row.text("precision")? == "day" { Precision::Day } else { Precision::Instant };
        let body: Option<String> = row.try_get("body")?;
        let (shipment, month, is_away) = (row.try_get("subject_id")?, row.try_get("body_month")?, body.is_none());
        let record = EventRecord {
            seq: row.try_get("seq")?,
            source: row.try_get("source")?,
            event_id: row.try_get("event_id")?,
            event_type: row.try_get("event_type")?,
            occurred: (Instant(row.try_get("occurred_at")?), precision),
            recorded_at: Instant(row.try_get("recorded_at")?),
            known_at: Instant(row.try_get("known_at")?),
            standing: row.try_get("standing")?,
            body_hash: row.try_get("body_hash")?,
            body: body.unwrap_or_default(),
            kept: Kept::Here,
        };
        Ok(Self { record, shipment, month, is_away })
    }
}

/// Events of one shipment with their bodies, wherever these are.
async fn whole(connection: &mut Connection, stored: Vec<Stored>) -> Result<Vec<EventRecord>, StoreError> {
    let away = stored.iter().filter(|stored| stored.is_away).map(|stored| (stored.month, stored.record.seq)).collect();
    let shipment = stored.first().map(|stored| stored.shipment.clone()).unwrap_or_default();
    let mut found = bodies::fetch_archived(connection, &shipment, away).await?;
    let whole = |Stored { mut record, .. }: Stored| {
        match found.remove(&record.seq) {
            None => {}
            Some(Ok((body, file))) => (record.body, record.kept) = (body, Kept::Archive(bodies::name_of(&file))),
            Some(Err(error)) => {
                tracing::error!(error.message = %error, event.seq = record.seq, "the body of an event is out of reach");
                let StoreError::Archive { file, .. } = error else { return Err(error) };
                record.kept = Kept::Unreadable(bodies::name_of(&file));
            }
        }
        Ok(record)
    };
    stored.into_iter().map(whole).collect()
}

/// Dynamic filters of this adapter live here. Each leaves an index to run on: see the comments in the migration.
fn matching(select: &str, query: &ShipmentQuery) -> QueryBuilder {
    let mut sql = QueryBuilder::new(select);
    sql.push(" FROM shipments");
    // Open work is few rows, which the planner cannot know: with a region it would walk through the region's whole history.
    if query.awaiting_pod {
        sql.push(" INDEXED BY shipments_awaiting_pod");
    } else if matches!(query.promise, Some(PromiseFilter::Overdue(_))) {
        sql.push(" INDEXED BY shipments_awaiting_arrival");
    }
    sql.push(" WHERE ");
    scope::push(&mut sql, "", &query.sight);
    scope::push_equal(&mut sql, "region_id", query.region.as_deref());
    scope::push_equal(&mut sql, "business_unit_id", query.business_unit.as_deref());
    scope::push_equal(&mut sql, "carrier_id", query.carrier.as_deref());
    scope::push_equal(&mut sql, "mode", query.mode.as_deref());
    scope::push_equal(&mut sql, "customer_id", query.customer.as_deref());
    scope::push_equal(&mut sql, "stage", query.stage.map(Stage::code));
    match query.promise {
        Some(PromiseFilter::OnTime) => drop(sql.push(" AND outcome = 'on_time'")),
        Some(PromiseFilter::DeliveredLate) => drop(sql.push(" AND outcome = 'delivered_late'")),
        // What is not delivered stands in the list at its promise.
        Some(PromiseFilter::Overdue(now)) => drop(sql.push(" AND awaiting_arrival = 1 AND sort_at < ").push_bind(now.0)),
        None => {}
    }
    if query.awaiting_pod {
        sql.push(" AND awaiting_pod = 1");
    }
    if query.delivered {
        sql.push(" AND delivered_at IS NOT NULL");
    }
    if let Some(from) = query.from {
        sql.push(" AND sort_at >= ").push_bind(from.0);
    }
    if let Some(to) = query.to {
        sql.push(" AND sort_at < ").push_bind(to.0);
    }
    sql
}

#[async_trait]
impl ShipmentStore for Database {
    async fn shipments(
        &self,
        query: &ShipmentQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<ShipmentRecord>, StoreError> {
        let mut sql = matching(&format!("SELECT {COLUMNS}"), query);
        if let Some(Cursor { at, id }) = after {
            sql.push(" AND (sort_at, id) < (").push_bind(at.0).push(", ").push_bind(id.clone()).push(")");
        }
        sql.push(" ORDER BY sort_at DESC, id DESC LIMIT ").push_bind(limit);
        Ok(sql.build_query_as().fetch_all(&self.read).await?)
    }

    async fn count_shipments(&self, query: &ShipmentQuery, most: u32) -> Result<Option<u64>, StoreError> {
        let mut sql = matching("SELECT count(*) FROM (SELECT 1", query);
        sql.push(" LIMIT ").push_bind(i64::from(most) + 1).push(") AS found");
        let (n,): (i64,) = sql.build_query_as().fetch_one(&self.read).await?;
        Ok((n <= i64::from(most)).then_some(n.unsigned_abs()))
    }

    async fn shipment(&self, sight: &Sight, id: &str) -> Result<ShipmentWhole, StoreError> {
        let mut sql = QueryBuilder::new("SELECT * FROM shipments WHERE id = ");
        sql.push_bind(id.to_owned()).push(" AND ");
        scope::push(&mut sql, "", sight);
        let row = sql.build().fetch_optional(&self.read).await?.ok_or(StoreError::NotFound)?;
        let state: String = row.try_get("state")?;
        let state = serde_json::from_str(&state).map_err(|cause| corrupt("shipments", id, cause))?;
        Ok(ShipmentWhole { record: ShipmentRecord::from_row(&row.row())?, state })
    }

    async fn timeline(&self, id: &str, limit: u32) -> Result<(Vec<EventRecord>, u64), StoreError> {
        // One read transaction: the events and their number are of the same state.
        let mut transaction = self.read.begin().await?;
        let mut events: Vec<Stored> =
            query_as(concat!(event!(), " WHERE e.subject_id = $1 ORDER BY e.occurred_at DESC, e.seq DESC LIMIT $2"))
                .bind(id)
                .bind(limit)
                .fetch_all(&mut transaction)
                .await?;
        events.reverse();
        let (n,): (i64,) =
            query_as("SELECT count(*) FROM events WHERE subject_id = $1").bind(id).fetch_one(&mut transaction).await?;
        Ok((whole(&mut transaction, events).await?, n.unsigned_abs()))
    }

    async fn event(&self, sight: &Sight, seq: i64) -> Result<EventRecord, StoreError> {
        let mut sql = QueryBuilder::new(concat!(event!(), " CROSS JOIN shipments AS s ON s.id = e.subject_id WHERE e.seq = "));
        sql.push_bind(seq).push(" AND ");
        scope::push(&mut sql, BY_ID, sight);
        let mut connection = self.read.acquire().await?;
        let stored = sql.build_query_as().fetch_optional(&mut connection).await?.ok_or(StoreError::NotFound)?;
        whole(&mut connection, vec![stored]).await?.pop().ok_or(StoreError::NotFound)
    }

    async fn by_name(&self, sight: &Sight, start: &str, limit: u32) -> Result<Vec<NamedShipment>, StoreError> {
        let start = names::folded(start);
        let mut sql = QueryBuilder::new(
            "SELECT r.scheme, r.value, s.id, s.reference, s.stage FROM shipment_references AS r
             CROSS JOIN shipments AS s ON s.id = r.shipment_id WHERE r.environment = ",
        );
        // A range instead of LIKE: it runs on the primary key whatever the collation is.
        sql.push_bind(sight.environment.code()).push(" AND r.name >= ").push_bind(start.clone());
        if let Some(after) = names::after(&start) {
            sql.push(" AND r.name < ").push_bind(after);
        }
        sql.push(" AND ");
        scope::push(&mut sql, BY_ID, sight);
        sql.push(" ORDER BY r.name, r.scheme LIMIT ").push_bind(limit);
        let found: Vec<(String, String, String, String, String)> = sql.build_query_as().fetch_all(&self.read).await?;
        found
            .into_iter()
            .map(|(scheme, value, id, reference, stage)| {
                let stage = Stage::from_code(&stage).ok_or_else(|| corrupt("shipments", &id, "stage"))?;
                Ok(NamedShipment { scheme, value, id, reference, stage })
            })
            .collect()
    }

    async fn places(&self, sight: &Sight) -> Result<Places, StoreError> {
        places(&mut self.read.acquire().await?, sight).await
    }

    async fn choices(&self, sight: &Sight) -> Result<Choices, StoreError> {
        let mut transaction = self.read.begin().await?;
        let places = places(&mut transaction, sight).await?;
        let mut sql = QueryBuilder::new(
            "SELECT DISTINCT what FROM shipment_counts WHERE n > 0
             AND (what BETWEEN 'carrier:' AND 'carrier;' OR what BETWEEN 'mode:' AND 'mode;') AND ",
        );
        scope::push(&mut sql, "", sight);
        sql.push(" ORDER BY what");
        let kinds: Vec<(String,)> = sql.build_query_as().fetch_all(&mut transaction).await?;
        let of = |kind: &str| kinds.iter().filter_map(|(what,)| what.strip_prefix(kind).map(str::to_owned)).collect();
        Ok(Choices { places, carriers: of("carrier:"), modes: of("mode:") })
    }
}

async fn places(connection: &mut Connection, sight: &Sight) -> Result<Places, StoreError> {
    let mut sql = QueryBuilder::new("SELECT DISTINCT region_id, business_unit_id FROM shipment_counts WHERE n > 0 AND ");
    scope::push(&mut sql, "", sight);
    let pairs: Vec<(String, String)> = sql.build_query_as().fetch_all(connection).await?;
    let (regions, business_units): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    Ok(Places { regions: rows::distinct(regions), business_units: rows::distinct(business_units) })
}
