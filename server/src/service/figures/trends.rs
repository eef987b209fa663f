//! Figures week by week, and against another period or carrier.

use super::{Asked, Board, answer, blank, board, covered, drawing, drawing::Beside, flow, value, week};
use crate::{
    domain::{
        access::Actor,
        measure::{Metric, Shape},
        metric::{Kpi as Key, Source},
    },
    service::words::{self, Words},
    store::{
        figures::{FiguresStore, Measured, Together},
        measures::cells::sum_bin,
    },
};
use app::{
    error::AppError,
    model::{KpiFilter, Trend, TrendFilter, TrendSide, TrendStage, Trends},
};

/// What is shown, in this order; of each the first measure is the figure itself.
const SHOWN: [Key; 4] = [Key::K1, Key::K11, Key::K5, Key::K3];

/// Reads the page.
pub(super) async fn read(store: &dyn FiguresStore, actor: &Actor, filter: TrendFilter, words: Words) -> Result<Trends, AppError> {
    let mut sides = Vec::with_capacity(2);
    for of in [Some(filter.of.clone()), filter.other()].into_iter().flatten() {
        sides.push(side(store, actor, of, words).await?);
    }
    draw(&mut sides, filter.of.target.as_deref().and_then(|target| target.trim().parse().ok()));
    Ok(Trends { as_of: words.as_of(), sides })
}

/// The measures of a figure that is folded from some.
fn metrics(key: Key) -> &'static [Metric] {
    match key.contract().source {
        Source::Flow(metrics) => metrics,
        _ => &[],
    }
}

/// All of one side is of one state.
async fn side(store: &dyn FiguresStore, actor: &Actor, filter: KpiFilter, words: Words) -> Result<TrendSide, AppError> {
    let own = |key: Key| metrics(key).first().copied();
    let stages = metrics(Key::K1).iter().copied().filter(|metric| metric.shape() == Shape::Sum);
    let wanted: Vec<Metric> = SHOWN.into_iter().filter_map(own).chain(stages.clone()).collect();
    let asked = Asked::read(actor, Key::K1, filter.clone(), words, true)?;
    let of = |key: Key| Asked { key, ..asked.clone() };
    // What is still open is of the same state as what is measured.
    let mut needs = Together { measured: vec![(asked.query.clone(), wanted.clone())], ..Together::default() };
    for key in SHOWN {
        let Together { waits, .. } = flow::needs(&of(key), metrics(key));
        board::join(&mut needs, Together { waits, ..Together::default() });
    }
    let board = Board::of(store, needs).await?;
    let measured = board.measured(&asked.query, &wanted).await.map_err(answer)?;
    let told = blank(&asked, Some(&measured));
    let mut figures = Vec::with_capacity(SHOWN.len());
    for key in SHOWN {
        if let Some(metric) = own(key) {
            let open = flow::open(&board, &of(key)).await?;
            figures.push(Trend { open, ..figure(&of(key), &measured, metric) });
        }
    }
    let whole = value::whole(measured.metrics.get(&Metric::DispatchToInvoice));
    let n = value::cases(&whole);
    let mean = value::mean(whole.count(sum_bin(Metric::DispatchToInvoice, 0)), n);
    let stage = |metric: Metric| {
        let of_stage = value::whole(measured.metrics.get(&metric));
        let mean_hours = value::mean(of_stage.count(sum_bin(metric, 0)), n);
        let share =
            mean_hours.zip(mean).filter(|(_, whole)| *whole > 0.0).map(|(part, whole)| format!("{:.1} %", part / whole * 100.0));
        TrendStage {
            code: metric.code().to_owned(),
            label: flow::label(metric).to_owned(),
            mean_hours,
            words: mean_hours.map_or_else(|| "none".into(), words::hours),
            share,
        }
    };
    let own_weeks = SHOWN.into_iter().filter_map(own).filter_map(|metric| measured.metrics.get(&metric));
    Ok(TrendSide {
        covers: covered(&asked, own_weeks),
        filter,
        figures,
        stages: stages.map(stage).collect(),
        mean: mean.map(words::hours),
        waterfall: String::new(),
        known_at: told.known_at,
        under_way: measured.under_way.map(|far| super::under_way_in_words(&asked, far, None)),
    })
}

fn figure(asked: &Asked, measured: &Measured, metric: Metric) -> Trend {
    let weeks = measured.metrics.get(&metric);
    let whole = value::whole(weeks);
    let (value, n) = value::any(metric, &whole);
    let points = weeks.into_iter().flatten().map(|(monday, histogram)| {
        let (value, n) = value::any(metric, histogram);
        week(asked.days, *monday, n, value)
    });
    Trend {
        meaning: blank(asked, None).meaning,
        value,
        n,
        open: None,
        left_out: value::left_out(metric, &whole),
        weeks: points.filter(|point| point.n > 0).collect(),
        drawing: String::new(),
    }
}

/// Draws both sides to the same scale.
fn draw(sides: &mut [TrendSide], target: Option<f64>) {
    let longest = sides.iter().filter_map(|side| side.stages.iter().map(|stage| stage.mean_hours).sum::<Option<f64>>());
    let longest = longest.fold(0.0, f64::max);
    for place in 0..SHOWN.len() {
        let reach = |side: &TrendSide| side.figures.get(place).map_or(0.0, |trend| drawing::reach(&trend.meaning, &trend.weeks));
        let at_least = sides.iter().map(reach).fold(0.0, f64::max);
        // A target is told for the first figure.
        let beside = Beside { target: target.filter(|_| place == 0), at_least };
        for side in &mut *sides {
            if let Some(trend) = side.figures.get_mut(place) {
                let drawn = drawing::weeks(&trend.meaning, &trend.weeks, Some(&side.filter), &beside);
                trend.drawing = drawn.unwrap_or_default();
            }
        }
    }
    for side in sides {
        let n = side.figures.first().map_or(0, |trend| trend.n);
        side.waterfall = drawing::stages(&side.stages, Some((&side.filter, n)), longest);
    }
}
