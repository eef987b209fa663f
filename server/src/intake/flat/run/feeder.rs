//! Reads the file on a thread of its own and hands over batches; never more than a few are in memory.

use super::{
    super::{
        emit::Origin,
        engine::{self, DataRows, Engine, Made, Outcome},
        plan::Plan,
        reject::Reject,
    },
    ImportError,
};
use crate::domain::{
    event::{ReadTerms, read},
    receipt::{Inbound, Refusal},
};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::PathBuf,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(super) enum Batch {
    /// The first readings are done.
    Surveyed { rows: u64, file_hash: [u8; 32] },
    /// Rows and what came of them.
    Rows(Rows),
}

#[derive(Default)]
pub(super) struct Rows {
    pub(super) items: Vec<Item>,
    pub(super) rejects: Vec<Reject>,
    pub(super) tally: Tally,
    pub(super) last: bool,
}

pub(super) struct Item {
    /// Line of the file, or of the group's last row.
    pub(super) row: u64,
    pub(super) inbound: Inbound,
}

#[derive(Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) passed_over: u64,
    pub(super) without_event: u64,
    pub(super) groups: u64,
}

pub(super) struct Feeder {
    pub(super) path: PathBuf,
    pub(super) terms: ReadTerms,
    pub(super) batch: usize,
    pub(super) stop: CancellationToken,
}

/// Hashes what passes through.
struct Hashing<R> {
    input: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

impl Feeder {
    pub(super) fn run(&self, plan: Plan, to: &mpsc::Sender<Batch>) -> Result<(), ImportError> {
        let file = plan.file.clone();
        let mut input = self.hashing()?;
        let (mut rows, header) =
            engine::open(&mut input, &file).map_err(|error| self.error(error))?.map_err(ImportError::Header)?;
        let mut engine = Engine::new(plan, header).map_err(ImportError::Header)?;
        let mut count = 0;
        while let Some(row) = rows.next_row().map_err(|error| self.error(error))? {
            engine.count(&row);
            count += 1;
            if self.stop.is_cancelled() {
                return Ok(());
            }
        }
        drop(rows);
        let file_hash = input.hash.finalize().into();
        if engine.has_references() {
            let mut input = self.hashing()?;
            let mut rows = self.rows(&mut input, &engine)?;
            while let Some(row) = rows.next_row().map_err(|error| self.error(error))? {
                engine.keep(&row);
            }
        }
        if to.blocking_send(Batch::Surveyed { rows: count, file_hash }).is_err() {
            return Ok(());
        }
        self.feed(&mut engine, &file_hash, to)
    }

    fn feed(&self, engine: &mut Engine, file_hash: &[u8; 32], to: &mpsc::Sender<Batch>) -> Result<(), ImportError> {
        let mut input = self.hashing()?;
        let mut rows = self.rows(&mut input, engine)?;
        let mut batch = Rows::default();
        let mut line = 0;
        while let Some(row) = rows.next_row().map_err(|error| self.error(error))? {
            line = row.line;
            let outcome = engine.take(&row);
            batch.tally.rows += 1;
            self.add(outcome, line, &mut batch);
            if batch.items.len() >= self.batch
                && (self.stop.is_cancelled() || to.blocking_send(Batch::Rows(std::mem::take(&mut batch))).is_err())
            {
                return Ok(());
            }
        }
        drop(rows);
        let seen: [u8; 32] = input.hash.finalize().into();
        if seen != *file_hash {
            return Err(ImportError::Changed);
        }
        self.add(engine.finish(), line, &mut batch);
        batch.last = true;
        // Nobody listens any more: the run has failed, and says so itself.
        let _ = to.blocking_send(Batch::Rows(batch));
        Ok(())
    }

    fn add(&self, outcome: Outcome, row: u64, batch: &mut Rows) {
        batch.tally.groups += outcome.groups;
        batch.tally.passed_over += u64::from(outcome.passed_over);
        batch.rejects.extend(outcome.rejects);
        for made in outcome.made {
            let inbound = match made {
                Made::Refused(refusal) => Inbound::Refused(refusal),
                Made::Event(bytes, origins) => match read(&bytes, &self.terms) {
                    Ok(event) => Inbound::Event(Box::new(event)),
                    Err(refusal) => {
                        let (refusal, reject) = placed(*refusal, &origins, row);
                        batch.rejects.push(reject);
                        Inbound::Refused(Box::new(refusal))
                    }
                },
            };
            batch.items.push(Item { row, inbound });
        }
    }

    fn hashing(&self) -> Result<Hashing<BufReader<File>>, ImportError> {
        let file = File::open(&self.path).map_err(|error| self.error(error))?;
        Ok(Hashing { input: BufReader::with_capacity(1 << 16, file), hash: Sha256::new() })
    }

    fn rows<R: Read>(&self, input: R, engine: &Engine) -> Result<DataRows<R>, ImportError> {
        let opened = engine::open(input, &engine.plan().file).map_err(|error| self.error(error))?;
        Ok(opened.map_err(|_| ImportError::Changed)?.0)
    }

    fn error(&self, source: io::Error) -> ImportError {
        ImportError::File { path: self.path.clone(), source }
    }
}

/// The domain speaks of a place in the event; people look for one in their file.
fn placed(mut refusal: Refusal, origins: &[Origin], row: u64) -> (Refusal, Reject) {
    let pointer = refusal.place.clone().unwrap_or_default();
    let origin = origins.iter().filter(|origin| pointer.starts_with(origin.pointer.as_str())).max_by_key(|o| o.pointer.len());
    let reject = Reject {
        row: origin.map_or(row, |origin| origin.row),
        column: origin.map(|origin| origin.column.clone()).unwrap_or_default(),
        value: String::new(),
        code: refusal.code,
        reason: refusal.reason.clone(),
    };
    refusal.place = Some(reject.place());
    (refusal, reject)
}
