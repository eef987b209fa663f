//! What shipments are measured at: what stands for each now, against what stood for it. The difference is appended.

use super::{
    Memory,
    ledger::Ledger,
    rows::corrupt,
    subjects::{State, Subject, Subjects},
};
use crate::{
    domain::{
        assess::Inputs,
        fact::FactKey,
        measure::{Measure, Told, Trail, flows},
        shipment::ShipmentState,
        time::Instant,
    },
    store::{
        StoreError,
        measures::{
            body::{self, Entry},
            standing::{self, Standing},
        },
        sql::{self, Session, params},
    },
};

/// Measures the shipments that changed or were looked at. What stands for them is written with their rows, the differences at once.
pub(super) fn all(
    connection: &Session,
    memory: &mut Memory,
    ledger: &mut Ledger<'_>,
    subjects: &mut Subjects,
) -> Result<(), StoreError> {
    for subject in &mut subjects.all {
        if (subject.changed || subject.look) && matches!(subject.state, State::Shipment(_)) {
            ledger.know(connection, memory, subject.environment)?;
            one(connection, memory, ledger, subject)?;
        }
    }
    Ok(())
}

fn one(connection: &Session, memory: &mut Memory, ledger: &Ledger<'_>, subject: &mut Subject) -> Result<(), StoreError> {
    let State::Shipment(state) = &subject.state else { return Ok(()) };
    let given = memory.given(connection)?;
    if given == 0 {
        return Ok(());
    }
    let is_given = |measure: &Measure| given & 1 << measure.metric as u8 != 0;
    let mut now = flows_of(connection, ledger, subject, state)?;
    now.retain(is_given);
    if now.is_empty() && subject.measured.is_empty() {
        return Ok(());
    }
    now.sort_unstable();
    let dims = dims(connection, memory, subject, state)?;
    let known = |cause| corrupt("shipments", &subject.id, cause);
    let number = match standing::number(&subject.measured).map_err(known)? {
        Some(number) => number,
        None => give_number(connection, &subject.id)?,
    };
    let packed = standing::pack(number, dims, &now);
    if packed == subject.measured {
        return Ok(());
    }
    let mut held = standing::unpack(&subject.measured).map_err(known)?.unwrap_or(Standing { number, dims, measures: Vec::new() });
    // What is measured no more is not taken back: it may still be told, as it stood.
    held.measures.retain(is_given);
    let append = |dims: i64, entries: &[Entry]| {
        if entries.is_empty() {
            return Ok(());
        }
        sql::execute(
            connection,
            "INSERT INTO measure_log (subject, dims, known_at, body) VALUES (?1, ?2, ?3, ?4)",
            params![number, dims, ledger.now.0, body::pack(entries.iter().copied())],
        )
        .map(drop)
    };
    if held.dims == dims {
        append(dims, &body::difference(&held.measures, &now))?;
    } else {
        append(held.dims, &body::difference(&held.measures, &[]))?;
        append(dims, &body::difference(&[], &now))?;
    }
    (subject.measured, subject.changed) = (packed, true);
    Ok(())
}

fn flows_of(
    connection: &Session,
    ledger: &Ledger<'_>,
    subject: &Subject,
    state: &ShipmentState,
) -> Result<Vec<Measure>, StoreError> {
    let rules = ledger.rules_of(subject.environment);
    let work = &subject.watch.work;
    let waivers = work.waivers();
    // Only what lies before an invoice is asked for.
    let invoiced = state.watched && state.facts.get(FactKey::InvoiceReleased).is_some();
    let touches = if invoiced { touches(connection, &subject.id)? } else { Vec::new() };
    let inputs = Inputs { state, orders: &work.orders, waivers: &waivers, policy: &rules.policy, now: ledger.now };
    Ok(flows(&Told { inputs: &inputs, trail: Trail { excepted_at: work.excepted_at, touches: &touches } }))
}

/// When people put their hands on a shipment. An approval that a contract asks for is none.
fn touches(connection: &Session, shipment: &str) -> Result<Vec<Instant>, StoreError> {
    let touches: Vec<(i64,)> =
        sql::all(connection, "SELECT at FROM touches WHERE shipment_id = ?1 AND kind <> 'approve' ORDER BY at", [shipment])?;
    Ok(touches.into_iter().map(|(at,)| Instant(at)).collect())
}

/// Gives a shipment its number.
fn give_number(connection: &Session, shipment: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO measure_subjects (shipment_id) VALUES (?1) ON CONFLICT DO NOTHING";
    if let Some(number) = sql::insert_new(connection, sql, [shipment], "number")? {
        return Ok(number);
    }
    // Measured before and known to nobody: only the row was restored from elsewhere.
    let (number,) = sql::one(connection, "SELECT number FROM measure_subjects WHERE shipment_id = ?1", [shipment])?;
    Ok(number)
}

/// The number of its dimensions.
fn dims(connection: &Session, memory: &mut Memory, subject: &Subject, state: &ShipmentState) -> Result<i64, StoreError> {
    let s = state.summary();
    let text = |key| state.facts.text(key).unwrap_or_default();
    let all = [
        subject.environment.code(),
        s.region,
        s.business_unit,
        s.carrier,
        s.mode,
        s.customer,
        text(FactKey::Origin),
        text(FactKey::Destination),
    ];
    let key = all.join("\u{1f}");
    if let Some(id) = memory.dims(&key) {
        return Ok(id);
    }
    // The update changes nothing; without it RETURNING would answer no row for what is known.
    let (id,) = sql::one(
        connection,
        "INSERT INTO measure_dims (environment, region_id, business_unit_id, carrier_id, mode, customer_id, origin, destination)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (environment, region_id, business_unit_id, carrier_id, mode, customer_id, origin, destination)
         DO UPDATE SET environment = excluded.environment RETURNING id",
        all,
    )?;
    memory.keep_dims(key, id);
    Ok(id)
}
