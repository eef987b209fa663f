//! The shipments and orders that a batch touches: loaded once, changed in memory, written once.

use super::{Arrival, memory::Memory, rows};
use crate::{
    domain::{
        access::Environment,
        event::{CanonicalEvent, EventType, SubjectKind},
        order::OrderState,
        readiness::Holds,
        shipment::{Hearing, ShipmentState},
        time::Instant,
    },
    ids,
    store::{
        StoreError,
        sql::{self, Session},
        work::Work,
    },
};
use foldhash::HashMap;

/// The facts of a subject.
#[derive(Clone)]
pub(in crate::store::tables) enum State {
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
    /// What is watched of a shipment; of an order nothing.
    pub watch: Watch,
    /// What stands for a shipment among the measures; empty: it was never measured.
    pub measured: Vec<u8>,
    pub changed: bool,
    pub rebuild: bool,
    /// To be assessed, also if nothing of it changed.
    pub look: bool,
    /// What is wrong with it is told at once, also what has been wrong for long: somebody waits, or a time has come.
    pub hurry: bool,
    /// One of its orders changed.
    pub orders_moved: bool,
    /// An older version may have written its row: all of it is written.
    pub whole: bool,
}

/// What was assessed last, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Watch {
    pub holds: Holds,
    pub next_at: Option<Instant>,
    pub work: Work,
    /// `next_at` is not the stored one.
    pub moved: bool,
    /// `holds` are not the stored ones.
    pub held_anew: bool,
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
    pub(super) fn load(connection: &Session, memory: &mut Memory, arrivals: &[Arrival<'_>]) -> Result<Self, StoreError> {
        let mut subjects = Self::default();
        for arrival in arrivals.iter().filter(|a| a.event.event_type != EventType::EventRetracted) {
            if subjects.known(arrival).is_some() {
                continue;
            }
            let (kind, environment, reference) =
                (arrival.event.event_type.subject_kind(), arrival.origin.environment, &arrival.event.subject);
            subjects.bring(connection, memory, (environment, kind, reference))?;
        }
        Ok(subjects)
    }

    /// Brings in the subject of this name, from memory or from the database; where it is, if there is one.
    pub(super) fn bring(
        &mut self,
        connection: &Session,
        memory: &mut Memory,
        (environment, kind, reference): (Environment, SubjectKind, &str),
    ) -> Result<Option<usize>, StoreError> {
        if let Some(at) = self.named(environment, kind, reference) {
            return Ok(Some(at));
        }
        if let Some(remembered) = memory.take(environment, kind, reference) {
            return Ok(Some(self.insert(kind, Subject { before: Some(remembered.state.clone()), ..remembered })));
        }
        let sql = match kind {
            SubjectKind::Shipment => {
                "SELECT rowid, id, version, state, holds, next_at, work, measured FROM shipments WHERE environment = ?1 AND reference = ?2"
            }
            SubjectKind::Order => {
                "SELECT rowid, id, version, state, 0, NULL, '{}', NULL FROM orders WHERE environment = ?1 AND reference = ?2"
            }
        };
        type Row = (i64, String, i64, String, u32, Option<i64>, String, Option<Vec<u8>>);
        let found: Option<Row> = sql::optional(connection, sql, [environment.code(), reference])?;
        let Some((row, id, version, state, holds, next_at, work, measured)) = found else { return Ok(None) };
        let state = read_state(kind, &id, &state)?;
        let subject = Subject {
            environment,
            reference: reference.to_owned(),
            row: Some(row),
            version,
            before: Some(state.clone()),
            state,
            watch: read_watch(&id, holds, next_at, &work)?,
            whole: measured.is_none(),
            measured: measured.unwrap_or_default(),
            changed: false,
            rebuild: false,
            look: false,
            hurry: false,
            orders_moved: false,
            id,
        };
        Ok(Some(self.insert(kind, subject)))
    }

    /// Where the subject of this name is.
    pub(super) fn named(&self, environment: Environment, kind: SubjectKind, reference: &str) -> Option<usize> {
        self.by_name.get(&(environment, kind))?.get(reference).copied()
    }

    fn insert(&mut self, kind: SubjectKind, subject: Subject) -> usize {
        let at = self.all.len();
        self.by_name.entry((subject.environment, kind)).or_default().insert(subject.reference.clone(), at);
        self.all.push(subject);
        at
    }

    /// The subject of an event, if anybody spoke of it before.
    pub(super) fn known(&self, arrival: &Arrival<'_>) -> Option<usize> {
        self.named(arrival.origin.environment, arrival.event.event_type.subject_kind(), &arrival.event.subject)
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
                watch: Watch::default(),
                measured: Vec::new(),
                changed: true,
                rebuild: false,
                look: false,
                hurry: false,
                orders_moved: false,
                whole: true,
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
            (subject.look, subject.hurry, subject.orders_moved) = (false, false, false);
            (subject.whole, subject.watch.moved, subject.watch.held_anew) = (false, false, false);
        }
    }

    pub(super) fn id(&self, at: usize) -> &str {
        &self.all[at].id
    }

    pub(super) fn apply(&mut self, at: usize, event: &CanonicalEvent, hearing: &Hearing<'_>) {
        let subject = &mut self.all[at];
        subject.changed = true;
        match &mut subject.state {
            State::Shipment(state) => state.apply(event, hearing),
            State::Order(state) => state.apply(event, hearing.recorded_at),
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
    pub(super) fn load_holders(&mut self, connection: &Session, memory: &mut Memory) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.rebuild_also) {
            if self.all.iter().any(|subject| subject.id == id) {
                self.rebuild_holder(&id);
                continue;
            }
            for (kind, sql) in [
                (SubjectKind::Shipment, "SELECT environment, reference FROM shipments WHERE id = ?1"),
                (SubjectKind::Order, "SELECT environment, reference FROM orders WHERE id = ?1"),
            ] {
                let found: Option<(String, String)> = sql::optional(connection, sql, [&id])?;
                let Some((environment, reference)) = found else { continue };
                let environment =
                    Environment::from_code(&environment).ok_or_else(|| rows::corrupt("shipments", &id, "environment"))?;
                if let Some(at) = self.bring(connection, memory, (environment, kind, &reference))? {
                    self.mark_rebuild(at);
                }
                break;
            }
        }
        Ok(())
    }
}

fn read_watch(id: &str, holds: u32, next_at: Option<i64>, work: &str) -> Result<Watch, StoreError> {
    let work = match work {
        "{}" => Work::default(),
        json => serde_json::from_str(json).map_err(|cause| rows::corrupt("shipments", id, cause))?,
    };
    Ok(Watch { holds: Holds::from_bits(holds), next_at: next_at.map(Instant), work, moved: false, held_anew: false })
}

pub(in crate::store::tables) fn read_state(kind: SubjectKind, id: &str, json: &str) -> Result<State, StoreError> {
    match kind {
        SubjectKind::Shipment => {
            serde_json::from_str(json).map(State::Shipment).map_err(|cause| rows::corrupt("shipments", id, cause))
        }
        SubjectKind::Order => serde_json::from_str(json).map(State::Order).map_err(|cause| rows::corrupt("orders", id, cause)),
    }
}
