//! Folding measures into cells, in SQLite.

use super::{Database, sql};
use crate::{
    domain::receipt::Lane,
    store::{StoreError, projector::ProjectorStore},
};
use async_trait::async_trait;
use rusqlite::params;

pub(super) const NAME: &str = "measures";

#[async_trait]
impl ProjectorStore for Database {
    async fn fold(&self, limit: u32) -> Result<u64, StoreError> {
        // Looked at outside the writer, so that an idle projector costs the writer nothing.
        let (from, last): (i64, i64) = sqlx::query_as(
            "SELECT coalesce((SELECT seq FROM projections WHERE name = $1), 0), (SELECT coalesce(max(seq), 0) FROM measures)",
        )
        .bind(NAME)
        .fetch_one(&self.read)
        .await?;
        if from >= last {
            return Ok(0);
        }
        let to = last.min(from + i64::from(limit));
        let work = self.writer.run(Lane::Bulk, move |connection| {
            // The watermark moves only from where this fold began: a second projector changes nothing.
            let moved = sql::execute(
                connection,
                "INSERT INTO projections (name, seq) SELECT ?1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM projections WHERE name = ?1)
                 ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE seq = ?2",
                params![NAME, from, to],
            )?;
            if moved == 0 {
                return Ok(0);
            }
            // Twice: by region and business unit, and over all of them for readers without a scope.
            for (grain, region, business_unit) in [("unit", "region_id", "business_unit_id"), ("whole", "''", "''")] {
                let fold = format!(
                    "INSERT INTO measure_cells (environment, metric, grain, region_id, business_unit_id, day, bin, n)
                     SELECT environment, metric, '{grain}', {region}, {business_unit}, day, bin, sum(sign) FROM measures
                     WHERE seq > ?1 AND seq <= ?2 GROUP BY 1, 2, 3, 4, 5, 6, 7
                     ON CONFLICT (environment, metric, grain, region_id, business_unit_id, day, bin) DO UPDATE SET n = n + excluded.n"
                );
                sql::execute(connection, &fold, [from, to])?;
            }
            Ok(u64::try_from(to - from).unwrap_or(0))
        });
        work.await
    }
}
