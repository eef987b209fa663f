//! The one writer. SQLite lets a single connection write; a thread of its own owns it and gives it out by the transaction, so
//! that a statement costs a call and no change of threads.
//!
//! Two lanes: single events and people's actions go first; bulk runs in slices that end after about [`SLICE`] while anybody waits
//! in the first lane. Whatever waits shares a commit, one sync of the log for many answers.

use super::intake::{self, Memory};
use crate::{
    clock::Clock,
    domain::receipt::{Lane, Receipt},
    store::{StoreError, intake::Batch},
};
use rusqlite::{Connection, TransactionBehavior};
use sqlx::{Connection as _, SqliteConnection};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};
use tokio_util::task::TaskTracker;

/// Calls waiting in the first lane; beyond it the caller is told to come again.
const SINGLE_QUEUE: usize = 1024;
/// Batches waiting in the bulk lane.
const BULK_QUEUE: usize = 4;
/// Events that share one commit in the first lane.
const GROUP: usize = 256;
/// How long a bulk slice may keep the first lane waiting.
const SLICE: Duration = Duration::from_millis(5);
/// Bounds of a slice, in events.
const SLICE_EVENTS: std::ops::RangeInclusive<usize> = 32..=1_000;
/// The first lane counts as busy for so long after its last call.
const BUSY_FOR: Duration = Duration::from_secs(1);
/// How often the log is folded back into the file.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
/// Pages (of 4 KiB) after which the log is started over.
const LONG_LOG: i64 = 8192;

/// A whole transaction, with its answer.
type Transaction = Box<dyn FnOnce(&mut Connection) + Send>;

enum Job {
    Record {
        batch: Batch,
        answer: oneshot::Sender<Result<Vec<Receipt>, StoreError>>,
    },
    /// A transaction of its own; whether it may change shipments or orders.
    Run(Transaction, bool),
}

/// Handle to the writer; clones share it.
#[derive(Clone)]
pub struct Writer {
    single: mpsc::Sender<Job>,
    bulk: mpsc::Sender<Job>,
    hint: watch::Receiver<u64>,
    closing: Arc<watch::Sender<bool>>,
    tasks: TaskTracker,
    clock: Clock,
}

impl Writer {
    pub(super) fn start(connection: Connection, checkpointer: SqliteConnection, clock: Clock) -> std::io::Result<Self> {
        let (single, single_jobs) = mpsc::channel(SINGLE_QUEUE);
        let (bulk, bulk_jobs) = mpsc::channel(BULK_QUEUE);
        let (hint_sender, hint) = watch::channel(0);
        let closing = Arc::new(watch::Sender::new(false));
        let long_log = Arc::new(AtomicBool::new(false));
        let tasks = TaskTracker::new();
        tasks.spawn(checkpoints(checkpointer, closing.subscribe(), Arc::clone(&long_log)));
        let now = clock.clone();
        let task = Task {
            connection,
            memory: Memory::default(),
            long_log,
            clock,
            hint: hint_sender,
            last_single: None,
            nanos_per_event: 50_000.0,
            slices: None,
        };
        let (running, stop, runtime) = (tasks.token(), closing.subscribe(), tokio::runtime::Handle::current());
        std::thread::Builder::new().name("sqlite-writer".into()).spawn(move || {
            runtime.block_on(task.work(single_jobs, bulk_jobs, stop));
            drop(running);
        })?;
        tasks.close();
        Ok(Self { single, bulk, hint, closing, tasks, clock: now })
    }

    /// Changes after each commit.
    pub fn hint(&self) -> watch::Receiver<u64> {
        self.hint.clone()
    }

    /// The time that a transaction of this moment should write.
    pub fn now(&self) -> crate::domain::time::Instant {
        self.clock.now()
    }

    /// Records a batch; see [`crate::store::intake::IntakeStore::record`].
    pub async fn record(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError> {
        let (answer, result) = oneshot::channel();
        self.queue(batch.terms.lane, Job::Record { batch, answer })?;
        result.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `work` in one transaction: committed if it answers `Ok`, rolled back otherwise.
    pub async fn run<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue_work(lane, work, true).await
    }

    /// The same for work that touches neither shipments nor orders: what is remembered of them stays true.
    pub async fn run_aside<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue_work(lane, work, false).await
    }

    async fn queue_work<T, F>(&self, lane: Lane, work: F, on_subjects: bool) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let job: Transaction = Box::new(move |connection| {
            // The caller may have gone; the work is done all the same.
            let _ = answer.send(in_transaction(connection, work));
        });
        self.queue(lane, Job::Run(job, on_subjects))?;
        result.await.map_err(|_| StoreError::Closed)?
    }

    fn queue(&self, lane: Lane, job: Job) -> Result<(), StoreError> {
        let queue = match lane {
            Lane::Single => &self.single,
            Lane::Bulk => &self.bulk,
        };
        queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })
    }

    /// Takes no more, and ends when everything that was queued is done and the connection is closed.
    pub(super) async fn close(&self) {
        self.closing.send_replace(true);
        self.tasks.wait().await;
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    // IMMEDIATE: a transaction that reads first and writes later could otherwise fail half-way without waiting.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// A bulk batch on its way: what is still to do and what was answered so far.
struct Slices {
    rest: std::vec::IntoIter<crate::domain::receipt::Inbound>,
    batch: Batch,
    receipts: Vec<Receipt>,
    answer: oneshot::Sender<Result<Vec<Receipt>, StoreError>>,
}

impl Slices {
    /// The next slice.
    fn cut(&mut self, events: usize) -> Batch {
        let items = self.rest.by_ref().take(events).collect();
        Batch { actor: self.batch.actor.clone(), terms: self.batch.terms, items }
    }
}

struct Task {
    connection: Connection,
    memory: Memory,
    long_log: Arc<AtomicBool>,
    clock: Clock,
    hint: watch::Sender<u64>,
    last_single: Option<Instant>,
    nanos_per_event: f64,
    slices: Option<Slices>,
}

type Waiting = (Batch, oneshot::Sender<Result<Vec<Receipt>, StoreError>>);

impl Task {
    async fn work(mut self, mut single: mpsc::Receiver<Job>, mut bulk: mpsc::Receiver<Job>, mut closing: watch::Receiver<bool>) {
        let mut first = None;
        loop {
            let (waiting, run) = self.waiting(first.take(), &mut single);
            if self.slices.is_none()
                && let Ok(job) = bulk.try_recv()
            {
                self.begin_bulk(job);
            }
            self.record_together(waiting);
            if let Some((work, on_subjects)) = run {
                self.run(work, on_subjects);
            }
            if self.long_log.swap(false, Ordering::Relaxed) {
                self.start_log_over();
            }
            if self.slices.is_some() || !single.is_empty() || !bulk.is_empty() {
                continue;
            }
            tokio::select! {
                biased;
                job = single.recv() => match job {
                    Some(job) => first = Some(job),
                    // Closed, and nothing is left in either lane.
                    None => break,
                },
                Some(job) = bulk.recv() => self.begin_bulk(job),
                () = closed(&mut closing) => {
                    // What is queued is still done; nothing new comes in.
                    single.close();
                    bulk.close();
                }
            }
        }
        if let Err((_, error)) = self.connection.close() {
            tracing::error!(error.message = %error, "the writer's connection did not close cleanly");
        }
    }

    /// Whoever waits in the first lane for a commit, up to a person's action, which has a transaction of its own.
    fn waiting(&mut self, first: Option<Job>, queue: &mut mpsc::Receiver<Job>) -> (Vec<Waiting>, Option<(Transaction, bool)>) {
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut events = 0;
        let mut next = first.or_else(|| queue.try_recv().ok());
        if next.is_some() {
            self.last_single = Some(Instant::now());
        }
        while let Some(job) = next {
            match job {
                Job::Record { batch, answer } => {
                    events += batch.items.len();
                    waiting.push((batch, answer));
                }
                Job::Run(work, on_subjects) => return (waiting, Some((work, on_subjects))),
            }
            next = if events < GROUP { queue.try_recv().ok() } else { None };
        }
        (waiting, None)
    }

    /// One commit for everybody who waits, and for the next slice of bulk: neither lane starves the other, and a single event
    /// beside an import costs the import no commit.
    fn record_together(&mut self, waiting: Vec<Waiting>) {
        let (mut batches, answers): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let events = self.slice_events();
        let slices = self.slices.take().map(|mut slices| {
            batches.push(slices.cut(events));
            slices
        });
        if batches.is_empty() {
            return;
        }
        let counts: Vec<usize> = batches.iter().map(|batch| batch.items.len()).collect();
        let begun = Instant::now();
        match self.commit(&batches) {
            Ok(receipts) => {
                let mut receipts = receipts.into_iter();
                for (answer, count) in answers.into_iter().zip(&counts) {
                    let _ = answer.send(Ok(receipts.by_ref().take(*count).collect()));
                }
                if let Some(slices) = slices {
                    self.pace(begun.elapsed(), counts.iter().sum());
                    self.go_on(slices, Ok(receipts.collect()));
                }
            }
            // One of them may be to blame: each has a try of its own.
            Err(_) if batches.len() > 1 => {
                let mut batches = batches.iter();
                for (answer, batch) in answers.into_iter().zip(batches.by_ref()) {
                    let _ = answer.send(self.commit(std::slice::from_ref(batch)).map_err(not_taken));
                }
                if let (Some(slices), Some(batch)) = (slices, batches.next()) {
                    let done = self.commit(std::slice::from_ref(batch));
                    self.go_on(slices, done);
                }
            }
            Err(error) => match (answers.into_iter().next(), slices) {
                (Some(answer), _) => drop(answer.send(Err(not_taken(error)))),
                (None, Some(slices)) => self.go_on(slices, Err(error)),
                (None, None) => {}
            },
        }
    }

    fn begin_bulk(&mut self, job: Job) {
        match job {
            Job::Record { mut batch, answer } => {
                let rest = std::mem::take(&mut batch.items).into_iter();
                self.slices = Some(Slices { receipts: Vec::with_capacity(rest.len()), rest, batch, answer });
            }
            Job::Run(work, on_subjects) => self.run(work, on_subjects),
        }
    }

    fn run(&mut self, work: Transaction, on_subjects: bool) {
        work(&mut self.connection);
        if on_subjects {
            self.memory.forget_subjects();
        }
        self.committed();
    }

    /// Keeps a bulk batch for its next slice, or answers it.
    fn go_on(&mut self, mut slices: Slices, done: Result<Vec<Receipt>, StoreError>) {
        match done {
            Ok(receipts) => {
                slices.receipts.extend(receipts);
                if slices.rest.len() == 0 {
                    let _ = slices.answer.send(Ok(slices.receipts));
                } else {
                    self.slices = Some(slices);
                }
            }
            Err(error) => drop(slices.answer.send(Err(not_taken(error)))),
        }
    }

    /// Events of the next slice: many while nobody else waits, else what fits in [`SLICE`] at the measured pace.
    fn slice_events(&self) -> usize {
        if self.last_single.is_none_or(|last| last.elapsed() > BUSY_FOR) {
            return *SLICE_EVENTS.end();
        }
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small and positive"
        )]
        let fitting = (SLICE.as_nanos() as f64 / self.nanos_per_event) as usize;
        fitting.clamp(*SLICE_EVENTS.start(), *SLICE_EVENTS.end())
    }

    /// Learns from a slice how many events fit into the next. A commit without one says nothing about that: nearly all of its
    /// time is the sync of the log.
    fn pace(&mut self, took: Duration, events: usize) {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let pace = took.as_nanos() as f64 / events.max(1) as f64;
        self.nanos_per_event = 0.8 * self.nanos_per_event + 0.2 * pace;
    }

    /// While commits follow one another the checkpointer never catches up and the log would grow for ever. Between two commits
    /// it can be folded whole (nearly all of it is already), and SQLite then starts it over. PASSIVE waits for nobody.
    fn start_log_over(&mut self) {
        if let Err(error) = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(())) {
            tracing::warn!(error.message = %error, "the log could not be folded between two commits");
        }
    }

    fn commit(&mut self, batches: &[Batch]) -> Result<Vec<Receipt>, StoreError> {
        let now = self.clock.now();
        let memory = &mut self.memory;
        let done = in_transaction(&mut self.connection, |connection| intake::record(connection, memory, now, batches));
        match &done {
            Ok(_) => self.committed(),
            // What was cached inside the failed transaction is not in the database.
            Err(_) => self.memory = Memory::default(),
        }
        done
    }

    fn committed(&self) {
        self.hint.send_modify(|n| *n += 1);
    }
}

/// What the senders are told; the cause is for the log.
fn not_taken(error: StoreError) -> StoreError {
    tracing::error!(error.message = %error, error.cause = ?error, "a commit failed; nothing of it was taken");
    StoreError::Unavailable
}

/// Ends when the store is told to close.
async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the last handle is gone, which is the same.
    let _ = closing.wait_for(|closing| *closing).await;
}

/// Folds the log back into the file while commits go on, and tells the writer when the log has grown long.
async fn checkpoints(mut connection: SqliteConnection, mut closing: watch::Receiver<bool>, long: Arc<AtomicBool>) {
    loop {
        let last = tokio::time::timeout(CHECKPOINT_EVERY, closed(&mut closing)).await.is_ok();
        // PASSIVE never waits for readers or the writer. Answers (busy, pages in the log, pages folded).
        match sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut connection).await {
            Ok((_, pages, _)) => long.store(pages > LONG_LOG, Ordering::Relaxed),
            Err(error) => tracing::warn!(error.message = %error, "a checkpoint failed; the log grows until the next one"),
        }
        if last {
            break;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(error.message = %error, "the checkpointer's connection did not close cleanly");
    }
}
