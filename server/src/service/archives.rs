//! Whether the archives of events' bodies are there: what is in them is asked for seldom, and should not be missed then.

use super::health::Companion;
use crate::store::{
    StoreError,
    archive::{ArchiveStore, Archived, file},
};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(60);

/// Looks after the archives.
#[derive(Debug, Default)]
pub struct Archives {
    /// What was wrong at the last look.
    trouble: Mutex<Option<String>>,
    /// Whether the last pass of this process could not move bodies.
    held_up: AtomicBool,
}

impl Archives {
    /// Looks until told to stop.
    pub async fn watch(&self, store: Arc<dyn ArchiveStore>, stop: CancellationToken) {
        loop {
            match store.archives().await {
                Ok(archives) => self.look(archives).await,
                Err(StoreError::Closed) => return,
                // The store's own health tells that.
                Err(error) => tracing::debug!(error.message = %error, "the archives could not be asked for"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Told by who moves bodies: whether that went well, or is no longer this process's work.
    pub fn moves(&self, well: bool) {
        self.held_up.store(!well, Ordering::Relaxed);
    }

    async fn look(&self, archives: Vec<Archived>) {
        let looked =
            tokio::task::spawn_blocking(move || archives.iter().filter_map(|archived| file::glance(archived).err()).collect());
        // Nothing is told of a look that did not end; the next one comes.
        let Ok(wrong): Result<Vec<StoreError>, _> = looked.await else { return };
        let words = wrong.first().map(|first| match wrong.len() {
            1 => first.to_string(),
            n => format!("{n} archives cannot be read; the first: {first}"),
        });
        let mut trouble = self.trouble.lock().expect("nothing panics while it holds this");
        if *trouble != words {
            match &words {
                Some(words) => tracing::error!(error.message = %words, "bodies of events are out of reach"),
                None => tracing::info!("all archives are there again"),
            }
        }
        *trouble = words;
    }
}

impl Companion for Archives {
    fn name(&self) -> &'static str {
        "archives"
    }

    fn state(&self) -> Result<(), String> {
        // Anybody may ask: the places are for the log.
        match &*self.trouble.lock().expect("nothing panics while it holds this") {
            Some(_) => Err("archives are missing or damaged: the log and `waybill archive verify` name them".into()),
            None if self.held_up.load(Ordering::Relaxed) => Err(
                "bodies cannot be archived, and stay where they are: the log says why, `waybill archive status` tries the folder"
                    .into(),
            ),
            None => Ok(()),
        }
    }
}
