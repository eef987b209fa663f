//! The one writer. SQLite lets a single connection write, and on PostgreSQL processes take turns; a thread of its own owns the connection
//! and gives it out by the transaction, so that a statement costs a call and no change of threads.
//!
//! Two lanes: single events and people's actions go first; bulk runs in slices that are short while anybody uses the first lane.
//! Whatever waits shares a commit, one sync of the log for many answers. Beside them Waybill's own steps have a share of the time.

use self::{lanes::Lanes, refusals::Refusals, share::Share, task::Task};
use super::{
    intake::{self, Memory},
    leases,
};
use crate::{
    clock::Clock,
    domain::receipt::{Lane, Receipt},
    store::{
        StoreError,
        intake::Batch,
        leases::Tenure,
        postgres::{self, listen::Hints},
        sql::{Beside, Session},
        sqlite,
    },
};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};
use tokio_util::task::TaskTracker;

mod lanes;
mod refusals;
mod share;
mod task;

/// Calls waiting in the first lane; beyond it the caller is told to come again.
const SINGLE_QUEUE: usize = 1024;
/// Batches waiting in the bulk lane.
const BULK_QUEUE: usize = 32;

/// Waybill's own steps that wait.
const OWN_QUEUE: usize = 16;

/// A whole transaction, with its answer.
type Transaction = Box<dyn FnOnce(&Session, &mut Memory) + Send>;

enum Job {
    Record {
        batch: Batch,
        answer: oneshot::Sender<Result<Vec<Receipt>, StoreError>>,
    },
    /// A transaction of its own.
    Run {
        work: Transaction,
        kind: Kind,
    },
}

/// What is known of a transaction before it runs.
#[derive(Debug, Clone, Copy)]
struct Kind {
    /// It may change shipments or orders.
    on_subjects: bool,
    /// Somebody waits for it, and may have more to ask: what is taken in beside is cut short.
    hurry: bool,
}

/// Handle to the writer; clones share it.
#[derive(Clone)]
pub struct Writer {
    single: mpsc::Sender<Job>,
    bulk: mpsc::Sender<Job>,
    own: mpsc::Sender<Job>,
    hint: watch::Receiver<u64>,
    rights: watch::Receiver<u64>,
    closing: Arc<watch::Sender<bool>>,
    tasks: TaskTracker,
    clock: Clock,
    refusals: Refusals,
    /// Writes only as long as this lasts.
    tenure: Option<Tenure>,
}

impl Writer {
    pub(super) fn start(session: Session, beside: Beside, clock: Clock) -> std::io::Result<Self> {
        let (single, single_jobs) = mpsc::channel(SINGLE_QUEUE);
        let (bulk, bulk_jobs) = mpsc::channel(BULK_QUEUE);
        let (own, own_jobs) = mpsc::channel(OWN_QUEUE);
        let (hint_sender, hint) = watch::channel(0);
        let (rights_sender, rights) = watch::channel(0);
        let closing = Arc::new(watch::Sender::new(false));
        let long_log = Arc::new(AtomicBool::new(false));
        let tasks = TaskTracker::new();
        match beside {
            Beside::Checkpointer(connection) => {
                drop(tasks.spawn(sqlite::checkpoint::run(connection, closing.subscribe(), Arc::clone(&long_log))));
            }
            Beside::Server(listening, read) => {
                drop(tasks.spawn(postgres::statistics::run(read, closing.subscribe(), hint.clone())));
                let hints = Hints { commits: hint_sender.clone(), rights: rights_sender };
                drop(tasks.spawn(postgres::listen::run(*listening, closing.subscribe(), hints)));
            }
        }
        let now = clock.clone();
        let lanes = Lanes::new([single_jobs, bulk_jobs, own_jobs], session.is_far());
        let refusals = Refusals::default();
        let task = Task {
            session,
            memory: Memory::default(),
            lanes,
            share: Share::default(),
            long_log,
            clock,
            hint: hint_sender,
            refusals: refusals.clone(),
        };
        let (running, stop, runtime) = (tasks.token(), closing.subscribe(), tokio::runtime::Handle::current());
        std::thread::Builder::new().name("store-writer".into()).spawn(move || {
            task.work(&runtime, stop);
            drop(running);
        })?;
        tasks.close();
        Ok(Self { single, bulk, own, hint, rights, closing, tasks, clock: now, refusals, tenure: None })
    }

    /// Changes after each commit.
    pub fn hint(&self) -> watch::Receiver<u64> {
        self.hint.clone()
    }

    /// Changes when another process may have changed somebody's rights.
    pub(super) fn rights(&self) -> watch::Receiver<u64> {
        self.rights.clone()
    }

    /// What could not be written last.
    pub(super) fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// The same writer for what is done in a tenure.
    pub(super) fn during(&self, tenure: Tenure) -> Self {
        Self { tenure: Some(tenure), ..self.clone() }
    }

    /// As long as what it writes, if that ends.
    pub(super) fn tenure(&self) -> Option<Tenure> {
        self.tenure
    }

    /// What tells the time.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time that a transaction of this moment should write.
    pub fn now(&self) -> crate::domain::time::Instant {
        self.clock.now()
    }

    /// Records a batch; see [`crate::store::intake::IntakeStore::record`].
    pub async fn record(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError> {
        if self.tenure.is_some() {
            // Alone, and no longer than that lasts.
            let now = self.now();
            return self
                .run_remembering(batch.terms.lane, move |session, memory| {
                    intake::record(session, memory, now, std::slice::from_ref(&batch))
                })
                .await;
        }
        let (answer, result) = oneshot::channel();
        put(self.lane(batch.terms.lane), Job::Record { batch, answer })?;
        result.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `work` in one transaction: committed if it answers `Ok`, rolled back otherwise.
    pub async fn run<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Session) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue_work(self.lane(lane), |connection, _| work(connection), Kind { on_subjects: true, hurry: true }).await
    }

    /// The same for work that touches neither shipments nor orders: what is remembered of them stays true.
    pub async fn run_aside<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Session) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue_work(self.lane(lane), |connection, _| work(connection), Kind { on_subjects: false, hurry: true }).await
    }

    /// The same for what Waybill notes for itself: a lease that goes on, a key that was used. It has its turn like anybody's in the
    /// first lane, but bulk beside it goes on in long slices.
    pub(super) async fn run_calmly<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Session) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue_work(&self.single, |connection, _| work(connection), Kind { on_subjects: false, hurry: false }).await
    }

    /// The same for work that keeps what is remembered true by itself.
    pub(super) async fn run_remembering<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Session, &mut Memory) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue_work(self.lane(lane), work, Kind { on_subjects: false, hurry: true }).await
    }

    /// The same for a step of Waybill's own work, of which more will follow: while anybody else has the writer do something,
    /// such steps have a share of its time and never more. Answers also how long it took.
    pub(super) async fn run_step<T, F>(&self, work: F) -> Result<(T, Duration), StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Session, &mut Memory) -> Result<T, StoreError> + Send + 'static,
    {
        let timed = move |connection: &Session, memory: &mut Memory| {
            let begun = Instant::now();
            work(connection, memory).map(|done| (done, begun.elapsed()))
        };
        self.queue_work(&self.own, timed, Kind { on_subjects: false, hurry: false }).await
    }

    async fn queue_work<T, F>(&self, queue: &mpsc::Sender<Job>, work: F, kind: Kind) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Session, &mut Memory) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let (tenure, refusals) = (self.tenure, self.refusals.clone());
        let job: Transaction = Box::new(move |session, memory| {
            let done = session.transaction(|session| {
                tenure.map_or(Ok(()), |tenure| leases::check(session, tenure))?;
                if kind.on_subjects {
                    session.change_untold()?;
                }
                work(session, memory)
            });
            if let Err(error) = &done {
                refusals.add(error, 0);
                // What was cached inside the failed transaction is not in the database.
                *memory = Memory::default();
            }
            // The caller may have gone; the work is done all the same.
            let _ = answer.send(done);
        });
        put(queue, Job::Run { work: job, kind })?;
        result.await.map_err(|_| StoreError::Closed)?
    }

    fn lane(&self, lane: Lane) -> &mpsc::Sender<Job> {
        match lane {
            Lane::Single => &self.single,
            Lane::Bulk => &self.bulk,
        }
    }

    /// Takes no more, and ends when everything that was queued is done and the connection is closed.
    pub(super) async fn close(&self) {
        self.closing.send_replace(true);
        self.tasks.wait().await;
    }
}

fn put(queue: &mpsc::Sender<Job>, job: Job) -> Result<(), StoreError> {
    queue.try_send(job).map_err(|error| match error {
        mpsc::error::TrySendError::Full(_) => StoreError::Busy,
        mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
    })
}
