//! Hearing of commits that another process made. What is heard is a hint; the truth is read.

use super::{CHANNEL, pool};
use crate::store::open::closed;
use sqlx::{
    Executor,
    postgres::{PgConnectOptions, PgListener},
};
use std::time::Duration;
use tokio::{sync::watch, time::timeout};

/// How long to wait after a failure before listening again.
const AGAIN: Duration = Duration::from_secs(1);
/// After so long without a word the server is asked whether it is still there.
const QUIET: Duration = Duration::from_secs(5);
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is told of rights.
const RIGHTS: &str = "rights";

/// What changes when something is heard.
pub(in crate::store) struct Hints {
    /// There was a commit.
    pub commits: watch::Sender<u64>,
    /// Somebody's rights are other than they were.
    pub rights: watch::Sender<u64>,
}

impl Hints {
    fn all(&self) {
        self.commits.send_modify(|n| *n += 1);
        self.rights.send_modify(|n| *n += 1);
    }
}

/// Listens until the store closes. A connection that was lost is made anew; whatever was told meanwhile is hinted at then.
pub(in crate::store) async fn run(options: PgConnectOptions, mut closing: watch::Receiver<bool>, hints: Hints) {
    loop {
        let failed = tokio::select! {
            failed = hear(&options, &hints) => failed,
            () = closed(&mut closing) => return,
        };
        hints.all();
        tracing::warn!(error.message = %failed, "commits of other processes are not heard of at the moment");
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = closed(&mut closing) => return,
        }
    }
}

/// Listens on a connection of its own until that is lost; answers why.
async fn hear(options: &PgConnectOptions, hints: &Hints) -> sqlx::Error {
    match timeout(PATIENCE, listen(options)).await {
        Ok(Ok(listener)) => follow(listener, hints).await,
        Ok(Err(error)) => error,
        Err(_) => silent(),
    }
}

async fn listen(options: &PgConnectOptions) -> Result<PgListener, sqlx::Error> {
    // It is never given back.
    let mut listener = PgListener::connect_with(&pool(options.clone(), 1).await?).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn follow(mut listener: PgListener, hints: &Hints) -> sqlx::Error {
    // Commits from before it listened.
    hints.all();
    loop {
        match timeout(QUIET, listener.try_recv()).await {
            Ok(Ok(Some(told))) if told.payload() == RIGHTS => hints.rights.send_modify(|n| *n += 1),
            Ok(Ok(Some(_))) => hints.commits.send_modify(|n| *n += 1),
            // It was lost, and commits may have been missed.
            Ok(Ok(None)) => return sqlx::Error::WorkerCrashed,
            Ok(Err(error)) => return error,
            Err(_) => match timeout(PATIENCE, listener.execute("SELECT 1")).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error,
                Err(_) => return silent(),
            },
        }
    }
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
