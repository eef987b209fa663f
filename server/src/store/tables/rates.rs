//! What keys ask for, where several processes answer. Beside the writers' turns: nothing else depends on it, and a power cut may take it.

use super::Database;
use crate::{
    domain::{ids::ApiKeyId, time::Instant},
    store::{StoreError, accounts::RateStore, sql::Reader},
};
use async_trait::async_trait;

/// The next request is due an interval after the last one; a second's worth may come at once. Whoever comes sooner gets no row.
const TAKE: &str = "
    INSERT INTO key_rates AS k (api_key, due)
    SELECT $1, n.now + $2 FROM (SELECT CAST(unixepoch('subsec') * 1000000 AS BIGINT) AS now) AS n
    ON CONFLICT (api_key) DO UPDATE SET due = greatest(k.due, excluded.due - $2) + $2
    WHERE k.due - (excluded.due - $2) + $2 <= $3
    RETURNING due";

#[async_trait]
impl RateStore for Database {
    async fn take_requests(&self, key: &ApiKeyId, requests: u32, per_second: u32) -> Result<bool, StoreError> {
        let Reader::Postgres(pool) = &self.read else { return Ok(true) };
        let mut transaction = pool.begin_with("BEGIN READ WRITE").await?;
        sqlx::raw_sql("SET LOCAL synchronous_commit = off").execute(&mut *transaction).await?;
        let time = Instant::SECOND * i64::from(requests) / i64::from(per_second.max(1));
        let taken: Option<(i64,)> =
            sqlx::query_as(TAKE).bind(key.as_str()).bind(time).bind(Instant::SECOND).fetch_optional(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(taken.is_some())
    }
}
