//! Figures over a period.

use super::{Asked, answer, blank, covered, value, week};
use crate::{
    domain::{
        histogram::Histogram,
        measure::{LATE, Metric, NO_PROMISE, ON_TIME, Shape, bin_hours},
        metric::{Direction, Kpi as Key},
    },
    store::{
        figures::{Adding, FiguresStore, Together, Wait, WaitingRow},
        measures::cells::sum_bin,
    },
};
use app::{
    error::AppError,
    model::{Kpi, KpiPart, KpiTarget, KpiValue, Omission},
};

/// What is read for it.
pub(super) fn needs(asked: &Asked, metrics: &[Metric]) -> Together {
    let mut needs = Together { measured: vec![(asked.query.clone(), metrics.to_vec())], ..Together::default() };
    if asked.open {
        let waits = still_open(asked.key).iter();
        needs.waits = waits.map(|wait| (asked.query.clone(), *wait, Adding::up(asked.words.now))).collect();
    }
    needs
}

/// What has started a figure's clock and not stopped it; nothing where none runs.
fn still_open(key: Key) -> &'static [Wait] {
    match key {
        Key::K1 => &[Wait::Dispatched],
        Key::K2a => &[Wait::Ready],
        Key::K2b => &[Wait::Unbilled],
        Key::K3 => &[Wait::Unbilled, Wait::Unposted],
        Key::K4 => &[Wait::Validated],
        Key::K5 => &[Wait::Unproven],
        _ => &[],
    }
}

/// Reads a figure and what stands beside it. The first metric is the figure itself.
pub(super) async fn read(store: &dyn FiguresStore, asked: &Asked, metrics: &[Metric]) -> Result<Kpi, AppError> {
    let measured = store.measured(&asked.query, metrics).await.map_err(answer)?;
    let own = metrics[0];
    let weeks = measured.metrics.get(&own);
    let whole = value::whole(weeks);
    let mut kpi = blank(asked, Some(&measured));
    (kpi.value, kpi.n) = value::any(own, &whole);
    kpi.left_out = value::left_out(own, &whole);
    kpi.day_only = value::day_only(&whole);
    kpi.covers = covered(asked, weeks);
    for metric in &metrics[1..] {
        let histogram = value::whole(measured.metrics.get(metric));
        kpi.parts.extend(parts(*metric, &histogram, &whole, kpi.n));
    }
    if asked.key == Key::K20 && asked.is_of_all() {
        let (taken, duplicate) = store.answered(&asked.query).await.map_err(answer)?;
        let value = value::share(duplicate, taken + duplicate);
        let (label, left_out) = (PREVENTED.to_owned(), Vec::new());
        kpi.parts.push(KpiPart { code: String::new(), label, n: taken + duplicate, left_out, value });
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
    let left_out = || value::left_out(metric, histogram);
    let part = |code: &str, label: &str, (value, n): (KpiValue, u64), left_out: Vec<Omission>| KpiPart {
        code: code.into(),
        label: label.into(),
        n,
        left_out,
        value,
    };
    match metric.shape() {
        // The mean of the whole is the sum of these.
        Shape::Sum => {
            let mean_hours = value::mean(histogram.count(sum_bin(metric, 0)), value::cases(whole));
            let words = mean_hours.map_or_else(|| "none".into(), crate::service::words::hours);
            vec![part(metric.code(), label(metric), (KpiValue { mean_hours, words, ..KpiValue::default() }, n), Vec::new())]
        }
        Shape::Class if metric == Metric::ProofOfDelivery => {
            let all = value::of(histogram, &[ON_TIME, LATE, NO_PROMISE]);
            let in_time = value::of(histogram, &[ON_TIME]);
            vec![
                part(metric.code(), label(metric), value::any(metric, histogram), left_out()),
                part(IN_TIME_CODE, IN_TIME, (value::share(in_time, all), all), left_out()),
            ]
        }
        _ => vec![part(metric.code(), label(metric), value::any(metric, histogram), left_out())],
    }
}

/// The part of deliveries with a POD in time.
pub(super) const IN_TIME_CODE: &str = "in_time";
/// Beside the deliveries with a POD.
const IN_TIME: &str = "deliveries with a POD in time";

/// Beside the escaped duplicates; of events, which no measure of a shipment counts.
pub(super) const PREVENTED: &str = "prevented: events that had been taken already";

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

/// Those whose clock runs; none where none does.
pub(super) async fn open(store: &dyn FiguresStore, asked: &Asked) -> Result<Option<u64>, AppError> {
    let (how, mut open) = (Adding::up(asked.words.now), None);
    for wait in still_open(asked.key) {
        *open.get_or_insert(0) += store.stock(&asked.query, *wait, &how).await.map_err(answer)?.n();
    }
    Ok(open)
}

/// The rows behind that count, those that have waited longest first; none where nothing is counted.
pub(super) async fn open_rows(store: &dyn FiguresStore, asked: &Asked) -> Result<Option<Vec<WaitingRow>>, AppError> {
    let mut open: Option<Vec<WaitingRow>> = None;
    for wait in still_open(asked.key) {
        open.get_or_insert_default().extend(store.waiting(&asked.query, *wait).await.map_err(answer)?);
    }
    if let Some(rows) = &mut open {
        rows.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    }
    Ok(open)
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
