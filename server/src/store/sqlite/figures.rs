//! Key figures, in SQLite.

mod answer;
mod cells;
mod chunks;
mod fold;
mod log;
mod old;
mod rows;
mod stock;
mod waiting;

use super::{Database, scope};
use crate::{
    domain::measure::Metric,
    store::{
        StoreError,
        figures::{
            Adding, FiguresStore, FoldStore, MeasureQuery, Measured, MeasuredRow, RowPlace, Solved, Wait, WaitingRow, Waits,
        },
        sqlite::intake::rows::corrupt,
    },
};
use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite};

#[async_trait]
impl FiguresStore for Database {
    async fn measured(&self, query: &MeasureQuery, metrics: &[Metric]) -> Result<Measured, StoreError> {
        // One read transaction: cells and tail are of the same state.
        let mut transaction = self.read.begin().await?;
        answer::measured(&mut transaction, query, metrics).await
    }

    async fn measured_rows(
        &self,
        query: &MeasureQuery,
        metric: Metric,
        bins: Option<(i32, i32)>,
        after: Option<RowPlace>,
        limit: usize,
    ) -> Result<Vec<MeasuredRow>, StoreError> {
        let mut transaction = self.read.begin().await?;
        rows::page(&mut transaction, query, &rows::Asked { metric, bins, after, limit }).await
    }

    async fn waiting(&self, query: &MeasureQuery, wait: Wait) -> Result<Vec<WaitingRow>, StoreError> {
        waiting::waiting(&self.read, query, wait).await
    }

    async fn stock(&self, query: &MeasureQuery, wait: Wait, how: &Adding) -> Result<Waits, StoreError> {
        stock::add_up(&waiting::waiting(&self.read, query, wait).await?, wait, how)
    }

    async fn under_way(&self, query: &MeasureQuery) -> Result<u64, StoreError> {
        waiting::under_way(&self.read, query).await
    }

    async fn solved(&self, query: &MeasureQuery) -> Result<Vec<Solved>, StoreError> {
        waiting::solved(&self.read, query).await
    }

    async fn answered(&self, query: &MeasureQuery) -> Result<(u64, u64), StoreError> {
        waiting::answered(&self.read, query).await
    }
}

#[async_trait]
impl FoldStore for Database {
    async fn fold_measures(&self, limit: u32) -> Result<u64, StoreError> {
        let mut most = 0;
        for grain in cells::Grain::ALL {
            most = most.max(cells::fold(self, grain, limit).await?);
        }
        Ok(most.max(chunks::fold(self, limit).await?))
    }

    async fn measure_old(&self, limit: u32) -> Result<u64, StoreError> {
        old::step(self, limit).await
    }
}

/// Adds the conditions on dimensions, for columns of the table `d`.
fn push_dims(sql: &mut QueryBuilder<Sqlite>, query: &MeasureQuery) {
    scope::push(sql, "d.", &query.sight);
    for (column, value) in [
        ("d.region_id", &query.region),
        ("d.business_unit_id", &query.business_unit),
        ("d.carrier_id", &query.carrier),
        ("d.mode", &query.mode),
        ("d.customer_id", &query.customer),
        ("d.origin", &query.origin),
        ("d.destination", &query.destination),
    ] {
        scope::push_equal(sql, column, value.as_deref());
    }
}

/// Packed measures that cannot be read.
fn unreadable(table: &'static str, place: impl std::fmt::Debug, cause: impl ToString) -> StoreError {
    corrupt(table, &format!("{place:?}"), cause)
}
