//! The shipments and orders that a batch touches: loaded once, changed in memory, written once.

use super::{Arrival, memory::Memory, rows};
use crate::{
    domain::{
        access::Environment,
        event::{CanonicalEvent, EventType, SubjectKind},
        order::OrderState,
        shipment::ShipmentState,
        time::Instant,
    },
    ids,
    store::{StoreError, sqlite::sql},
};
use foldhash::HashMap;
use rusqlite::Connection;

/// The facts of a subject.
#[derive(Clone)]
pub(in crate::store::sqlite) enum State {
    Shipment(Box<ShipmentState>),
    Order(Box<OrderState>),
}

impl State {
    pub(super) fn kind(&self) -> SubjectKind {
        match self {
            Self::Shipment(_) => SubjectKind::Shipment,
            Self::Order(_) => SubjectKind::Order,
        }
    }
}

/// One shipment or order.
pub(super) struct Subject {
    pub id: String,
    pub environment: Environment,
    pub reference: String,
    /// Its place in the table; none: not in the database yet.
    pub row: Option<i64>,
    pub version: i64,
    /// As loaded; none if new.
    pub before: Option<State>,
    pub state: State,
    pub changed: bool,
    pub rebuild: bool,
}

/// All subjects of a batch.
#[derive(Default)]
pub(super) struct Subjects {
    pub all: Vec<Subject>,
    by_name: HashMap<(Environment, SubjectKind), HashMap<String, usize>>,
    /// Subjects outside the batch whose facts hold an event that was amended or taken back.
    pub rebuild_also: Vec<String>,
}

impl Subjects {
    pub(super) fn load(connection: &Connection, memory: &mut Memory, arrivals: &[Arrival<'_>]) -> Result<Self, StoreError> {
        let mut subjects = Self::default();
        for arrival in arrivals.iter().filter(|a| a.event.event_type != EventType::EventRetracted) {
            if subjects.known(arrival).is_some() {
                continue;
            }
            let (kind, environment, reference) =
                (arrival.event.event_type.subject_kind(), arrival.origin.environment, &arrival.event.subject);
            if let Some(remembered) = memory.take(environment, kind, reference) {
                subjects.insert(kind, Subject { before: Some(remembered.state.clone()), ..remembered });
                continue;
            }
            let sql = match kind {
                SubjectKind::Shipment => {
                    "SELECT rowid, id, version, state FROM shipments WHERE environment = ?1 AND reference = ?2"
                }
                SubjectKind::Order => "SELECT rowid, id, version, state FROM orders WHERE environment = ?1 AND reference = ?2",
            };
            let found: Option<(i64, String, i64, String)> = sql::optional(connection, sql, [environment.code(), reference])?;
            let Some((row, id, version, state)) = found else { continue };
            let state = read_state(kind, &id, &state)?;
            subjects.insert(
                kind,
                Subject {
                    id,
                    environment,
                    reference: reference.clone(),
                    row: Some(row),
                    version,
                    before: Some(state.clone()),
                    state,
                    changed: false,
                    rebuild: false,
                },
            );
        }
        Ok(subjects)
    }

    fn insert(&mut self, kind: SubjectKind, subject: Subject) -> usize {
        let at = self.all.len();
        self.by_name.entry((subject.environment, kind)).or_default().insert(subject.reference.clone(), at);
        self.all.push(subject);
        at
    }

    /// The subject of an event, if anybody spoke of it before.
    pub(super) fn known(&self, arrival: &Arrival<'_>) -> Option<usize> {
        let kind = arrival.event.event_type.subject_kind();
        self.by_name.get(&(arrival.origin.environment, kind))?.get(&arrival.event.subject).copied()
    }

    /// The subject of an event, made if nobody spoke of it before.
    pub(super) fn of(&mut self, arrival: &Arrival<'_>) -> usize {
        if let Some(at) = self.known(arrival) {
            return at;
        }
        let kind = arrival.event.event_type.subject_kind();
        let state = match kind {
            SubjectKind::Shipment => State::Shipment(Box::default()),
            SubjectKind::Order => State::Order(Box::default()),
        };
        self.insert(
            kind,
            Subject {
                id: ids::fresh(),
                environment: arrival.origin.environment,
                reference: arrival.event.subject.clone(),
                row: None,
                version: 0,
                before: None,
                state,
                changed: true,
                rebuild: false,
            },
        )
    }

    /// What was written is what is stored: `rows` are the places of those that are new.
    pub(super) fn written(&mut self, rows: Vec<(usize, i64)>) {
        for (at, row) in rows {
            self.all[at].row = Some(row);
        }
        for subject in &mut self.all {
            subject.version += i64::from(subject.changed);
            (subject.before, subject.changed, subject.rebuild) = (None, false, false);
        }
    }

    pub(super) fn id(&self, at: usize) -> &str {
        &self.all[at].id
    }

    pub(super) fn apply(&mut self, at: usize, event: &CanonicalEvent, recorded_at: Instant, history: bool) {
        let subject = &mut self.all[at];
        subject.changed = true;
        match &mut subject.state {
            State::Shipment(state) => state.apply(event, recorded_at, history),
            State::Order(state) => state.apply(event, recorded_at),
        }
    }

    /// The event is kept without effect on the facts.
    pub(super) fn touch(&mut self, at: usize) {
        self.all[at].changed = true;
    }

    pub(super) fn mark_rebuild(&mut self, at: usize) {
        self.all[at].rebuild = true;
        self.all[at].changed = true;
    }

    /// Folds again the facts of whoever holds an event that no longer counts.
    pub(super) fn rebuild_holder(&mut self, id: &str) {
        match self.all.iter().position(|subject| subject.id == id) {
            Some(at) => self.mark_rebuild(at),
            None => self.rebuild_also.push(id.to_owned()),
        }
    }

    /// Brings in the subjects of [`Self::rebuild_also`].
    pub(super) fn load_holders(&mut self, connection: &Connection) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.rebuild_also) {
            if self.all.iter().any(|subject| subject.id == id) {
                self.rebuild_holder(&id);
                continue;
            }
            for (kind, sql) in [
                (SubjectKind::Shipment, "SELECT rowid, environment, reference, version, state FROM shipments WHERE id = ?1"),
                (SubjectKind::Order, "SELECT rowid, environment, reference, version, state FROM orders WHERE id = ?1"),
            ] {
                let found: Option<(i64, String, String, i64, String)> = sql::optional(connection, sql, [&id])?;
                let Some((row, environment, reference, version, state)) = found else { continue };
                let environment =
                    Environment::from_code(&environment).ok_or_else(|| rows::corrupt("shipments", &id, "environment"))?;
                let state = read_state(kind, &id, &state)?;
                self.insert(
                    kind,
                    Subject {
                        id: id.clone(),
                        environment,
                        reference,
                        row: Some(row),
                        version,
                        before: Some(state.clone()),
                        state,
                        changed: true,
                        rebuild: true,
                    },
                );
                break;
            }
        }
        Ok(())
    }
}

pub(in crate::store::sqlite) fn read_state(kind: SubjectKind, id: &str, json: &str) -> Result<State, StoreError> {
    match kind {
        SubjectKind::Shipment => {
            serde_json::from_str(json).map(State::Shipment).map_err(|cause| rows::corrupt("shipments", id, cause))
        }
        SubjectKind::Order => serde_json::from_str(json).map(State::Order).map_err(|cause| rows::corrupt("orders", id, cause)),
    }
}
