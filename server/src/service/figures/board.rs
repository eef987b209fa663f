//! Several figures of one state: what they need is read at once, and each is then drawn from it.

use super::{Asked, answer, exceptions, flow, stock};
use crate::{
    domain::{exception::ExceptionKind, measure::Metric, metric::Source},
    store::{
        StoreError,
        figures::{
            Adding, Episodes, ExceptionTold, FiguresStore, MeasureQuery, Measured, MeasuredRow, Over, RowPlace, Solved,
            SolvedPlace, Together, ToldTogether, Wait, WaitingRow, Waits,
        },
    },
};
use app::error::AppError;
use async_trait::async_trait;

/// What was read. Answers from it, and asks the store for everything else.
pub(super) struct Board<'s> {
    store: &'s dyn FiguresStore,
    asked: Together,
    told: ToldTogether,
}

impl<'s> Board<'s> {
    /// Reads what these figures need.
    pub(super) async fn read(store: &'s dyn FiguresStore, figures: &[&Asked]) -> Result<Self, AppError> {
        let mut asked = Together::default();
        for figure in figures {
            let needs = match figure.key.contract().source {
                Source::Flow(metrics) => flow::needs(figure, metrics),
                Source::Stock(of, share_of) => stock::needs(figure, (of, share_of)),
                Source::Exceptions(kind) => exceptions::open_needs(figure, kind),
                Source::Solved => exceptions::solved_needs(figure),
            };
            join(&mut asked, needs);
        }
        Self::of(store, asked).await
    }

    /// Reads this.
    pub(super) async fn of(store: &'s dyn FiguresStore, asked: Together) -> Result<Self, AppError> {
        let told = store.together(&asked).await.map_err(answer)?;
        Ok(Self { store, asked, told })
    }
}

/// Adds what is not asked for yet.
pub(super) fn join(asked: &mut Together, more: Together) {
    for (query, metrics) in more.measured {
        match asked.measured.iter_mut().find(|(held, _)| *held == query) {
            Some((_, held)) => held.extend(metrics),
            None => asked.measured.push((query, metrics)),
        }
    }
    asked.measured.iter_mut().for_each(|(_, metrics)| {
        metrics.sort_unstable();
        metrics.dedup();
    });
    for wait in more.waits {
        if !asked.waits.contains(&wait) {
            asked.waits.push(wait);
        }
    }
    for episodes in more.episodes {
        if !asked.episodes.contains(&episodes) {
            asked.episodes.push(episodes);
        }
    }
    for query in more.under_way {
        if !asked.under_way.contains(&query) {
            asked.under_way.push(query);
        }
    }
}

#[async_trait]
impl FiguresStore for Board<'_> {
    async fn measured(&self, query: &MeasureQuery, metrics: &[Metric]) -> Result<Measured, StoreError> {
        let held = self.asked.measured.iter().zip(&self.told.measured);
        let mut held = held.filter(|((of, held), _)| of == query && metrics.iter().all(|metric| held.contains(metric)));
        match held.next() {
            Some((_, told)) => {
                let of = told.metrics.iter().filter(|(metric, _)| metrics.contains(metric));
                Ok(Measured { metrics: of.map(|(metric, weeks)| (*metric, weeks.clone())).collect(), ..*told })
            }
            None => self.store.measured(query, metrics).await,
        }
    }

    async fn measured_rows(
        &self,
        query: &MeasureQuery,
        metric: Metric,
        bins: &[(i32, i32)],
        after: Option<RowPlace>,
        limit: usize,
    ) -> Result<Vec<MeasuredRow>, StoreError> {
        self.store.measured_rows(query, metric, bins, after, limit).await
    }

    async fn waiting(&self, query: &MeasureQuery, wait: Wait) -> Result<Vec<WaitingRow>, StoreError> {
        self.store.waiting(query, wait).await
    }

    async fn stock(&self, query: &MeasureQuery, wait: Wait, how: &Adding) -> Result<Waits, StoreError> {
        let mut held = self.asked.waits.iter().zip(&self.told.waits);
        match held.find(|((of, held, by), _)| of == query && *held == wait && by == how) {
            Some((_, told)) => Ok(told.clone()),
            None => self.store.stock(query, wait, how).await,
        }
    }

    async fn together(&self, asked: &Together) -> Result<ToldTogether, StoreError> {
        self.store.together(asked).await
    }

    async fn under_way(&self, query: &MeasureQuery) -> Result<u64, StoreError> {
        match self.asked.under_way.iter().zip(&self.told.under_way).find(|(of, _)| *of == query) {
            Some((_, n)) => Ok(*n),
            None => self.store.under_way(query).await,
        }
    }

    async fn episodes(&self, query: &MeasureQuery, kind: Option<ExceptionKind>) -> Result<Episodes, StoreError> {
        match self.asked.episodes.iter().zip(&self.told.episodes).find(|((of, held), _)| of == query && *held == kind) {
            Some((_, told)) => Ok(told.clone()),
            None => self.store.episodes(query, kind).await,
        }
    }

    async fn solved(
        &self,
        query: &MeasureQuery,
        over: Over,
        after: Option<&SolvedPlace>,
        limit: usize,
    ) -> Result<Vec<Solved>, StoreError> {
        self.store.solved(query, over, after, limit).await
    }

    async fn exceptions_told(&self, ids: &[String]) -> Result<Vec<ExceptionTold>, StoreError> {
        self.store.exceptions_told(ids).await
    }

    async fn answered(&self, query: &MeasureQuery) -> Result<(u64, u64), StoreError> {
        self.store.answered(query).await
    }
}
