//! Recording a batch: load what is known, decide in memory, write each changed row once.

mod ahead;
mod assess;
mod changed;
mod derived;
mod episodes;
mod keys;
mod ledger;
mod measured;
mod memory;
mod quarantine;
mod rebuild;
mod retractions;
pub(super) mod rows;
mod sources;
mod states;
mod subjects;
mod told;
mod write;

pub(super) use self::{
    ahead::Ahead,
    memory::{Memory, Rules},
    sources::watch as watch_sources,
    write::bump,
};

use self::{keys::Keys, ledger::Ledger, subjects::Subjects};
use crate::{
    domain::{
        access::Environment,
        event::{CanonicalEvent, SubjectKind},
        identity::{KnownKey, KnownRecord, Verdict, judge},
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
        shipment::Hearing,
        time::Instant,
    },
    store::{
        StoreError,
        intake::Batch,
        sql::{self, Session, params},
    },
};

/// An event with what its batch says about it.
pub(super) struct Arrival<'b> {
    event: &'b CanonicalEvent,
    source_id: i64,
    origin: Origin,
}

/// What a batch says about all that it brings.
#[derive(Clone, Copy)]
struct Origin {
    environment: Environment,
    history: bool,
    /// Somebody waits for the answer.
    single: bool,
    /// Index of the sender's audit entry.
    audit: usize,
}

impl Origin {
    fn of(batch: &Batch, ledger: &mut Ledger<'_>) -> Self {
        let IntakeTerms { environment, history, lane } = batch.terms;
        Self { environment, history, single: lane == Lane::Single, audit: ledger.audit_of(&batch.actor, environment) }
    }
}

/// Records batches inside the caller's transaction; answers all their items, batch after batch.
pub(super) fn record(
    connection: &Session,
    memory: &mut Memory,
    now: Instant,
    batches: &[Batch],
) -> Result<Vec<Receipt>, StoreError> {
    Ok(record_slice(connection, memory, now, (batches, None), &[])?.0)
}

/// The same for one slice of several in a transaction: what was asked ahead for it, and the batches of the one after it. Answers what was asked
/// ahead for that one, too.
pub(super) fn record_slice(
    connection: &Session,
    memory: &mut Memory,
    now: Instant,
    (batches, known): (&[Batch], Option<Ahead>),
    next: &[Batch],
) -> Result<(Vec<Receipt>, Option<Ahead>), StoreError> {
    memory.look_around(connection)?;
    let (mut ledger, keys, known) = match known {
        Some(Ahead { now, next_event, keys, subjects, absent }) => (Ledger::at(now, next_event), Some(keys), (subjects, absent)),
        None => (Ledger::begin(connection, now)?, None, Default::default()),
    };
    for batch in batches {
        ledger.know(connection, memory, batch.terms.environment)?;
    }
    intern_sources(connection, memory, batches)?;
    let arrivals = arrivals(memory, &mut ledger, batches)?;
    sources::hear(connection, memory, ledger.now, &arrivals)?;
    let mut keys = keys.map_or_else(|| Keys::load(connection, &arrivals), Ok)?;
    let mut subjects = Subjects::load(connection, memory, &arrivals, known)?;

    let mut receipts = Vec::with_capacity(batches.iter().map(|batch| batch.items.len()).sum());
    let mut arrivals = arrivals.iter();
    for batch in batches {
        let origin = Origin::of(batch, &mut ledger);
        for item in &batch.items {
            let receipt = match item {
                Inbound::Event(_) => {
                    let arrival = arrivals.next().expect("one arrival for each event");
                    let receipt = take(connection, &mut ledger, &mut keys, &mut subjects, arrival)?;
                    ledger.answered(arrival, &receipt);
                    write::events_so_far(connection, memory, &mut ledger, write::PORTION)?;
                    receipt
                }
                Inbound::Refused(refusal) => quarantine::keep(&mut ledger, refusal, origin),
            };
            receipts.push(receipt);
        }
    }
    quarantine::write(connection, &mut ledger, &mut receipts)?;
    let ahead = write::all(connection, memory, (ledger, keys, next), &mut subjects)?;
    memory.keep(subjects);
    Ok((receipts, ahead))
}

/// Assesses shipments again inside the caller's transaction, by their references.
pub(super) fn look_again(
    connection: &Session,
    memory: &mut Memory,
    now: Instant,
    shipments: &[(Environment, String)],
) -> Result<(), StoreError> {
    memory.look_around(connection)?;
    let mut ledger = Ledger::begin(connection, now)?;
    let mut subjects = Subjects::default();
    let names = shipments.iter().map(|(environment, reference)| (*environment, SubjectKind::Shipment, reference.as_str()));
    match subjects.bring_all(connection, memory, names) {
        // Told below, for the one that it is.
        Ok(()) | Err(StoreError::Corrupt { .. }) => {}
        Err(error) => return Err(error),
    }
    for (environment, reference) in shipments {
        ledger.know(connection, memory, *environment)?;
        match subjects.bring(connection, memory, (*environment, SubjectKind::Shipment, reference)) {
            Ok(Some(at)) => (subjects.all[at].look, subjects.all[at].hurry) = (true, true),
            Ok(None) => {}
            // It must not keep the others waiting.
            Err(error @ StoreError::Corrupt { .. }) => {
                tracing::error!(error.message = %error, "a shipment could not be looked at again; it is put off");
                let (environment, later) = (environment.code(), ledger.now.plus(Instant::HOUR).0);
                connection.change_untold()?;
                sql::execute(
                    connection,
                    "UPDATE shipments SET next_at = ?3, version = version + 1 WHERE environment = ?1 AND reference = ?2",
                    params![environment, reference, later],
                )?;
            }
            Err(error) => return Err(error),
        }
    }
    write::all(connection, memory, (ledger, Keys::default(), &[]), &mut subjects)?;
    memory.keep(subjects);
    Ok(())
}

/// An exception that a person waived, or of whom it is wanted back.
pub(super) struct Waived {
    /// Reference of its shipment.
    pub shipment: String,
    pub exception: String,
    pub waived: bool,
}

/// Remembers with the shipments what was waived of theirs, and assesses them by it.
pub(super) fn waive(
    connection: &Session,
    memory: &mut Memory,
    now: Instant,
    environment: Environment,
    waived: &[Waived],
) -> Result<(), StoreError> {
    memory.look_around(connection)?;
    let ledger = Ledger::begin(connection, now)?;
    let mut subjects = Subjects::default();
    for Waived { shipment, exception, waived } in waived {
        let Some(at) = subjects.bring(connection, memory, (environment, SubjectKind::Shipment, shipment))? else { continue };
        let subject = &mut subjects.all[at];
        if let Some(episode) = subject.watch.work.episodes.iter_mut().find(|episode| episode.id == *exception) {
            (episode.waived, subject.look, subject.hurry, subject.changed) = (*waived, true, true, true);
        }
    }
    write::all(connection, memory, (ledger, Keys::default(), &[]), &mut subjects)?;
    memory.keep(subjects);
    Ok(())
}

/// Takes one event in: identity, then the subject's facts.
fn take<'b>(
    connection: &Session,
    ledger: &mut Ledger<'b>,
    keys: &mut Keys,
    subjects: &mut Subjects,
    arrival: &Arrival<'b>,
) -> Result<Receipt, StoreError> {
    let event = arrival.event;
    let known = keys.get(arrival.source_id, &event.id);
    let retracted_by = known.and_then(|known| known.retracted_by);
    let mut verdict = judge(known, &event.body_hash, event.recorded_time);
    if verdict == Verdict::Superseded && was_stored(connection, ledger, subjects, arrival)? {
        verdict = Verdict::Duplicate;
    }
    match verdict {
        Verdict::Duplicate => return Ok(Receipt::Duplicate),
        Verdict::Conflict => return Ok(quarantine::keep_conflict(ledger, arrival)),
        _ => {}
    }
    // A retraction belongs to the event that it takes back, not to a shipment of its own.
    let subject = if event.retracts.is_some() { None } else { Some(subjects.of(arrival)) };
    let standing = match (verdict, retracted_by) {
        (Verdict::Superseded, _) => "superseded",
        (_, Some(_)) if subject.is_some() => "retracted",
        _ => "effective",
    };
    let holder = match subject {
        Some(at) => subjects.id(at).to_owned(),
        None => retractions::holder(arrival),
    };
    let seq = ledger.append(arrival, &holder, standing);
    if let Verdict::Amends { replaced } = verdict {
        ledger.supersede(replaced);
        let held = keys.subject_of(arrival.source_id, &event.id).expect("a record that counts belongs to something");
        match retractions::target(held) {
            Some(target) => ledger.give_back(target),
            None => subjects.rebuild_holder(held),
        }
    }
    if verdict != Verdict::Superseded {
        let record = KnownRecord { seq, body_hash: event.body_hash, recorded_time: event.recorded_time };
        keys.put(arrival.source_id, &event.id, KnownKey { current: Some(record), retracted_by }, Some(holder));
        if let Some(target) = &event.retracts {
            retract(ledger, keys, subjects, (arrival.source_id, target), seq);
        }
    }
    if let Some(at) = subject {
        subjects.all[at].hurry |= arrival.origin.single;
        match verdict {
            Verdict::New if standing == "effective" => {
                let recorded_at = event.recorded_time.unwrap_or(ledger.now);
                let folding = &ledger.rules[&arrival.origin.environment].folding;
                subjects.apply(at, event, &Hearing { recorded_at, history: arrival.origin.history, folding });
            }
            // What it replaced must leave the facts as well: fold again from what remains.
            Verdict::Amends { .. } => subjects.mark_rebuild(at),
            _ => subjects.touch(at),
        }
    }
    Ok(match verdict {
        Verdict::Amends { .. } | Verdict::Superseded => Receipt::Amended { seq },
        _ => Receipt::Accepted { seq },
    })
}

/// Whether exactly this body was stored before. Only late arrivals of amended events ask. The same body is of the same subject,
/// whoever holds the record that counts now.
fn was_stored(connection: &Session, ledger: &Ledger<'_>, subjects: &Subjects, arrival: &Arrival<'_>) -> Result<bool, StoreError> {
    if ledger.holds(arrival) {
        return Ok(true);
    }
    let holder = match arrival.event.retracts {
        Some(_) => Some(retractions::holder(arrival)),
        None => subjects.known(arrival).map(|at| subjects.id(at).to_owned()),
    };
    match holder {
        Some(holder) => keys::was_stored(connection, arrival, &holder),
        None => Ok(false),
    }
}

/// Takes the event under `target` back, or leaves a tombstone if it has not come yet.
fn retract(ledger: &mut Ledger<'_>, keys: &mut Keys, subjects: &mut Subjects, target: (i64, &str), by: i64) {
    let (source_id, event_id) = target;
    let known = keys.get(source_id, event_id).cloned().unwrap_or_default();
    if known.retracted_by.is_some() {
        return;
    }
    let held = keys.subject_of(source_id, event_id).map(str::to_owned);
    if let (Some(current), Some(held)) = (&known.current, &held)
        && retractions::target(held).is_none()
    {
        ledger.retract(current.seq);
        subjects.rebuild_holder(held);
    }
    keys.put(source_id, event_id, KnownKey { retracted_by: Some(by), ..known }, held);
}

fn arrivals<'b>(memory: &Memory, ledger: &mut Ledger<'_>, batches: &'b [Batch]) -> Result<Vec<Arrival<'b>>, StoreError> {
    let mut arrivals = Vec::new();
    for batch in batches {
        let origin = Origin::of(batch, ledger);
        for item in &batch.items {
            let Inbound::Event(event) = item else { continue };
            let source_id = memory.source(origin.environment, &event.source).expect("interned just before");
            arrivals.push(Arrival { event, source_id, origin });
        }
    }
    Ok(arrivals)
}

/// Gives every source of the batch its number. Sources are few, so each new one costs a statement once.
fn intern_sources(connection: &Session, memory: &mut Memory, batches: &[Batch]) -> Result<(), StoreError> {
    for batch in batches {
        for item in &batch.items {
            let Inbound::Event(event) = item else { continue };
            let environment = batch.terms.environment;
            if memory.source(environment, &event.source).is_some() {
                continue;
            }
            // The update changes nothing; without it RETURNING would answer no row for a known source.
            let (id,) = sql::one(
                connection,
                "INSERT INTO sources (environment, name) VALUES (?1, ?2)
                 ON CONFLICT (environment, name) DO UPDATE SET name = excluded.name RETURNING id",
                params![environment.code(), event.source],
            )?;
            memory.keep_source(environment, &event.source, id);
        }
    }
    Ok(())
}
