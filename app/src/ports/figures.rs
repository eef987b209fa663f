//! Key figures.

use super::{Caller, FileRows};
use crate::{
    error::AppError,
    model::{Kpi, KpiFilter, KpiMeaning, KpiRow, Overview, Page, TrendFilter, TrendSide, Trends},
};
use async_trait::async_trait;

/// Reading key figures.
#[async_trait]
pub trait KeyFigures: Send + Sync {
    /// What each means.
    async fn meanings(&self, caller: &Caller) -> Result<Vec<KpiMeaning>, AppError>;
    /// All of them, without series and what was before.
    async fn kpis(&self, caller: &Caller, filter: KpiFilter) -> Result<Vec<Kpi>, AppError>;
    /// One of them.
    async fn kpi(&self, caller: &Caller, id: String, filter: KpiFilter) -> Result<Kpi, AppError>;
    /// Its weeks as a chart, a complete SVG (already escaped; colours by CSS class); none of a count, nor of K16. Its points lead to their rows
    /// under the filter, if there is one. Asks nothing, so nobody has to be known.
    fn kpi_chart(&self, kpi: &Kpi, filter: Option<&KpiFilter>) -> Option<String>;
    /// The stages of a side as a chart that leads nowhere.
    fn stages_chart(&self, side: &TrendSide) -> String;
    /// A drawing of figures with looks of its own, for a file.
    fn drawing_alone(&self, drawing: &str) -> String;
    /// What waits, for how much money, and what holds it.
    async fn overview(&self, caller: &Caller, filter: KpiFilter) -> Result<Overview, AppError>;
    /// The same with all parts of every card, for a file.
    async fn overview_file(&self, caller: &Caller, filter: KpiFilter) -> Result<Overview, AppError>;
    /// Figures week by week, and against another period or carrier.
    async fn trends(&self, caller: &Caller, filter: TrendFilter) -> Result<Trends, AppError>;
    /// The rows behind it, or behind a part of it, for a file.
    async fn kpi_rows_file(&self, caller: &Caller, id: String, filter: KpiFilter) -> Result<FileRows<KpiRow>, AppError>;
    /// One page of the rows behind it, or behind a part of it: as many in all as it says.
    async fn kpi_rows(&self, caller: &Caller, id: String, filter: KpiFilter) -> Result<Page<KpiRow>, AppError>;
}
