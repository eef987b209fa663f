//! Two queues into one commit: who waits, and how much of the bulk goes with them. A third waits for its share of the time.

use super::{Job, Kind, Transaction};
use crate::{
    domain::receipt::{Inbound, IntakeTerms, Receipt},
    store::{StoreError, intake::Batch},
};
use std::{collections::VecDeque, ops::RangeInclusive, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// Events that share one round in the first lane.
const GROUP: usize = 256;
/// How long a bulk slice may keep the first lane waiting.
const SLICE: Duration = Duration::from_millis(5);
/// Its bounds, in events.
const SLICE_EVENTS: RangeInclusive<usize> = 32..=500;
/// The first lane counts as busy for so long after its last call.
const BUSY_FOR: Duration = Duration::from_secs(1);

/// How much of the bulk goes together while nobody uses the first lane: the more, the more events of one shipment are among them, whose
/// row is written once, and the longer the first who comes has to wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stride {
    /// How long a slice may take, and its bounds, in events.
    slice: Duration,
    least: usize,
    most: usize,
    /// For so long slices share a commit: a page is written once for many events.
    pub commit: Duration,
}

impl Stride {
    /// Of a database within this process.
    const NEAR: Self = Self { slice: Duration::from_millis(75), least: 500, most: 2_000, commit: Duration::from_millis(150) };
    /// Of a server: each slice is some twenty messages, however much is in them.
    const FAR: Self = Self { slice: Duration::from_millis(600), least: 2_000, most: 9_000, commit: Duration::from_secs(1) };
}

pub(super) type Answer = oneshot::Sender<Result<Vec<Receipt>, StoreError>>;

/// The queues, and the bulk batches that are under way.
pub(super) struct Lanes {
    pub single: mpsc::Receiver<Job>,
    pub bulk: mpsc::Receiver<Job>,
    /// Waybill's own steps.
    pub own: mpsc::Receiver<Job>,
    /// People's and Waybill's own transactions, in their order: they run after the commit under way.
    pub runs: Vec<(Transaction, bool)>,
    bulks: VecDeque<Bulk>,
    last_single: Option<Instant>,
    nanos_per_event: f64,
    next_id: u64,
    pub stride: Stride,
}

/// A bulk batch: what is still to do and what was answered so far.
struct Bulk {
    id: u64,
    actor: String,
    terms: IntakeTerms,
    rest: std::vec::IntoIter<Inbound>,
    /// Something of it is recorded: an empty batch has nothing left, and is answered all the same.
    begun: bool,
    /// Items in all. One commit may hold several slices, so having cut the last is not having the last receipt.
    items: usize,
    receipts: Vec<Receipt>,
    answer: Answer,
}

/// Whose batch it is.
pub(super) enum Owner {
    /// Somebody in the first lane.
    Caller(Answer),
    /// The bulk batch of this number.
    Bulk(u64),
}

/// Batches that are recorded in one go.
#[derive(Default)]
pub(super) struct Round {
    pub batches: Vec<Batch>,
    pub owners: Vec<Owner>,
    pub receipts: Vec<Receipt>,
}

impl Lanes {
    /// `far`: for a database that is asked by messages.
    pub(super) fn new([single, bulk, own]: [mpsc::Receiver<Job>; 3], far: bool) -> Self {
        Self {
            single,
            bulk,
            own,
            runs: vec![],
            bulks: VecDeque::new(),
            last_single: None,
            nanos_per_event: 50_000.0,
            next_id: 0,
            stride: if far { Stride::FAR } else { Stride::NEAR },
        }
    }

    /// Nothing is queued and nothing is half done.
    pub(super) fn is_idle(&self) -> bool {
        self.bulks.is_empty() && self.single.is_empty() && self.bulk.is_empty()
    }

    /// Whether somebody used the first lane a moment ago.
    pub(super) fn is_disturbed(&self) -> bool {
        self.last_single.is_some_and(|last| last.elapsed() <= BUSY_FOR)
    }

    /// Whoever waits in the first lane, up to a transaction of its own; with them a slice of bulk, unless `alone`.
    pub(super) fn next_round(&mut self, first: Option<Job>, alone: bool) -> Round {
        let mut round = Round::default();
        let mut next = first.or_else(|| self.single.try_recv().ok());
        while let Some(job) = next {
            if !matches!(job, Job::Run { kind: Kind { hurry: false, .. }, .. }) {
                self.last_single = Some(Instant::now());
            }
            match job {
                Job::Record { batch, answer } => round.push(batch, Owner::Caller(answer)),
                Job::Run { work, kind } => {
                    self.runs.push((work, kind.on_subjects));
                    break;
                }
            }
            next = if round.events() < GROUP { self.single.try_recv().ok() } else { None };
        }
        if !alone || round.batches.is_empty() {
            self.add_slice(&mut round);
        }
        round
    }

    /// Takes a job of the bulk lane up.
    pub(super) fn begin(&mut self, job: Job) {
        match job {
            Job::Record { batch, answer } => {
                self.next_id += 1;
                self.bulks.push_back(Bulk {
                    id: self.next_id,
                    actor: batch.actor,
                    terms: batch.terms,
                    items: batch.items.len(),
                    rest: batch.items.into_iter(),
                    begun: false,
                    receipts: Vec::new(),
                    answer,
                });
            }
            Job::Run { work, kind } => self.runs.push((work, kind.on_subjects)),
        }
    }

    fn add_slice(&mut self, round: &mut Round) {
        let unfinished = |bulk: &Bulk| bulk.rest.len() > 0 || !bulk.begun;
        let mut room = self.slice_events();
        while room > 0 {
            if !self.bulks.iter().any(unfinished) {
                match self.bulk.try_recv() {
                    Ok(job) => self.begin(job),
                    Err(_) => break,
                }
            }
            // A transaction of its own came instead: it runs after this commit.
            let Some(bulk) = self.bulks.iter_mut().find(|bulk| unfinished(bulk)) else { break };
            bulk.begun = true;
            let items: Vec<_> = bulk.rest.by_ref().take(room).collect();
            room -= items.len();
            round.push(Batch { actor: bulk.actor.clone(), terms: bulk.terms, items }, Owner::Bulk(bulk.id));
        }
    }

    /// Events of the next slice: as many as fit into its time at the measured pace, which is long while nobody else waits.
    fn slice_events(&self) -> usize {
        let Stride { slice, least, most, .. } = self.stride;
        let (time, events) = if self.is_disturbed() { (SLICE, SLICE_EVENTS) } else { (slice, least..=most) };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small and positive"
        )]
        let fitting = (time.as_nanos() as f64 / self.nanos_per_event) as usize;
        fitting.clamp(*events.start(), *events.end())
    }

    /// Learns from a commit how many events fit into the next slice. One without bulk says nothing about that: nearly all of its
    /// time is the sync of the log.
    pub(super) fn pace(&mut self, took: Duration, rounds: &[Round]) {
        let bulk = rounds.iter().flat_map(|round| &round.owners).any(|owner| matches!(owner, Owner::Bulk(_)));
        let events = rounds.iter().map(Round::events).sum::<usize>();
        if bulk && events > 0 {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let pace = took.as_nanos() as f64 / events as f64;
            self.nanos_per_event = 0.8 * self.nanos_per_event + 0.2 * pace;
        }
    }

    /// How long a round and another slice after it will take, at the measured pace.
    pub(super) fn time_with_next(&self, round: &Round) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small and positive"
        )]
        Duration::from_nanos((self.nanos_per_event * (round.events() + self.slice_events()) as f64) as u64)
    }

    /// Gives a recorded batch its receipts: the caller its answer, a bulk batch the answer when all of it is recorded.
    pub(super) fn answer(&mut self, owner: Owner, done: Result<Vec<Receipt>, StoreError>) {
        let id = match owner {
            Owner::Caller(answer) => return drop(answer.send(done)),
            Owner::Bulk(id) => id,
        };
        let Some(at) = self.bulks.iter().position(|bulk| bulk.id == id) else { return };
        let whole = match done {
            Ok(receipts) => {
                let bulk = &mut self.bulks[at];
                bulk.receipts.extend(receipts);
                bulk.receipts.len() == bulk.items
            }
            Err(error) => {
                // What is left of it is not tried: the sender learns how far it came by sending again.
                if let Some(bulk) = self.bulks.remove(at) {
                    drop(bulk.answer.send(Err(error)));
                }
                false
            }
        };
        if whole && let Some(bulk) = self.bulks.remove(at) {
            drop(bulk.answer.send(Ok(bulk.receipts)));
        }
    }

    /// Whether anybody still wants this batch: the rest of a failed bulk batch is nobody's.
    pub(super) fn is_wanted(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Caller(_) => true,
            Owner::Bulk(id) => self.bulks.iter().any(|bulk| bulk.id == *id),
        }
    }
}

impl Round {
    fn push(&mut self, batch: Batch, owner: Owner) {
        self.batches.push(batch);
        self.owners.push(owner);
    }

    pub(super) fn events(&self) -> usize {
        self.batches.iter().map(|batch| batch.items.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{access::Environment, receipt::Lane};

    type Answered = oneshot::Receiver<Result<Vec<Receipt>, StoreError>>;

    /// Lanes, their first one's other end, and a bulk batch of so many items that is under way, with its answer to come.
    fn lanes(items: usize) -> (Lanes, mpsc::Sender<Job>, Answered) {
        let (to_single, single) = mpsc::channel(1);
        let mut lanes = Lanes::new([single, mpsc::channel(1).1, mpsc::channel(1).1], false);
        let refusal = crate::domain::event::read(
            b"{",
            &crate::domain::event::ReadTerms {
                now: crate::domain::time::Instant(0),
                limits: crate::domain::event::Limits::DEFAULT,
            },
        );
        let items = vec![Inbound::Refused(refusal.expect_err("no event")); items];
        let (answer, answered) = oneshot::channel();
        let terms = IntakeTerms { environment: Environment::Live, history: false, lane: Lane::Bulk };
        lanes.begin(Job::Record { batch: Batch { actor: "key:test".into(), terms, items }, answer });
        (lanes, to_single, answered)
    }

    #[test]
    fn who_waits_cuts_bulk_short_and_what_is_only_noted_does_not() {
        let (mut lanes, single, _answered) = lanes(4_000);
        let mut beside = |hurry| {
            let kind = Kind { on_subjects: false, hurry };
            assert!(single.try_send(Job::Run { work: Box::new(|_, _| {}), kind }).is_ok());
            let round = lanes.next_round(None, false);
            assert_eq!(lanes.runs.drain(..).count(), 1);
            round.events()
        };
        assert_eq!([beside(false), beside(true), beside(false)], [1_500, 100, 100]);
    }

    #[test]
    fn a_bulk_batch_is_answered_when_its_last_receipt_is_there() {
        let (mut lanes, _single, mut answered) = lanes(1_700);
        // Both slices are cut before either is committed.
        let rounds = [lanes.next_round(None, true), lanes.next_round(None, true)];
        assert_eq!(rounds.each_ref().map(Round::events), [1_500, 200]);
        assert!(lanes.next_round(None, true).batches.is_empty());
        for (round, done) in rounds.into_iter().zip([false, true]) {
            let receipts = vec![Receipt::Duplicate; round.events()];
            for owner in round.owners {
                lanes.answer(owner, Ok(receipts.clone()));
            }
            assert_eq!(answered.try_recv().map(|receipts| receipts.expect("taken").len()).ok(), done.then_some(1_700));
        }
        assert!(lanes.is_idle());
    }
}
