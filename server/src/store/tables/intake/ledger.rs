//! What a batch will write: event rows, changed standings, audit entries, touched topics.

use super::{Arrival, Memory, Origin, memory::Rules, quarantine::Kept};
use crate::{
    domain::{access::Environment, event::CanonicalEvent, receipt::Receipt, time::Instant},
    store::{
        StoreError,
        feed::Topic,
        sql::{self, Drawn, Session},
    },
};
use foldhash::HashMap;
use std::collections::{BTreeMap, BTreeSet, hash_map::Entry};

/// An event row to insert.
pub(super) struct EventRow<'b> {
    pub seq: i64,
    pub source_id: i64,
    pub event: &'b CanonicalEvent,
    pub origin: Origin,
    /// What it belongs to: a shipment, an order, or the event that it takes back.
    pub subject_id: String,
    pub standing: &'static str,
}

/// One audit entry for each sender in the commit.
pub(super) struct AuditEntry {
    pub actor: String,
    pub environment: Environment,
    /// Its number, as soon as it has one.
    pub seq: Option<i64>,
    /// Where it is to be, if that is known before it is written.
    pub place: Option<Drawn>,
    pub events: u64,
    pub quarantined: u64,
}

/// What a batch will write.
pub(super) struct Ledger<'b> {
    pub now: Instant,
    /// The number of its first event.
    pub first_event: i64,
    pub next_event: i64,
    pub events: Vec<EventRow<'b>>,
    /// How many of them are on their way to the database.
    pub sent: usize,
    /// Items that go to quarantine.
    pub kept: Vec<Kept<'b>>,
    pub superseded: Vec<i64>,
    pub retracted: Vec<i64>,
    /// Events whose retraction was amended to mean something else.
    pub given_back: BTreeSet<(i64, String)>,
    pub audit: Vec<AuditEntry>,
    /// Policies of the environments that the batch is about.
    pub rules: HashMap<Environment, Rules>,
    pub topics: BTreeSet<(&'static str, &'static str)>,
    /// (environment, source) → how many events were taken, and how many had been taken before.
    pub answered: BTreeMap<(&'static str, i64), (i64, i64)>,
}

impl<'b> Ledger<'b> {
    pub(super) fn begin(connection: &Session, now: Instant) -> Result<Self, StoreError> {
        // Read in the transaction, so that nobody has to keep count between two; it is the last entry of the table's tree.
        let last: Option<(i64, i64)> =
            sql::optional(connection, "SELECT seq, known_at FROM events ORDER BY seq DESC LIMIT 1", ())?;
        let (seq, known_at) = last.unwrap_or((0, i64::MIN));
        // Not earlier than an earlier commit, also when the clock was set back or somebody waited for the writer.
        Ok(Self::at(now.max(Instant(known_at)), seq + 1))
    }

    /// One of this time whose first event has this number.
    pub(super) fn at(now: Instant, next_event: i64) -> Self {
        Self {
            now,
            first_event: next_event,
            next_event,
            events: Vec::new(),
            sent: 0,
            kept: Vec::new(),
            superseded: Vec::new(),
            retracted: Vec::new(),
            given_back: BTreeSet::new(),
            audit: Vec::new(),
            rules: HashMap::default(),
            topics: BTreeSet::new(),
            answered: BTreeMap::new(),
        }
    }

    /// Makes the policy of an environment known.
    pub(super) fn know(&mut self, connection: &Session, memory: &mut Memory, environment: Environment) -> Result<(), StoreError> {
        if let Entry::Vacant(place) = self.rules.entry(environment) {
            place.insert(memory.rules(connection, environment)?);
        }
        Ok(())
    }

    /// The policy of an environment that the batch is about.
    pub(super) fn rules_of(&self, environment: Environment) -> Rules {
        self.rules.get(&environment).expect("made known at the beginning").clone()
    }

    /// Index of the sender's audit entry.
    pub(super) fn audit_of(&mut self, actor: &str, environment: Environment) -> usize {
        let same = |entry: &AuditEntry| entry.actor == actor && entry.environment == environment;
        self.audit.iter().position(same).unwrap_or_else(|| {
            self.audit.push(AuditEntry { actor: actor.into(), environment, seq: None, place: None, events: 0, quarantined: 0 });
            self.audit.len() - 1
        })
    }

    /// Appends an event's row and answers its sequence.
    pub(super) fn append(&mut self, arrival: &Arrival<'b>, subject_id: &str, standing: &'static str) -> i64 {
        let Arrival { event, source_id, origin } = *arrival;
        let seq = self.next_event;
        self.next_event += 1;
        self.audit[origin.audit].events += 1;
        self.touch(origin.environment, Topic::Shipments);
        self.events.push(EventRow { seq, source_id, event, origin, subject_id: subject_id.to_owned(), standing });
        seq
    }

    /// Counts an answer.
    pub(super) fn answered(&mut self, arrival: &Arrival<'_>, receipt: &Receipt) {
        let of = self.answered.entry((arrival.origin.environment.code(), arrival.source_id)).or_default();
        match receipt {
            Receipt::Duplicate => of.1 += 1,
            Receipt::Accepted { .. } | Receipt::Amended { .. } => of.0 += 1,
            Receipt::Conflict { .. } | Receipt::Quarantined { .. } => {}
        }
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
        let same = |row: &EventRow<'_>| {
            row.source_id == arrival.source_id && row.event.id == event.id && row.event.body_hash == event.body_hash
        };
        self.events.iter().any(same)
    }

    pub(super) fn touch(&mut self, environment: Environment, topic: Topic) {
        self.topics.insert((environment.code(), topic.code()));
    }
}
