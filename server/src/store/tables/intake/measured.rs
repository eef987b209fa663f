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
        shipment::{ShipmentState, Stage},
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
use foldhash::{HashMap, HashSet};

/// Measures the shipments that changed or were looked at. What stands for them is written with their rows, the differences at once.
pub(super) fn all(
    connection: &Session,
    memory: &mut Memory,
    ledger: &mut Ledger<'_>,
    subjects: &mut Subjects,
) -> Result<(), StoreError> {
    let given = memory.given(connection)?;
    if given == 0 {
        return Ok(());
    }
    let looked_at = |subject: &&mut Subject| (subject.changed || subject.look) && matches!(subject.state, State::Shipment(_));
    let mut looked_at: Vec<&mut Subject> = subjects.all.iter_mut().filter(looked_at).collect();
    for subject in &looked_at {
        ledger.know(connection, memory, subject.environment)?;
    }
    let touches = touches(connection, &looked_at)?;
    let mut measured = Vec::new();
    for (at, subject) in looked_at.iter().enumerate() {
        let touches = touches.get(&at).map_or(&[][..], Vec::as_slice);
        let mut flows = flows_of(ledger, subject, touches);
        flows.retain(|measure| is_given(given, measure));
        // What is on its way waits by its lane, which stands beside what it is measured at.
        if !(flows.is_empty() && subject.measured.is_empty() && !is_under_way(subject)) {
            flows.sort_unstable();
            measured.push((at, flows));
        }
    }
    let dims = dims(connection, memory, measured.iter().map(|(at, _)| &*looked_at[*at]))?;
    let numbers = numbers(connection, &looked_at, (&measured, &dims))?;
    for (((at, flows), number), dims) in measured.into_iter().zip(numbers).zip(dims) {
        let now = Standing { number, dims, measures: flows };
        append(connection, ledger.now, given, looked_at[at], &now)?;
    }
    Ok(())
}

fn is_under_way(subject: &Subject) -> bool {
    let State::Shipment(state) = &subject.state else { return false };
    let moves = || matches!(state.stage(), Stage::Dispatched | Stage::InTransit);
    state.watched && (state.first(FactKey::Dispatched).is_some() || moves())
}

fn is_given(given: u64, measure: &Measure) -> bool {
    given & 1 << measure.metric as u8 != 0
}

/// Appends what distinguishes what stands for a shipment now from what stood for it.
fn append(connection: &Session, at: Instant, given: u64, subject: &mut Subject, now: &Standing) -> Result<(), StoreError> {
    let Standing { number, dims, measures } = now;
    let packed = standing::pack(*number, *dims, measures);
    if packed == subject.measured {
        return Ok(());
    }
    let held = standing::unpack(&subject.measured).map_err(|cause| corrupt("shipments", &subject.id, cause))?;
    let mut held = held.unwrap_or(Standing { number: *number, dims: *dims, measures: Vec::new() });
    if held.dims != *dims {
        sql::later(connection, "UPDATE measure_subjects SET dims = ?2 WHERE number = ?1", params![number, dims])?;
    }
    // What is measured no more is not taken back: it may still be told, as it stood.
    held.measures.retain(|measure| is_given(given, measure));
    let write = |dims: i64, entries: &[Entry]| {
        if entries.is_empty() {
            return Ok(());
        }
        sql::later(
            connection,
            "INSERT INTO measure_log (subject, dims, known_at, body) VALUES (?1, ?2, ?3, ?4)",
            params![number, dims, at.0, body::pack(entries.iter().copied())],
        )
    };
    if held.dims == *dims {
        write(*dims, &body::difference(&held.measures, measures))?;
    } else {
        write(held.dims, &body::difference(&held.measures, &[]))?;
        write(*dims, &body::difference(&[], measures))?;
    }
    (subject.measured, subject.changed) = (packed, true);
    Ok(())
}

/// The numbers of shipments that are measured; who has none is given one, and it is said by which dimensions.
fn numbers(
    connection: &Session,
    subjects: &[&mut Subject],
    (measured, dims): (&[(usize, Vec<Measure>)], &[i64]),
) -> Result<Vec<i64>, StoreError> {
    let held: Vec<Option<i64>> = measured
        .iter()
        .map(|(at, _)| {
            let subject = &subjects[*at];
            standing::number(&subject.measured).map_err(|cause| corrupt("shipments", &subject.id, cause))
        })
        .collect::<Result<_, _>>()?;
    let unnumbered = measured.iter().zip(dims).zip(&held).filter(|(_, held)| held.is_none());
    let new: Vec<(&str, i64)> = unnumbered.map(|(((at, _), dims), _)| (subjects[*at].id.as_str(), *dims)).collect();
    let sql = "INSERT INTO measure_subjects (shipment_id, dims) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let mut insert = sql::numbered(connection, sql, ("shipment_id", 0), "number")?;
    new.iter().try_for_each(|(shipment, dims)| insert.row(params![shipment, dims]))?;
    let mut given = new.iter().zip(insert.numbers()?);
    let give = |held: Option<i64>| {
        let Some(number) = held else {
            let (new, number) = given.next().expect("one for each that has none");
            return number.map_or_else(|| known(connection, *new), Ok);
        };
        Ok(number)
    };
    held.into_iter().map(give).collect()
}

/// The number of one that was measured before and is known to nobody: only the row was restored from elsewhere.
fn known(connection: &Session, (shipment, dims): (&str, i64)) -> Result<i64, StoreError> {
    let (number,) = sql::one(connection, "SELECT number FROM measure_subjects WHERE shipment_id = ?1", [shipment])?;
    sql::later(connection, "UPDATE measure_subjects SET dims = ?2 WHERE number = ?1", params![number, dims])?;
    Ok(number)
}

fn flows_of(ledger: &Ledger<'_>, subject: &Subject, touches: &[Instant]) -> Vec<Measure> {
    let State::Shipment(state) = &subject.state else { return Vec::new() };
    let rules = ledger.rules_of(subject.environment);
    let work = &subject.watch.work;
    let waivers = work.waivers();
    let inputs = Inputs { state, orders: &work.orders, waivers: &waivers, policy: &rules.policy, now: ledger.now };
    flows(&Told { inputs: &inputs, trail: Trail { excepted_at: work.excepted_at, touches } })
}

/// When people put their hands on shipments, by their place. An approval that a contract asks for is none, and only what lies before
/// an invoice is asked for.
fn touches(connection: &Session, subjects: &[&mut Subject]) -> Result<HashMap<usize, Vec<Instant>>, StoreError> {
    let invoiced = |state: &ShipmentState| state.watched && state.facts.get(FactKey::InvoiceReleased).is_some();
    let asked: Vec<(usize, &str)> = subjects
        .iter()
        .enumerate()
        .filter(|(_, subject)| matches!(&subject.state, State::Shipment(state) if invoiced(state)))
        .map(|(at, subject)| (at, subject.id.as_str()))
        .collect();
    let mut touches: HashMap<usize, Vec<Instant>> = HashMap::default();
    sql::ask_each(
        connection,
        "SELECT at FROM touches WHERE shipment_id = ?1 AND kind <> 'approve' ORDER BY at",
        asked.iter().map(|(_, shipment)| [shipment]),
        |n, (at,)| {
            touches.entry(asked[n].0).or_default().push(Instant(at));
            Ok(())
        },
    )?;
    Ok(touches)
}

/// What a shipment is measured by, in the order of the table's columns.
type Dimensions = [String; 8];

fn dimensions(subject: &Subject) -> Dimensions {
    let State::Shipment(state) = &subject.state else { unreachable!("orders are not measured") };
    let s = state.summary();
    let text = |key| state.facts.text(key).unwrap_or_default();
    let (origin, destination) = (text(FactKey::Origin), text(FactKey::Destination));
    [subject.environment.code(), s.region, s.business_unit, s.carrier, s.mode, s.customer, origin, destination].map(str::to_owned)
}

/// The numbers of shipments' dimensions; what has none is given one.
fn dims<'s>(
    connection: &Session,
    memory: &mut Memory,
    subjects: impl Iterator<Item = &'s Subject>,
) -> Result<Vec<i64>, StoreError> {
    let wanted: Vec<Dimensions> = subjects.map(dimensions).collect();
    let mut known: HashMap<&Dimensions, i64> =
        wanted.iter().filter_map(|dims| memory.dims(dims).map(|number| (dims, number))).collect();
    look_up(connection, &wanted, &mut known)?;
    let new: HashSet<&Dimensions> = wanted.iter().filter(|dims| !known.contains_key(dims)).collect();
    for dims in &new {
        sql::later(
            connection,
            "INSERT INTO measure_dims (environment, region_id, business_unit_id, carrier_id, mode, customer_id, origin, destination)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
            (*dims).clone(),
        )?;
    }
    look_up(connection, &wanted, &mut known)?;
    for (dims, number) in &known {
        memory.keep_dims(dims, *number);
    }
    Ok(wanted.iter().map(|dims| known[dims]).collect())
}

/// Finds the numbers that are not known.
fn look_up<'d>(
    connection: &Session,
    wanted: &'d [Dimensions],
    known: &mut HashMap<&'d Dimensions, i64>,
) -> Result<(), StoreError> {
    let unknown: HashSet<&Dimensions> = wanted.iter().filter(|dims| !known.contains_key(dims)).collect();
    let unknown: Vec<&Dimensions> = unknown.into_iter().collect();
    sql::ask_each(
        connection,
        "SELECT id FROM measure_dims WHERE environment = ?1 AND region_id = ?2 AND business_unit_id = ?3 AND carrier_id = ?4 AND mode = ?5
             AND customer_id = ?6 AND origin = ?7 AND destination = ?8",
        unknown.iter().map(|dims| (*dims).clone()),
        |at, (id,)| {
            known.insert(unknown[at], id);
            Ok(())
        },
    )
}
