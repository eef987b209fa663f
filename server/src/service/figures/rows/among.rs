//! Which of those that wait are in a part, as the query of its rows names it.

use super::wrong_part;
use crate::{
    domain::time::Instant,
    service::figures::{
        exceptions,
        stock::{self, beside},
        value,
    },
    store::figures::{Ages, Mark, Wait, WaitingRow},
};
use app::error::AppError;
use std::collections::BTreeMap;

/// Whether a row is in a part.
type InPart = Box<dyn Fn(&WaitingRow) -> bool + Send>;

/// Those of the rows that are in a part; with a plus between them, in several. A cause and a carrier may have anything in them, so each
/// stands alone.
pub(super) fn among(
    rows: Vec<WaitingRow>,
    part: Option<&str>,
    wait: Wait,
    ages: stock::Ages,
    now: Instant,
) -> Result<Vec<WaitingRow>, AppError> {
    let Some(part) = part else { return Ok(rows) };
    let alone = [("cause:", matches!(wait, Wait::Exceptions(_))), (beside::CARRIER, wait == Wait::AwaitingProof)];
    let alone = alone.into_iter().filter(|(_, is)| *is).find_map(|(start, _)| part.strip_prefix(start).map(|rest| (start, rest)));
    let is_in: Vec<InPart> = match alone {
        Some((beside::CARRIER, carrier)) => {
            let carrier = carrier.to_owned();
            vec![Box::new(move |row| row.place.carrier == carrier)]
        }
        Some((_, cause)) => {
            let cause = cause.to_owned();
            vec![Box::new(move |row| row.cause == cause)]
        }
        None => part.split('+').map(|one| in_part(one, &rows, wait, ages, now)).collect::<Result<_, _>>()?,
    };
    Ok(rows.into_iter().filter(|row| is_in.iter().all(|is_in| is_in(row))).collect())
}

fn in_part(part: &str, rows: &[WaitingRow], wait: Wait, ages: stock::Ages, now: Instant) -> Result<InPart, AppError> {
    let bits = |bits: &str| bits.parse::<u32>().map_err(|_| wrong_part());
    let held = matches!(wait, Wait::Unbilled | Wait::AwaitingProof);
    let is_open = wait == Wait::Exceptions(None);
    Ok(match part.split_once(':').unwrap_or((part, "")) {
        ("age", code) => {
            let at = ages.iter().position(|(known, ..)| *known == code).ok_or_else(wrong_part)?;
            Box::new(move |row| stock::bucket(ages, now.since(row.since)) == at)
        }
        ("holds", all) if held => {
            let all = bits(all)?;
            Box::new(move |row| row.holds.bits() == all)
        }
        ("any", any) if held => {
            let any = bits(any)?;
            Box::new(move |row| row.holds.bits() & any != 0)
        }
        ("only", "") if held => Box::new(|row| stock::only_proof(row.holds)),
        ("state", kind) if wait == Wait::ErpBacklog && stock::ERP_STATES.iter().any(|(known, ..)| *known == kind) => {
            let kind = kind.to_owned();
            Box::new(move |row| row.kind == kind)
        }
        (code @ ("p50" | "p75" | "p90" | "p95"), "") if wait == Wait::AwaitingProof => {
            let since = percentile(code, rows);
            Box::new(move |row| since.is_none_or(|since| row.since <= since))
        }
        (code, "") if wait == Wait::AwaitingProof && code == beside::OLDEST.0 => since_first(rows, |_| true),
        (code, "") if wait == Wait::AwaitingProof && code == beside::OTHER_CARRIERS.0 => {
            let mut by: BTreeMap<&str, u64> = BTreeMap::new();
            rows.iter().for_each(|row| *by.entry(&row.place.carrier).or_default() += 1);
            let first = beside::first_carriers(&by);
            Box::new(move |row| !first.contains(&row.place.carrier))
        }
        (code, "") if is_open && code == exceptions::CAME_BACK.0 => Box::new(|row| row.marks.has(Mark::CameBack)),
        (code, "") if is_open && code == exceptions::NOBODYS.0 => Box::new(|row| row.marks.has(Mark::Nobodys)),
        (code, "") if is_open && code == exceptions::OLDEST_NOBODYS.0 => since_first(rows, |row| row.marks.has(Mark::Nobodys)),
        _ => return Err(wrong_part()),
    })
}

/// Since when that one waits whose age is a percentile; none: there are too few, and all are looked at.
fn percentile(code: &str, rows: &[WaitingRow]) -> Option<Instant> {
    let enough = rows.len() as u64 >= value::ENOUGH;
    let ages = Ages::of(rows.iter().map(|row| row.since).collect()).filter(|_| enough)?;
    let place = Ages::SHARES.iter().position(|share| format!("p{share}") == code)?;
    ages.at.get(place).copied()
}

/// Those of some that wait since the first of them does.
fn since_first(rows: &[WaitingRow], of: fn(&WaitingRow) -> bool) -> InPart {
    let first = rows.iter().filter(|row| of(row)).map(|row| row.since).min();
    Box::new(move |row| of(row) && Some(row.since) == first)
}
