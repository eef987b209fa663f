//! What the next slice of a commit has to know, asked before the rows of this one are on their way: on one connection an answer comes after
//! them, and the next slice can be worked out while they are written.

use super::{
    Memory,
    keys::Keys,
    ledger::Ledger,
    subjects::{Absent, Name, Subjects},
};
use crate::{
    domain::{
        event::{CanonicalEvent, EventType},
        receipt::Inbound,
        time::Instant,
    },
    store::{StoreError, intake::Batch, sql::Session},
};

/// What is known for the next slice of the same commit.
pub(in crate::store::tables) struct Ahead {
    pub(super) now: Instant,
    pub(super) next_event: i64,
    pub(super) keys: Keys,
    /// Whom it speaks of, as far as neither this slice nor the memory knew them.
    pub(super) subjects: Subjects,
    pub(super) absent: Absent,
}

impl Ahead {
    /// Asks for the next slice what neither this one nor the memory knows. None: there is no next, or a source of its is new.
    pub(super) fn ask(
        connection: &Session,
        memory: &mut Memory,
        (ledger, keys, subjects): (&Ledger<'_>, &Keys, &Subjects),
        next: &[Batch],
    ) -> Result<Option<Self>, StoreError> {
        let (mut names, mut spoken_of) = (Vec::new(), Vec::new());
        for batch in next {
            let environment = batch.terms.environment;
            for item in &batch.items {
                let Inbound::Event(event) = item else { continue };
                let Some(source_id) = memory.source(environment, &event.source) else { return Ok(None) };
                names.extend(ids_of(event).map(|id| (source_id, id)));
                spoken_of.extend(subject_of(event).map(|(kind, subject)| (environment, kind, subject) as Name<'_>));
            }
        }
        if names.is_empty() {
            return Ok(None);
        }
        let keys = keys.followed_by(connection, names)?;
        let (subjects, absent) = subjects.followed_by(connection, memory, spoken_of)?;
        Ok(Some(Self { now: ledger.now, next_event: ledger.next_event, keys, subjects, absent }))
    }
}

/// The ids that an event is about: its own, and that of the event which it takes back.
pub(super) fn ids_of(event: &CanonicalEvent) -> impl Iterator<Item = &str> {
    std::iter::once(&event.id).chain(&event.retracts).map(String::as_str)
}

/// Whom an event is about: none of its own if it takes another back.
pub(super) fn subject_of(event: &CanonicalEvent) -> Option<(crate::domain::event::SubjectKind, &str)> {
    (event.event_type != EventType::EventRetracted).then(|| (event.event_type.subject_kind(), event.subject.as_str()))
}
