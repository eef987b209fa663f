//! Figures over a period.

use super::{Asked, answer, blank, covered, value, week};
use crate::{
    domain::{
        histogram::Histogram,
        measure::{LATE, Metric, NO_PROMISE, ON_TIME, Shape, bin_hours},
        metric::{Direction, Kpi as Key},
        readiness::Holds,
    },
    store::{
        figures::{Adding, FiguresStore, Running, Together, Wait, WaitingRow, Why},
        measures::cells::sum_bin,
    },
};
use app::{
    error::AppError,
    model::{Kpi, KpiPart, KpiTarget, KpiValue},
};

/// What is read for it.
pub(super) fn needs(asked: &Asked, metrics: &[Metric]) -> Together {
    let mut needs = Together { measured: vec![(asked.query.clone(), metrics.to_vec())], ..Together::default() };
    if asked.open {
        let waits: &[Wait] = match asked.key {
            Key::K1 | Key::K2a | Key::K2b => &[Wait::Unbilled],
            Key::K3 => &[Wait::Unbilled, Wait::ErpBacklog],
            Key::K4 => &[Wait::Validated],
            Key::K5 => &[Wait::AwaitingProof],
            _ => &[],
        };
        needs.waits = waits.iter().map(|wait| (asked.query.clone(), *wait, Adding::up(asked.words.now))).collect();
        needs.under_way = if asked.key == Key::K1 { vec![asked.query.clone()] } else { Vec::new() };
    }
    needs
}

/// Reads a figure and what stands beside it. The first metric is the figure itself.
pub(super) async fn read(store: &dyn FiguresStore, asked: &Asked, metrics: &[Metric]) -> Result<Kpi, AppError> {
    let measured = store.measured(&asked.query, metrics).await.map_err(answer)?;
    let own = metrics[0];
    let weeks = measured.metrics.get(&own);
    let whole = value::whole(weeks);
    let mut kpi = blank(asked, Some(&measured));
    (kpi.value, kpi.n) = value::any(own, &whole);
    kpi.left_out = value::left_out(&whole);
    kpi.day_only = value::day_only(&whole);
    kpi.covers = covered(asked, weeks);
    for metric in &metrics[1..] {
        let histogram = value::whole(measured.metrics.get(metric));
        kpi.parts.extend(parts(*metric, &histogram, &whole, kpi.n));
    }
    if asked.key == Key::K20 && asked.is_of_all() {
        let (taken, duplicate) = store.answered(&asked.query).await.map_err(answer)?;
        let value = value::share(duplicate, taken + duplicate);
        let label = "prevented: events that had been taken already".to_owned();
        kpi.parts.push(KpiPart { code: String::new(), label, n: taken + duplicate, value });
    }
    if asked.whole {
        let points = weeks.into_iter().flatten().map(|(monday, histogram)| {
            let (value, n) = value::any(own, histogram);
            week(asked.days, *monday, n, value)
        });
        kpi.series = points.filter(|point| point.n > 0).collect();
    }
    if asked.open {
        kpi.open = open(store, asked).await?;
    }
    kpi.target = asked.target.map(|target| against(asked.key, own, target, &whole, &kpi.value));
    Ok(kpi)
}

/// A part of K1, or something that stands beside a figure.
fn parts(metric: Metric, histogram: &Histogram, whole: &Histogram, n: u64) -> Vec<KpiPart> {
    let part =
        |code: &str, label: &str, (value, n): (KpiValue, u64)| KpiPart { code: code.into(), label: label.into(), n, value };
    match metric.shape() {
        // The mean of the whole is the sum of these.
        Shape::Sum => {
            let mean_hours = value::mean(histogram.count(sum_bin(metric, 0)), value::cases(whole));
            let words = mean_hours.map_or_else(|| "none".into(), crate::service::words::hours);
            vec![part(metric.code(), label(metric), (KpiValue { mean_hours, words, ..KpiValue::default() }, n))]
        }
        Shape::Class if metric == Metric::ProofOfDelivery => {
            let all = value::of(histogram, &[ON_TIME, LATE, NO_PROMISE]);
            let in_time = value::of(histogram, &[ON_TIME]);
            vec![
                part(metric.code(), label(metric), value::any(metric, histogram)),
                part(IN_TIME_CODE, IN_TIME, (value::share(in_time, all), all)),
            ]
        }
        _ => vec![part(metric.code(), label(metric), value::any(metric, histogram))],
    }
}

/// The part of deliveries with a POD in time.
pub(super) const IN_TIME_CODE: &str = "in_time";
/// Beside the deliveries with a POD.
const IN_TIME: &str = "deliveries with a POD in time";

/// What the parts are called that a metric makes.
pub(super) fn labels(metric: Metric) -> impl Iterator<Item = &'static str> {
    let in_time = (metric == Metric::ProofOfDelivery).then_some(IN_TIME);
    std::iter::once(label(metric)).chain(in_time)
}

pub(super) fn label(metric: Metric) -> &'static str {
    match metric {
        Metric::StageTransit => "dispatch to delivery",
        Metric::StageProof => "delivery to POD",
        Metric::StageCheck => "POD to validation",
        Metric::StageRating => "to charges rated",
        Metric::StageApproval => "to charges approved",
        Metric::StageIssue => "to invoice",
        Metric::StagesInOrder => "milestones in another order",
        Metric::DispatchToDelivery => "dispatch to delivery, of what was delivered in the period",
        Metric::InvoiceToPosting => "invoice to ERP posting",
        Metric::ProofToInvoice => "from the first POD received",
        Metric::DeliveryToValidProof => "to the POD that was validated",
        Metric::ProofOfDelivery => "deliveries with a POD that stands",
        Metric::UntouchedFromDelivery => "from the delivery",
        other => other.code(),
    }
}

/// Those whose clock runs.
pub(super) async fn open(store: &dyn FiguresStore, asked: &Asked) -> Result<Option<u64>, AppError> {
    let how = Adding::up(asked.words.now);
    let waits = async |wait| store.stock(&asked.query, wait, &how).await.map_err(answer);
    let count = async |wait| waits(wait).await.map(|waits| waits.n());
    Ok(Some(match asked.key {
        Key::K1 => store.under_way(&asked.query).await.map_err(answer)? + count(Wait::Unbilled).await?,
        Key::K2a => {
            let waits = waits(Wait::Unbilled).await?;
            waits.sums.iter().filter(|sum| sum.why == Why::Holds(Holds::NONE)).map(|sum| sum.n).sum()
        }
        Key::K2b => count(Wait::Unbilled).await?,
        Key::K3 => count(Wait::Unbilled).await? + count(Wait::ErpBacklog).await?,
        Key::K4 => count(Wait::Validated).await?,
        Key::K5 => store.without_proof(&asked.query).await.map_err(answer)?,
        _ => return Ok(None),
    }))
}

/// The rows behind that count, those that have waited longest first; none where nothing is counted.
pub(super) async fn open_rows(store: &dyn FiguresStore, asked: &Asked) -> Result<Option<Vec<WaitingRow>>, AppError> {
    let waits = async |wait| store.waiting(&asked.query, wait).await.map_err(answer);
    let running = async |running| store.running(&asked.query, running).await.map_err(answer);
    let mut rows = match asked.key {
        Key::K1 => [running(Running::UnderWay).await?, waits(Wait::Unbilled).await?].concat(),
        Key::K2a => waits(Wait::Unbilled).await?.into_iter().filter(|row| row.holds == Holds::NONE).collect(),
        Key::K2b => waits(Wait::Unbilled).await?,
        Key::K3 => [waits(Wait::Unbilled).await?, waits(Wait::ErpBacklog).await?].concat(),
        Key::K4 => waits(Wait::Validated).await?,
        Key::K5 => running(Running::WithoutProof).await?,
        _ => return Ok(None),
    };
    rows.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    Ok(Some(rows))
}

/// Against a target: hours that half may take, or per cent.
fn against(key: Key, metric: Metric, target: f64, whole: &Histogram, value: &KpiValue) -> KpiTarget {
    let better = |is: f64| match key.contract().direction {
        Direction::Down => is <= target,
        Direction::Up => is >= target,
    };
    let within = (metric.shape() == Shape::Duration).then(|| {
        let n: i64 = whole.iter().filter(|(bin, _)| bin_hours(*bin).is_some_and(|hours| hours <= target)).map(|(_, n)| n).sum();
        n.max(0).unsigned_abs()
    });
    let is = value.percentiles.map(|percentiles| percentiles.p50).or(value.share.map(|share| share * 100.0));
    KpiTarget { value: target, reached: is.map(better), within }
}
