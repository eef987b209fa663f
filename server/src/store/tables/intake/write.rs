//! Writing what a batch decided: each changed row once.

use super::{
    Ahead, Memory, assess,
    changed::ChangedShipment,
    derived,
    keys::{Changed, Keys},
    ledger::{EventRow, Ledger},
    measured,
    rebuild::{self, Coming, Known},
    retractions, rows, states,
    subjects::{State, Subjects},
};
use crate::{
    domain::{
        measure::day_of,
        month::Month,
        outward::{self, Seen},
        time::Precision,
    },
    store::{
        StoreError,
        intake::Batch,
        sql::{self, Drawn, Session, params},
        tables::{bodies, outbox},
    },
};

/// Writes all; answers what is known of the next slice, if there is one.
pub(super) fn all(
    connection: &Session,
    memory: &mut Memory,
    (mut ledger, keys, next): (Ledger<'_>, Keys, &[Batch]),
    subjects: &mut Subjects,
) -> Result<Option<Ahead>, StoreError> {
    audit(connection, &mut ledger)?;
    let rows = |ledger: &mut Ledger<'_>, memory: &mut Memory| {
        answered(connection, ledger)?;
        events(connection, memory, ledger)?;
        sql::settle(connection)?;
        standings(connection, ledger)?;
        event_keys(connection, &keys)
    };
    // What is asked is asked before the rows are on their way: an answer comes after them. Only who gives events back looks among them.
    let written = !ledger.given_back.is_empty();
    if written {
        rows(&mut ledger, memory)?;
        retractions::settle(connection, &ledger, subjects)?;
    }
    subjects.load_holders(connection, memory)?;
    for subject in subjects.all.iter().filter(|subject| rebuild::may_differ(subject)) {
        ledger.know(connection, memory, subject.environment)?;
    }
    let coming = Coming::of((!written).then_some(&ledger));
    let mut stored = rebuild::stored(connection, subjects)?;
    for subject in subjects.all.iter_mut().filter(|subject| rebuild::may_differ(subject)) {
        let known = Known { coming: &coming, stored: stored.remove(&subject.id) };
        rebuild::bring_up(connection, subject, known, (&ledger.rules[&subject.environment], ledger.now))?;
    }
    if !written {
        events_so_far(connection, memory, &mut ledger, LAST)?;
    }
    assess::all(connection, memory, &mut ledger, subjects)?;
    measured::all(connection, memory, &mut ledger, subjects)?;
    let mut places = states::Places::draw(connection, subjects)?;
    let mut ahead = None;
    if !written {
        ahead = Ahead::ask(connection, memory, (&ledger, &keys, subjects), next)?;
        rows(&mut ledger, memory)?;
    }
    memory.tell(connection, subjects)?;
    let mut shipments = Vec::new();
    let mut orders = Vec::new();
    for (at, subject) in subjects.all.iter().enumerate().filter(|(_, subject)| subject.changed) {
        match &subject.state {
            State::Order(state) => orders.push((at, subject, &**state)),
            State::Shipment(_) => shipments.extend(ChangedShipment::of((at, subject))),
        }
    }
    // Neighbours in the table one after the other: its pages are written once.
    shipments.sort_unstable_by_key(|changed| changed.subject.row.unwrap_or(i64::MAX));
    let mut new = states::orders(connection, &mut places, &orders)?;
    new.extend(states::shipments(connection, &mut places, &shipments)?);
    derived::all(connection, &shipments)?;
    told(connection, &ledger, &shipments)?;
    subjects.written(new);
    feed(connection, &ledger)?;
    sql::settle(connection)?;
    Ok(ahead)
}

/// One entry for each sender that changed anything.
fn audit(connection: &Session, ledger: &mut Ledger<'_>) -> Result<(), StoreError> {
    let now = ledger.now.0;
    // Nothing refers to the others.
    for entry in ledger.audit.iter_mut().filter(|entry| entry.events + entry.quarantined > 0) {
        let detail = format!(r#"{{"events":{},"quarantined":{}}}"#, entry.events, entry.quarantined);
        let values = params![now, entry.environment.code(), entry.actor, detail];
        let mut place = entry.place.take().map_or_else(|| place_of_entry(connection), Ok)?;
        let insert = "INSERT INTO audit (at, environment, actor, action, subject, detail, seq)
                      VALUES (?1, ?2, ?3, 'events.intake', '', ?4, ?5)";
        entry.seq = Some(place.insert(connection, insert, values)?);
    }
    Ok(())
}

fn place_of_entry(connection: &Session) -> Result<Drawn, StoreError> {
    sql::draw(connection, "audit", "seq", 1)
}

/// Counts the day's answers by source.
fn answered(connection: &Session, ledger: &Ledger<'_>) -> Result<(), StoreError> {
    for ((environment, source_id), (taken, duplicate)) in &ledger.answered {
        sql::later(
            connection,
            "INSERT INTO intake_days (environment, day, source_id, taken, duplicate) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (environment, day, source_id) DO UPDATE SET taken = intake_days.taken + excluded.taken,
                 duplicate = intake_days.duplicate + excluded.duplicate",
            params![environment, day_of(ledger.now), source_id, taken, duplicate],
        )?;
    }
    Ok(())
}

/// Rows of events that are handed over together.
pub(super) const PORTION: usize = 500;
/// Fewer than these, the last of a slice, are not worth it.
const LAST: usize = 200;

/// Begins to write the rows of events before all of a slice is decided, if they are so many: a server can do that while we think, and nothing
/// asks for them before all is written.
pub(super) fn events_so_far(
    connection: &Session,
    memory: &mut Memory,
    ledger: &mut Ledger<'_>,
    least: usize,
) -> Result<(), StoreError> {
    if !connection.is_far() || ledger.events.len() - ledger.sent < least {
        return Ok(());
    }
    for entry in ledger.audit.iter_mut().filter(|entry| entry.seq.is_none()) {
        let place = place_of_entry(connection)?;
        (entry.seq, entry.place) = (place.next(), Some(place));
    }
    events(connection, memory, ledger)?;
    sql::settle_meanwhile(connection, &["events", "event_bodies"])
}

/// The rows of events that are not on their way yet.
fn events(connection: &Session, memory: &mut Memory, ledger: &mut Ledger<'_>) -> Result<(), StoreError> {
    const INSERT: &str =
        "INSERT INTO events (seq, source_id, event_id, event_type, subject_id, occurred_at, precision, recorded_at, known_at,
                             history, standing, audit_seq, body_hash, body, body_month)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    let rest = &ledger.events[ledger.sent..];
    if rest.is_empty() {
        return Ok(());
    }
    let apart = bodies::month_of_new(connection, memory, ledger.now)?;
    for EventRow { seq, source_id, event, origin, subject_id, standing } in rest {
        let precision = match event.precision {
            Precision::Instant => "instant",
            Precision::Day => "day",
        };
        let row = params![
            seq,
            source_id,
            event.id,
            event.event_type.name(),
            subject_id,
            event.occurred_at.0,
            precision,
            event.recorded_time.unwrap_or(ledger.now).0,
            ledger.now.0,
            origin.history,
            standing,
            ledger.audit[origin.audit].seq.expect("whoever brought an event has an entry"),
            event.body_hash,
            if apart.is_some() { "" } else { &event.json },
            apart.map_or(0, Month::number)
        ];
        sql::later(connection, INSERT, row)?;
        if let Some(month) = apart {
            bodies::write(connection, (month, *seq), &event.json)?;
        }
    }
    ledger.sent = ledger.events.len();
    Ok(())
}

fn standings(connection: &Session, ledger: &Ledger<'_>) -> Result<(), StoreError> {
    // In this order: a record can be taken back and then superseded, but what is superseded is never taken back.
    for (standing, sequences) in [("retracted", &ledger.retracted), ("superseded", &ledger.superseded)] {
        for seq in sequences {
            sql::later(connection, "UPDATE events SET standing = ?1 WHERE seq = ?2", params![standing, seq])?;
        }
        sql::settle(connection)?;
    }
    Ok(())
}

fn event_keys(connection: &Session, keys: &Keys) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO event_keys (source_id, event_id, body_hash, recorded_time, event_seq, retracted_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    const UPDATE: &str = "UPDATE event_keys SET body_hash = ?3, recorded_time = ?4, event_seq = ?5, retracted_by = ?6
         WHERE source_id = ?1 AND event_id = ?2";
    for Changed { source_id, event_id, key, stored } in keys.changed() {
        let current = key.current.as_ref();
        let row = params![
            source_id,
            event_id,
            current.map(|c| c.body_hash),
            current.and_then(|c| c.recorded_time).map(|at| at.0),
            current.map(|c| c.seq),
            key.retracted_by
        ];
        sql::later(connection, if stored { UPDATE } else { INSERT }, row)?;
    }
    Ok(())
}

/// Tells others how far shipments have come.
fn told(connection: &Session, ledger: &Ledger<'_>, shipments: &[ChangedShipment<'_>]) -> Result<(), StoreError> {
    let mut notices = Vec::new();
    for ChangedShipment { subject, before, after, .. } in shipments {
        let environment = subject.environment;
        if !ledger.rules.get(&environment).is_some_and(|rules| rules.told) {
            continue;
        }
        let (before, after) =
            (Seen { state: before, holds: subject.watch.held }, Seen { state: after, holds: subject.watch.holds });
        for (kind, progress) in outward::notices(before, after, ledger.now) {
            let (environment, subject) = (environment.code(), subject.reference.as_str());
            notices.push(outbox::New { environment, kind, subject, now: ledger.now, data: rows::json(&progress) });
        }
    }
    outbox::write(connection, &notices)
}

fn feed(connection: &Session, ledger: &Ledger<'_>) -> Result<(), StoreError> {
    // Each once: that can wait until the rows are written.
    ledger.topics.iter().try_for_each(|(environment, topic)| sql::later(connection, BUMP, [*environment, *topic]))
}

const BUMP: &str = "INSERT INTO feed (environment, topic, seq) VALUES (?1, ?2, 1)
    ON CONFLICT (environment, topic) DO UPDATE SET seq = feed.seq + 1";

/// Tells live readers that a topic changed.
pub(in crate::store::tables) fn bump(connection: &Session, environment: &str, topic: &str) -> Result<(), StoreError> {
    sql::execute(connection, BUMP, [environment, topic]).map(drop)
}
