//! Writing the changed orders and shipments.

use super::{
    changed::ChangedShipment,
    rows,
    subjects::{Subject, Subjects},
};
use crate::{
    domain::{assess, event::SubjectKind, fact::FactKey, order::OrderState, time::Precision},
    store::{
        StoreError,
        sql::{self, Drawn, Session, params},
    },
};
use std::sync::LazyLock;

/// Places for the new among the subjects that changed.
pub(super) struct Places {
    orders: Drawn,
    shipments: Drawn,
}

impl Places {
    pub(super) fn draw(connection: &Session, subjects: &Subjects) -> Result<Self, StoreError> {
        let new = |kind| {
            let is_new = |subject: &&Subject| subject.changed && subject.row.is_none() && subject.state.kind() == kind;
            subjects.all.iter().filter(is_new).count()
        };
        Ok(Self {
            orders: sql::draw(connection, "orders", "rowid", new(SubjectKind::Order))?,
            shipments: sql::draw(connection, "shipments", "rowid", new(SubjectKind::Shipment))?,
        })
    }
}

/// Writes orders' rows, each with its index; answers the places of those that are new.
pub(super) fn orders(
    connection: &Session,
    places: &mut Places,
    orders: &[(usize, &Subject, &OrderState)],
) -> Result<Vec<(usize, i64)>, StoreError> {
    let mut new = Vec::new();
    for (at, subject, state) in orders {
        let (version, json) = (subject.version + 1, rows::json(*state));
        let (region, business_unit) = (state.region(), state.business_unit());
        let Some(row) = subject.row else {
            let environment = subject.environment.code();
            let insert = "INSERT INTO orders (id, environment, reference, region_id, business_unit_id, version, state, rowid)
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let values = params![subject.id, environment, subject.reference, region, business_unit, version, json];
            new.push((*at, places.orders.insert(connection, insert, values)?));
            continue;
        };
        let update =
            "UPDATE orders SET region_id = ?2, business_unit_id = ?3, version = ?4, state = ?5 WHERE rowid = ?1 AND version = ?6";
        sql::change_later(connection, update, params![row, region, business_unit, version, json, subject.version])?;
    }
    Ok(new)
}

/// Columns that are in no index, those of work that waits, the time to look again, those of the lists' flags, those of the place in the
/// lists: written together or not at all. Naming an indexed column in an update rewrites its index even if the value stays, and what
/// names nothing of the open work runs no trigger.
const GROUPS: [&[&str]; 5] = [
    &["promised_at", "promised_day", "freight_minor", "freight_currency", "version", "state", "work", "measured"],
    &["holds", "waiting_minor", "waiting_currency", "ready_at", "unproven"],
    &["next_at"],
    &[
        "stage",
        "outcome",
        "awaiting_pod",
        "awaiting_arrival",
        "unbilled",
        "history",
        "dispatched_at",
        "invoiced_at",
        "pod_validated",
        "pod_validated_at",
        "posting_refused",
    ],
    &["region_id", "business_unit_id", "carrier_id", "mode", "customer_id", "sort_at", "delivered_at", "delivered_day"],
];

/// Updates by the groups besides the first that they name, a bit each.
static UPDATES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let update = |groups: usize| {
        let named = GROUPS.iter().enumerate().filter(|(group, _)| is_named(groups, *group));
        let columns: Vec<String> = named.flat_map(|(_, columns)| *columns).map(|column| format!("{column} = ?")).collect();
        format!("UPDATE shipments SET {} WHERE rowid = ? AND version = ?", columns.join(", "))
    };
    (0..1 << (GROUPS.len() - 1)).map(update).collect()
});

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let columns = GROUPS.concat();
    let places = ", ?".repeat(columns.len());
    format!("INSERT INTO shipments ({}, id, environment, reference, rowid) VALUES (?, ?, ?, ?{places})", columns.join(", "))
});

fn is_named(groups: usize, group: usize) -> bool {
    group == 0 || groups & 1 << (group - 1) != 0
}

/// Writes shipments' rows; answers the places of those that are new.
pub(super) fn shipments(
    connection: &Session,
    places: &mut Places,
    shipments: &[ChangedShipment<'_>],
) -> Result<Vec<(usize, i64)>, StoreError> {
    let mut new = Vec::new();
    for changed in shipments {
        new.extend(shipment(connection, places, changed)?.map(|row| (changed.at, row)));
    }
    Ok(new)
}

/// Writes a shipment's row; its place if it is new. What its indexes hold is named only where it changed.
fn shipment(connection: &Session, places: &mut Places, changed: &ChangedShipment<'_>) -> Result<Option<i64>, StoreError> {
    let ChangedShipment { subject, new: s, after, .. } = changed;
    let day = |time: Option<(_, Precision)>| time.is_some_and(|(_, precision)| precision == Precision::Day);
    let waiting = assess::money(after);
    let row = params![
        s.promised.map(|(at, _)| at.0),
        day(s.promised),
        s.freight.map(|money| money.minor),
        s.freight.as_ref().map(|money| money.currency.code()),
        subject.version + 1,
        rows::json(*after),
        rows::json(&subject.watch.work),
        (!subject.measured.is_empty()).then_some(&subject.measured),
    ];
    let waits = params![
        subject.watch.holds.bits(),
        waiting.map(|money| money.minor),
        waiting.as_ref().map(|money| money.currency.code()),
        subject.watch.clocks.ready_at.map(|at| at.0),
        subject.watch.clocks.unproven
    ];
    let next_at = params![subject.watch.next_at.map(|at| at.0)];
    let flags = params![
        s.stage.code(),
        s.outcome.code(),
        s.awaiting_pod,
        s.awaiting_arrival,
        s.unbilled,
        s.history,
        s.dispatched_at.map(|at| at.0),
        after.first(FactKey::InvoiceReleased).map(|(at, _)| at.0),
        s.pod_validated_at.is_some(),
        s.pod_validated_at.map(|at| at.0),
        s.posting_refused
    ];
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
    let Some(at) = subject.row else {
        let name = params![subject.id, subject.environment.code(), subject.reference];
        let values = [row, waits, next_at, flags, place, name].concat();
        return places.shipments.insert(connection, &INSERT, &values).map(Some);
    };
    let groups = [
        (subject.watch.held_anew || waiting != assess::money(changed.before), waits),
        (subject.watch.moved, next_at),
        (!changed.keeps_flags(), flags),
        (!changed.keeps_place(), place),
    ];
    let (mut named, mut values) = (0, row.to_vec());
    for (bit, (differs, group)) in groups.into_iter().enumerate() {
        if differs || subject.whole || connection.takes_together() {
            named |= 1 << bit;
            values.extend_from_slice(group);
        }
    }
    values.extend_from_slice(params![at, subject.version]);
    sql::change_later(connection, &UPDATES[named], &*values)?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_names_what_it_is_told_and_an_insert_all() {
        assert_eq!(UPDATES.len(), 16);
        assert!(UPDATES[0].ends_with("measured = ? WHERE rowid = ? AND version = ?") && !UPDATES[0].contains("stage"));
        assert!(UPDATES[0b0010].ends_with("measured = ?, next_at = ? WHERE rowid = ? AND version = ?"));
        let columns = GROUPS.concat().len();
        assert_eq!(UPDATES[0b1111].matches('?').count(), columns + 2);
        assert_eq!(INSERT.matches('?').count(), columns + 4);
    }
}
