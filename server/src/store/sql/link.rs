//! A session's connection, and a thread that writes on it while the session's own goes on with its work. What was sent is written in its
//! order before anything that is asked after it; what may be written meanwhile goes where there is room between two questions. Whether it
//! could be is told to whoever asks next.

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection,
    postgres::{PgArguments, PgConnectOptions},
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    sync::{Arc, mpsc},
    time::Duration,
};
use tokio::runtime::Runtime;

/// How long a statement of the writer's may take. Longer than anybody waits for the turn.
const PATIENCE: Duration = Duration::from_secs(25);

/// Fewer rows than these are written at once: to hand them over would take longer.
const WORTH_SENDING: usize = 200;

/// Rows with the statement that writes them all.
pub(super) struct Writing {
    pub sql: Arc<str>,
    pub arguments: PgArguments,
    /// How many rows they are.
    pub rows: usize,
    /// Each of them must be there.
    pub each: bool,
}

/// Rows that were to be changed are not as they were.
#[derive(Debug, thiserror::Error)]
#[error("{missing} rows are not as they were remembered")]
pub(super) struct Changed {
    missing: u64,
}

/// The connection.
pub(super) struct Link {
    /// One thread at a time is in it: the one that has the connection.
    runtime: Arc<Runtime>,
    options: PgConnectOptions,
    /// None: it is away, or a thread that had it ended badly.
    connection: RefCell<Option<Box<PgConnection>>>,
    /// Nothing more can be said on the connection.
    lost: Cell<bool>,
    /// The other thread has the connection.
    away: Cell<bool>,
    /// Something may be left that is written meanwhile.
    meanwhile: Cell<bool>,
    /// Rows of this transaction were not as they were remembered, whoever was told.
    changed: Cell<bool>,
    /// How often it was made anew.
    made: Cell<u64>,
    other: RefCell<Other>,
}

/// The other thread.
struct Other {
    errands: mpsc::Sender<Errand>,
    done: mpsc::Receiver<Done>,
}

impl Other {
    fn start(runtime: &Arc<Runtime>) -> Result<Self, sqlx::Error> {
        let (errands, taken) = mpsc::channel();
        let (told, done) = mpsc::channel();
        let runtime = Arc::clone(runtime);
        let run = move || run_errands(&runtime, &taken, &told);
        std::thread::Builder::new().name("store-sender".into()).spawn(run).map_err(sqlx::Error::Io)?;
        Ok(Self { errands, done })
    }
}

/// What the other thread is told.
enum Errand {
    /// To have the connection.
    Have(Box<PgConnection>),
    /// To write now.
    Write(Vec<Writing>),
    /// To write when nothing else is to be done on it.
    Meanwhile(Vec<Writing>),
    /// To write now what is left of that.
    Rest,
    /// To give it back.
    Return,
    /// To forget what is left to be written meanwhile.
    Forget,
}

/// The connection, whether all could be written, and whether anything is left to be written meanwhile.
struct Done(Box<PgConnection>, Result<(), sqlx::Error>, bool);

impl Link {
    /// Opens it. Not inside of a runtime.
    pub(super) fn open(options: PgConnectOptions) -> Result<Self, sqlx::Error> {
        // Its threads' own, so that an answer wakes nobody else.
        let runtime = Arc::new(tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(sqlx::Error::Io)?);
        let connection = wait(&runtime, connect(&options))?;
        let other = RefCell::new(Other::start(&runtime)?);
        Ok(Self {
            runtime,
            options,
            connection: RefCell::new(Some(Box::new(connection))),
            lost: Cell::new(false),
            away: Cell::new(false),
            meanwhile: Cell::new(false),
            changed: Cell::new(false),
            made: Cell::new(0),
            other,
        })
    }

    /// Waits for what was sent, and then for an answer.
    pub(super) fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        self.back()?;
        let mut connection = self.connection.borrow_mut();
        let answer = wait(&self.runtime, question(connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?));
        drop(connection);
        if answer.is_ok() && self.meanwhile.get() {
            self.lend()?;
        }
        self.note(answer)
    }

    /// Has rows written while the caller goes on: before whatever is asked next.
    pub(super) fn send(&self, writings: Vec<Writing>) -> Result<(), sqlx::Error> {
        let rows: usize = writings.iter().map(|writing| writing.rows).sum();
        if !self.away.get() && rows < WORTH_SENDING {
            return writings.into_iter().try_for_each(|writing| self.ask(async |connection| write(connection, writing).await));
        }
        self.lend()?;
        self.tell(Errand::Write(writings))
    }

    /// Has rows written while the caller goes on: whenever nothing is asked.
    pub(super) fn send_meanwhile(&self, writings: Vec<Writing>) -> Result<(), sqlx::Error> {
        self.meanwhile.set(true);
        self.tell(Errand::Meanwhile(writings))?;
        self.lend()
    }

    /// Has what is left of that written now: before whatever is asked or sent next.
    pub(super) fn send_rest(&self) -> Result<(), sqlx::Error> {
        if !self.meanwhile.replace(false) {
            return Ok(());
        }
        self.lend()?;
        self.tell(Errand::Rest)
    }

    /// Forgets what is left to be written meanwhile, and what was found changed. The connection is back.
    pub(super) fn forget(&self) {
        self.changed.set(false);
        if self.meanwhile.replace(false) {
            // A thread that has ended has forgotten all of it.
            let _ = self.tell(Errand::Forget);
        }
    }

    /// Lets the other thread have the connection.
    fn lend(&self) -> Result<(), sqlx::Error> {
        if self.away.get() {
            return Ok(());
        }
        let connection = self.connection.take().ok_or(sqlx::Error::WorkerCrashed)?;
        self.tell(Errand::Have(connection))?;
        self.away.set(true);
        Ok(())
    }

    /// Waits for what was sent.
    pub(super) fn back(&self) -> Result<(), sqlx::Error> {
        if !self.away.replace(false) {
            return Ok(());
        }
        self.tell(Errand::Return)?;
        let Done(connection, result, left) = self.other.borrow().done.recv().map_err(|_| self.crashed())?;
        self.connection.replace(Some(connection));
        self.meanwhile.set(left);
        self.note(result)
    }

    fn tell(&self, errand: Errand) -> Result<(), sqlx::Error> {
        self.other.borrow().errands.send(errand).map_err(|_| self.crashed())
    }

    fn crashed(&self) -> sqlx::Error {
        self.lost.set(true);
        sqlx::Error::WorkerCrashed
    }

    fn note<T>(&self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if matches!(&answer, Err(sqlx::Error::Io(error)) if error.kind() == std::io::ErrorKind::TimedOut) {
            self.lost.set(true);
        }
        if matches!(&answer, Err(sqlx::Error::AnyDriverError(cause)) if cause.is::<Changed>()) {
            self.changed.set(true);
        }
        answer
    }

    /// Whether rows were not as they were remembered since this was forgotten: who overheard that must not commit.
    pub(super) fn has_collided(&self) -> bool {
        self.changed.get()
    }

    /// Whether nothing more can be said on it.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.get()
    }

    /// Gives it up for lost.
    pub(super) fn give_up(&self) {
        self.lost.set(true);
    }

    /// How often it was made anew.
    pub(super) fn made(&self) -> u64 {
        self.made.get()
    }

    /// Makes it anew, and the other thread with it, which may have ended.
    pub(super) fn connect_anew(&self) -> Result<(), sqlx::Error> {
        let connection = wait(&self.runtime, connect(&self.options))?;
        self.other.replace(Other::start(&self.runtime)?);
        self.meanwhile.set(false);
        self.made.set(self.made.get() + 1);
        self.connection.replace(Some(Box::new(connection)));
        self.lost.set(false);
        Ok(())
    }

    /// Ends it in an orderly way.
    pub(super) fn close(self) -> Result<(), sqlx::Error> {
        self.back()?;
        match self.connection.take() {
            Some(connection) if !self.lost.get() => self.runtime.block_on(connection.close()),
            _ => Ok(()),
        }
    }
}

/// Connects. What is committed is on the server's disk when it says so, whatever was set for the role or the database.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let sql = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
    sqlx::raw_sql(sql).execute(&mut connection).await?;
    Ok(connection)
}

/// Writes what comes, one after the other, up to the first that cannot be, until the session ends.
fn run_errands(runtime: &Runtime, errands: &mpsc::Receiver<Errand>, told: &mpsc::Sender<Done>) {
    let (mut held, mut result) = (None, Ok(()));
    let mut meanwhile = VecDeque::new();
    let write_one = |held: &mut Option<Box<PgConnection>>, result: &mut Result<(), sqlx::Error>, writing| {
        if let (Ok(()), Some(connection)) = (&result, held) {
            *result = wait(runtime, write(connection, writing));
        }
    };
    loop {
        let errand = match errands.try_recv() {
            Ok(errand) => errand,
            Err(mpsc::TryRecvError::Disconnected) => return,
            // Nobody wants anything of it.
            Err(mpsc::TryRecvError::Empty) if held.is_some() && !meanwhile.is_empty() => {
                meanwhile.pop_front().into_iter().for_each(|writing| write_one(&mut held, &mut result, writing));
                continue;
            }
            Err(mpsc::TryRecvError::Empty) => match errands.recv() {
                Ok(errand) => errand,
                Err(mpsc::RecvError) => return,
            },
        };
        match errand {
            Errand::Have(connection) => held = Some(connection),
            Errand::Write(writings) => writings.into_iter().for_each(|writing| write_one(&mut held, &mut result, writing)),
            Errand::Meanwhile(writings) => meanwhile.extend(writings),
            Errand::Rest => meanwhile.drain(..).for_each(|writing| write_one(&mut held, &mut result, writing)),
            Errand::Return => {
                let result = std::mem::replace(&mut result, Ok(()));
                if let Some(connection) = held.take()
                    && told.send(Done(connection, result, !meanwhile.is_empty())).is_err()
                {
                    return;
                }
            }
            Errand::Forget => meanwhile.clear(),
        }
    }
}

async fn write(connection: &mut PgConnection, Writing { sql, arguments, rows, each }: Writing) -> Result<(), sqlx::Error> {
    let written = sqlx::query_with(AssertSqlSafe(sql), arguments).execute(connection).await?.rows_affected();
    match (rows as u64).saturating_sub(written) {
        missing if each && missing > 0 => Err(sqlx::Error::AnyDriverError(Box::new(Changed { missing }))),
        _ => Ok(()),
    }
}

/// Waits for the server no longer than it may take: a network that went away without a word would have us wait for ever.
fn wait<T>(runtime: &Runtime, answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let answer = runtime.block_on(async { tokio::time::timeout(PATIENCE, answer).await });
    answer.unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
}
