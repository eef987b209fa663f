//! The Shipments list: from the URL's filter to rows.

use super::{
    ages::{POD_AGES, pod_age_span},
    cursor,
    period::{self, Days, invalid},
    text::choose,
    words::{self, Words},
};
use crate::{
    domain::{
        shipment::{Outcome, Stage},
        time::{Instant, Precision},
    },
    store::shipments::{PromiseFilter, ShipmentQuery, ShipmentRecord, Sight},
};
use app::{
    error::AppError,
    model::{Money, ShipmentFilter, ShipmentRow, Timeliness},
};

/// Rows on a page.
pub const PAGE: u32 = 50;
/// Matching rows are counted up to here.
pub const COUNTED: u32 = 10_000;

/// Reads the filter; a value that means nothing is told by its field.
pub fn query(filter: &ShipmentFilter, sight: Sight, now: Instant) -> Result<ShipmentQuery, AppError> {
    let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let days = Days::read(&filter.period)?;
    let (mut from, mut to) = days.instants();
    let mut narrow = |span: (Option<Instant>, Option<Instant>)| {
        from = from.max(span.0);
        to = match (to, span.1) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    };
    let week = given(&filter.week);
    if let Some(code) = &week {
        narrow(period::read_span(code)?.instants());
    }
    let awaiting_pod = given(&filter.awaiting_pod);
    match awaiting_pod.as_deref() {
        None | Some("any") => {}
        Some(code) => narrow(
            pod_age_span(code, now)
                .ok_or_else(|| invalid("awaiting_pod", &choose(POD_AGES.iter().map(|(age, ..)| *age).chain(["any"]))))?,
        ),
    }
    let stage = given(&filter.stage)
        .map(|code| Stage::from_code(&code).ok_or_else(|| invalid("stage", &choose(Stage::ALL.iter().map(|stage| stage.code())))))
        .transpose()?;
    let promise = match given(&filter.timeliness).as_deref() {
        None => None,
        Some("on_time") => Some(PromiseFilter::OnTime),
        Some("delivered_late") => Some(PromiseFilter::DeliveredLate),
        Some("overdue") => Some(PromiseFilter::Overdue(now)),
        Some(_) => return Err(invalid("timeliness", "Choose on_time, delivered_late or overdue.")),
    };
    Ok(ShipmentQuery {
        sight,
        region: given(&filter.region),
        business_unit: given(&filter.business_unit),
        carrier: given(&filter.carrier),
        mode: given(&filter.mode),
        customer: given(&filter.customer),
        stage,
        promise,
        awaiting_pod: awaiting_pod.is_some(),
        delivered: week.is_some(),
        from,
        to,
    })
}

/// A row in words.
pub fn row(record: ShipmentRecord, words: Words) -> ShipmentRow {
    let told = |text: String| Some(text).filter(|text| !text.is_empty());
    let timeliness = timeliness(&record, words.now);
    ShipmentRow {
        late_by: late_by(&record, timeliness, words.now),
        id: record.id,
        reference: record.reference,
        stage: record.stage,
        timeliness,
        region: told(record.region),
        business_unit: told(record.business_unit),
        carrier: told(record.carrier),
        mode: told(record.mode),
        promised: record.promised.map(|at| words.moment(at)),
        dispatched: record.dispatched_at.map(|at| words.instant(at)),
        delivered: record.delivered.map(|at| words.moment(at)),
        freight: record.freight.map(|money| Money { amount: money.decimal(), currency: money.currency.code().into() }),
        history: record.history,
    }
}

fn timeliness(record: &ShipmentRecord, now: Instant) -> Timeliness {
    match (record.outcome, record.promised) {
        (Outcome::OnTime, _) => Timeliness::OnTime,
        (Outcome::DeliveredLate, _) => Timeliness::DeliveredLate,
        (Outcome::NoPromise, _) | (Outcome::Open, None) => Timeliness::NoPromise,
        (Outcome::Open, Some(_)) if record.stage == Stage::Cancelled => Timeliness::Cancelled,
        (Outcome::Open, Some((at, _))) if at < now && record.history => Timeliness::Unwatched,
        (Outcome::Open, Some((at, _))) if at < now => Timeliness::Overdue,
        (Outcome::Open, Some(_)) => Timeliness::Open,
    }
}

/// How late, in days where either side is known to the day only.
fn late_by(record: &ShipmentRecord, timeliness: Timeliness, now: Instant) -> Option<String> {
    let (promised, promised_as) = record.promised?;
    let (until, until_as) = match timeliness {
        Timeliness::DeliveredLate => record.delivered?,
        Timeliness::Overdue => (now, Precision::Instant),
        _ => return None,
    };
    let late = until.since(promised);
    Some(match (promised_as, until_as) {
        (Precision::Instant, Precision::Instant) => words::duration(late),
        // Begun days count; the hour's grace is for days on which clocks change.
        _ => format!("{} d", ((late - Instant::HOUR + Instant::DAY - 1) / Instant::DAY).max(1)),
    })
}

/// The cursor behind the last row of a full page.
pub fn next(records: &[ShipmentRecord]) -> Option<String> {
    if records.len() < PAGE as usize {
        return None;
    }
    records.last().map(|last| cursor::write(last.sort_at, &last.id))
}
