//! Key figures, in SQLite.

mod answer;
mod book;
mod cells;
mod chunks;
mod fold;
mod log;
mod over;
mod rows;
mod scans;
mod standing;
mod stock;
mod sweep;
mod versions;
mod waiting;

pub(super) use self::{book::Book, scans::Scans};
use super::{Database, scope};
use crate::{
    domain::{exception::ExceptionKind, measure::Metric},
    store::{
        StoreError,
        figures::{
            Adding, Episodes, ExceptionTold, FiguresStore, FoldStore, MeasureQuery, Measured, MeasuredRow, Over, RowPlace,
            Solved, SolvedPlace, Together, ToldTogether, Wait, WaitingRow, Waits,
        },
        sql::QueryBuilder,
        tables::intake::rows::corrupt,
    },
};
use async_trait::async_trait;

#[async_trait]
impl FiguresStore for Database {
    async fn measured(&self, query: &MeasureQuery, metrics: &[Metric]) -> Result<Measured, StoreError> {
        // One read transaction: cells and tail are of the same state.
        let mut transaction = self.read.begin().await?;
        answer::measured(&mut transaction, &self.scans, query, metrics).await
    }

    async fn measured_rows(
        &self,
        query: &MeasureQuery,
        metric: Metric,
        bins: &[(i32, i32)],
        after: Option<RowPlace>,
        limit: usize,
    ) -> Result<Vec<MeasuredRow>, StoreError> {
        let mut transaction = self.read.begin().await?;
        rows::page(&mut transaction, query, rows::Asked { metric, bins, after, limit }).await
    }

    async fn waiting(&self, query: &MeasureQuery, wait: Wait) -> Result<Vec<WaitingRow>, StoreError> {
        let mut transaction = self.read.begin().await?;
        waiting::waiting(&mut transaction, query, wait).await
    }

    async fn stock(&self, query: &MeasureQuery, wait: Wait, how: &Adding) -> Result<Waits, StoreError> {
        let asked = Together { waits: vec![(query.clone(), wait, how.clone())], ..Together::default() };
        Ok(self.together(&asked).await?.waits.pop().expect("an answer for what was asked"))
    }

    async fn under_way(&self, query: &MeasureQuery) -> Result<u64, StoreError> {
        let asked = Together { under_way: vec![query.clone()], ..Together::default() };
        Ok(self.together(&asked).await?.under_way.pop().expect("an answer for what was asked"))
    }

    async fn together(&self, asked: &Together) -> Result<ToldTogether, StoreError> {
        let (mut transaction, book) = self.book.read(&self.read).await?;
        let waits: Vec<_> = asked.waits.iter().map(|(query, wait, how)| book.waits(query, *wait, how)).collect();
        let under_way: Vec<_> = asked.under_way.iter().map(|query| book.under_way(query)).collect();
        let episodes: Vec<_> = asked.episodes.iter().map(|(query, kind)| book.episodes(query, *kind)).collect();
        // Others may go on; the transaction still sees the state that the book had.
        drop(book);
        let mut told = ToldTogether::default();
        for (held, (query, wait, how)) in waits.into_iter().zip(&asked.waits) {
            told.waits.push(match held {
                Some(waits) => waits,
                None => waiting::added_up(&mut transaction, query, *wait, how).await?,
            });
        }
        for (held, query) in under_way.into_iter().zip(&asked.under_way) {
            told.under_way.push(match held {
                Some(n) => n,
                None => waiting::under_way(&mut transaction, query).await?,
            });
        }
        for (held, (query, kind)) in episodes.into_iter().zip(&asked.episodes) {
            told.episodes.push(match held {
                Some(episodes) => episodes,
                None => over::episodes(&mut transaction, query, *kind).await?,
            });
        }
        for (query, metrics) in &asked.measured {
            told.measured.push(answer::measured(&mut transaction, &self.scans, query, metrics).await?);
        }
        Ok(told)
    }

    async fn episodes(&self, query: &MeasureQuery, kind: Option<ExceptionKind>) -> Result<Episodes, StoreError> {
        let asked = Together { episodes: vec![(query.clone(), kind)], ..Together::default() };
        Ok(self.together(&asked).await?.episodes.pop().expect("an answer for what was asked"))
    }

    async fn solved(
        &self,
        query: &MeasureQuery,
        over: Over,
        after: Option<&SolvedPlace>,
        limit: usize,
    ) -> Result<Vec<Solved>, StoreError> {
        let mut transaction = self.read.begin().await?;
        over::solved(&mut transaction, query, (over, after, limit)).await
    }

    async fn exceptions_told(&self, ids: &[String]) -> Result<Vec<ExceptionTold>, StoreError> {
        let mut transaction = self.read.begin().await?;
        over::told(&mut transaction, ids).await
    }

    async fn answered(&self, query: &MeasureQuery) -> Result<(u64, u64), StoreError> {
        waiting::answered(&self.read, query).await
    }
}

#[async_trait]
impl FoldStore for Database {
    async fn fold_measures(&self, limit: u32) -> Result<u64, StoreError> {
        // Mostly all of them have the same to fold: it is read once.
        let mut part = log::Part::default();
        let mut most = 0;
        for grain in cells::Grain::ALL {
            most = most.max(cells::fold(self, grain, limit, &mut part).await?);
        }
        most = most.max(chunks::fold(self, limit, &mut part).await?);
        drop(part);
        // So that no reader has much to catch up with. While more streams in than is folded, only those who read follow it.
        if most < u64::from(limit) {
            drop(self.book.read(&self.read).await?);
        }
        book::forget(self).await?;
        Ok(most)
    }

    async fn measure_old(&self, limit: u32) -> Result<u64, StoreError> {
        sweep::step(self, limit).await
    }
}

/// Adds the conditions on dimensions, for columns of the table `d`.
fn push_dims(sql: &mut QueryBuilder, query: &MeasureQuery) {
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
