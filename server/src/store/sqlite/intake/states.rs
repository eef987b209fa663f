//! Writing the changed orders and shipments.

use super::{changed::ChangedShipment, rows, subjects::Subject};
use crate::{
    domain::{assess, fact::FactKey, order::OrderState, time::Precision},
    store::{StoreError, sqlite::sql},
};
use rusqlite::{Connection, params};

/// Writes an order's row; answers its place if it is new.
pub(super) fn order(connection: &Connection, subject: &Subject, state: &OrderState) -> Result<Option<i64>, StoreError> {
    let (version, json) = (subject.version + 1, rows::json(state));
    match subject.row {
        Some(row) => sql::execute(
            connection,
            "UPDATE orders SET region_id = ?2, business_unit_id = ?3, version = ?4, state = ?5 WHERE rowid = ?1",
            params![row, state.region(), state.business_unit(), version, json],
        )?,
        None => sql::execute(
            connection,
            "INSERT INTO orders (id, environment, reference, region_id, business_unit_id, version, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                subject.id,
                subject.environment.code(),
                subject.reference,
                state.region(),
                state.business_unit(),
                version,
                json
            ],
        )?,
    };
    Ok(subject.row.is_none().then(|| connection.last_insert_rowid()))
}

/// What every update of a shipment names.
macro_rules! update {
    () => {
        "UPDATE shipments SET stage = ?1, outcome = ?2, promised_at = ?3, promised_day = ?4, dispatched_at = ?5, freight_minor = ?6,
            freight_currency = ?7, history = ?8, awaiting_pod = ?9, awaiting_arrival = ?10, version = ?11, state = ?12, holds = ?13,
            waiting_minor = ?14, waiting_currency = ?15, work = ?16, unbilled = ?17, measured = ?18,
            invoiced_at = ?19"
    };
}

/// Writes a shipment's row; answers its place if it is new. One whose place in the lists did not change leaves the lists' indexes alone: naming an indexed
/// column in an update rewrites its index even if the value stays.
pub(super) fn shipment(connection: &Connection, changed: &ChangedShipment<'_>) -> Result<Option<i64>, StoreError> {
    let ChangedShipment { subject, new: s, after, .. } = changed;
    let day = |time: Option<(_, Precision)>| time.is_some_and(|(_, precision)| precision == Precision::Day);
    let waiting = assess::money(after);
    let common = params![
        s.stage.code(),
        s.outcome.code(),
        s.promised.map(|(at, _)| at.0),
        day(s.promised),
        s.dispatched_at.map(|at| at.0),
        s.freight.map(|money| money.minor),
        s.freight.as_ref().map(|money| money.currency.code()),
        s.history,
        s.awaiting_pod,
        s.awaiting_arrival,
        subject.version + 1,
        rows::json(*after),
        subject.watch.holds.bits(),
        waiting.map(|money| money.minor),
        waiting.as_ref().map(|money| money.currency.code()),
        rows::json(&subject.watch.work),
        s.unbilled,
        (!subject.measured.is_empty()).then_some(&subject.measured),
        after.first(FactKey::InvoiceReleased).map(|(at, _)| at.0),
    ];
    let next_at = params![subject.watch.next_at.map(|at| at.0)];
    let place = params![
        s.region,
        s.business_unit,
        s.carrier,
        s.mode,
        s.customer,
        s.sort_at.0,
        s.delivered.map(|(at, _)| at.0),
        day(s.delivered)
    ];
    match subject.row {
        Some(row) if changed.keeps_place() && !subject.watch.moved => {
            sql::execute(connection, concat!(update!(), " WHERE rowid = ?20"), &*[common, params![row]].concat())?
        }
        Some(row) if changed.keeps_place() => sql::execute(
            connection,
            concat!(update!(), ", next_at = ?20 WHERE rowid = ?21"),
            &*[common, next_at, params![row]].concat(),
        )?,
        Some(row) => sql::execute(
            connection,
            concat!(
                update!(),
                ", next_at = ?20, region_id = ?21, business_unit_id = ?22, carrier_id = ?23, mode = ?24, customer_id = ?25,
                 sort_at = ?26, delivered_at = ?27, delivered_day = ?28 WHERE rowid = ?29"
            ),
            &*[common, next_at, place, params![row]].concat(),
        )?,
        None => sql::execute(
            connection,
            "INSERT INTO shipments (stage, outcome, promised_at, promised_day, dispatched_at, freight_minor, freight_currency, history,
                                    awaiting_pod, awaiting_arrival, version, state, holds, waiting_minor, waiting_currency, work,
                                    unbilled, measured, invoiced_at, next_at, region_id, business_unit_id, carrier_id, mode, customer_id, sort_at,
                                    delivered_at, delivered_day, id, environment, reference)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
                     ?25, ?26, ?27, ?28, ?29, ?30, ?31)",
            &*[common, next_at, place, params![subject.id, subject.environment.code(), subject.reference]].concat(),
        )?,
    };
    Ok(subject.row.is_none().then(|| connection.last_insert_rowid()))
}
