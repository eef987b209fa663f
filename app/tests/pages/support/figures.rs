//! Key figures made up.

use super::{
    fake::{Fake, Mood, now},
    overview,
};
use app::{
    error::AppError,
    model::{
        Kpi, KpiFilter, KpiMeaning, KpiPart, KpiPoint, KpiRow, KpiValue, Omission, Overview, Page, Percentiles, Period, Trend,
        TrendFilter, TrendSide, TrendStage, Trends,
    },
    ports::{Caller, FileRows, KeyFigures},
};
use async_trait::async_trait;

/// What a figure says of itself.
pub fn meaning(id: &str) -> KpiMeaning {
    KpiMeaning {
        id: id.into(),
        version: 1,
        name: "Dispatch to invoice".into(),
        population: "shipments whose first invoice was issued in the period".into(),
        exclusions: vec!["no dispatch told".into()],
        clock: "calendar".into(),
        start: "dispatch first confirmed".into(),
        stop: "first invoice issued".into(),
        formula: "stop − start".into(),
        unit: "duration".into(),
        owner: "Finance".into(),
        direction: "lower is better".into(),
        omissions: vec!["calendar clock".into()],
        parts_of: vec!["dispatch to delivery".into()],
    }
}

fn kpi(id: &str) -> Kpi {
    let percentiles = Percentiles { p50: 50.0, p75: 70.0, p90: 120.5, p95: 200.0 };
    let value = |words: &str| KpiValue {
        percentiles: Some(percentiles),
        mean_hours: Some(61.5),
        words: words.into(),
        ..KpiValue::default()
    };
    let point = |week: &str, n| KpiPoint {
        week: week.into(),
        label: format!("week {week}"),
        from: "2026-02-09".into(),
        to: "2026-02-16".into(),
        n,
        value: value("2 d 2 h"),
    };
    Kpi {
        meaning: meaning(id),
        value: value("2 d 2 h"),
        may_list: true,
        n: 1_204,
        open: Some(87),
        left_out: vec![Omission { reason: "nobody told when it started".into(), count: 12 }],
        day_only: 3,
        parts: vec![KpiPart {
            code: String::new(),
            label: "dispatch to delivery".into(),
            n: 1_204,
            left_out: vec![],
            value: value("1 d"),
        }],
        series: vec![point("2026-W06", 600), point("2026-W07", 604)],
        previous: Some(point("", 1_100)),
        target: None,
        period: Period { from: Some("2026-02-01".into()), to: Some("2026-02-16".into()) },
        covers: Some(covers()),
        as_of: now(),
        known_at: None,
        under_way: None,
    }
}

fn covers() -> Period {
    Period { from: Some("2026-02-02".into()), to: Some("2026-02-16".into()) }
}

#[async_trait]
impl KeyFigures for Fake {
    async fn meanings(&self, _: &Caller) -> Result<Vec<KpiMeaning>, AppError> {
        self.well()?;
        Ok(vec![meaning("K1"), meaning("K3")])
    }

    async fn kpis(&self, _: &Caller, _: KpiFilter) -> Result<Vec<Kpi>, AppError> {
        self.well()?;
        Ok(vec![kpi("K1"), kpi("K3")])
    }

    async fn kpi(&self, _: &Caller, id: String, _: KpiFilter) -> Result<Kpi, AppError> {
        self.well()?;
        let mut kpi = kpi(&id);
        if self.0 == Mood::Empty {
            (kpi.n, kpi.value, kpi.series) = (0, KpiValue { words: "none".into(), ..KpiValue::default() }, Vec::new());
        }
        Ok(kpi)
    }

    fn kpi_chart(&self, _: &Kpi, _: Option<&KpiFilter>) -> Option<String> {
        Some(r#"<svg class="chart"><title>Dispatch to invoice</title></svg>"#.into())
    }

    async fn overview(&self, _: &Caller, filter: KpiFilter) -> Result<Overview, AppError> {
        self.well()?;
        Ok(overview::overview(*self, filter))
    }

    async fn overview_file(&self, caller: &Caller, filter: KpiFilter) -> Result<Overview, AppError> {
        self.overview(caller, filter).await
    }

    fn stages_chart(&self, side: &TrendSide) -> String {
        side.waterfall.clone()
    }

    fn drawing_alone(&self, drawing: &str) -> String {
        drawing.to_owned()
    }

    async fn kpi_rows_file(&self, _: &Caller, _: String, _: KpiFilter) -> Result<FileRows<KpiRow>, AppError> {
        self.well()?;
        Ok(FileRows { rows: Vec::new(), more: false })
    }

    async fn trends(&self, _: &Caller, filter: TrendFilter) -> Result<Trends, AppError> {
        self.well()?;
        let empty = self.0 == Mood::Empty;
        let trend = |id: &str, unit: &str| {
            let kpi = kpi(id);
            let part = (unit == "share").then_some(500);
            let counted = |week: KpiPoint| KpiPoint { value: KpiValue { part, ..week.value }, ..week };
            Trend {
                meaning: KpiMeaning { unit: unit.into(), ..kpi.meaning },
                value: kpi.value,
                n: if empty { 0 } else { kpi.n },
                open: kpi.open,
                left_out: if empty { Vec::new() } else { kpi.left_out },
                weeks: if empty { Vec::new() } else { kpi.series.into_iter().map(counted).collect() },
                drawing: r#"<svg class="chart"><title>Weeks</title></svg>"#.into(),
            }
        };
        let stage = |label: &str, hours, share: &str| TrendStage {
            code: "stage_transit".into(),
            label: label.into(),
            mean_hours: Some(hours),
            words: format!("{hours} h"),
            share: Some(share.into()),
        };
        let side = |filter: KpiFilter| TrendSide {
            filter,
            covers: Some(covers()),
            figures: vec![trend("K1", "duration"), trend("K11", "share")],
            stages: vec![stage("dispatch to delivery", 40.0, "65.0 %"), stage("to invoice", 21.5, "35.0 %")],
            mean: (!empty).then(|| "2 d 13 h".into()),
            waterfall: r#"<svg class="chart"><title>Stages</title></svg>"#.into(),
            known_at: None,
            under_way: None,
        };
        let sides = [Some(filter.of.clone()), filter.other()].into_iter().flatten().map(side).collect();
        Ok(Trends { as_of: now(), sides })
    }

    async fn kpi_rows(&self, _: &Caller, _: String, _: KpiFilter) -> Result<Page<KpiRow>, AppError> {
        self.well()?;
        let row = KpiRow {
            id: "s1".into(),
            reference: "S-1001".into(),
            href: "/shipments/s1".into(),
            region: "EU".into(),
            business_unit: "RETAIL".into(),
            carrier: "PRRE".into(),
            mode: "road".into(),
            customer: "C-1042".into(),
            day: "2026-02-10".into(),
            hours: Some(51.0),
            words: "2 d 3 h".into(),
            money: None,
        };
        let items = if self.0 == Mood::Empty { Vec::new() } else { vec![row] };
        Ok(Page { items, next: None, total: None, as_of: now() })
    }
}
