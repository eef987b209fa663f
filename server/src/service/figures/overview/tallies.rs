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
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

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

    pub(super) fn leading_to(self, href: String) -> Tally {
        Tally { label: self.label, n: self.n, money: money(&self.minor), href, ..Tally::default() }
    }

    /// What of a whole it is, in parts of a thousand million: of its amount in a currency; of its count where none is known.
    fn share_of(&self, whole: &Self, currency: Option<Currency>) -> i128 {
        let amount = |of: &Self| match currency {
            Some(currency) => of.minor.get(&currency).copied().unwrap_or(0).max(0),
            None => i64::try_from(of.n).unwrap_or(i64::MAX),
        };
        i128::from(amount(self)) * WHOLE / i128::from(amount(whole).max(1))
    }

    /// The currency in which it is most of a whole, and how much of it.
    fn most_of(&self, whole: &Self) -> Option<(Currency, i128)> {
        let shares = whole.minor.keys().map(|currency| (*currency, self.share_of(whole, Some(*currency))));
        shares.filter(|(_, share)| *share > 0).max_by_key(|(_, share)| *share)
    }
}

/// A whole in the parts that shares are told in here.
const WHOLE: i128 = 1_000_000_000;

fn per_mille(share: i128) -> Option<u16> {
    u16::try_from((share * 1_000 / WHOLE).clamp(0, 1_000)).ok()
}

/// A whole and its parts in their order, with their shares: of the amount in the currency that has the greatest one, for amounts of
/// different currencies have no sum.
pub(super) fn summed((whole, href): (Added, String), parts: Vec<(Added, String)>, oldest: Option<String>) -> Parts {
    let greatest = whole.minor.iter().filter(|(_, minor)| **minor > 0);
    let currency = greatest.max_by_key(|(currency, minor)| hundredths(**currency, **minor)).map(|(currency, _)| *currency);
    let part = |(part, href): (Added, String)| {
        let share = per_mille(part.share_of(&whole, currency));
        Tally { share, ..part.leading_to(href) }
    };
    Parts {
        parts: parts.into_iter().map(part).collect(),
        shares_of: currency.map_or_else(|| COUNT.to_owned(), |currency| currency.code().to_owned()),
        whole: whole.leading_to(href),
        further: 0,
        oldest,
    }
}

/// Of what shares are where no money is known.
const COUNT: &str = "all";

/// A whole and the largest of its parts: those that are most of it in any currency come first, so that an amount stands in no other's
/// shadow. Each has the share of that currency.
pub(super) fn ranked((whole, href): (Added, String), parts: Vec<(Added, String)>, limit: usize, oldest: Option<String>) -> Parts {
    let is_money = whole.minor.values().any(|minor| *minor > 0);
    let place = |(part, href): (Added, String)| {
        let most = if is_money { part.most_of(&whole) } else { None };
        let share = most.map_or_else(|| if is_money { 0 } else { part.share_of(&whole, None) }, |(_, share)| share);
        (share, most.map(|(currency, _)| currency), part, href)
    };
    let mut parts: Vec<_> = parts.into_iter().map(place).collect();
    parts.sort_by_key(|(share, _, part, _)| Reverse((*share, part.n)));
    let further = parts.len().saturating_sub(limit);
    parts.truncate(limit);
    let currencies: BTreeSet<Currency> = parts.iter().filter_map(|(_, currency, ..)| *currency).collect();
    let shares_of = match currencies.first() {
        None if is_money => "money".to_owned(),
        None => COUNT.to_owned(),
        Some(one) if currencies.len() == 1 => one.code().to_owned(),
        Some(_) => "its currency".to_owned(),
    };
    let part = |(share, currency, part, href): (i128, Option<Currency>, Added, String)| {
        let share_of = currency.filter(|_| currencies.len() > 1).map(|currency| currency.code().to_owned());
        Tally { share: per_mille(share), share_of, ..part.leading_to(href) }
    };
    Parts { parts: parts.into_iter().map(part).collect(), shares_of, whole: whole.leading_to(href), further, oldest }
}

/// An amount as it compares with those of other currencies: hundredths of its unit.
fn hundredths(currency: Currency, minor: i64) -> i128 {
    let digits = i32::try_from(currency.digits()).unwrap_or(2);
    let factor = 10_i128.pow(digits.abs_diff(2));
    if digits < 2 { i128::from(minor) * factor } else { i128::from(minor) / factor }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(label: &str, n: u64, sums: &[(&str, i64)]) -> Added {
        let minor = sums.iter().map(|(code, minor)| (Currency::try_from(*code).expect("a currency"), *minor)).collect();
        Added { label: label.into(), n, minor }
    }

    fn whole() -> (Added, String) {
        (added("all", 30, &[("EUR", 6_500_000), ("USD", 3_400_000)]), String::new())
    }

    fn parts(of: Vec<Added>) -> Vec<(Added, String)> {
        of.into_iter().map(|part| (part, String::new())).collect()
    }

    #[test]
    fn what_is_most_of_any_currency_comes_first() {
        let of = vec![
            added("a part of the greatest sum", 9, &[("EUR", 724_000)]),
            added("most of another currency", 1, &[("USD", 2_799_200)]),
            added("most of the greatest sum", 8, &[("EUR", 5_000_000)]),
            added("no money", 12, &[]),
        ];
        let told = ranked(whole(), parts(of), 3, None);
        let order: Vec<_> = told.parts.iter().map(|part| (&*part.label, part.share, part.share_of.as_deref())).collect();
        assert_eq!(
            order,
            [
                ("most of another currency", Some(823), Some("USD")),
                ("most of the greatest sum", Some(769), Some("EUR")),
                ("a part of the greatest sum", Some(111), Some("EUR")),
            ]
        );
        assert_eq!((told.further, &*told.shares_of), (1, "its currency"));
    }

    #[test]
    fn of_one_currency_the_head_says_which() {
        let of = vec![added("none", 3, &[]), added("some", 1, &[("EUR", 650_000)])];
        let told = ranked(whole(), parts(of), 8, None);
        assert_eq!((&*told.parts[0].label, told.parts[0].share, &told.parts[0].share_of), ("some", Some(100), &None));
        assert_eq!((&*told.shares_of, told.parts[1].share), ("EUR", Some(0)));
    }

    #[test]
    fn without_money_shares_are_of_the_count() {
        let of = vec![added("few", 1, &[]), added("many", 3, &[])];
        let told = ranked((added("all", 4, &[]), String::new()), parts(of), 8, None);
        assert_eq!((&*told.parts[0].label, told.parts[0].share, &*told.shares_of), ("many", Some(750), COUNT));
    }
}
