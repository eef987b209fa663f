//! What follows from changed shipments: the names they go by, the counts.

use super::{
    changed::{ChangedShipment, NONE},
    rows,
    subjects::Subject,
};
use crate::{
    domain::shipment::ShipmentState,
    store::{
        StoreError,
        sql::{self, Session, params},
        tables::{counts, names},
    },
};
use std::collections::BTreeSet;

/// A name that a shipment goes by from now on.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name<'s> {
    scheme: &'s str,
    issuer: &'s str,
    value: &'s str,
}

/// Writes names and counts of the changed shipments.
pub(super) fn all(connection: &Session, changed: &[ChangedShipment<'_>]) -> Result<(), StoreError> {
    let mut deltas = counts::Deltas::default();
    for changed in changed {
        deltas.change(
            changed.subject.environment,
            (!changed.is_new()).then_some((changed.before, &changed.old)),
            (changed.after, &changed.new),
        );
        names_of(connection, changed)?;
    }
    deltas.write(connection)
}

fn names_of(connection: &Session, changed: &ChangedShipment<'_>) -> Result<(), StoreError> {
    let ChangedShipment { subject, before, after, .. } = changed;
    if changed.is_new() {
        // Nobody has written a name of it; a reference may be one of its orders, or the shipment's own.
        let names: BTreeSet<Name<'_>> = std::iter::once(own_name(subject)).chain(new_names(before, after)).collect();
        return names.iter().try_for_each(|name| write_name(connection, INSERT, subject, name));
    }
    let lost = subject.rebuild && !(before.references.is_subset(&after.references) && before.orders.is_subset(&after.orders));
    if lost {
        forget_names(connection, subject, before)?;
        write_name(connection, ADD, subject, &own_name(subject))?;
    }
    let before = if lost { &NONE } else { *before };
    new_names(before, after).try_for_each(|name| write_name(connection, ADD, subject, &name))
}

const INSERT: &str =
    "INSERT INTO shipment_references (environment, name, scheme, issuer, value, shipment_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
/// The same of a name that it may go by already.
const ADD: &str = "INSERT INTO shipment_references (environment, name, scheme, issuer, value, shipment_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";

fn write_name(connection: &Session, statement: &str, subject: &Subject, name: &Name<'_>) -> Result<(), StoreError> {
    let Name { scheme, issuer, value } = name;
    let row = params![subject.environment.code(), names::folded(value), scheme, issuer, value, subject.id];
    sql::later(connection, statement, row)
}

fn own_name(subject: &Subject) -> Name<'_> {
    Name { scheme: "shipment", issuer: "", value: &subject.reference }
}

/// Names that the change brought.
fn new_names<'s>(before: &'s ShipmentState, after: &'s ShipmentState) -> impl Iterator<Item = Name<'s>> {
    let references = after.references.difference(&before.references);
    let references = references.map(|r| Name { scheme: &r.scheme, issuer: &r.issuer, value: &r.value });
    let orders = after.orders.difference(&before.orders);
    references.chain(orders.map(|order| Name { scheme: "order", issuer: "", value: order }))
}

/// Removes the shipment's names when a retraction or an amendment took any of them away: an order and a reference may share
/// one, so what is left is written anew.
fn forget_names(connection: &Session, subject: &Subject, before: &ShipmentState) -> Result<(), StoreError> {
    let known = std::iter::once(own_name(subject)).chain(new_names(&NONE, before));
    let gone: BTreeSet<String> = known.map(|name| names::folded(name.value)).collect();
    // CROSS JOIN keeps the list outside, so that each name is one look into the primary key.
    sql::execute(
        connection,
        "DELETE FROM shipment_references WHERE (environment, name, scheme, issuer, shipment_id, value) IN (
            SELECT r.environment, r.name, r.scheme, r.issuer, r.shipment_id, r.value FROM json_each(?1) AS gone
            CROSS JOIN shipment_references AS r ON r.environment = ?2 AND r.name = gone.value WHERE r.shipment_id = ?3)",
        params![rows::json(&gone), subject.environment.code(), subject.id],
    )
    .map(drop)
}
