//! The shipments and orders that a batch touches: loaded once, changed in memory, written once.

use super::{Arrival, ahead::subject_of, memory::Memory, rows};
use crate::{
    domain::{
        access::Environment,
        assess::Clocks,
        event::{CanonicalEvent, SubjectKind},
        order::OrderState,
        readiness::Holds,
        shipment::{Hearing, ShipmentState},
        time::Instant,
    },
    ids,
    store::{
        StoreError,
        sql::{self, Session, params},
        work::Work,
    },
};
use foldhash::{HashMap, HashSet};

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
    /// It has to be looked at again by then, whatever it comes to.
    pub again_at: Option<Instant>,
    /// One of its orders changed.
    pub orders_moved: bool,
    /// An older version may have written its row: all of it is written.
    pub whole: bool,
}

/// What was assessed last, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Watch {
    pub holds: Holds,
    pub clocks: Clocks,
    pub next_at: Option<Instant>,
    pub work: Work,
    /// `next_at` is not the stored one.
    pub moved: bool,
    /// `holds` or `clocks` are not the stored ones.
    pub held_anew: bool,
    /// `holds` before it was assessed.
    pub held: Holds,
}

/// What a subject is known by.
pub(super) type Name<'n> = (Environment, SubjectKind, &'n str);

/// A subject by its name, unless its row is of the version that is known already.
const SHIPMENT: &str = "SELECT rowid, id, version, state, holds, next_at, work, measured, ready_at, unproven FROM shipments
    WHERE environment = ?1 AND reference = ?2 AND version <> ?3";
const ORDER: &str = "SELECT rowid, id, version, state, 0, CAST(NULL AS BIGINT), '{}', NULL, CAST(NULL AS BIGINT), 0 FROM orders
    WHERE environment = ?1 AND reference = ?2 AND version <> ?3";
/// No row's version.
const NONE: i64 = -1;

type Row = (i64, String, i64, String, u32, Option<i64>, String, Option<Vec<u8>>, Option<i64>, bool);

/// Names that nobody has spoken of.
pub(super) type Absent = HashMap<(Environment, SubjectKind), HashSet<String>>;

/// All subjects of a batch.
#[derive(Default)]
pub(super) struct Subjects {
    pub all: Vec<Subject>,
    by_name: HashMap<(Environment, SubjectKind), HashMap<String, usize>>,
    /// Subjects outside the batch whose facts hold an event that was amended or taken back.
    pub rebuild_also: Vec<String>,
}

impl Subjects {
    /// Those that a batch speaks of, beyond what is known ahead of it: some are there already, and of others it is known that nobody has
    /// spoken of them.
    pub(super) fn load(
        connection: &Session,
        memory: &mut Memory,
        arrivals: &[Arrival<'_>],
        (mut subjects, absent): (Self, Absent),
    ) -> Result<Self, StoreError> {
        let names = arrivals.iter().filter_map(|arrival| {
            let (kind, name) = subject_of(arrival.event)?;
            Some((arrival.origin.environment, kind, name))
        });
        let names =
            names.filter(|(environment, kind, name)| !absent.get(&(*environment, *kind)).is_some_and(|all| all.contains(*name)));
        subjects.bring_all(connection, memory, names)?;
        Ok(subjects)
    }

    /// Of those that the next slice speaks of, whom neither this one nor the memory knows: as they are stored, or else by their names.
    pub(super) fn followed_by(
        &self,
        connection: &Session,
        memory: &mut Memory,
        names: Vec<Name<'_>>,
    ) -> Result<(Self, Absent), StoreError> {
        let is_unknown = |(environment, kind, name): &Name<'_>| {
            self.named(*environment, *kind, name).is_none() && memory.peek(*environment, *kind, name).is_none()
        };
        let unknown: HashSet<Name<'_>> = names.into_iter().filter(is_unknown).collect();
        let mut ahead = Self::default();
        ahead.bring_all(connection, memory, unknown.iter().copied())?;
        let mut absent = Absent::default();
        for (environment, kind, name) in unknown {
            if ahead.named(environment, kind, name).is_none() {
                absent.entry((environment, kind)).or_default().insert(name.to_owned());
            }
        }
        Ok((ahead, absent))
    }

    /// Brings in the subjects of these names, from memory or from the database, as far as there are any.
    pub(super) fn bring_all<'n>(
        &mut self,
        connection: &Session,
        memory: &mut Memory,
        names: impl Iterator<Item = Name<'n>>,
    ) -> Result<(), StoreError> {
        let (mut shipments, mut orders) = (Vec::new(), Vec::new());
        let mut asked = HashSet::default();
        for name @ (environment, kind, reference) in names {
            if self.remember(memory, name).is_none() && asked.insert(name) {
                let known = memory.doubted(environment, kind, reference).unwrap_or(NONE);
                match kind {
                    SubjectKind::Shipment => shipments.push((environment, reference, known)),
                    SubjectKind::Order => orders.push((environment, reference, known)),
                }
            }
        }
        for (kind, sql, names) in [(SubjectKind::Shipment, SHIPMENT, shipments), (SubjectKind::Order, ORDER, orders)] {
            let asked: Vec<(&str, &str, i64)> =
                names.iter().map(|(environment, name, known)| (environment.code(), *name, *known)).collect();
            sql::ask_each(connection, sql, &asked, |at, found: Row| {
                let (environment, reference, _) = names[at];
                self.found((environment, kind, reference), found).map(drop)
            })?;
            for (environment, reference, _) in names.iter().filter(|(.., known)| *known != NONE) {
                let known = memory.trust(*environment, kind, reference);
                if let (Some(subject), None) = (known, self.named(*environment, kind, reference)) {
                    self.insert(kind, Subject { before: Some(subject.state.clone()), ..subject });
                }
            }
        }
        Ok(())
    }

    /// Brings in the subject of this name, from memory or from the database; where it is, if there is one.
    pub(super) fn bring(
        &mut self,
        connection: &Session,
        memory: &mut Memory,
        name @ (environment, kind, reference): Name<'_>,
    ) -> Result<Option<usize>, StoreError> {
        if let Some(at) = self.remember(memory, name) {
            return Ok(Some(at));
        }
        let sql = match kind {
            SubjectKind::Shipment => SHIPMENT,
            SubjectKind::Order => ORDER,
        };
        let found: Option<Row> = sql::optional(connection, sql, params![environment.code(), reference, NONE])?;
        found.map(|row| self.found(name, row)).transpose()
    }

    /// Brings in the subject of this name if the batch or the memory has it.
    fn remember(&mut self, memory: &mut Memory, (environment, kind, reference): Name<'_>) -> Option<usize> {
        self.named(environment, kind, reference).or_else(|| {
            let remembered = memory.take(environment, kind, reference)?;
            Some(self.insert(kind, Subject { before: Some(remembered.state.clone()), ..remembered }))
        })
    }

    /// Brings in the subject of this name as it is stored.
    fn found(&mut self, (environment, kind, reference): Name<'_>, row: Row) -> Result<usize, StoreError> {
        let (row, id, version, state, holds, next_at, work, measured, ready_at, unproven) = row;
        let clocks = Clocks { ready_at: ready_at.map(Instant), unproven };
        let state = read_state(kind, &id, &state)?;
        let subject = Subject {
            environment,
            reference: reference.to_owned(),
            row: Some(row),
            version,
            before: Some(state.clone()),
            state,
            watch: Watch { clocks, ..read_watch(&id, holds, next_at, &work)? },
            whole: measured.is_none(),
            measured: measured.unwrap_or_default(),
            changed: false,
            rebuild: false,
            look: false,
            hurry: false,
            again_at: None,
            orders_moved: false,
            id,
        };
        Ok(self.insert(kind, subject))
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
                again_at: None,
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
            subject.again_at = None;
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
    Ok(Watch { holds: Holds::from_bits(holds), next_at: next_at.map(Instant), work, ..Watch::default() })
}

pub(in crate::store::tables) fn read_state(kind: SubjectKind, id: &str, json: &str) -> Result<State, StoreError> {
    match kind {
        SubjectKind::Shipment => {
            serde_json::from_str(json).map(State::Shipment).map_err(|cause| rows::corrupt("shipments", id, cause))
        }
        SubjectKind::Order => serde_json::from_str(json).map(State::Order).map_err(|cause| rows::corrupt("orders", id, cause)),
    }
}
