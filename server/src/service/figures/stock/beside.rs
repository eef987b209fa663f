//! What stands beside a stock: how old they are, whose carriers they are, and what came and went lately.

use super::{metrics, sums};
use crate::{
    domain::{
        measure::{Metric, Stock, day_of},
        time::Instant,
    },
    service::{
        figures::{Asked, answer, value},
        words,
    },
    store::figures::{FiguresStore, MeasureQuery, StockSum, Waits},
};
use app::{
    error::AppError,
    model::{KpiPart, KpiValue, Percentiles},
};
use std::{cmp::Reverse, collections::BTreeMap};

/// Those that are as old as the p90 of the ages, or older; the oldest.
pub(in super::super) const AGE: (&str, &str) = ("p90", "p90 of the age, by nearest rank");
pub(in super::super) const OLDEST: (&str, &str) = ("oldest", "oldest");
/// What began to wait, and what waits no more, in the last days.
pub(in super::super) const CAME: (&str, &str) = ("came", "came in the last seven days, today the last");
pub(in super::super) const WENT: (&str, &str) = ("went", "went in the last seven days, today the last");
/// So many carriers are told one by one.
pub(in super::super) const CARRIERS: usize = 10;
pub(in super::super) const EACH_CARRIER: &str = "each of the ten carriers with most";
/// What comes before the carrier's name in the query of its rows.
pub(in super::super) const CARRIER: &str = "carrier:";
pub(in super::super) const OTHER_CARRIERS: (&str, &str) = ("other_carriers", "all other carriers together");

/// Days over which the pace is taken, today the last.
const PACE_DAYS: i32 = 7;

/// What came and went in the last days, whatever the period is.
pub(in super::super) fn pace(asked: &Asked, stock: Stock) -> (MeasureQuery, Vec<Metric>) {
    let tomorrow = day_of(asked.words.now) + 1;
    let days = MeasureQuery { from_day: Some(tomorrow - PACE_DAYS), to_day: Some(tomorrow), ..asked.query.clone() };
    (days, metrics(stock, None))
}

fn part((code, label): (&str, &str), n: u64, value: KpiValue) -> KpiPart {
    KpiPart { code: code.to_owned(), label: label.to_owned(), n, left_out: Vec::new(), value }
}

/// What began to wait in the last days, and what waits no more.
pub(in super::super) async fn moved(store: &dyn FiguresStore, asked: &Asked, stock: Stock) -> Result<[KpiPart; 2], AppError> {
    let (days, metrics) = pace(asked, stock);
    let measured = store.measured(&days, &metrics).await.map_err(answer)?;
    let (opened, closed) = stock.metrics();
    let of = |name, metric: Metric| {
        let whole = value::whole(measured.metrics.get(&metric));
        let n = value::cases(&whole);
        part(name, n, value::count(n, value::money(metric, &whole)))
    };
    Ok([of(CAME, opened), of(WENT, closed)])
}

/// How long a backlog takes at that pace; never if it does not shrink.
pub(in super::super) fn drain([came, went]: &[KpiPart; 2], backlog: u64) -> KpiPart {
    let rate = |part: &KpiPart| part.n as f64 / f64::from(PACE_DAYS);
    let (arrived, cleared) = (rate(came), rate(went));
    let words = match cleared - arrived {
        _ if backlog == 0 => "nothing to drain".to_owned(),
        surplus if surplus > 0.0 => words::hours(backlog as f64 / surplus * 24.0),
        _ => "never at this pace".to_owned(),
    };
    let label = format!("drain time ({arrived:.1} a day came, {cleared:.1} went)");
    part(("", &label), backlog, KpiValue { words, ..KpiValue::default() })
}

/// How old they are, and how old the oldest is; with as many as are as old as the p90, or older. Of few all are there.
pub(super) fn ages(waits: &Waits, now: Instant) -> [KpiPart; 2] {
    let (Some(ages), Some(oldest)) = (waits.ages, waits.oldest) else {
        return [AGE, OLDEST].map(|name| part(name, 0, KpiValue { words: "none".into(), ..KpiValue::default() }));
    };
    let hours = |since: Instant| now.since(since) as f64 / Instant::HOUR as f64;
    let age = if waits.n() < value::ENOUGH {
        part(AGE, waits.n(), KpiValue { words: "too few for a percentile".into(), ..KpiValue::default() })
    } else {
        let [p50, p75, p90, p95] = ages.at.map(hours);
        let words = words::duration(now.since(ages.at[2]));
        part(AGE, ages.from_p90, KpiValue { percentiles: Some(Percentiles { p50, p75, p90, p95 }), words, ..KpiValue::default() })
    };
    let words = words::duration(now.since(oldest));
    [age, part(OLDEST, ages.oldest, KpiValue { cases: vec![hours(oldest)], words, ..KpiValue::default() })]
}

/// The carriers of which most wait, the first of them first.
pub(in super::super) fn first_carriers(by: &BTreeMap<&str, u64>) -> Vec<String> {
    let mut carriers: Vec<_> = by.iter().map(|(carrier, n)| (Reverse(*n), *carrier)).collect();
    carriers.sort_unstable();
    carriers.into_iter().take(CARRIERS).map(|(_, carrier)| carrier.to_owned()).collect()
}

/// Those of which most wait one by one, and the rest as one.
pub(super) fn by_carrier(waits: &Waits) -> Vec<KpiPart> {
    let mut by: BTreeMap<&str, Vec<&StockSum>> = BTreeMap::new();
    waits.sums.iter().for_each(|sum| by.entry(&sum.of).or_default().push(sum));
    let n = by.iter().map(|(carrier, sums)| (*carrier, sums.iter().map(|sum| sum.n).sum())).collect();
    let first = first_carriers(&n);
    let mut parts = Vec::with_capacity(first.len() + 1);
    for carrier in &first {
        let (n, money) = sums(by.remove(&**carrier).unwrap_or_default());
        let label = if carrier.is_empty() { "no carrier told".to_owned() } else { format!("carrier {carrier}") };
        parts.push(part((&format!("{CARRIER}{carrier}"), &label), n, value::count(n, money)));
    }
    if !by.is_empty() {
        let (n, money) = sums(by.into_values().flatten());
        parts.push(part(OTHER_CARRIERS, n, value::count(n, money)));
    }
    parts
}
