//! What a batch will write: event rows, changed standings, audit entries, touched topics.

use super::Arrival;
use crate::{
    domain::{access::Environment, time::Instant},
    store::{StoreError, feed::Topic},
};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// An event row to insert.
pub(super) struct EventRow {
    pub seq: i64,
    pub source_id: i64,
    pub event_id: String,
    pub event_type: &'static str,
    pub subject_id: String,
    pub occurred_at: i64,
    pub precision: &'static str,
    pub recorded_at: i64,
    pub history: bool,
    pub standing: &'static str,
    pub audit: usize,
    pub body_hash: [u8; 32],
    pub body: String,
}

/// One audit entry for each sender in the commit.
pub(super) struct AuditEntry {
    pub actor: String,
    pub environment: Environment,
    pub events: u64,
    pub quarantined: u64,
}

/// What a batch will write.
pub(super) struct Ledger {
    pub now: Instant,
    pub next_event: i64,
    pub events: Vec<EventRow>,
    pub superseded: Vec<i64>,
    pub retracted: Vec<i64>,
    /// Events whose retraction was amended to mean something else.
    pub given_back: BTreeSet<(i64, String)>,
    pub audit: Vec<AuditEntry>,
    pub topics: BTreeSet<(&'static str, &'static str)>,
}

impl Ledger {
    pub(super) async fn begin(connection: &mut SqliteConnection, now: Instant) -> Result<Self, StoreError> {
        // Read in the transaction, so that nobody has to keep count between two; it is the last entry of the table's tree.
        let last: Option<(i64, i64)> =
            sqlx::query_as("SELECT seq, known_at FROM events ORDER BY seq DESC LIMIT 1").fetch_optional(connection).await?;
        let (seq, known_at) = last.unwrap_or((0, i64::MIN));
        Ok(Self {
            // Not earlier than an earlier commit, also when the clock was set back or somebody waited for the writer.
            now: now.max(Instant(known_at)),
            next_event: seq + 1,
            events: Vec::new(),
            superseded: Vec::new(),
            retracted: Vec::new(),
            given_back: BTreeSet::new(),
            audit: Vec::new(),
            topics: BTreeSet::new(),
        })
    }

    /// Index of the sender's audit entry.
    pub(super) fn audit_of(&mut self, actor: &str, environment: Environment) -> usize {
        let same = |entry: &AuditEntry| entry.actor == actor && entry.environment == environment;
        self.audit.iter().position(same).unwrap_or_else(|| {
            self.audit.push(AuditEntry { actor: actor.into(), environment, events: 0, quarantined: 0 });
            self.audit.len() - 1
        })
    }

    /// Appends an event's row and answers its sequence.
    pub(super) fn append(&mut self, arrival: &Arrival<'_>, subject_id: &str, standing: &'static str) -> i64 {
        let event = arrival.event;
        let seq = self.next_event;
        self.next_event += 1;
        self.audit[arrival.origin.audit].events += 1;
        self.touch(arrival.origin.environment, Topic::Shipments);
        self.events.push(EventRow {
            seq,
            source_id: arrival.source_id,
            event_id: event.id.clone(),
            event_type: event.event_type.name(),
            subject_id: subject_id.to_owned(),
            occurred_at: event.occurred_at.0,
            precision: match event.precision {
                crate::domain::time::Precision::Instant => "instant",
                crate::domain::time::Precision::Day => "day",
            },
            recorded_at: event.recorded_time.unwrap_or(self.now).0,
            history: arrival.origin.history,
            standing,
            audit: arrival.origin.audit,
            body_hash: event.body_hash,
            body: event.json.clone(),
        });
        seq
    }

    pub(super) fn supersede(&mut self, seq: i64) {
        self.superseded.push(seq);
    }

    pub(super) fn retract(&mut self, seq: i64) {
        self.retracted.push(seq);
    }

    pub(super) fn give_back(&mut self, (source_id, event_id): (i64, &str)) {
        self.given_back.insert((source_id, event_id.to_owned()));
    }

    /// Whether the batch brought exactly this body before.
    pub(super) fn holds(&self, arrival: &Arrival<'_>) -> bool {
        let event = arrival.event;
        let same =
            |row: &EventRow| row.source_id == arrival.source_id && row.event_id == event.id && row.body_hash == event.body_hash;
        self.events.iter().any(same)
    }

    pub(super) fn touch(&mut self, environment: Environment, topic: Topic) {
        self.topics.insert((environment.code(), topic.code()));
    }
}
