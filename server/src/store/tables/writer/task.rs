//! The writer's thread: one commit after the other.

use super::{
    Transaction,
    lanes::{Lanes, Round},
    refusals::Refusals,
    share::Share,
};
use crate::{
    clock::Clock,
    domain::receipt::Receipt,
    store::{
        StoreError,
        intake::Batch,
        open::closed,
        sql::Session,
        tables::intake::{self, Memory},
    },
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, sync::watch, time::Instant};

/// How long slices of bulk share a commit while Waybill's own steps wait for their turn: four times as long as one of them.
const BESIDE_STEPS: Duration = Duration::from_millis(80);

/// How often a batch alone is tried while others are in the way.
const TRIES: u32 = 3;

/// What comes next.
enum Next {
    First(super::Job),
    Bulk(super::Job),
    Step(super::Job),
    Rested,
    Close,
    End,
}

pub(super) struct Task {
    pub session: Session,
    pub memory: Memory,
    pub lanes: Lanes,
    pub share: Share,
    pub long_log: Arc<AtomicBool>,
    pub clock: Clock,
    pub hint: watch::Sender<u64>,
    pub refusals: Refusals,
}

impl Task {
    /// Works until the store is closed. `runtime` waits for what comes; the work itself is on this thread and outside of it.
    pub(super) fn work(mut self, runtime: &Handle, mut closing: watch::Receiver<bool>) {
        let mut first = None;
        loop {
            self.commit(first.take());
            for (work, on_subjects) in std::mem::take(&mut self.lanes.runs) {
                self.run(work, on_subjects);
                self.share.others_worked(Instant::now());
            }
            if self.share.rest(Instant::now()).is_none() {
                self.steps(None);
            }
            if self.long_log.swap(false, Ordering::Relaxed) {
                self.start_log_over();
            }
            if !self.lanes.is_idle() {
                continue;
            }
            match runtime.block_on(self.next(&mut closing)) {
                Next::First(job) => first = Some(job),
                Next::Bulk(job) => self.lanes.begin(job),
                Next::Step(job) => self.steps(Some(job)),
                Next::Rested => {}
                Next::Close => {
                    // What is queued is still done; nothing new comes in.
                    self.lanes.single.close();
                    self.lanes.bulk.close();
                    // Steps go on at the next start.
                    self.lanes.own.close();
                }
                Next::End => break,
            }
        }
        if let Err(error) = self.session.close() {
            tracing::error!(error.message = %error, "the writer's connection did not close cleanly");
        }
    }

    async fn next(&mut self, closing: &mut watch::Receiver<bool>) -> Next {
        let rest = self.share.rest(Instant::now());
        tokio::select! {
            biased;
            // None: closed, and nothing is left in either lane.
            job = self.lanes.single.recv() => job.map_or(Next::End, Next::First),
            Some(job) = self.lanes.bulk.recv() => Next::Bulk(job),
            Some(job) = self.lanes.own.recv(), if rest.is_none() => Next::Step(job),
            () = tokio::time::sleep_until(rest.unwrap_or_else(Instant::now)), if rest.is_some() => Next::Rested,
            () = closed(closing) => Next::Close,
        }
    }

    /// One commit for everybody who waits, and for bulk beside them: neither lane starves the other, and a single event beside an
    /// import costs the import no commit. Bulk alone goes on, slice after slice, until somebody comes, who is taken along.
    fn commit(&mut self, first: Option<super::Job>) {
        let (now, begun) = (self.clock.now(), Instant::now());
        let mut next = self.lanes.next_round(first, false);
        if next.batches.is_empty() {
            return;
        }
        let mut rounds: Vec<Round> = Vec::new();
        let done = self.session.transaction(|session| {
            let mut known = None;
            while !next.batches.is_empty() {
                rounds.push(std::mem::take(&mut next));
                let round = rounds.last_mut().expect("just pushed");
                let more = |lanes: &Lanes, took: Duration| {
                    let own_turn = !lanes.own.is_empty() && self.share.rest(Instant::now()).is_none();
                    let time = if own_turn { BESIDE_STEPS } else { lanes.stride.commit };
                    !lanes.is_disturbed() && lanes.runs.is_empty() && took < time
                };
                // What is asked of a server for the next slice is asked with this one, so it is chosen before.
                let far = session.is_far();
                if far && more(&self.lanes, begun.elapsed() + self.lanes.time_with_next(round)) {
                    next = self.lanes.next_round(None, true);
                }
                (round.receipts, known) =
                    intake::record_slice(session, &mut self.memory, now, (&round.batches, known), &next.batches)?;
                if !far && more(&self.lanes, begun.elapsed()) {
                    next = self.lanes.next_round(None, true);
                }
            }
            Ok(())
        });
        match done {
            Ok(()) => {
                self.committed();
                self.share.others_worked(Instant::now());
                self.lanes.pace(begun.elapsed(), &rounds);
                for Round { batches, owners, receipts } in rounds {
                    let mut receipts = receipts.into_iter();
                    for (batch, owner) in batches.into_iter().zip(owners) {
                        self.lanes.answer(owner, Ok(receipts.by_ref().take(batch.items.len()).collect()));
                    }
                }
            }
            Err(error) => {
                // A transaction that could not begin has left what was to be its first round where it was.
                rounds.extend((!next.batches.is_empty()).then_some(next));
                self.each_alone(rounds, error);
            }
        }
    }

    /// One of them may be to blame for the failure: each has a try of its own, unless there was only one. Nobody is if the database is away
    /// or others do not let go of their turn: the rest is not kept waiting for the same.
    fn each_alone(&mut self, rounds: Vec<Round>, error: StoreError) {
        // What was remembered inside the failed transaction is not in the database.
        self.memory = Memory::default();
        let mut tries: Vec<_> = rounds.into_iter().flat_map(|round| round.batches.into_iter().zip(round.owners)).collect();
        if tries.len() == 1
            && !matches!(error, StoreError::Collision)
            && let Some((batch, owner)) = tries.pop()
        {
            self.refusals.add(&error, batch.items.len());
            return self.lanes.answer(owner, Err(not_taken(error)));
        }
        let mut busy = matches!(error, StoreError::Busy);
        let mut away = false;
        for (batch, owner) in tries {
            if !self.lanes.is_wanted(&owner) {
                continue;
            }
            let done = match (busy, away) {
                (true, _) => Err(StoreError::Busy),
                (_, true) => Err(StoreError::Unavailable),
                _ => self.alone(&batch),
            };
            busy |= matches!(done, Err(StoreError::Busy));
            away |= matches!(done, Err(StoreError::Away(_)));
            self.lanes.answer(owner, done.map_err(not_taken));
        }
    }

    /// Records a batch in a transaction of its own; tries again if others were in the way.
    fn alone(&mut self, batch: &Batch) -> Result<Vec<Receipt>, StoreError> {
        let mut tries = 0;
        loop {
            let now = self.clock.now();
            let done =
                self.session.transaction(|session| intake::record(session, &mut self.memory, now, std::slice::from_ref(batch)));
            tries += 1;
            match &done {
                Ok(_) => self.committed(),
                Err(error) => {
                    self.memory = Memory::default();
                    if matches!(error, StoreError::Collision) && tries < TRIES {
                        continue;
                    }
                    self.refusals.add(error, batch.items.len());
                }
            }
            return done;
        }
    }

    fn run(&mut self, work: Transaction, on_subjects: bool) {
        work(&self.session, &mut self.memory);
        if on_subjects {
            self.memory.forget_subjects();
        }
        self.committed();
    }

    /// Waybill's own steps that wait: whoever works in steps has one of them there at a time, so this is one of each kind.
    fn steps(&mut self, first: Option<super::Job>) {
        let begun = Instant::now();
        let more = self.lanes.own.len();
        let jobs: Vec<_> = first.into_iter().chain((0..more).map_while(|_| self.lanes.own.try_recv().ok())).collect();
        if jobs.is_empty() {
            return;
        }
        for job in jobs {
            if let super::Job::Run { work, kind } = job {
                self.run(work, kind.on_subjects);
            }
        }
        self.share.worked(Instant::now(), begun.elapsed());
    }

    /// While commits follow one another the checkpointer never catches up and the log would grow for ever.
    fn start_log_over(&mut self) {
        if let Err(error) = self.session.start_log_over() {
            tracing::warn!(error.message = %error, "the log could not be folded between two commits");
        }
    }

    fn committed(&self) {
        self.hint.send_modify(|n| *n += 1);
    }
}

/// What the senders are told; the cause is for the log.
fn not_taken(error: StoreError) -> StoreError {
    match error {
        StoreError::Busy => {
            tracing::warn!("the turn to write was not had in time; nothing was taken");
            error
        }
        // Told already.
        StoreError::Unavailable => error,
        _ => {
            tracing::error!(error.message = %error, error.cause = ?error, "a commit failed; nothing of it was taken");
            StoreError::Unavailable
        }
    }
}
