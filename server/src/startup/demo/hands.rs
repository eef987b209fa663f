//! The people of a demonstration's past: each morning they take up what is open, and in time they let most of it go. Without them
//! every exception that events do not clear would stay open for ever, and nobody would have touched an invoice.

use crate::{
    domain::{
        access::{Environment, Scope},
        exception::Queue,
        time::Instant,
    },
    simulate::Draw,
    store::{
        StoreError,
        exceptions::{Act, Deed, ExceptionQuery, ExceptionRecord, ExceptionStore},
        shipments::Sight,
    },
};

const SEED: u64 = 7;
/// Exceptions looked at in one morning: the worst.
const MORNING: u32 = 400;
/// Days until somebody takes one up, from and to.
const TAKEN_UP: (f64, f64) = (0.2, 3.0);
/// Days that it takes from there until it is let go.
const LET_GO: (f64, f64) = (0.5, 9.0);
/// So many are never let go.
const LEFT: f64 = 0.12;

/// What somebody does this morning.
enum Move {
    TakeUp,
    LetGo,
}

/// One morning of everybody.
pub(super) async fn morning(store: &dyn ExceptionStore, now: Instant) -> Result<(), StoreError> {
    let sight = Sight { environment: Environment::Demo, scope: Scope::ALL };
    let open = store.exceptions(&ExceptionQuery::all(sight.clone(), now), None, MORNING).await?.rows;
    for queue in Queue::ALL {
        let of = |exceptions: Vec<&ExceptionRecord>| exceptions.into_iter().map(|e| (e.id.clone(), e.version)).collect();
        let (mut taken_up, mut let_go) = (Vec::new(), Vec::new());
        for exception in open.iter().filter(|exception| exception.queue == queue) {
            match of_today(exception, now) {
                Some(Move::TakeUp) => taken_up.push(exception),
                Some(Move::LetGo) => let_go.push(exception),
                None => {}
            }
        }
        let who = person(queue);
        let act = |actor: &str, what, on, note: &str| Act {
            sight: sight.clone(),
            actor: format!("user:{actor}"),
            what,
            on,
            note: note.to_owned(),
            may_waive: true,
            now,
        };
        store.act_on_exceptions(act(who, Deed::Assign(who.to_owned()), of(taken_up), "")).await?;
        store.act_on_exceptions(act("finance-lead", Deed::Waive, of(let_go), "settled with the other side")).await?;
    }
    Ok(())
}

/// The same exception meets the same people at the same age, whichever run tells of it.
fn of_today(exception: &ExceptionRecord, now: Instant) -> Option<Move> {
    let name = exception.subject.bytes().chain(exception.kind.code().bytes());
    let mut draw = Draw::new(SEED, name.fold(0, |number, byte| (number * 31 + u64::from(byte)) % (u64::MAX / 64)));
    let age = now.since(exception.detected_at) as f64 / Instant::DAY as f64;
    let taken_up = draw.between(TAKEN_UP.0, TAKEN_UP.1);
    let let_go = taken_up + draw.between(LET_GO.0, LET_GO.1);
    if age > let_go && !draw.chance(LEFT) {
        return Some(Move::LetGo);
    }
    (age > taken_up && exception.assignee.is_empty()).then_some(Move::TakeUp)
}

/// Who works a queue in the demonstration.
fn person(queue: Queue) -> &'static str {
    match queue {
        Queue::Logistics => "dispatcher",
        Queue::Finance => "finance",
        Queue::Integration => "integration",
        Queue::Service => "service",
    }
}
