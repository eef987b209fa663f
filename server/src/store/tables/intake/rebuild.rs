//! Folding a subject's facts again from its effective events: after an amendment or a retraction, or when it is configured otherwise
//! what words mean and whose count.

use super::{
    ledger::{EventRow, Ledger},
    memory::Rules,
    rows,
    subjects::{State, Subject, Subjects},
};
use crate::{
    domain::{
        event::{self, CanonicalEvent},
        folding::Folding,
        shipment::Hearing,
        time::Instant,
    },
    store::{
        StoreError,
        archive::Search,
        sql::{self, Session},
        tables::bodies::{self, body},
    },
};
use foldhash::{HashMap, HashSet};
use std::cell::OnceCell;

/// What a batch says of events that is not, or not all, written yet. It is put in order for the first who asks: hardly a batch has one.
pub(super) struct Coming<'l> {
    /// None: all of it is written.
    ledger: Option<&'l Ledger<'l>>,
    overlay: OnceCell<Overlay<'l>>,
}

#[derive(Default)]
struct Overlay<'l> {
    /// Its own that count, in their order, by what they belong to.
    events: HashMap<&'l str, Vec<&'l EventRow<'l>>>,
    /// Those that count no more: their own rows may still say that they do.
    gone: HashSet<i64>,
}

impl<'l> Coming<'l> {
    /// None: all is written.
    pub(super) fn of(ledger: Option<&'l Ledger<'_>>) -> Self {
        Self { ledger, overlay: OnceCell::new() }
    }

    /// The first event that it says: those from there on are taken from here, whether they are on their way to the database or not.
    fn first(&self) -> i64 {
        self.ledger.map_or(i64::MAX, |ledger| ledger.first_event)
    }

    fn overlay(&self) -> &Overlay<'l> {
        self.overlay.get_or_init(|| self.ledger.map_or_else(Overlay::default, Overlay::new))
    }
}

impl<'l> Overlay<'l> {
    fn new(ledger: &'l Ledger<'l>) -> Self {
        let gone: HashSet<i64> = ledger.retracted.iter().chain(&ledger.superseded).copied().collect();
        let mut events: HashMap<&str, Vec<&EventRow<'_>>> = HashMap::default();
        for row in ledger.events.iter().filter(|row| row.standing == "effective" && !gone.contains(&row.seq)) {
            events.entry(&row.subject_id).or_default().push(row);
        }
        Self { events, gone }
    }
}

/// An event as it is stored: its sequence, the month of its body, its body if it is in the database, when it was recorded, whether it is old data.
type Stored = (i64, i64, Option<String>, i64, bool);

const STORED: &str = concat!(
    "SELECT e.seq, e.body_month, ",
    body!("e"),
    ", e.recorded_at, e.history FROM events AS e WHERE e.subject_id = ?1 AND e.standing = 'effective' ORDER BY e.seq"
);

/// The stored events of the subjects that are to be folded again, in one question.
pub(super) fn stored(connection: &Session, subjects: &Subjects) -> Result<HashMap<String, Vec<Stored>>, StoreError> {
    let ids: Vec<&str> = subjects.all.iter().filter(|subject| subject.rebuild).map(|subject| subject.id.as_str()).collect();
    let mut stored: HashMap<String, Vec<Stored>> = ids.iter().map(|id| ((*id).to_owned(), Vec::new())).collect();
    sql::ask_each(connection, STORED, ids.iter().map(|id| [*id]), |at, event| {
        stored.get_mut(ids[at]).expect("asked for").push(event);
        Ok(())
    })?;
    Ok(stored)
}

/// What is known of a subject's events.
pub(super) struct Known<'k> {
    pub coming: &'k Coming<'k>,
    /// Those that are stored; none: they were not asked for.
    pub stored: Option<Vec<Stored>>,
}

/// Whether a subject may have to be folded again.
pub(super) fn may_differ(subject: &Subject) -> bool {
    subject.rebuild || subject.changed || subject.look
}

/// Folds a subject again if its events are others than they were, or if facts are folded otherwise than when it was.
pub(super) fn bring_up(
    connection: &Session,
    subject: &mut Subject,
    known: Known<'_>,
    (rules, now): (&Rules, Instant),
) -> Result<(), StoreError> {
    let folded_since = subject.watch.work.folded_since;
    let is_shipment = matches!(subject.state, State::Shipment(_));
    let stale = is_shipment && subject.watch.work.folded_since != rules.folded_since;
    if stale {
        subject.watch.work.folded_since = rules.folded_since;
        subject.changed = true;
    }
    if subject.rebuild {
        return refold(connection, subject, known, (&rules.folding, now));
    }
    // One that is new was folded by what is in force.
    if !stale || subject.row.is_none() {
        return Ok(());
    }
    subject.rebuild = true;
    match refold(connection, subject, known, (&rules.folding, now)) {
        // It stays as it was, so that the others are not kept waiting.
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(error.message = %error, "a shipment could not be folded anew");
            Ok(())
        }
        // The same, until the archive is there again: it still has to be folded anew.
        Err(error @ StoreError::Archive { .. }) => {
            tracing::error!(error.message = %error, "a shipment could not be folded anew; it is tried again in an hour");
            subject.watch.work.folded_since = folded_since;
            subject.again_at = Some(now.plus(Instant::HOUR));
            Ok(())
        }
        done => done,
    }
}

/// Replaces the subject's state by the fold of what is effective now.
fn refold(
    connection: &Session,
    subject: &mut Subject,
    Known { coming, stored }: Known<'_>,
    (folding, now): (&Folding, Instant),
) -> Result<(), StoreError> {
    let events = stored.map_or_else(|| sql::all(connection, STORED, [&subject.id]), Ok)?;
    let mut state = match subject.state {
        State::Shipment(_) => State::Shipment(Box::default()),
        State::Order(_) => State::Order(Box::default()),
    };
    let (first, coming) = (coming.first(), coming.overlay());
    let mut archived = Search::of(&subject.id);
    let mut apply = |event: &CanonicalEvent, recorded_at: Instant, history: bool| match &mut state {
        State::Shipment(state) => state.apply(event, &Hearing { recorded_at, history, folding }),
        State::Order(state) => state.apply(event, recorded_at),
    };
    let before = events.into_iter().filter(|(seq, ..)| *seq < first && !coming.gone.contains(seq));
    for (seq, month, body, recorded_at, history) in before {
        let body = body.map_or_else(|| bodies::read_archived(connection, &mut archived, (month, seq)), Ok)?;
        let event = event::reread(&body).map_err(|refusal| rows::corrupt("events", &seq.to_string(), refusal.reason))?;
        apply(&event, Instant(recorded_at), history);
    }
    for EventRow { event, origin, .. } in coming.events.get(subject.id.as_str()).into_iter().flatten() {
        apply(event, event.recorded_time.unwrap_or(now), origin.history);
    }
    subject.state = state;
    Ok(())
}
