//! What is known of the batch's event keys.

use super::{Arrival, rows};
use crate::{
    domain::{
        identity::{KnownKey, KnownRecord},
        time::Instant,
    },
    store::StoreError,
};
use sqlx::SqliteConnection;
use std::collections::{HashMap, HashSet};

/// Keys of the batch and of what it retracts.
#[derive(Default)]
pub(super) struct Keys {
    known: HashMap<i64, HashMap<String, Entry>>,
    changed: HashSet<(i64, String)>,
}

struct Entry {
    key: KnownKey,
    /// What the current record belongs to: a shipment, an order, or the event that it takes back.
    subject_id: Option<String>,
}

type Row = (i64, String, Option<Vec<u8>>, Option<i64>, Option<i64>, Option<i64>, Option<String>);

impl Keys {
    pub(super) async fn load(connection: &mut SqliteConnection, arrivals: &[Arrival<'_>]) -> Result<Self, StoreError> {
        let wanted: Vec<(i64, &str)> = arrivals
            .iter()
            .flat_map(|a| {
                std::iter::once((a.source_id, a.event.id.as_str())).chain(a.event.retracts.as_deref().map(|id| (a.source_id, id)))
            })
            .collect();
        if wanted.is_empty() {
            return Ok(Self::default());
        }
        // CROSS JOIN keeps the list outside, so that each key is one look into the primary key.
        let found: Vec<Row> = sqlx::query_as(
            "SELECT k.source_id, k.event_id, k.body_hash, k.recorded_time, k.event_seq, k.retracted_by, e.subject_id
             FROM json_each($1) AS wanted
             CROSS JOIN event_keys AS k ON k.source_id = wanted.value ->> 0 AND k.event_id = wanted.value ->> 1
             LEFT JOIN events AS e ON e.seq = k.event_seq",
        )
        .bind(rows::json(&wanted))
        .fetch_all(connection)
        .await?;
        let mut keys = Self::default();
        for (source_id, event_id, body_hash, recorded_time, event_seq, retracted_by, subject_id) in found {
            let current = match (body_hash, event_seq) {
                (Some(hash), Some(seq)) => Some(KnownRecord {
                    seq,
                    body_hash: hash.try_into().map_err(|_| rows::corrupt("event_keys", &event_id, "the hash is not 32 bytes"))?,
                    recorded_time: recorded_time.map(Instant),
                }),
                _ => None,
            };
            let entry = Entry { key: KnownKey { current, retracted_by }, subject_id };
            keys.known.entry(source_id).or_default().insert(event_id, entry);
        }
        Ok(keys)
    }

    pub(super) fn get(&self, source_id: i64, event_id: &str) -> Option<&KnownKey> {
        self.entry(source_id, event_id).map(|entry| &entry.key)
    }

    /// What the current record belongs to.
    pub(super) fn subject_of(&self, source_id: i64, event_id: &str) -> Option<&str> {
        self.entry(source_id, event_id)?.subject_id.as_deref()
    }

    pub(super) fn put(&mut self, source_id: i64, event_id: &str, key: KnownKey, subject_id: Option<String>) {
        self.known.entry(source_id).or_default().insert(event_id.to_owned(), Entry { key, subject_id });
        self.changed.insert((source_id, event_id.to_owned()));
    }

    /// Changed keys, for writing.
    pub(super) fn changed(&self) -> Vec<(i64, &str, &KnownKey)> {
        let entry = |(source_id, event_id): &(i64, String)| {
            self.known.get(source_id).and_then(|ids| ids.get_key_value(event_id)).map(|(id, e)| (*source_id, id.as_str(), &e.key))
        };
        let mut changed: Vec<_> = self.changed.iter().filter_map(entry).collect();
        // In key order the inserts walk the tree once.
        changed.sort_unstable_by_key(|(source_id, event_id, _)| (*source_id, *event_id));
        changed
    }

    fn entry(&self, source_id: i64, event_id: &str) -> Option<&Entry> {
        self.known.get(&source_id)?.get(event_id)
    }
}

/// Whether exactly this body is stored under this key, as a record of what `holder` names.
pub(super) async fn was_stored(
    connection: &mut SqliteConnection,
    arrival: &Arrival<'_>,
    holder: &str,
) -> Result<bool, StoreError> {
    // On the index of events by subject.
    let (n,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM events WHERE subject_id = $1 AND source_id = $2 AND event_id = $3 AND body_hash = $4",
    )
    .bind(holder)
    .bind(arrival.source_id)
    .bind(&arrival.event.id)
    .bind(&arrival.event.body_hash[..])
    .fetch_one(connection)
    .await?;
    Ok(n > 0)
}
