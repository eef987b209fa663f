//! One value out of the rows of a group.

use super::{
    number::Decimal,
    row::RowCells,
    template::Pick,
    value::{Bad, Cell, Value},
};
use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

/// How rows with a bad value are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The bad text stands in the value's place.
    Show,
    /// The row counts as if it had no value.
    Skip,
    /// The whole is left out.
    Drop,
}

/// What the rows come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// One value, and the row that it was found in first.
    One(Value, u64),
    /// Several, sorted.
    Many(Vec<Value>, u64),
    /// None, and why.
    Absent(Vec<String>),
    /// Not usable: what to show in its place, and why.
    Bad(Vec<String>, Bad),
}

/// Takes one value out of the rows.
pub fn pick(rows: &[Arc<RowCells>], field: usize, pick: Pick, broken: Broken) -> Picked {
    let cells = || rows.iter().map(|row| (&row.cells[field], row.line));
    let bads: Vec<&Bad> = cells()
        .filter_map(|(cell, _)| match cell {
            Cell::Bad(bad) => Some(bad),
            _ => None,
        })
        .collect();
    let values: Vec<(&Value, u64)> = cells()
        .filter_map(|(cell, line)| match cell {
            Cell::Present(value) => Some((value, line)),
            _ => None,
        })
        .collect();
    match (bads.first(), broken) {
        (Some(_), Broken::Drop) => return Picked::Absent(Vec::new()),
        (Some(bad), Broken::Show) => return Picked::Bad(shown(&bads, &values, pick), (*bad).clone()),
        _ => {}
    }
    let Some(&(first, line)) = values.first() else {
        let reasons: BTreeSet<&str> = cells()
            .filter_map(|(cell, _)| match cell {
                Cell::Absent(Some(reason)) => Some(reason.as_str()),
                _ => None,
            })
            .collect();
        return match pick {
            Pick::Count => Picked::One(Value::Integer(0), rows.first().map_or(0, |row| row.line)),
            _ => Picked::Absent(reasons.into_iter().map(str::to_owned).collect()),
        };
    };
    match pick {
        Pick::Same => match values.iter().find(|(value, _)| *value != first) {
            None => Picked::One(first.clone(), line),
            Some(_) if broken == Broken::Drop => Picked::Absent(Vec::new()),
            Some((other, at)) => differing(rows, field, first, line, other, *at),
        },
        Pick::First => Picked::One(first.clone(), line),
        Pick::Last => values.last().map_or(Picked::Absent(Vec::new()), |(value, line)| Picked::One((*value).clone(), *line)),
        Pick::Min => extreme(&values, Ordering::Less),
        Pick::Max => extreme(&values, Ordering::Greater),
        Pick::Count => Picked::One(Value::Integer(i64::try_from(values.len()).unwrap_or(i64::MAX)), line),
        Pick::Collect => {
            let all: BTreeSet<&Value> = values.iter().map(|(value, _)| *value).collect();
            Picked::Many(all.into_iter().cloned().collect(), line)
        }
        Pick::Sum => match sum(values.iter().map(|(value, _)| *value)) {
            Some(total) => Picked::One(total, line),
            None if broken == Broken::Drop => Picked::Absent(Vec::new()),
            None => {
                let texts: Vec<String> = values.iter().map(|(value, _)| value.text()).collect();
                let reason = "cannot be added up over the rows: different currencies, or beyond what fits".to_owned();
                let raw = texts.join(" + ");
                Picked::Bad(vec![raw.clone()], Bad { raw, row: line, column: String::new(), code: "sum_impossible", reason })
            }
        },
    }
}

fn differing(rows: &[Arc<RowCells>], field: usize, first: &Value, line: u64, other: &Value, at: u64) -> Picked {
    // Named so that the order of rows does not matter: the lesser value first.
    let (first, line, other, at) = if first <= other { (first, line, other, at) } else { (other, at, first, line) };
    let all: BTreeSet<String> = rows
        .iter()
        .filter_map(|row| match &row.cells[field] {
            Cell::Present(value) => Some(value.text()),
            _ => None,
        })
        .collect();
    let shown = all.into_iter().collect::<Vec<_>>().join(" | ");
    let reason = format!("differs between rows that belong together: row {line} has {}, row {at} {}", first.text(), other.text());
    Picked::Bad(vec![shown.clone()], Bad { raw: shown, row: at, column: String::new(), code: "rows_differ", reason })
}

fn extreme(values: &[(&Value, u64)], wanted: Ordering) -> Picked {
    let mut best: Option<(&Value, u64)> = None;
    for &(value, line) in values {
        if best.is_none_or(|(held, _)| value.cmp(held) == wanted) {
            best = Some((value, line));
        }
    }
    best.map_or(Picked::Absent(Vec::new()), |(value, line)| Picked::One(value.clone(), line))
}

fn sum<'v>(values: impl Iterator<Item = &'v Value>) -> Option<Value> {
    values.cloned().map(Some).reduce(|held, next| match (held?, next?) {
        (Value::Integer(a), Value::Integer(b)) => a.checked_add(b).map(Value::Integer),
        (Value::Decimal(a), Value::Decimal(b)) => a.plus(b).map(Value::Decimal),
        (Value::Money(one, a), Value::Money(other, b)) if one == other => a.plus(b).map(|sum| Value::Money(one, sum)),
        _ => None,
    })?
}

/// What stands in the place of a value with bad rows: for a sum, what is known plus what is not.
fn shown(bads: &[&Bad], values: &[(&Value, u64)], pick: Pick) -> Vec<String> {
    let mut raws: Vec<String> = bads.iter().map(|bad| bad.raw.clone()).collect();
    raws.sort_unstable();
    match pick {
        Pick::Sum => {
            let known = sum(values.iter().map(|(value, _)| *value)).filter(|total| !is_zero(total));
            let known = known.map(|total| match total {
                Value::Money(currency, amount) => amount.padded(currency.digits()),
                other => other.text(),
            });
            vec![known.into_iter().chain(raws).collect::<Vec<_>>().join(" + ")]
        }
        Pick::Collect => {
            let good: BTreeSet<String> = values.iter().map(|(value, _)| value.text()).collect();
            good.into_iter().chain(raws).collect()
        }
        _ => {
            raws.dedup();
            vec![raws.join(" | ")]
        }
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Integer(number) => *number == 0,
        Value::Decimal(number) | Value::Money(_, number) => *number == Decimal::ZERO,
        _ => false,
    }
}
