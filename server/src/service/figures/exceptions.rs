//! Figures of exceptions: how old the open ones are, how long the closed ones took, how many shipments are silent.

use super::{
    Asked, answer, blank, covered,
    stock::{Ages, aged, by_age},
    value, week,
};
use crate::{
    domain::{
        exception::ExceptionKind,
        histogram::Histogram,
        measure::{Metric, bin_hours, day_of, week_of},
        time::Instant,
    },
    service::{period::Days, words},
    store::figures::{Adding, Episodes, FiguresStore, Mark, Marked, Together, Wait},
};
use app::{
    error::AppError,
    model::{Kpi, KpiPart, KpiPoint, KpiTarget, KpiValue, Omission},
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

/// Those that were over and came back.
pub(super) const CAME_BACK: (&str, &str) = ("came_back", "came back after they were over");
/// Those that nobody has, and the oldest of these.
pub(super) const NOBODYS: (&str, &str) = ("nobodys", "given to nobody");
pub(super) const OLDEST_NOBODYS: (&str, &str) = ("oldest_nobodys", "the oldest that is given to nobody");

/// How those stand that are open.
fn marked(marked: &[Marked; 2], now: Instant) -> [KpiPart; 3] {
    let part = |(code, label): (&str, &str), n, value| KpiPart {
        code: code.to_owned(),
        label: label.to_owned(),
        n,
        left_out: Vec::new(),
        value,
    };
    let of = |name, mark: Mark| {
        let of = &marked[mark as usize];
        part(name, of.n, value::count(of.n, of.once.clone()))
    };
    let nobodys = &marked[Mark::Nobodys as usize];
    let age = nobodys.oldest.map(|since| now.since(since));
    let value = KpiValue {
        cases: age.map(|age| age as f64 / Instant::HOUR as f64).into_iter().collect(),
        words: age.map_or_else(|| "none".into(), words::duration),
        ..KpiValue::default()
    };
    [of(CAME_BACK, Mark::CameBack), of(NOBODYS, Mark::Nobodys), part(OLDEST_NOBODYS, nobodys.oldest_n, value)]
}

/// What is read for the open ones.
pub(super) fn open_needs(asked: &Asked, kind: Option<ExceptionKind>) -> Together {
    let waits = vec![(asked.query.clone(), Wait::Exceptions(kind), aged(AGES, asked.words.now))];
    let under_way = kind.map(|_| asked.query.clone()).into_iter().collect();
    let episodes = if asked.whole { vec![(asked.query.clone(), kind)] } else { Vec::new() };
    Together { waits, under_way, episodes, ..Together::default() }
}

/// What is read for those that are over, besides themselves.
pub(super) fn solved_needs(asked: &Asked) -> Together {
    let open = (asked.query.clone(), Wait::Exceptions(None), Adding::up(asked.words.now));
    let waits = if asked.open { vec![open] } else { Vec::new() };
    Together { waits, episodes: vec![(asked.query.clone(), None)], ..Together::default() }
}

/// The open ones; of one kind those that are there, waived or not, as a share of what is under way.
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
        kpi.parts.extend(marked(&waits.marked, asked.words.now));
        kpi.value = value::count(n, waits.once);
    }
    if asked.whole {
        let told = store.episodes(&asked.query, kind).await.map_err(answer)?;
        kpi.series = past(&told, kind, asked);
    }
    let is = kpi.value.share.map_or(n as f64, |share| share * 100.0);
    kpi.target = asked.target.map(|value| KpiTarget { value, reached: Some(is <= value), within: None });
    Ok(kpi)
}

/// How many were open at the end of each week of the period. Of a kind how many were there, waived or not: their number, since how many
/// were under way then is not known.
fn past(told: &Episodes, kind: Option<ExceptionKind>, asked: &Asked) -> Vec<KpiPoint> {
    let Some((first, _)) = told.found.first_key_value() else { return Vec::new() };
    let days = asked.days;
    let inside = |monday: &i32| days.from.is_none_or(|from| *monday + 6 >= from) && days.to.is_none_or(|to| *monday < to);
    let point = |monday: i32| {
        let n = if kind.is_some() { told.there_after(monday) } else { told.open_after(monday) };
        week(Days::default(), monday, n, value::count(n, BTreeMap::new()))
    };
    (*first..=week_of(day_of(asked.words.now))).step_by(7).filter(inside).map(point).collect()
}

/// Those that were closed in the period.
pub(super) async fn solved(store: &dyn FiguresStore, asked: &Asked) -> Result<Kpi, AppError> {
    let told = store.episodes(&asked.query, None).await.map_err(answer)?;
    let (verified, waived) = (value::whole(Some(&told.verified)), value::whole(Some(&told.waived)));
    let hours = |histogram: &Histogram| value::duration(Metric::DispatchToInvoice, histogram);
    let mut kpi = blank(asked, None);
    (kpi.value, kpi.n) = (hours(&verified), value::cases(&verified));
    kpi.covers = covered(asked, [&told.verified]);
    if told.at_once > 0 {
        let reasons = asked.key.contract().exclusions.iter();
        kpi.left_out.extend(reasons.map(|(_, words)| Omission { reason: (*words).to_owned(), count: told.at_once }));
    }
    let (n, value) = (value::cases(&waived), hours(&waived));
    let label = "waived by a person".to_owned();
    kpi.parts.push(KpiPart { code: "waived".into(), label, n, left_out: Vec::new(), value });
    if asked.whole {
        let point = |(monday, of): (&i32, &Histogram)| week(asked.days, *monday, value::cases(of), hours(of));
        kpi.series = told.verified.iter().map(point).collect();
    }
    if asked.open {
        kpi.open =
            Some(store.stock(&asked.query, Wait::Exceptions(None), &Adding::up(asked.words.now)).await.map_err(answer)?.n());
    }
    let within = |target: f64| {
        let n: i64 =
            verified.iter().filter(|(bin, _)| bin_hours(*bin).is_some_and(|hours| hours <= target)).map(|(_, n)| n).sum();
        n.max(0).unsigned_abs()
    };
    let reached = |target: f64| kpi.value.percentiles.map(|percentiles| percentiles.p50 <= target);
    kpi.target = asked.target.map(|value| KpiTarget { value, reached: reached(value), within: Some(within(value)) });
    Ok(kpi)
}
