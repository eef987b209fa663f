//! Key figures: each drawn from its contract, over what the actor may see.

mod board;
mod drawing;
mod exceptions;
mod flow;
mod meaning;
mod overview;
mod rows;
mod stock;
mod trends;
mod value;

use self::board::Board;
use super::{
    desk::{allowed, answer, sight},
    files,
    period::{self, Days, invalid},
    words::Words,
};
use crate::{
    chart,
    clock::Clock,
    domain::{
        access::{Actor, Permission, Scope},
        measure::day_of,
        metric::{Kpi as Key, Source, Unit},
    },
    store::{
        config::ConfigStore,
        figures::{FiguresStore, MeasureQuery, Measured, UnderWay, Weeks},
        standing::StandingStore,
    },
};
use app::{
    error::AppError,
    model::{Kpi, KpiFilter, KpiMeaning, KpiPoint, KpiRow, Overview, Page, Period, TrendFilter, TrendSide, Trends},
    ports::{Caller, FileRows, KeyFigures},
};
use async_trait::async_trait;
use std::sync::Arc;

/// What figures and the Overview are read from.
pub trait OverviewStore: FiguresStore + StandingStore + ConfigStore {}
impl<T: FiguresStore + StandingStore + ConfigStore> OverviewStore for T {}

/// The port over a store.
pub struct Figures {
    store: Arc<dyn OverviewStore>,
    clock: Clock,
}

/// What is asked for, read.
#[derive(Debug, Clone)]
struct Asked {
    key: Key,
    query: MeasureQuery,
    days: Days,
    target: Option<f64>,
    part: Option<String>,
    after: Option<String>,
    /// Rows at most.
    rows: usize,
    words: Words,
    /// Series, and what was before.
    whole: bool,
    /// How many are still open.
    open: bool,
    /// Its rows are for who asks.
    may_list: bool,
}

impl Asked {
    fn read(actor: &Actor, key: Key, filter: KpiFilter, words: Words, whole: bool) -> Result<Self, AppError> {
        let days = Days::read(&Period { from: filter.from, to: filter.to })?;
        let given = |value: Option<String>| value.filter(|value| !value.is_empty());
        let target = given(filter.target).map(|text| target(key, &text)).transpose()?;
        let query = MeasureQuery {
            sight: sight(actor),
            region: given(filter.region),
            business_unit: given(filter.business_unit),
            carrier: given(filter.carrier),
            mode: given(filter.mode),
            customer: given(filter.customer),
            origin: given(filter.origin),
            destination: given(filter.destination),
            from_day: days.from,
            to_day: days.to,
        };
        Ok(Self {
            key,
            query,
            days,
            target,
            part: given(filter.part),
            after: given(filter.after),
            rows: rows::PAGE,
            words,
            whole,
            open: true,
            may_list: may_see_rows(actor, key).is_ok(),
        })
    }

    /// The same of the period before, of the same length; none without both ends.
    fn before(&self) -> Option<Self> {
        let (from, to) = (self.days.from?, self.days.to?);
        let days = Days { from: Some(from - (to - from)), to: Some(from) };
        let query = MeasureQuery { from_day: days.from, to_day: days.to, ..self.query.clone() };
        Some(Self { days, query, whole: false, open: false, ..self.clone() })
    }

    /// Whether no dimension is asked for, and all may be seen.
    fn is_of_all(&self) -> bool {
        let MeasureQuery { sight, region, business_unit, carrier, mode, customer, origin, destination, .. } = &self.query;
        let none = [region, business_unit, carrier, mode, customer, origin, destination].into_iter().all(Option::is_none);
        none && sight.scope == Scope::ALL
    }

    fn period(&self) -> Period {
        Period { from: self.days.from.map(period::day_code), to: self.days.to.map(period::day_code) }
    }
}

/// Reads what a figure should reach. No duration is longer than some thousand years, no share more than all.
fn target(key: Key, text: &str) -> Result<f64, AppError> {
    let (most, words) = match key.contract().unit {
        Unit::Duration => (1e8, "Write hours, none below zero: 24, 1.5."),
        Unit::Share => (100.0, "Write per cent, from 0 to 100: 97.5."),
        Unit::Count => (1e12, "Write a count, none below zero: 100."),
    };
    let value = text.trim().parse::<f64>().ok().filter(|value| (0.0..=most).contains(value));
    value.ok_or_else(|| invalid("target", words))
}

impl Figures {
    /// Over this store.
    pub fn new(store: Arc<dyn OverviewStore>, clock: Clock) -> Self {
        Self { store, clock }
    }

    fn words(&self, actor: &Actor) -> Words {
        Words::new(actor, self.clock.now())
    }

    /// Figures of one state.
    async fn read(&self, figures: &[&Asked]) -> Result<Vec<Kpi>, AppError> {
        let board = Board::read(&*self.store, figures).await?;
        let mut kpis = Vec::with_capacity(figures.len());
        for asked in figures {
            kpis.push(match asked.key.contract().source {
                Source::Flow(metrics) => flow::read(&board, asked, metrics).await?,
                Source::Stock(stock, share_of) => stock::read(&board, asked, (stock, share_of)).await?,
                Source::Exceptions(kind) => exceptions::open(&board, asked, kind).await?,
                Source::Solved => exceptions::solved(&board, asked).await?,
            });
        }
        Ok(kpis)
    }
}

/// Rows are what they are of: shipments, or exceptions, which not everybody sees who sees their number.
fn may_see_rows(actor: &Actor, key: Key) -> Result<Key, AppError> {
    actor.require(Permission::ReadShipments).map_err(|_| AppError::Forbidden)?;
    if matches!(key.contract().source, Source::Exceptions(_) | Source::Solved) {
        actor.require(Permission::ReadExceptions).map_err(|_| AppError::Forbidden)?;
    }
    Ok(key)
}

/// A figure with nothing but its meaning and its period.
fn blank(asked: &Asked, measured: Option<&Measured>) -> Kpi {
    let under_way = measured.and_then(|measured| measured.under_way);
    let version = asked.key.contract().version;
    Kpi {
        meaning: meaning::of(asked.key.contract()),
        value: app::model::KpiValue::default(),
        may_list: asked.may_list,
        n: 0,
        open: None,
        left_out: Vec::new(),
        day_only: 0,
        parts: Vec::new(),
        series: Vec::new(),
        previous: None,
        target: None,
        period: asked.period(),
        covers: None,
        as_of: asked.words.as_of(),
        known_at: measured.and_then(|measured| measured.as_known).map(|at| asked.words.instant(at)),
        under_way: under_way.map(|far| under_way_in_words(asked, far, Some(version))),
    }
}

/// How far the measuring is, and what is told meanwhile; of one figure, by the number of its version.
fn under_way_in_words(asked: &Asked, UnderWay { done, all, since }: UnderWay, version: Option<u16>) -> String {
    let far = format!("{} % of the shipments ({done} of {all})", done * 100 / all.max(1));
    match since {
        Some(since) => {
            let since = asked.words.instant(since).local;
            let (new, old) = match version {
                Some(new) => (format!("version {new}"), format!("version {}", new.saturating_sub(1))),
                None => ("a new version".to_owned(), "the old one".to_owned()),
            };
            format!("Being rebuilt: {far} are measured by {new}. Until all are, {old} is told, as known at {since}.")
        }
        None => format!("Being measured: {far} are. Until all are, the figures are not whole."),
    }
}

/// The days of the weeks that have cases, as far as they lie in the period and have begun.
fn covered<'w>(asked: &Asked, weeks: impl IntoIterator<Item = &'w Weeks>) -> Option<Period> {
    let mondays: Vec<i32> = weeks.into_iter().flat_map(|weeks| weeks.keys().copied()).collect();
    let (first, last) = (*mondays.iter().min()?, *mondays.iter().max()?);
    let from = asked.days.from.map_or(first, |from| from.max(first));
    let end = (last + 7).min(day_of(asked.words.now) + 1).max(from + 1);
    let to = asked.days.to.map_or(end, |to| to.min(end));
    Some(Period { from: Some(period::day_code(from)), to: Some(period::day_code(to)) })
}

/// A point: a week from its Monday, or what of it lies in the period.
fn week(days: Days, monday: i32, n: u64, value: app::model::KpiValue) -> KpiPoint {
    let (week, label) = period::week_name(monday);
    let from = days.from.map_or(monday, |from| from.max(monday));
    let to = days.to.map_or(monday + 7, |to| to.min(monday + 7));
    KpiPoint { week, label, from: period::day_code(from), to: period::day_code(to), n, value }
}

#[async_trait]
impl KeyFigures for Figures {
    async fn meanings(&self, caller: &Caller) -> Result<Vec<KpiMeaning>, AppError> {
        allowed(caller, Permission::ReadOverview)?;
        Ok(Key::ALL.iter().map(|key| meaning::of(key.contract())).collect())
    }

    async fn kpis(&self, caller: &Caller, filter: KpiFilter) -> Result<Vec<Kpi>, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        let words = self.words(actor);
        let filter = KpiFilter { target: None, ..filter };
        let one = |key: &Key| Asked::read(actor, *key, filter.clone(), words, false);
        let all = Key::ALL.iter().map(one).collect::<Result<Vec<_>, _>>()?;
        self.read(&all.iter().collect::<Vec<_>>()).await
    }

    async fn kpi(&self, caller: &Caller, id: String, filter: KpiFilter) -> Result<Kpi, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        let key = Key::from_code(&id).ok_or(AppError::NotFound)?;
        let asked = Asked::read(actor, key, filter, self.words(actor), true)?;
        let before = asked.before().filter(|_| key.contract().source.is_of_a_period());
        let both: Vec<&Asked> = std::iter::once(&asked).chain(&before).collect();
        let mut kpis = self.read(&both).await?.into_iter();
        let mut kpi = kpis.next().expect("a figure for each that is asked for");
        if let Some((held, before)) = kpis.next().zip(before) {
            let (from, to) = (before.period().from.unwrap_or_default(), before.period().to.unwrap_or_default());
            let label = before.period().words().unwrap_or_default();
            kpi.previous = Some(KpiPoint { week: String::new(), label, from, to, n: held.n, value: held.value });
        }
        Ok(kpi)
    }

    fn kpi_chart(&self, kpi: &Kpi, filter: Option<&KpiFilter>) -> Option<String> {
        let target = kpi.target.as_ref().map(|target| target.value);
        drawing::weeks(&kpi.meaning, &kpi.series, filter, &drawing::Beside { target, at_least: 0.0 })
    }

    fn stages_chart(&self, side: &TrendSide) -> String {
        drawing::stages(&side.stages, None, 0.0)
    }

    fn drawing_alone(&self, drawing: &str) -> String {
        chart::alone(drawing)
    }

    async fn overview(&self, caller: &Caller, filter: KpiFilter) -> Result<Overview, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        overview::read(&*self.store, actor, filter, self.words(actor), overview::Shown::PAGE).await
    }

    async fn overview_file(&self, caller: &Caller, filter: KpiFilter) -> Result<Overview, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        overview::read(&*self.store, actor, filter, self.words(actor), overview::Shown::ALL).await
    }

    async fn trends(&self, caller: &Caller, filter: TrendFilter) -> Result<Trends, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        trends::read(&*self.store, actor, filter, self.words(actor)).await
    }

    async fn kpi_rows(&self, caller: &Caller, id: String, filter: KpiFilter) -> Result<Page<KpiRow>, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        let key = may_see_rows(actor, Key::from_code(&id).ok_or(AppError::NotFound)?)?;
        rows::page(&*self.store, &Asked::read(actor, key, filter, self.words(actor), false)?).await
    }

    async fn kpi_rows_file(&self, caller: &Caller, id: String, filter: KpiFilter) -> Result<FileRows<KpiRow>, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        let key = may_see_rows(actor, Key::from_code(&id).ok_or(AppError::NotFound)?)?;
        let asked = Asked::read(actor, key, KpiFilter { after: None, ..filter }, self.words(actor), false)?;
        let page = rows::page(&*self.store, &Asked { rows: files::MOST as usize, ..asked }).await?;
        Ok(FileRows { rows: page.items, more: page.next.is_some() })
    }
}
