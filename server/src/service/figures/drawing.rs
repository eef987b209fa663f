//! Figures drawn: their weeks as lines, their stages as a waterfall.

use super::value::ENOUGH;
use crate::chart::{self, Drawing, Line, Scale, Stop, Waterfall};
use app::{
    model::{KpiFilter, KpiMeaning, KpiPoint, Percentiles, TrendStage},
    paths,
};

/// What a drawing takes from what stands beside it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside {
    /// A value to reach: hours, or per cent.
    pub(super) target: Option<f64>,
    /// What the axis reaches to at least.
    pub(super) at_least: f64,
}

/// The lines of a figure's weeks; none of a count, nor of a share of whose past the number alone is kept.
fn lines(meaning: &KpiMeaning, weeks: &[KpiPoint]) -> Option<(Scale, Vec<Line>)> {
    let line = |words: &str, of: &dyn Fn(&KpiPoint) -> Option<f64>| Line {
        words: words.to_owned(),
        values: weeks.iter().map(of).collect(),
    };
    let at = |of: fn(&Percentiles) -> f64| move |week: &KpiPoint| week.value.percentiles.as_ref().map(of);
    match meaning.unit.as_str() {
        "duration" => {
            let all = vec![line("p50", &at(|p| p.p50)), line("p75", &at(|p| p.p75)), line("p90", &at(|p| p.p90))];
            Some((Scale::Hours, all))
        }
        "share" if meaning.id != "K16" => Some((Scale::Share, vec![line("share", &|week| week.value.share)])),
        _ => None,
    }
}

/// The largest value of its lines, where drawings beside each other share an axis.
pub(super) fn reach(meaning: &KpiMeaning, weeks: &[KpiPoint]) -> f64 {
    lines(meaning, weeks).map_or(0.0, |(_, lines)| chart::largest(&lines))
}

/// The weeks of a figure; their points lead to their rows under the filter.
pub(super) fn weeks(meaning: &KpiMeaning, weeks: &[KpiPoint], filter: Option<&KpiFilter>, beside: &Beside) -> Option<String> {
    let (scale, lines) = lines(meaning, weeks)?;
    let rows = |week: &KpiPoint, filter: &KpiFilter| {
        let (from, to) = (Some(week.from.clone()), Some(week.to.clone()));
        paths::kpi_rows(&meaning.id, &KpiFilter { from, to, part: None, after: None, target: None, ..filter.clone() })
    };
    // What was in stock at the end of a week cannot be listed any more.
    let filter = filter.filter(|_| meaning.id != "K6");
    let stops: Vec<Stop> = weeks
        .iter()
        .map(|week| Stop { label: week.label.clone(), n: week.n, href: filter.map(|filter| rows(week, filter)) })
        .collect();
    let drawing = Drawing {
        title: format!("{} {}", meaning.id, meaning.name),
        description: format!("By week; weeks with fewer than {ENOUGH} cases are left out. The table has the same numbers."),
        empty: "No week of this period has enough cases.".into(),
        counted: ("case".into(), "cases".into()),
        target: beside.target.map(|target| if scale == Scale::Share { target / 100.0 } else { target }),
        scale,
        at_least: beside.at_least,
    };
    Some(chart::lines(&stops, &lines, &drawing))
}

/// Stages and the whole that they add up to; each leads to so many rows under the filter, if there is one.
pub(super) fn stages(stages: &[TrendStage], filter: Option<(&KpiFilter, u64)>, at_least: f64) -> String {
    let rows = |part: Option<&str>| {
        let (filter, n) = filter?;
        let of = KpiFilter { target: None, part: part.map(Into::into), after: None, ..filter.clone() };
        Some((paths::kpi_rows("K1", &of), n))
    };
    let part = |stage: &TrendStage| {
        let hours = stage.mean_hours?;
        Some(chart::Part { words: stage.label.clone(), hours, rows: rows(Some(&stage.code)) })
    };
    let parts: Vec<chart::Part> = stages.iter().filter_map(part).collect();
    let words = Waterfall {
        title: "Dispatch to invoice by stage".into(),
        description: "Mean time in each stage; together they are the mean of the whole. The table has the same numbers.".into(),
        whole: "dispatch to invoice".into(),
        rows: rows(None),
        empty: "Nothing was invoiced in this period.".into(),
    };
    chart::waterfall(&parts, &words, at_least)
}
