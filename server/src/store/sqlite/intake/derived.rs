//! What follows from changed shipments: the names they go by, the counts, the measures.

use super::{
    ledger::Ledger,
    rows,
    subjects::{State, Subject},
};
use crate::{
    domain::{
        measure::{Measure, measures},
        shipment::ShipmentState,
    },
    store::{
        StoreError,
        sqlite::{counts, names},
    },
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::BTreeSet;

/// What was known of a new shipment.
static NONE: ShipmentState = ShipmentState::NONE;

/// A name that a shipment goes by from now on.
struct Name<'s> {
    subject: &'s Subject,
    scheme: &'s str,
    issuer: &'s str,
    value: &'s str,
}

/// A measure that a change takes back (with the old dimensions) or adds (with the new).
struct Signed<'s> {
    subject: &'s Subject,
    dimensions_of: &'s ShipmentState,
    sign: i64,
    measure: Measure,
}

/// Writes names, counts and measures of the changed shipments.
pub(super) async fn all(connection: &mut SqliteConnection, ledger: &Ledger<'_>, changed: &[&Subject]) -> Result<(), StoreError> {
    let mut deltas = counts::Deltas::default();
    let mut signed = Vec::new();
    let mut names = Vec::new();
    for &subject in changed {
        let State::Shipment(state) = &subject.state else { continue };
        let known = match &subject.before {
            Some(State::Shipment(before)) => Some(before.as_ref()),
            _ => None,
        };
        if known.is_none() {
            names.push(own_name(subject));
        }
        deltas.change(subject.environment, known, state);
        let before = known.unwrap_or(&NONE);
        change_measures(&mut signed, subject, before, state);
        if subject.rebuild && forget_names(connection, subject, before, state).await? {
            names.extend(all_names(subject, state));
        } else {
            names.extend(new_names(subject, before, state));
        }
    }
    write_names(connection, &names).await?;
    write_measures(connection, ledger, &signed).await?;
    deltas.write(connection).await
}

fn change_measures<'s>(signed: &mut Vec<Signed<'s>>, subject: &'s Subject, before: &'s ShipmentState, after: &'s ShipmentState) {
    let (old, new) = (measures(before), measures(after));
    let dimensions = |state: &'s ShipmentState| {
        let s = state.summary();
        (s.region, s.business_unit, s.carrier, s.mode)
    };
    if (old.is_empty() && new.is_empty()) || (old == new && dimensions(before) == dimensions(after)) {
        return;
    }
    // `before` may be the empty state of a new shipment: then there is nothing to take back.
    signed.extend(old.into_iter().map(|measure| Signed { subject, dimensions_of: before, sign: -1, measure }));
    signed.extend(new.into_iter().map(|measure| Signed { subject, dimensions_of: after, sign: 1, measure }));
}

async fn write_names(connection: &mut SqliteConnection, names: &[Name<'_>]) -> Result<(), StoreError> {
    for piece in rows::pieces(names) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT OR IGNORE INTO shipment_references (environment, name, scheme, issuer, value, shipment_id) ",
        );
        insert.push_values(piece, |mut row, name| {
            row.push_bind(name.subject.environment.code())
                .push_bind(names::folded(name.value))
                .push_bind(name.scheme)
                .push_bind(name.issuer)
                .push_bind(name.value)
                .push_bind(name.subject.id.as_str());
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_measures(connection: &mut SqliteConnection, ledger: &Ledger<'_>, signed: &[Signed<'_>]) -> Result<(), StoreError> {
    for piece in rows::pieces(signed) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO measures (environment, metric, shipment_id, sign, day, bin, region_id, business_unit_id, carrier_id, mode,
                                   known_at) ",
        );
        insert.push_values(piece, |mut row, signed| {
            let s = signed.dimensions_of.summary();
            row.push_bind(signed.subject.environment.code())
                .push_bind(signed.measure.metric.code())
                .push_bind(signed.subject.id.as_str())
                .push_bind(signed.sign)
                .push_bind(signed.measure.day)
                .push_bind(signed.measure.bin)
                .push_bind(s.region)
                .push_bind(s.business_unit)
                .push_bind(s.carrier)
                .push_bind(s.mode)
                .push_bind(ledger.now.0);
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn own_name(subject: &Subject) -> Name<'_> {
    Name { subject, scheme: "shipment", issuer: "", value: &subject.reference }
}

/// Names that the change brought.
fn new_names<'s>(subject: &'s Subject, before: &'s ShipmentState, after: &'s ShipmentState) -> impl Iterator<Item = Name<'s>> {
    let references = after.references.difference(&before.references);
    let references = references.map(move |r| Name { subject, scheme: &r.scheme, issuer: &r.issuer, value: &r.value });
    let orders = after.orders.difference(&before.orders);
    references.chain(orders.map(move |order| Name { subject, scheme: "order", issuer: "", value: order }))
}

fn all_names<'s>(subject: &'s Subject, state: &'s ShipmentState) -> impl Iterator<Item = Name<'s>> {
    std::iter::once(own_name(subject)).chain(new_names(subject, &NONE, state))
}

/// Removes the shipment's names if a retraction or an amendment took any of them away: an order and a reference may share one,
/// so what is left is written anew.
async fn forget_names(
    connection: &mut SqliteConnection,
    subject: &Subject,
    before: &ShipmentState,
    after: &ShipmentState,
) -> Result<bool, StoreError> {
    if before.references.is_subset(&after.references) && before.orders.is_subset(&after.orders) {
        return Ok(false);
    }
    let gone: BTreeSet<String> = all_names(subject, before).map(|name| names::folded(name.value)).collect();
    // CROSS JOIN keeps the list outside, so that each name is one look into the primary key.
    sqlx::query(
        "DELETE FROM shipment_references WHERE (environment, name, scheme, issuer, shipment_id, value) IN (
            SELECT r.environment, r.name, r.scheme, r.issuer, r.shipment_id, r.value FROM json_each($1) AS gone
            CROSS JOIN shipment_references AS r ON r.environment = $2 AND r.name = gone.value WHERE r.shipment_id = $3)",
    )
    .bind(rows::json(&gone))
    .bind(subject.environment.code())
    .bind(&subject.id)
    .execute(connection)
    .await?;
    Ok(true)
}
