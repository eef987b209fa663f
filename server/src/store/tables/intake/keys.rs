//! What is known of the batch's event keys.

use super::{Arrival, ahead::ids_of};
use crate::{
    domain::{
        identity::{KnownKey, KnownRecord},
        time::Instant,
    },
    store::{
        StoreError,
        sql::{self, Session, params},
    },
};
use foldhash::HashMap;

/// Keys of the batch and of what it retracts.
#[derive(Default)]
pub(super) struct Keys {
    known: HashMap<i64, HashMap<String, Entry>>,
}

#[derive(Clone)]
struct Entry {
    key: KnownKey,
    /// What the current record belongs to: a shipment, an order, or the event that it takes back.
    subject_id: Option<String>,
    /// Whether there is a row of it.
    stored: bool,
    /// Not as it is stored.
    changed: bool,
}

/// A key to be written.
pub(super) struct Changed<'k> {
    pub source_id: i64,
    pub event_id: &'k str,
    pub key: &'k KnownKey,
    /// Whether there is a row of it.
    pub stored: bool,
}

type Row = (Option<[u8; 32]>, Option<i64>, Option<i64>, Option<i64>, Option<String>);

impl Keys {
    pub(super) fn load(connection: &Session, arrivals: &[Arrival<'_>]) -> Result<Self, StoreError> {
        let mut keys = Self::default();
        let names =
            arrivals.iter().flat_map(|&Arrival { event, source_id, .. }| ids_of(event).map(move |id| (source_id, id))).collect();
        keys.ask(connection, names)?;
        Ok(keys)
    }

    /// Those of the next slice: what this one says of them, and what is stored of the others.
    pub(super) fn followed_by(&self, connection: &Session, names: Vec<(i64, &str)>) -> Result<Self, StoreError> {
        let mut keys = Self::default();
        let mut others = Vec::new();
        for (source_id, event_id) in names {
            match self.entry(source_id, event_id) {
                Some(entry) => {
                    let entry = Entry { stored: entry.stored || entry.changed, changed: false, ..entry.clone() };
                    drop(keys.known.entry(source_id).or_default().insert(event_id.to_owned(), entry));
                }
                None => others.push((source_id, event_id)),
            }
        }
        keys.ask(connection, others)?;
        Ok(keys)
    }

    fn ask(&mut self, connection: &Session, names: Vec<(i64, &str)>) -> Result<(), StoreError> {
        sql::ask_each(
            connection,
            "SELECT k.body_hash, k.recorded_time, k.event_seq, k.retracted_by, e.subject_id
             FROM event_keys AS k LEFT JOIN events AS e ON e.seq = k.event_seq WHERE k.source_id = ?1 AND k.event_id = ?2",
            &names,
            |at, (body_hash, recorded_time, event_seq, retracted_by, subject_id): Row| {
                let recorded_time = recorded_time.map(Instant);
                let current = body_hash.zip(event_seq).map(|(body_hash, seq)| KnownRecord { seq, body_hash, recorded_time });
                let entry = Entry { key: KnownKey { current, retracted_by }, subject_id, stored: true, changed: false };
                let (source_id, event_id) = names[at];
                self.known.entry(source_id).or_default().insert(event_id.to_owned(), entry);
                Ok(())
            },
        )
    }

    pub(super) fn get(&self, source_id: i64, event_id: &str) -> Option<&KnownKey> {
        self.entry(source_id, event_id).map(|entry| &entry.key)
    }

    /// What the current record belongs to.
    pub(super) fn subject_of(&self, source_id: i64, event_id: &str) -> Option<&str> {
        self.entry(source_id, event_id)?.subject_id.as_deref()
    }

    pub(super) fn put(&mut self, source_id: i64, event_id: &str, key: KnownKey, subject_id: Option<String>) {
        let known = self.known.entry(source_id).or_default();
        match known.get_mut(event_id) {
            Some(entry) => *entry = Entry { key, subject_id, stored: entry.stored, changed: true },
            None => drop(known.insert(event_id.to_owned(), Entry { key, subject_id, stored: false, changed: true })),
        }
    }

    /// Changed keys, for writing.
    pub(super) fn changed(&self) -> Vec<Changed<'_>> {
        let mut changed = Vec::new();
        for (source_id, ids) in &self.known {
            let of_source = ids.iter().filter(|(_, entry)| entry.changed);
            changed.extend(of_source.map(|(id, entry)| Changed {
                source_id: *source_id,
                event_id: id,
                key: &entry.key,
                stored: entry.stored,
            }));
        }
        // In key order the inserts walk the tree once.
        changed.sort_unstable_by_key(|changed| (changed.source_id, changed.event_id));
        changed
    }

    fn entry(&self, source_id: i64, event_id: &str) -> Option<&Entry> {
        self.known.get(&source_id)?.get(event_id)
    }
}

/// Whether exactly this body is stored under this key, as a record of what `holder` names.
pub(super) fn was_stored(connection: &Session, arrival: &Arrival<'_>, holder: &str) -> Result<bool, StoreError> {
    let Arrival { event, source_id, .. } = arrival;
    // On the index of events by subject.
    let (n,): (i64,) = sql::one(
        connection,
        "SELECT count(*) FROM events WHERE subject_id = ?1 AND source_id = ?2 AND event_id = ?3 AND body_hash = ?4",
        params![holder, source_id, event.id, event.body_hash],
    )?;
    Ok(n > 0)
}
