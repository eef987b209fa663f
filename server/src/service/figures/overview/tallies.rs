//! Sums as numbers that lead to their rows.

use crate::{
    domain::{
        metric::Kpi as Key,
        money::{Currency, Money},
    },
    service::exceptions,
    store::figures::StockSum,
};
use app::{
    model::{KpiFilter, Parts, Sums, Tally},
    paths,
};
use std::{cmp::Reverse, collections::BTreeMap};

/// The rows behind a figure, or behind a part of it.
pub(super) fn rows_of(key: Key, filter: &KpiFilter, part: Option<String>) -> String {
    paths::kpi_rows(key.code(), &KpiFilter { part, from: None, to: None, ..filter.clone() })
}

/// Money by currency.
fn money(sums: &BTreeMap<Currency, i64>) -> Sums {
    let sums = sums.iter().filter(|(_, minor)| **minor != 0);
    exceptions::sums(&sums.map(|(currency, minor)| Money { minor: *minor, currency: *currency }).collect::<Vec<_>>())
}

/// How many, and how much, before it leads anywhere.
pub(super) struct Added {
    label: String,
    n: u64,
    minor: BTreeMap<Currency, i64>,
}

/// Adds sums up.
pub(super) fn tally<'s>(label: String, sums: impl IntoIterator<Item = &'s StockSum>) -> Added {
    let mut added = Added { label, n: 0, minor: BTreeMap::new() };
    for sum in sums {
        added.n += sum.n;
        if let Some(currency) = sum.currency {
            *added.minor.entry(currency).or_default() += sum.minor;
        }
    }
    added
}

impl Added {
    /// The same number with this money.
    pub(super) fn with_money(self, minor: BTreeMap<Currency, i64>) -> Self {
        Self { minor, ..self }
    }

    pub(super) fn leading_to(self, href: String, share: Option<u16>) -> Tally {
        Tally { label: self.label, n: self.n, money: money(&self.minor), share, href }
    }

    /// Its amount in a currency; its count where no money is known.
    fn weight(&self, currency: Option<Currency>) -> i64 {
        let count = i64::try_from(self.n).unwrap_or(i64::MAX);
        currency.map_or(count, |currency| self.minor.get(&currency).copied().unwrap_or(0).max(0))
    }
}

/// A whole and its parts with their shares: of the amount in the currency that has the greatest one, for amounts of different
/// currencies have no sum. With a limit the largest come first and the rest is told; without one they stay in their order.
pub(super) fn summed(
    (whole, href): (Added, String),
    mut parts: Vec<(Added, String)>,
    limit: Option<usize>,
    oldest: Option<String>,
) -> Parts {
    let greatest = whole.minor.iter().filter(|(_, minor)| **minor > 0);
    let currency = greatest.max_by_key(|(currency, minor)| hundredths(**currency, **minor)).map(|(currency, _)| *currency);
    let all = whole.weight(currency);
    let mut further = 0;
    if let Some(limit) = limit {
        parts.sort_by_key(|(part, _)| Reverse((part.weight(currency), part.n)));
        further = parts.len().saturating_sub(limit);
        parts.truncate(limit);
    }
    let share = |part: &Added| {
        let share = i128::from(part.weight(currency)) * 1_000 / i128::from(all.max(1));
        u16::try_from(share.clamp(0, 1_000)).ok()
    };
    let parts = parts.into_iter().map(|(part, href)| {
        let share = share(&part);
        part.leading_to(href, share)
    });
    Parts {
        parts: parts.collect(),
        shares_of: currency.as_ref().map(|currency| currency.code().to_owned()),
        whole: whole.leading_to(href, None),
        further,
        oldest,
    }
}

/// An amount as it compares with those of other currencies: hundredths of its unit.
fn hundredths(currency: Currency, minor: i64) -> i128 {
    let digits = i32::try_from(currency.digits()).unwrap_or(2);
    let factor = 10_i128.pow(digits.abs_diff(2));
    if digits < 2 { i128::from(minor) * factor } else { i128::from(minor) / factor }
}
