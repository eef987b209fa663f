//! The Overview: stages, lateness, the wait for PODs, delivered-to-recorded.

use super::{
    period::{self, Days},
    words::{self, Words},
};
use crate::{
    domain::{
        histogram::Histogram,
        measure::{LATE, NEGATIVE, NO_PROMISE, NO_RECORD_TIME, ON_TIME, bin_hours, percentile},
        shipment::Stage,
        time::Instant,
    },
    store::overview::Figures,
};
use app::model::{AgeBucket, AwaitingPod, LatePanel, Omission, OnTime, Overview, Period, RecordedLag, RecordedPoint, StageCount};

/// POD age buckets: code, words, lower edge in hours. Half-open, youngest first.
pub const POD_AGES: [(&str, &str, i64); 8] = [
    ("0-4h", "under 4 h", 0),
    ("4-24h", "4 to 24 h", 4),
    ("24-48h", "24 to 48 h", 24),
    ("48-72h", "48 to 72 h", 48),
    ("3-7d", "3 to 7 d", 72),
    ("8-14d", "7 to 14 d", 7 * 24),
    ("15-30d", "14 to 30 d", 14 * 24),
    ("30d-", "over 30 d", 30 * 24),
];
/// Fewer cases than this show their counts instead of a rate or a percentile.
const ENOUGH: u64 = 20;
/// Longer periods are drawn by the month.
const WEEKS_UNTIL_MONTHS: i32 = 2 * 366;

/// The instants `[from, to)` of a bucket's deliveries.
pub fn pod_age_span(code: &str, now: Instant) -> Option<(Option<Instant>, Option<Instant>)> {
    let at = POD_AGES.iter().position(|(c, _, _)| *c == code)?;
    // A delivery exactly `lower edge` ago has reached the bucket, hence one microsecond.
    let edge = |hours: i64| now.plus(1 - hours * Instant::HOUR);
    let from = POD_AGES.get(at + 1).map(|(_, _, next)| edge(*next));
    let to = (at > 0).then(|| edge(POD_AGES[at].2));
    Some((from, to))
}

/// Puts the figures into words.
pub fn describe(figures: &Figures, asked: &Period, days: Days, words: Words) -> Overview {
    let count = |what: &str| figures.counts.get(what).copied().unwrap_or(0).max(0).unsigned_abs();
    let stages: Vec<StageCount> =
        Stage::ALL.into_iter().map(|stage| StageCount { stage, count: count(&format!("stage:{}", stage.code())) }).collect();
    let shipments = stages.iter().map(|s| s.count).sum();
    let covered = figures.days.map(|(first, last)| (days.from.unwrap_or(first), days.to.unwrap_or(last + 1)));
    let absent =
        [("told:dispatched", "Dispatch"), ("told:delivered", "Delivery"), ("told:pod", "POD"), ("told:invoiced", "Invoice")]
            .into_iter()
            .filter(|(what, _)| shipments > 0 && count(what) == 0)
            .map(|(_, label)| label.to_owned())
            .collect();
    Overview {
        as_of: words.as_of(),
        period: Period { from: covered.map(|(from, _)| period::day_code(from)), to: covered.map(|(_, to)| period::day_code(to)) },
        period_is_default: asked.from.is_none() && asked.to.is_none(),
        shipments,
        stages,
        late: LatePanel { overdue: figures.overdue, delivered_late: against_promise(figures, LATE) },
        awaiting_pod: awaiting_pod(figures, count("history:no_pod"), words),
        on_time: on_time(figures),
        recorded: recorded(figures, covered),
        quarantined: None,
        absent,
    }
}

fn against_promise(figures: &Figures, bin: i32) -> u64 {
    figures.against_promise.count(bin).max(0).unsigned_abs()
}

fn awaiting_pod(figures: &Figures, history_left_out: u64, words: Words) -> AwaitingPod {
    let buckets = POD_AGES
        .iter()
        .zip(&figures.awaiting_pod)
        .map(|((code, label, _), count)| AgeBucket { code: (*code).into(), label: (*label).into(), count: *count })
        .collect();
    AwaitingPod {
        total: figures.awaiting_pod.iter().sum(),
        buckets,
        oldest: figures.oldest_awaiting.map(|at| words::duration(words.now.since(at))),
        history_left_out,
    }
}

fn on_time(figures: &Figures) -> OnTime {
    let (on_time, late) = (against_promise(figures, ON_TIME), against_promise(figures, LATE));
    let promised = on_time + late;
    OnTime {
        on_time,
        promised,
        rate: if promised < ENOUGH { None } else { words::percent(on_time, promised) },
        omissions: omissions([("no promise known", against_promise(figures, NO_PROMISE))]),
    }
}

fn omissions<const N: usize>(all: [(&str, u64); N]) -> Vec<Omission> {
    let told = all.into_iter().filter(|(_, count)| *count > 0);
    told.map(|(reason, count)| Omission { reason: reason.into(), count }).collect()
}

/// Durations as `(hours, count)`, shortest first.
struct Durations(Vec<(f64, u64)>);

impl Durations {
    fn of(bins: &Histogram) -> Self {
        let mut sorted: Vec<_> = bins.iter().filter_map(|(bin, n)| Some((bin_hours(bin)?, u64::try_from(n).ok()?))).collect();
        // Bins of whole days and of instants interleave.
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(sorted)
    }

    fn n(&self) -> u64 {
        self.0.iter().map(|(_, n)| n).sum()
    }

    fn percentiles(&self) -> (f64, f64) {
        (percentile(&self.0, 0.5).unwrap_or(0.0), percentile(&self.0, 0.9).unwrap_or(0.0))
    }
}

fn sum<'h>(parts: impl IntoIterator<Item = &'h Histogram>) -> Histogram {
    parts.into_iter().fold(Histogram::default(), |mut whole, part| {
        whole.merge(part);
        whole
    })
}

/// A lag in words. What is known to the day only has none in hours: it was recorded on the day itself.
fn lag(hours: f64) -> String {
    if hours == 0.0 { "the same day".to_owned() } else { words::hours(hours) }
}

fn recorded(figures: &Figures, covered: Option<(i32, i32)>) -> RecordedLag {
    let by_month = covered.is_some_and(|(from, to)| to - from > WEEKS_UNTIL_MONTHS);
    let whole = sum(figures.recorded.values());
    let left_out = |bin| whole.count(bin).max(0).unsigned_abs();
    let omissions = omissions([
        ("recorded before the delivery", left_out(NEGATIVE)),
        ("no record time of the source", left_out(NO_RECORD_TIME)),
    ]);
    // A week belongs to the month of its Thursday, as an ISO week belongs to its year.
    let name = |monday: i32| if by_month { period::month_name(monday + 3) } else { period::week_name(monday) };
    let weeks: Vec<_> = figures.recorded.iter().map(|(monday, bins)| (name(*monday), bins)).collect();
    let points = weeks.chunk_by(|(a, _), (b, _)| a == b).filter_map(|span| {
        let durations = match span {
            [(_, bins)] => Durations::of(bins),
            weeks => Durations::of(&sum(weeks.iter().map(|(_, bins)| *bins))),
        };
        let ((code, label), _) = span.first()?;
        let (p50_hours, p90_hours) = durations.percentiles();
        let point = RecordedPoint { code: code.clone(), label: label.clone(), n: durations.n(), p50_hours, p90_hours };
        Some(point).filter(|point| point.n > 0)
    });
    let durations = Durations::of(&whole);
    let n = durations.n();
    let (p50, p90) = durations.percentiles();
    RecordedLag {
        n,
        p50: (n >= ENOUGH).then(|| lag(p50)),
        p90: (n >= ENOUGH).then(|| lag(p90)),
        points: points.collect(),
        omissions,
    }
}
