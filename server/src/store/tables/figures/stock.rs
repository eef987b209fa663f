//! What waits now, added up.

use crate::{
    domain::{money::Money, time::Instant},
    store::figures::{Adding, Ages, Mark, Marked, Marks, StockSum, Waits, Why},
};
use foldhash::HashMap;
use std::{collections::BTreeMap, hash::Hash};

/// One that waits. Carriers and causes, and shipments, are what compares quickest where it comes from.
pub(super) struct Item<O, S> {
    pub why: Why,
    pub since: Instant,
    /// Carrier or cause, if that is asked for.
    pub of: O,
    pub money: Option<Money>,
    /// Whose money it is, where one shipment waits several times: all of whom stand one after the other.
    pub whose: Option<S>,
    /// How it stands, if it is an exception.
    pub marks: Marks,
}

/// Adds up.
pub(super) fn add_up<O, S>(items: impl Iterator<Item = Item<O, S>>, how: &Adding, name: impl Fn(O) -> String) -> Waits
where
    O: Eq + Hash + Copy,
    S: Eq + Copy,
{
    let mut sums: HashMap<_, (u64, i64)> = HashMap::default();
    let (mut oldest, mut once): (Option<Instant>, BTreeMap<_, i64>) = (None, BTreeMap::new());
    let mut all: Vec<Instant> = Vec::new();
    // Who was looked at last, and in which parts its money is counted.
    let (mut last, mut parts) = (None, Vec::new());
    let (mut marked, mut counted) = (<[Marked; 2]>::default(), [None; 2]);
    for Item { why, since, of, money, whose, marks } in items {
        for mark in Mark::ALL.into_iter().filter(|mark| marks.has(*mark)) {
            let (marked, counted) = (&mut marked[mark as usize], &mut counted[mark as usize]);
            marked.add(since);
            if let Some(money) = money.filter(|_| *counted != whose) {
                *counted = whose;
                *marked.once.entry(money.currency).or_default() += money.minor;
            }
        }
        oldest = Some(oldest.map_or(since, |oldest| oldest.min(since)));
        if how.ages {
            all.push(since);
        }
        let age = how.bucket(since);
        let sum = sums.entry((why, age, of, money.map(|money| money.currency))).or_default();
        sum.0 += 1;
        let Some(money) = money else { continue };
        let Some(whose) = whose else {
            sum.1 += money.minor;
            continue;
        };
        // One shipment's money waits once in each age and of each cause, and once in all.
        if last != Some(whose) {
            last = Some(whose);
            parts.clear();
            *once.entry(money.currency).or_default() += money.minor;
        }
        if !parts.contains(&(age, of)) {
            parts.push((age, of));
            sum.1 += money.minor;
        }
    }
    let sum = |((why, age, of, currency), (n, minor))| StockSum { why, age, of: name(of), currency, n, minor };
    let mut sums: Vec<StockSum> = sums.into_iter().map(sum).collect();
    sums.sort_unstable();
    Waits { sums, oldest, ages: Ages::of(all), once, marked }
}
