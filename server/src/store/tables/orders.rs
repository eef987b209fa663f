//! Reading orders, in SQLite.

use super::{Database, intake::rows::corrupt, names, scope};
use crate::{
    domain::{
        money::{Currency, Money},
        readiness::Holds,
    },
    store::{
        StoreError,
        orders::{LegRecord, OrderStore, OrderWhole},
        shipments::{ShipmentRecord, Sight},
        sql::{FromRow, QueryBuilder, Row},
    },
};
use async_trait::async_trait;

impl FromRow for LegRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        let unreadable = |column: &str| sqlx::Error::ColumnDecode { index: column.into(), source: "not a known value".into() };
        let money = match (row.try_get::<Option<i64>>("waiting_minor")?, row.try_get::<Option<String>>("waiting_currency")?) {
            (Some(minor), Some(code)) => {
                Some(Money { minor, currency: Currency::try_from(code).map_err(|_| unreadable("waiting_currency"))? })
            }
            _ => None,
        };
        let bits = u32::try_from(row.try_get::<i64>("holds")?).map_err(|_| unreadable("holds"))?;
        Ok(Self { record: ShipmentRecord::from_row(row)?, money, holds: Holds::from_bits(bits) })
    }
}

#[async_trait]
impl OrderStore for Database {
    async fn order(&self, sight: &Sight, reference: &str, limit: u32) -> Result<OrderWhole, StoreError> {
        // One read transaction: the order and its shipments are of the same state.
        let mut transaction = self.read.begin().await?;
        let mut sql = QueryBuilder::new(
            "SELECT s.* FROM shipment_references AS r CROSS JOIN shipments AS s ON s.id = r.shipment_id
             WHERE r.scheme = 'order' AND r.issuer = '' AND r.environment = ",
        );
        sql.push_bind(sight.environment.code()).push(" AND r.name = ").push_bind(names::folded(reference));
        sql.push(" AND r.value = ").push_bind(reference.to_owned()).push(" AND ");
        // The plus keeps the planner from walking through all of a scope.
        scope::push(&mut sql, "+s.", sight);
        sql.push(" ORDER BY r.shipment_id LIMIT ").push_bind(limit);
        let legs: Vec<LegRecord> = sql.build_query_as().fetch_all(&mut transaction).await?;
        let mut sql = QueryBuilder::new("SELECT id, state FROM orders WHERE reference = ");
        sql.push_bind(reference.to_owned()).push(" AND environment = ").push_bind(sight.environment.code());
        if legs.is_empty() {
            // Who sees a leg sees its order: sales name no region. Who sees none needs the order itself in sight.
            sql.push(" AND ");
            scope::push(&mut sql, "", sight);
        }
        let order: Option<(String, String)> = sql.build_query_as().fetch_optional(&mut transaction).await?;
        let order = match order {
            Some((id, state)) => {
                let state = serde_json::from_str(&state).map_err(|cause| corrupt("orders", &id, cause))?;
                Some((id, state))
            }
            None => None,
        };
        if order.is_none() && legs.is_empty() {
            return Err(StoreError::NotFound);
        }
        Ok(OrderWhole { order, legs })
    }
}
