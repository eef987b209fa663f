//! Stocks: what waits now, by age and by what holds it, and how much there was at the end of each week.

pub(super) mod beside;

use self::beside::pace;
use super::{Asked, answer, blank, value, week};
use crate::{
    domain::{
        histogram::Histogram,
        measure::{Metric, Stock, day_of, week_of},
        money::Currency,
        readiness::{HoldKind, Holds},
        time::Instant,
    },
    service::period::Days,
    store::figures::{Adding, By, FiguresStore, MeasureQuery, Measured, StockSum, Together, Wait, Waits, Why},
};
use app::{
    error::AppError,
    model::{Kpi, KpiPart, KpiTarget, KpiValue},
};
use std::collections::BTreeMap;

/// Buckets of age: code, words, lower edge in hours. Half-open, youngest first.
pub(super) type Ages = &'static [(&'static str, &'static str, f64)];

const POD: Ages = &[
    ("0-4h", "under 4 h", 0.0),
    ("4-24h", "4 to 24 h", 4.0),
    ("24-48h", "24 to 48 h", 24.0),
    ("48-72h", "48 to 72 h", 48.0),
    ("3-7d", "3 to 7 d", 72.0),
    ("8-14d", "7 to 14 d", 168.0),
    ("15-30d", "14 to 30 d", 336.0),
    ("30d-", "over 30 d", 720.0),
];
const ERP: Ages = &[
    ("0-15m", "under 15 min", 0.0),
    ("15-60m", "15 to 60 min", 0.25),
    ("1-4h", "1 to 4 h", 1.0),
    ("4-24h", "4 to 24 h", 4.0),
    ("1-3d", "1 to 3 d", 24.0),
    ("3d-", "over 3 d", 72.0),
];

/// Of what is known to the day: full days until now.
pub(super) const DAYS: Ages = &[
    ("0d", "planned today", 0.0),
    ("1d", "1 d", 24.0),
    ("2d", "2 d", 48.0),
    ("3-6d", "3 to 6 d", 72.0),
    ("7-13d", "7 to 13 d", 168.0),
    ("14-29d", "14 to 29 d", 336.0),
    ("30d-", "30 d and more", 720.0),
];

/// What the ERP said last: code, words.
pub(super) const ERP_STATES: [(&str, &str, Why); 2] =
    [("no_word", "no word of the ERP", Why::NoWord), ("refused", "refused by the ERP", Why::Refused)];

/// Held by the POD alone: code, words.
const ONLY: &str = "only";
pub(super) const ONLY_PROOF: &str = "held by nothing but the POD";

/// How a stock is looked at.
pub(super) fn wait(stock: Stock) -> Option<(Wait, Ages)> {
    match stock {
        Stock::AwaitingProof => Some((Wait::AwaitingProof, POD)),
        Stock::Unbilled => Some((Wait::Unbilled, POD)),
        Stock::ErpBacklog => Some((Wait::ErpBacklog, ERP)),
        // Its rows are looked for among more: its own page asks for them.
        Stock::NeedingProof | Stock::Unassigned => None,
    }
}

/// When today began: the ages of what is known to the day run until then.
pub(super) fn today(now: Instant) -> Instant {
    Instant(i64::from(day_of(now)) * Instant::DAY)
}

/// The bucket of an age in microseconds.
pub(super) fn bucket(ages: Ages, age: i64) -> usize {
    let hours = age as f64 / Instant::HOUR as f64;
    ages.iter().rposition(|(_, _, edge)| *edge <= hours).unwrap_or(0)
}

/// What is read for it. A stock has no beginning: all that ever opened counts.
pub(super) fn needs(asked: &Asked, (stock, share_of): (Stock, Option<Stock>)) -> Together {
    let query = MeasureQuery { from_day: None, to_day: None, ..asked.query.clone() };
    let waits = match stock {
        Stock::Unassigned if asked.whole => Some((Wait::Standing(stock), aged(DAYS, today(asked.words.now)))),
        _ => wait(stock).map(|(wait, ages)| (wait, how(stock, ages, asked.words.now))),
    };
    let waits = waits.map(|(wait, how)| (asked.query.clone(), wait, how));
    let waits = waits.into_iter().collect();
    let pace = moves(stock).then(|| pace(asked, stock));
    let measured = std::iter::once((query, metrics(stock, share_of))).chain(pace).collect();
    Together { measured, waits, ..Together::default() }
}

/// Whether it is told what came and went lately.
pub(super) fn moves(stock: Stock) -> bool {
    matches!(stock, Stock::AwaitingProof | Stock::ErpBacklog)
}

fn metrics(stock: Stock, share_of: Option<Stock>) -> Vec<Metric> {
    let stocks = [Some(stock), share_of].into_iter().flatten();
    stocks.flat_map(|stock| <[Metric; 2]>::from(stock.metrics())).collect()
}

/// Reads a stock.
pub(super) async fn read(
    store: &dyn FiguresStore,
    asked: &Asked,
    (stock, share_of): (Stock, Option<Stock>),
) -> Result<Kpi, AppError> {
    let metrics = metrics(stock, share_of);
    let query = MeasureQuery { from_day: None, to_day: None, ..asked.query.clone() };
    let measured = store.measured(&query, &metrics).await.map_err(answer)?;
    let mut kpi = blank(asked, Some(&measured));
    let (n, money) = balance(&measured, stock, i32::MAX);
    kpi.n = n;
    kpi.value = value::count(n, money);
    if let Some(share_of) = share_of {
        kpi.n = balance(&measured, share_of, i32::MAX).0;
        kpi.value = KpiValue { money: kpi.value.money, ..value::share(n, kpi.n) };
    }
    if let Some((wait, ages)) = wait(stock) {
        let waits = store.stock(&asked.query, wait, &how(stock, ages, asked.words.now)).await.map_err(answer)?;
        kpi.parts = by_age(&waits, ages);
        kpi.parts.extend(whys(&waits, stock));
        if stock == Stock::AwaitingProof {
            // What a POD alone would release; what all hold that wait for one stands with their ages.
            kpi.value.money =
                kpi.parts.iter().find(|part| part.code == ONLY).map(|part| part.value.money.clone()).unwrap_or_default();
            kpi.parts.extend(beside::ages(&waits, asked.words.now));
            kpi.parts.extend(beside::by_carrier(&waits));
        }
        if moves(stock) {
            let moved = beside::moved(store, asked, stock).await?;
            if stock == Stock::ErpBacklog {
                kpi.parts.push(beside::drain(&moved, waits.n()));
            }
            kpi.parts.extend(moved);
        }
    }
    if asked.whole && stock == Stock::Unassigned {
        let how = aged(DAYS, today(asked.words.now));
        let waits = store.stock(&asked.query, Wait::Standing(stock), &how).await.map_err(answer)?;
        kpi.parts = by_age(&waits, DAYS);
    }
    if asked.whole {
        kpi.series = series(&measured, (stock, share_of), asked);
    }
    let is = kpi.value.share.map_or(n as f64, |share| share * 100.0);
    kpi.target = asked.target.map(|value| KpiTarget { value, reached: Some(is <= value), within: None });
    Ok(kpi)
}

/// What is in stock at the end of a day: all that opened by then less all that closed, and its money. Stocks open and close by weeks
/// here, so the day is the last of its week.
fn balance(measured: &Measured, stock: Stock, day: i32) -> (u64, BTreeMap<Currency, i64>) {
    let (opened, closed) = stock.metrics();
    let until = |metric| {
        let weeks = measured.metrics.get(&metric).into_iter().flatten().filter(|(monday, _)| **monday <= day);
        weeks.fold(Histogram::default(), |mut whole, (_, week)| {
            whole.merge(week);
            whole
        })
    };
    let (opened, closed) = ((opened, until(opened)), (closed, until(closed)));
    let n = value::cases(&opened.1).saturating_sub(value::cases(&closed.1));
    let mut money = value::money(opened.0, &opened.1);
    for (currency, minor) in value::money(closed.0, &closed.1) {
        *money.entry(currency).or_default() -= minor;
    }
    (n, money)
}

/// To be added up by these buckets of age.
pub(super) fn aged(ages: Ages, now: Instant) -> Adding {
    let edges = ages.iter().map(|(_, _, hours)| (hours * Instant::HOUR as f64) as i64).collect();
    Adding { edges, ..Adding::up(now) }
}

/// How its figure adds it up.
fn how(stock: Stock, ages: Ages, now: Instant) -> Adding {
    match stock {
        Stock::AwaitingProof => Adding { by: By::Carrier, ages: true, ..aged(ages, now) },
        _ => aged(ages, now),
    }
}

fn sums<'w>(sums: impl IntoIterator<Item = &'w StockSum>) -> (u64, BTreeMap<Currency, i64>) {
    let mut whole = (0, BTreeMap::new());
    for sum in sums {
        whole.0 += sum.n;
        if let Some(currency) = sum.currency {
            *whole.1.entry(currency).or_default() += sum.minor;
        }
    }
    whole
}

/// How many of each age.
pub(super) fn by_age(waits: &Waits, ages: Ages) -> Vec<KpiPart> {
    let of = |(at, (code, label, _)): (usize, &(&str, &str, f64))| {
        let (n, money) = sums(waits.sums.iter().filter(|sum| sum.age == at));
        KpiPart {
            code: format!("age:{code}"),
            label: (*label).to_owned(),
            n,
            left_out: Vec::new(),
            value: value::count(n, money),
        }
    };
    ages.iter().enumerate().map(of).collect()
}

/// Whether a proof alone holds it.
pub(super) fn only_proof(holds: Holds) -> bool {
    let proofs = [HoldKind::PodMissing, HoldKind::PodUnsigned, HoldKind::PodUnchecked];
    holds != Holds::NONE && holds.iter().all(|kind| proofs.contains(&kind))
}

/// By what it waits for: sets of holds, money at risk, states.
fn whys(waits: &Waits, stock: Stock) -> Vec<KpiPart> {
    let part = |code: String, label: String, (n, money): (u64, BTreeMap<Currency, i64>)| KpiPart {
        code,
        label,
        n,
        left_out: Vec::new(),
        value: value::count(n, money),
    };
    match stock {
        Stock::AwaitingProof => {
            let only = |sum: &&StockSum| matches!(sum.why, Why::Holds(holds) if only_proof(holds));
            vec![part(ONLY.into(), ONLY_PROOF.into(), sums(waits.sums.iter().filter(only)))]
        }
        Stock::Unbilled => {
            let mut sets: BTreeMap<u32, Vec<&StockSum>> = BTreeMap::new();
            for sum in &waits.sums {
                if let Why::Holds(holds) = sum.why {
                    sets.entry(holds.bits()).or_default().push(sum);
                }
            }
            let mut parts: Vec<KpiPart> = sets
                .into_iter()
                .map(|(bits, of)| part(format!("holds:{bits}"), hold_words(Holds::from_bits(bits)), sums(of)))
                .collect();
            parts.sort_by_key(|part| std::cmp::Reverse(part.n));
            parts
        }
        Stock::ErpBacklog => {
            let of = |why| sums(waits.sums.iter().filter(move |sum| sum.why == why));
            ERP_STATES.into_iter().map(|(code, label, why)| part(format!("state:{code}"), label.into(), of(why))).collect()
        }
        Stock::NeedingProof | Stock::Unassigned => Vec::new(),
    }
}

/// All that holds a shipment, in words.
pub(super) fn hold_words(holds: Holds) -> String {
    if holds == Holds::NONE {
        return "nothing: billable, not invoiced".into();
    }
    holds.iter().map(HoldKind::label).collect::<Vec<_>>().join(" + ")
}

/// How much there was at the end of each week of the period.
fn series(measured: &Measured, (stock, share_of): (Stock, Option<Stock>), asked: &Asked) -> Vec<app::model::KpiPoint> {
    let mondays = measured.metrics.values().flat_map(BTreeMap::keys);
    let (Some(first), Some(last)) = (mondays.clone().min(), mondays.max()) else { return Vec::new() };
    let last = (*last).min(week_of(day_of(asked.words.now)));
    let inside =
        |monday: &i32| asked.days.from.is_none_or(|from| *monday + 6 >= from) && asked.days.to.is_none_or(|to| *monday < to);
    let point = |monday: i32| {
        let (n, money) = balance(measured, stock, monday);
        match share_of.map(|share_of| balance(measured, share_of, monday).0) {
            Some(all) => week(Days::default(), monday, all, value::share(n, all)),
            None => week(Days::default(), monday, n, value::count(n, money)),
        }
    };
    (*first..=last).step_by(7).filter(inside).map(point).collect()
}
