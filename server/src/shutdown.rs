//! Stopping in order: a signal, then what is under way may end, then the rest is left.

use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What a task needs to know about stopping. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    token: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Nothing has been asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops at the first SIGTERM or SIGINT; a second one ends the process at once.
    pub fn on_signals(&self) -> std::io::Result<()> {
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let token = self.token.clone();
        tokio::spawn(async move {
            for first in [true, false] {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = int.recv() => {}
                }
                if first {
                    tracing::info!("stopping: no new connections, waiting for requests under way");
                    token.cancel();
                } else {
                    tracing::warn!("stopping at once: asked a second time");
                    #[expect(clippy::disallowed_methods, reason = "asked twice: at once means without an orderly end")]
                    std::process::exit(130);
                }
            }
        });
        Ok(())
    }

    /// Asks everybody to stop.
    pub fn begin(&self) {
        self.token.cancel();
    }

    /// Whether stopping has been asked for.
    pub fn begun(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Waits until stopping is asked for.
    pub async fn asked(&self) {
        self.token.cancelled().await;
    }

    /// The token, for those that select on it.
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Runs a task that stopping waits for. It has to watch [`Shutdown::asked`].
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    /// Waits until every task has ended, at most so long. Returns how many were left.
    pub async fn drain(&self, limit: Duration) -> usize {
        self.tasks.close();
        match tokio::time::timeout(limit, self.tasks.wait()).await {
            Ok(()) => 0,
            Err(_) => self.tasks.len(),
        }
    }
}
