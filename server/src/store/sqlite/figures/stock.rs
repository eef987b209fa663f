//! What waits now, added up.

use crate::{
    domain::{exception::ExceptionKind, money::Currency},
    store::{
        StoreError,
        figures::{Adding, By, StockSum, Wait, WaitingRow, Waits, Why},
        sqlite::intake::rows::corrupt,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// Adds rows up.
pub(super) fn add_up(rows: &[WaitingRow], wait: Wait, how: &Adding) -> Result<Waits, StoreError> {
    let mut sums: BTreeMap<(Why, usize, &str, Option<Currency>), (u64, i64)> = BTreeMap::new();
    let mut waits = Waits { oldest: rows.iter().map(|row| row.since).min(), ..Waits::default() };
    let mut counted = BTreeSet::new();
    for row in rows {
        let of = match how.by {
            By::Nothing => "",
            By::Carrier => &row.carrier,
            By::Cause => &row.cause,
        };
        let sum = sums.entry((why(wait, row)?, how.bucket(row.since), of, row.money.map(|money| money.currency))).or_default();
        sum.0 += 1;
        if let Some(money) = row.money {
            sum.1 += money.minor;
            if matches!(wait, Wait::Exceptions(_)) && counted.insert(&*row.reference) {
                *waits.once.entry(money.currency).or_default() += money.minor;
            }
        }
    }
    let sum = |((why, age, of, currency), (n, minor)): ((Why, usize, &str, _), (u64, i64))| StockSum {
        why,
        age,
        of: of.to_owned(),
        currency,
        n,
        minor,
    };
    waits.sums = sums.into_iter().map(sum).collect();
    Ok(waits)
}

fn why(wait: Wait, row: &WaitingRow) -> Result<Why, StoreError> {
    Ok(match wait {
        Wait::Unbilled | Wait::AwaitingProof => Why::Holds(row.holds),
        Wait::ErpBacklog if row.kind == "refused" => Why::Refused,
        Wait::ErpBacklog => Why::NoWord,
        Wait::Exceptions(_) => {
            Why::Wrong(ExceptionKind::from_code(&row.kind).ok_or_else(|| corrupt("exceptions", &row.id, &row.kind))?)
        }
    })
}
