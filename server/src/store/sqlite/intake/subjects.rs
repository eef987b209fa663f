//! The shipments and orders that a batch touches: loaded once, changed in memory, written once.

use super::{Arrival, rows};
use crate::{
    domain::{
        access::Environment,
        event::{CanonicalEvent, EventType, SubjectKind},
        order::OrderState,
        shipment::ShipmentState,
        time::Instant,
    },
    ids,
    store::StoreError,
};
use sqlx::SqliteConnection;
use std::collections::HashMap;

/// The facts of a subject.
#[derive(Clone)]
pub(in crate::store::sqlite) enum State {
    Shipment(Box<ShipmentState>),
    Order(Box<OrderState>),
}

/// One shipment or order.
pub(super) struct Subject {
    pub id: String,
    pub environment: Environment,
    pub reference: String,
    /// 0: not in the database yet.
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
    pub(super) async fn load(connection: &mut SqliteConnection, arrivals: &[Arrival<'_>]) -> Result<Self, StoreError> {
        let mut wanted: HashMap<(Environment, SubjectKind), Vec<&str>> = HashMap::new();
        for arrival in arrivals.iter().filter(|a| a.event.event_type != EventType::EventRetracted) {
            wanted
                .entry((arrival.origin.environment, arrival.event.event_type.subject_kind()))
                .or_default()
                .push(&arrival.event.subject);
        }
        let mut subjects = Self::default();
        for ((environment, kind), mut references) in wanted {
            references.sort_unstable();
            references.dedup();
            // Both look each reference up in the unique key (environment, reference).
            let sql = match kind {
                SubjectKind::Shipment => {
                    "SELECT s.id, s.reference, s.version, s.state FROM json_each($1) AS wanted
                     CROSS JOIN shipments AS s ON s.environment = $2 AND s.reference = wanted.value"
                }
                SubjectKind::Order => {
                    "SELECT o.id, o.reference, o.version, o.state FROM json_each($1) AS wanted
                     CROSS JOIN orders AS o ON o.environment = $2 AND o.reference = wanted.value"
                }
            };
            let found: Vec<(String, String, i64, String)> =
                sqlx::query_as(sql).bind(rows::json(&references)).bind(environment.code()).fetch_all(&mut *connection).await?;
            for (id, reference, version, state) in found {
                let state = read_state(kind, &id, &state)?;
                subjects.insert(
                    kind,
                    Subject {
                        id,
                        environment,
                        reference,
                        version,
                        before: Some(state.clone()),
                        state,
                        changed: false,
                        rebuild: false,
                    },
                );
            }
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
                version: 0,
                before: None,
                state,
                changed: true,
                rebuild: false,
            },
        )
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
    pub(super) async fn load_holders(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.rebuild_also) {
            if self.all.iter().any(|subject| subject.id == id) {
                self.rebuild_holder(&id);
                continue;
            }
            for (kind, sql) in [
                (SubjectKind::Shipment, "SELECT environment, reference, version, state FROM shipments WHERE id = $1"),
                (SubjectKind::Order, "SELECT environment, reference, version, state FROM orders WHERE id = $1"),
            ] {
                let row: Option<(String, String, i64, String)> =
                    sqlx::query_as(sql).bind(&id).fetch_optional(&mut *connection).await?;
                let Some((environment, reference, version, state)) = row else { continue };
                let environment =
                    Environment::from_code(&environment).ok_or_else(|| rows::corrupt("shipments", &id, "environment"))?;
                let state = read_state(kind, &id, &state)?;
                self.insert(
                    kind,
                    Subject {
                        id: id.clone(),
                        environment,
                        reference,
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
