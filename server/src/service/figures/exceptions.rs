//! Figures of exceptions: how old the open ones are, how long the closed ones took, how many shipments are silent.

use super::{
    Asked, answer, blank,
    stock::{Ages, aged, by_age},
    value, week,
};
use crate::{
    domain::{
        exception::ExceptionKind,
        measure::{day_of, week_of},
        time::Instant,
    },
    store::figures::{Adding, FiguresStore, Solved, Wait},
};
use app::{
    error::AppError,
    model::{Kpi, KpiPart, KpiTarget, KpiValue},
};
use std::collections::BTreeMap;

/// Buckets of age of exceptions.
pub(super) const AGES: Ages = &[
    ("0-1h", "under 1 h", 0.0),
    ("1-4h", "1 to 4 h", 1.0),
    ("4-8h", "4 to 8 h", 4.0),
    ("8-24h", "8 to 24 h", 8.0),
    ("1-2d", "1 to 2 d", 24.0),
    ("2-5d", "2 to 5 d", 48.0),
    ("5-10d", "5 to 10 d", 120.0),
    ("10d-", "over 10 d", 240.0),
];

/// The open ones, of one kind as a share of what is under way.
pub(super) async fn open(store: &dyn FiguresStore, asked: &Asked, kind: Option<ExceptionKind>) -> Result<Kpi, AppError> {
    let waits = store.stock(&asked.query, Wait::Exceptions(kind), &aged(AGES, asked.words.now)).await.map_err(answer)?;
    let mut kpi = blank(asked, None);
    let n = waits.n();
    kpi.parts = by_age(&waits, AGES);
    if kind.is_some() {
        kpi.n = store.under_way(&asked.query).await.map_err(answer)?;
        kpi.value = value::share(n, kpi.n);
    } else {
        // A shipment's money waits once, however many exceptions it has.
        kpi.n = n;
        kpi.value = value::count(n, waits.once);
    }
    let is = kpi.value.share.map_or(n as f64, |share| share * 100.0);
    kpi.target = asked.target.map(|value| KpiTarget { value, reached: Some(is <= value), within: None });
    Ok(kpi)
}

fn hours(solved: &[&Solved]) -> KpiValue {
    let mut sorted: Vec<(f64, u64)> =
        solved.iter().map(|one| (one.closed_at.since(one.detected_at) as f64 / Instant::HOUR as f64, 1)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sum: f64 = sorted.iter().map(|(hours, _)| hours).sum();
    let mean = (!sorted.is_empty()).then(|| sum / sorted.len() as f64);
    value::of_hours(&sorted, mean)
}

/// Those that were closed in the period.
pub(super) async fn solved(store: &dyn FiguresStore, asked: &Asked) -> Result<Kpi, AppError> {
    let all = store.solved(&asked.query).await.map_err(answer)?;
    let (waived, verified): (Vec<&Solved>, Vec<&Solved>) = all.iter().partition(|one| one.waived);
    let mut kpi = blank(asked, None);
    (kpi.value, kpi.n) = (hours(&verified), verified.len() as u64);
    let beside =
        KpiPart { code: "waived".into(), label: "waived by a person".into(), n: waived.len() as u64, value: hours(&waived) };
    kpi.parts.push(beside);
    if asked.whole {
        let mut weeks: BTreeMap<i32, Vec<&Solved>> = BTreeMap::new();
        verified.iter().for_each(|one| weeks.entry(week_of(day_of(one.closed_at))).or_default().push(one));
        kpi.series = weeks.into_iter().map(|(monday, week_of)| week(monday, week_of.len() as u64, hours(&week_of))).collect();
        kpi.open =
            Some(store.stock(&asked.query, Wait::Exceptions(None), &Adding::up(asked.words.now)).await.map_err(answer)?.n());
    }
    let within = asked.target.map(|target| {
        let took = |one: &&&Solved| one.closed_at.since(one.detected_at) as f64 / Instant::HOUR as f64 <= target;
        verified.iter().filter(took).count() as u64
    });
    let reached = |target: f64| kpi.value.percentiles.map(|percentiles| percentiles.p50 <= target);
    kpi.target = asked.target.map(|value| KpiTarget { value, reached: reached(value), within });
    Ok(kpi)
}
