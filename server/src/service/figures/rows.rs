//! The rows behind a figure, page by page: as many in all as it says.

mod among;
mod part;

use self::{
    among::among,
    part::{OPEN, part_of, percentile, slowest},
};
use super::{Asked, answer, exceptions::AGES, flow, overview::cause_words, stock, value};
use crate::{
    domain::{
        exception::ExceptionKind,
        measure::{LATE, Measure, Metric, NO_PROMISE, ON_TIME, Shape, Stock, bin_currency, bin_hours, day_of, millis_bin},
        metric::Source,
        money::Money,
        time::Instant,
    },
    service::{
        cursor, exceptions,
        period::{self, invalid},
        words,
    },
    store::{
        figures::{ExceptionTold, FiguresStore, MeasureQuery, MeasuredRow, Over, Place, Solved, SolvedPlace, Wait, WaitingRow},
        shipments::Cursor,
    },
};
use app::{
    error::AppError,
    model::{KpiRow, Page},
    paths,
};
use std::collections::{BTreeMap, BTreeSet};

const CAME: &str = stock::beside::CAME.0;
const WENT: &str = stock::beside::WENT.0;

/// Rows on a page.
pub(super) const PAGE: usize = 50;

/// One page.
pub(super) async fn page(store: &dyn FiguresStore, asked: &Asked) -> Result<Page<KpiRow>, AppError> {
    match asked.key.contract().source {
        Source::Flow(metrics) => flow(store, asked, metrics).await,
        Source::Stock(Stock::Unassigned, _) => unassigned(store, asked).await,
        Source::Stock(of, _) if stock::moves(of) && matches!(asked.part.as_deref(), Some(CAME | WENT)) => {
            moved(store, asked, of).await
        }
        Source::Stock(of, _) => {
            let (wait, ages) = stock::wait(of).ok_or(AppError::NotFound)?;
            waiting(store, asked, wait, ages).await
        }
        Source::Exceptions(kind) => waiting(store, asked, Wait::Exceptions(kind), AGES).await,
        Source::Solved => solved(store, asked).await,
    }
}

fn wrong_part() -> AppError {
    invalid("part", "This figure has no such part.")
}

async fn flow(store: &dyn FiguresStore, asked: &Asked, metrics: &[Metric]) -> Result<Page<KpiRow>, AppError> {
    if asked.part.as_deref() == Some(OPEN) {
        let rows = flow::open_rows(store, asked).await?.ok_or_else(wrong_part)?;
        return listed(asked, rows, open_words);
    }
    let (metric, bins) = part_of(store, asked, metrics).await?;
    // A stage is of all that the whole is of, those that took no time in it among them.
    let stage = (metric.shape() == Shape::Sum).then_some(metric);
    of_bins(store, asked, (if stage.is_some() { metrics[0] } else { metric }, stage), &bins).await
}

/// What began to wait lately, or waits no more, whatever the period is.
async fn moved(store: &dyn FiguresStore, asked: &Asked, stock: Stock) -> Result<Page<KpiRow>, AppError> {
    let (query, _) = stock::beside::pace(asked, stock);
    let (opened, closed) = stock.metrics();
    let metric = if asked.part.as_deref() == Some(CAME) { opened } else { closed };
    of_bins(store, &Asked { query, ..asked.clone() }, (metric, None), &value::in_and_out(metric).0).await
}

/// A page of what a metric has in these bins; of a stage how long each was in it.
async fn of_bins(
    store: &dyn FiguresStore,
    asked: &Asked,
    (metric, stage): (Metric, Option<Metric>),
    bins: &[(i32, i32)],
) -> Result<Page<KpiRow>, AppError> {
    let after = cursor::read(asked.after.as_deref())?;
    let after = match after {
        Some(after) => Some((i32::try_from(after.at.0).map_err(|_| damaged())?, after.id.parse().map_err(|_| damaged())?)),
        None => None,
    };
    let mut rows = store.measured_rows(&asked.query, metric, bins, after, asked.rows + 1).await.map_err(answer)?;
    let more = rows.len() > asked.rows;
    rows.truncate(asked.rows);
    if let Some(stage) = stage {
        in_stage(store, asked, stage, &mut rows).await?;
    }
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| cursor::write(Instant(row.measure.day.into()), &row.number.to_string()));
    Ok(Page { items: rows.into_iter().map(measured).collect(), next, total: None, as_of: asked.words.as_of() })
}

/// Tells of rows how long each was in a stage in place of how long it took.
async fn in_stage(store: &dyn FiguresStore, asked: &Asked, stage: Metric, rows: &mut [MeasuredRow]) -> Result<(), AppError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
    let (from_day, to_day) = (Some(first.measure.day), Some(last.measure.day + 1));
    let days = MeasureQuery { from_day, to_day, ..asked.query.clone() };
    let found = store.measured_rows(&days, stage, &[], None, usize::MAX).await.map_err(answer)?;
    let sums: BTreeMap<i64, i64> = found.into_iter().map(|row| (row.number, row.measure.sum)).collect();
    for row in rows {
        let sum = sums.get(&row.number).copied().unwrap_or(0);
        row.measure = Measure { metric: stage, bin: 0, sum, ..row.measure };
    }
    Ok(())
}

/// Why a row of those whose clock still runs is among them: what holds it, else where it is.
fn open_words(row: &WaitingRow) -> String {
    match row.kind.as_str() {
        "" | "no_proof" => stock::hold_words(row.holds),
        kind => kind.replace('_', " "),
    }
}

fn measured(row: MeasuredRow) -> KpiRow {
    let MeasuredRow { shipment_id, reference, region, business_unit, carrier, mode, customer, measure, .. } = row;
    let (hours, words, money) = said(&measure);
    KpiRow {
        href: paths::shipment(&shipment_id),
        id: shipment_id,
        reference,
        region,
        business_unit,
        carrier,
        mode,
        customer,
        day: period::day_code(measure.day),
        hours,
        words,
        money,
    }
}

/// Hours, words and money of a measure.
fn said(Measure { metric, bin, sum, .. }: &Measure) -> (Option<f64>, String, Option<app::model::Money>) {
    if let Some(why) = value::why(*metric, *bin) {
        return (None, why.to_owned(), None);
    }
    match metric.shape() {
        Shape::Duration => {
            // Exact where the instant is known.
            let hours = bin_hours(*bin).map(|hours| if *sum > 0 { *sum as f64 / 3_600_000.0 } else { hours });
            (hours, hours.map(words::hours).unwrap_or_default(), None)
        }
        Shape::Class => (None, class(*metric, *bin).to_owned(), None),
        Shape::Money => {
            let money = bin_currency(*bin).map(|currency| exceptions::amount(&Money { minor: *sum, currency }));
            (None, String::new(), money)
        }
        Shape::Sum => {
            let hours = *sum as f64 / 3_600_000.0;
            (Some(hours), words::hours(hours), None)
        }
    }
}

fn class(metric: Metric, bin: i32) -> &'static str {
    match (metric, bin) {
        (Metric::DeliveredAgainstPromise, ON_TIME) => "on time",
        (Metric::DeliveredAgainstPromise, _) => "late",
        (Metric::ProofOfDelivery, ON_TIME) => "POD in time",
        (Metric::ProofOfDelivery, LATE) => "POD too late",
        (Metric::ProofOfDelivery, NO_PROMISE) => "no POD that stands",
        (Metric::DeliveredClean, ON_TIME) => "no exception before the invoice",
        (Metric::DeliveredClean, _) => "exception before the invoice",
        (Metric::UntouchedFromDispatch | Metric::UntouchedFromDelivery, ON_TIME) => "untouched",
        (Metric::UntouchedFromDispatch | Metric::UntouchedFromDelivery, _) => "touched",
        (Metric::BilledOnce, ON_TIME) => "billed once",
        (Metric::BilledOnce, _) => "billed twice",
        (Metric::StagesInOrder, ON_TIME) => "in order",
        (Metric::StagesInOrder, _) => "in another order",
        _ => "",
    }
}

async fn waiting(store: &dyn FiguresStore, asked: &Asked, wait: Wait, ages: stock::Ages) -> Result<Page<KpiRow>, AppError> {
    let rows = store.waiting(&asked.query, wait).await.map_err(answer)?;
    let mut rows = among(rows, asked.part.as_deref(), wait, ages, asked.words.now)?;
    if matches!(wait, Wait::Exceptions(_)) {
        once(&mut rows);
    }
    let why = |row: &WaitingRow| match wait {
        Wait::Exceptions(_) => kind_words(&row.kind),
        Wait::ErpBacklog => row.kind.replace('_', " "),
        _ => stock::hold_words(row.holds),
    };
    let about_items = rows.iter().filter(|row| matches!(wait, Wait::Exceptions(_)) && is_of_an_item(&row.kind, &row.reference));
    let items: BTreeMap<String, String> = about_items.map(|row| (row.id.clone(), row.cause.clone())).collect();
    let mut page = listed(asked, rows, why)?;
    if matches!(wait, Wait::Exceptions(_)) {
        for row in &mut page.items {
            row.href = paths::exception(&row.id);
            if let Some(cause) = items.get(&row.id) {
                row.reference = cause_words(cause);
            }
        }
    }
    Ok(page)
}

/// A page of what waits, each with why.
fn listed(asked: &Asked, rows: Vec<WaitingRow>, why: impl Fn(&WaitingRow) -> String) -> Result<Page<KpiRow>, AppError> {
    let now = asked.words.now;
    let total = Some(rows.len() as u64);
    let after = cursor::read(asked.after.as_deref())?.map(|after| (after.at, after.id));
    let rows = rows.into_iter().filter(|row| after.as_ref().is_none_or(|after| (row.since, &row.id) > (after.0, &after.1)));
    let mut rows: Vec<WaitingRow> = rows.take(asked.rows + 1).collect();
    let more = rows.len() > asked.rows;
    rows.truncate(asked.rows);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(row.since, &row.id));
    let item = |row: WaitingRow| {
        let age = now.since(row.since);
        let why = why(&row);
        let Place { region, business_unit, carrier, mode, customer } = row.place;
        KpiRow {
            href: paths::shipment(&row.id),
            id: row.id,
            reference: row.reference,
            region,
            business_unit,
            carrier,
            mode,
            customer,
            day: period::day_code(day_of(row.since)),
            hours: Some(age as f64 / Instant::HOUR as f64),
            words: format!("{}: {why}", words::duration(age)),
            money: row.money.as_ref().map(exceptions::amount),
        }
    };
    Ok(Page { items: rows.into_iter().map(item).collect(), next, total, as_of: asked.words.as_of() })
}

/// Leaves a shipment's money with the oldest of its exceptions: so rows add up to what is told of them.
fn once(rows: &mut [WaitingRow]) {
    let mut counted: BTreeSet<String> = BTreeSet::new();
    for row in rows.iter_mut().filter(|row| row.money.is_some()) {
        if !counted.insert(row.reference.clone()) {
            row.money = None;
        }
    }
}

/// Those that nobody moves, whose age is known to the day.
async fn unassigned(store: &dyn FiguresStore, asked: &Asked) -> Result<Page<KpiRow>, AppError> {
    let wait = Wait::Standing(Stock::Unassigned);
    let rows = store.waiting(&asked.query, wait).await.map_err(answer)?;
    let rows = among(rows, asked.part.as_deref(), wait, stock::DAYS, stock::today(asked.words.now))?;
    let days: BTreeMap<String, i64> =
        rows.iter().map(|row| (row.id.clone(), i64::from(day_of(asked.words.now)) - i64::from(day_of(row.since)))).collect();
    let mut page = listed(asked, rows, |_| String::new())?;
    for row in &mut page.items {
        let days = days.get(&row.id).copied().unwrap_or_default();
        row.hours = Some((days * 24) as f64);
        row.words = format!("{days} d: planned, nobody to move it");
    }
    Ok(page)
}

/// So many are looked at at once where only some of them are wanted.
const LOOKED_AT: usize = 1_000;

async fn solved(store: &dyn FiguresStore, asked: &Asked) -> Result<Page<KpiRow>, AppError> {
    let took = |row: &Solved| row.closed_at.since(row.detected_at);
    let mut among: Option<[(i32, i32); 2]> = None;
    let over = match asked.part.as_deref() {
        Some(OPEN) => return waiting(store, &Asked { part: None, ..asked.clone() }, Wait::Exceptions(None), AGES).await,
        Some(part) if percentile(part).is_some() => {
            let told = store.episodes(&asked.query, None).await.map_err(answer)?;
            let value = value::duration(Metric::DispatchToInvoice, &value::whole(Some(&told.verified)));
            among = percentile(part).map(|share| slowest(share, &value)).transpose()?;
            Over::Verified
        }
        None => Over::Verified,
        Some("waived") => Over::Waived,
        Some("left_out") => Over::AtOnce,
        Some(_) => return Err(wrong_part()),
    };
    let mut after = solved_after(asked)?;
    let bin = |row: &Solved| millis_bin(took(row) * 1_000 / Instant::SECOND);
    let is_wanted = |row: &Solved| among.is_none_or(|bins| bins.iter().any(|(first, last)| (*first..=*last).contains(&bin(row))));
    let limit = if among.is_some() { LOOKED_AT.max(asked.rows + 1) } else { asked.rows + 1 };
    let mut rows: Vec<Solved> = Vec::new();
    loop {
        let found = store.solved(&asked.query, over, after.as_ref(), limit).await.map_err(answer)?;
        after = found.last().filter(|_| found.len() == limit).map(solved_place);
        rows.extend(found.into_iter().filter(is_wanted));
        if after.is_none() || rows.len() > asked.rows {
            break;
        }
    }
    let more = rows.len() > asked.rows;
    rows.truncate(asked.rows);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(row.closed_at, &format!("{}.{}", row.detected_at.0, row.id)));
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let told = store.exceptions_told(&ids).await.map_err(answer)?;
    let mut told: BTreeMap<String, ExceptionTold> = told.into_iter().map(|told| (told.id.clone(), told)).collect();
    let item = |row: Solved| {
        let ExceptionTold { id, subject, kind, place } = told.remove(&row.id)?;
        let Place { region, business_unit, carrier, mode, customer } = place;
        let took = took(&row);
        Some(KpiRow {
            href: paths::exception(&id),
            reference: if subject.is_empty() || is_of_an_item(&kind, &subject) { kind_words(&kind) } else { subject },
            id,
            region,
            business_unit,
            carrier,
            mode,
            customer,
            day: period::day_code(day_of(row.closed_at)),
            hours: Some(took as f64 / Instant::HOUR as f64),
            words: format!("{}: {}", words::duration(took), kind_words(&kind)),
            money: None,
        })
    };
    Ok(Page { items: rows.into_iter().filter_map(item).collect(), next, total: None, as_of: asked.words.as_of() })
}

/// Whether an exception is about an item in Quarantine: it belongs to no shipment, and the item's id is nothing that people know.
fn is_of_an_item(kind: &str, subject: &str) -> bool {
    let kinds = [ExceptionKind::DataDefect, ExceptionKind::UnknownCode];
    kinds.iter().any(|of| of.code() == kind) && uuid::Uuid::try_parse(subject).is_ok()
}

/// Its place among those that are over.
fn solved_place(row: &Solved) -> SolvedPlace {
    (row.closed_at, row.detected_at, row.id.clone())
}

/// The place after which a page of them begins.
fn solved_after(asked: &Asked) -> Result<Option<SolvedPlace>, AppError> {
    let read = |after: Cursor| {
        let (detected_at, id) = after.id.split_once('.')?;
        Some((after.at, Instant(detected_at.parse().ok()?), id.to_owned()))
    };
    match cursor::read(asked.after.as_deref())? {
        Some(after) => Ok(Some(read(after).ok_or_else(damaged)?)),
        None => Ok(None),
    }
}

fn damaged() -> AppError {
    invalid("after", "This page's address is damaged; begin at the first page.")
}

/// A kind as it is called.
fn kind_words(code: &str) -> String {
    ExceptionKind::from_code(code).map_or_else(|| code.replace('_', " "), |kind| kind.label().to_owned())
}
