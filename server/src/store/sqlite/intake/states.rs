//! Writing the changed orders and shipments.

use super::{
    rows,
    subjects::{State, Subject},
};
use crate::{
    domain::{shipment::ShipmentState, time::Precision},
    store::StoreError,
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

pub(super) async fn orders(connection: &mut SqliteConnection, changed: &[&Subject]) -> Result<(), StoreError> {
    let orders: Vec<_> = changed
        .iter()
        .filter_map(|subject| match &subject.state {
            State::Order(state) => Some((subject, state)),
            State::Shipment(_) => None,
        })
        .collect();
    for piece in rows::pieces(&orders) {
        let mut upsert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO orders (id, environment, reference, region_id, business_unit_id, version, state) ",
        );
        upsert.push_values(piece, |mut row, (subject, state)| {
            row.push_bind(subject.id.as_str())
                .push_bind(subject.environment.code())
                .push_bind(subject.reference.as_str())
                .push_bind(state.region().to_owned())
                .push_bind(state.business_unit().to_owned())
                .push_bind(subject.version + 1)
                .push_bind(rows::json(state));
        });
        upsert.push(
            " ON CONFLICT (id) DO UPDATE SET region_id = excluded.region_id, business_unit_id = excluded.business_unit_id,
              version = excluded.version, state = excluded.state",
        );
        upsert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Writes the shipments' rows. Those whose place in the lists did not change leave the lists' indexes alone: naming an indexed
/// column in an update rewrites its index even if the value stays.
pub(super) async fn shipments(connection: &mut SqliteConnection, changed: &[&Subject]) -> Result<(), StoreError> {
    let (placed, moved): (Vec<_>, Vec<_>) = changed
        .iter()
        .filter_map(|subject| match &subject.state {
            State::Shipment(state) => Some((*subject, state.as_ref())),
            State::Order(_) => None,
        })
        .partition(|(subject, state)| keeps_place(subject, state));
    const NARROW: &str = " ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, outcome = excluded.outcome,
        promised_at = excluded.promised_at, promised_day = excluded.promised_day, dispatched_at = excluded.dispatched_at,
        freight_minor = excluded.freight_minor, freight_currency = excluded.freight_currency, history = excluded.history,
        awaiting_pod = excluded.awaiting_pod, awaiting_arrival = excluded.awaiting_arrival, version = excluded.version,
        state = excluded.state";
    const WIDE: &str = ", region_id = excluded.region_id, business_unit_id = excluded.business_unit_id,
        carrier_id = excluded.carrier_id, mode = excluded.mode, customer_id = excluded.customer_id, sort_at = excluded.sort_at,
        delivered_at = excluded.delivered_at, delivered_day = excluded.delivered_day";
    upsert_shipments(connection, &placed, &[NARROW]).await?;
    upsert_shipments(connection, &moved, &[NARROW, WIDE]).await
}

fn keeps_place(subject: &Subject, state: &ShipmentState) -> bool {
    let Some(State::Shipment(before)) = &subject.before else { return false };
    let (old, new) = (before.summary(), state.summary());
    old.sort_at == new.sort_at
        && old.delivered == new.delivered
        && (old.region, old.business_unit, old.carrier, old.mode, old.customer)
            == (new.region, new.business_unit, new.carrier, new.mode, new.customer)
}

async fn upsert_shipments(
    connection: &mut SqliteConnection,
    shipments: &[(&Subject, &ShipmentState)],
    update: &[&'static str],
) -> Result<(), StoreError> {
    for piece in rows::pieces(shipments) {
        let mut upsert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO shipments (id, environment, reference, region_id, business_unit_id, carrier_id, mode, customer_id, stage,
                                    outcome, sort_at, promised_at, promised_day, dispatched_at, delivered_at, delivered_day,
                                    freight_minor, freight_currency, history, awaiting_pod, awaiting_arrival, version, state) ",
        );
        upsert.push_values(piece, |mut row, (subject, state)| {
            let s = state.summary();
            let day = |time: Option<(_, Precision)>| time.is_some_and(|(_, precision)| precision == Precision::Day);
            row.push_bind(subject.id.as_str())
                .push_bind(subject.environment.code())
                .push_bind(subject.reference.as_str())
                .push_bind(s.region)
                .push_bind(s.business_unit)
                .push_bind(s.carrier)
                .push_bind(s.mode)
                .push_bind(s.customer)
                .push_bind(s.stage.code())
                .push_bind(s.outcome.code())
                .push_bind(s.sort_at.0)
                .push_bind(s.promised.map(|(at, _)| at.0))
                .push_bind(day(s.promised))
                .push_bind(s.dispatched_at.map(|at| at.0))
                .push_bind(s.delivered.map(|(at, _)| at.0))
                .push_bind(day(s.delivered))
                .push_bind(s.freight.map(|money| money.minor))
                .push_bind(s.freight.map(|money| money.currency.code().to_owned()))
                .push_bind(s.history)
                .push_bind(s.awaiting_pod)
                .push_bind(s.awaiting_arrival)
                .push_bind(subject.version + 1)
                .push_bind(rows::json(state));
        });
        for part in update {
            upsert.push(*part);
        }
        upsert.build().execute(&mut *connection).await?;
    }
    Ok(())
}
