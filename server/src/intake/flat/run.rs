//! A file through a mapping and the one door: in batches, going on where an earlier run was cut off.

mod feeder;
mod summary;

use super::{
    locate::MappingError,
    mapping::Mode,
    plan::Plan,
    reject::{Reject, RejectsFile},
};
use crate::{
    domain::{
        access::Actor,
        event::ReadTerms,
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
    },
    service::{
        imports::{ImportKey, ImportProgress, ImportRun, Imports, ImportsError},
        intake::{Intake, IntakeError},
    },
};
use feeder::{Batch, Feeder};
use std::{io, path::PathBuf};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use summary::Summary;

/// What to import, and how.
pub struct Import<'i> {
    /// Who imports.
    pub actor: &'i Actor,
    /// The file.
    pub file: PathBuf,
    /// The mapping's TOML.
    pub mapping: &'i str,
    /// Old data or news; the mapping's word if `None`.
    pub mode: Option<Mode>,
    /// The reader's terms.
    pub terms: ReadTerms,
    /// Where rejects are written.
    pub rejects: Option<PathBuf>,
    /// The one door.
    pub intake: &'i dyn Intake,
    /// Where interrupted runs are remembered; nowhere in a dry run.
    pub imports: Option<&'i Imports>,
    /// Events and refusals in one batch; [`BATCH`] is a good number.
    pub batch: usize,
    /// Told of each step.
    pub progress: &'i (dyn Fn(Progress) + Send + Sync),
    /// Ends the run after the batch at hand.
    pub stop: CancellationToken,
}

/// Events and refusals in one batch: a few commits' worth.
pub const BATCH: usize = 500;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Rows are counted and references noted.
    Surveyed {
        /// Rows of the file.
        rows: u64,
    },
    /// An earlier run had come so far.
    Resumed {
        /// Events that it committed.
        items: u64,
    },
    /// A batch was committed.
    Committed {
        /// Rows that are behind it.
        rows: u64,
    },
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file could not be read or written.
    #[error("cannot read or write {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The mapping is wrong.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The mapping and the file do not fit.
    #[error("{0}")]
    Header(String),
    /// The file changed while it was read.
    #[error("the file changed while it was read; run the import again")]
    Changed,
    /// The door is shut.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// Progress could not be kept.
    #[error(transparent)]
    Imports(#[from] ImportsError),
}

impl Import<'_> {
    /// Runs the import.
    pub async fn run(self) -> Result<Summary, ImportError> {
        let plan = Plan::parse(self.mapping)?;
        let history = self.mode.unwrap_or(plan.mode) == Mode::History;
        let mut summary = Summary::new(&plan.name);
        let feeder = Feeder { path: self.file.clone(), terms: self.terms, batch: self.batch, stop: self.stop.clone() };
        let (sender, mut batches) = mpsc::channel(2);
        let feeding = tokio::task::spawn_blocking(move || feeder.run(plan, &sender));
        let result = self.follow(&mut batches, history, &mut summary).await;
        // A failed submit leaves the feeder with nobody to feed: it notices, and ends.
        drop(batches);
        let fed = feeding.await.map_err(|error| self.io(io::Error::other(error)))?;
        result?;
        fed?;
        Ok(summary)
    }

    async fn follow(&self, batches: &mut mpsc::Receiver<Batch>, history: bool, summary: &mut Summary) -> Result<(), ImportError> {
        let mut rejects = match &self.rejects {
            Some(path) => {
                let file = std::fs::File::create(path).and_then(RejectsFile::new);
                Some((file.map_err(|source| ImportError::File { path: path.clone(), source })?, path))
            }
            None => None,
        };
        let mut run: Option<ImportRun> = None;
        while let Some(batch) = batches.recv().await {
            if let Batch::Surveyed { rows, file_hash } = batch {
                summary.file_rows = rows;
                (self.progress)(Progress::Surveyed { rows });
                if let Some(imports) = self.imports {
                    let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                    let key = ImportKey::new(self.actor, &file_hash, self.mapping, history);
                    let begun = imports.begin(self.actor, key, &summary.mapping, &name).await?;
                    if begun.progress.items > 0 {
                        (self.progress)(Progress::Resumed { items: begun.progress.items });
                        summary.resumed_at = begun.progress.items;
                        summary.progress = begun.progress;
                    }
                    run = Some(begun);
                }
                continue;
            }
            let Batch::Rows(rows) = batch else { continue };
            let mut told = rows.rejects;
            let items = rows.items.len() as u64;
            // What an earlier run has committed is not sent again.
            let skip = run.as_ref().map_or(0, |_| summary.resumed_at.saturating_sub(summary.items_seen).min(items));
            summary.items_seen += items;
            let fresh: Vec<_> = rows.items.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).collect();
            if !fresh.is_empty() {
                let (places, inbound): (Vec<_>, Vec<_>) = fresh.into_iter().map(|item| (item.row, item.inbound)).unzip();
                let receipts = self.submit(history, &inbound).await?;
                for (row, receipt) in places.into_iter().zip(&receipts) {
                    summary.progress.count(receipt);
                    told.extend(conflict(row, receipt));
                }
            }
            summary.take(&rows.tally, &told);
            if let Some((file, path)) = &mut rejects {
                for reject in &told {
                    file.add(reject).map_err(|source| ImportError::File { path: path.clone(), source })?;
                }
            }
            if let (Some(imports), Some(run)) = (self.imports, &mut run)
                && summary.items_seen > summary.resumed_at
            {
                summary.progress.items = summary.items_seen;
                imports.advance(self.actor, run, summary.progress).await?;
            }
            (self.progress)(Progress::Committed { rows: summary.rows });
            summary.complete = rows.last;
        }
        if let (Some(imports), Some(run), true) = (self.imports, &mut run, summary.complete) {
            summary.progress.items = summary.items_seen;
            imports.finish(self.actor, run, summary.progress).await?;
        }
        if let Some((file, path)) = rejects {
            file.finish().map_err(|source| ImportError::File { path: path.clone(), source })?;
        }
        Ok(())
    }

    /// Sends a batch, however long the queue is full.
    async fn submit(&self, history: bool, items: &[Inbound]) -> Result<Vec<Receipt>, ImportError> {
        let terms = IntakeTerms { environment: self.actor.environment, history, lane: Lane::Bulk };
        loop {
            match self.intake.submit(self.actor, terms, items.to_vec()).await {
                Err(IntakeError::Busy { retry_after }) if !self.stop.is_cancelled() => tokio::time::sleep(retry_after).await,
                result => return Ok(result?),
            }
        }
    }

    fn io(&self, source: io::Error) -> ImportError {
        ImportError::File { path: self.file.clone(), source }
    }
}

/// A conflict shows only at the door; the rejects file tells of it too.
fn conflict(row: u64, receipt: &Receipt) -> Option<Reject> {
    let Receipt::Conflict { .. } = receipt else { return None };
    let reason = "another event with this id was there before, and this one is no later record of it".to_owned();
    Some(Reject { row, column: String::new(), value: String::new(), code: "conflict", reason })
}
