//! Archives of events' bodies: files beside the database, each of one month (docs/adr/0032-bodies-move-their-events-stay.md).

pub mod file;

use super::StoreError;
use crate::domain::month::Month;
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    path::PathBuf,
};

/// An archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Where it is.
    pub file: PathBuf,
    /// Of which month.
    pub month: Month,
    /// Sequence of the first event whose body is in it.
    pub first_seq: i64,
    /// Sequence of the last one.
    pub last_seq: i64,
    /// How many.
    pub events: u64,
    /// How long it is.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Vec<u8>,
}

/// What goes into archives, and where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Whole months before this one whose bodies stay in the database.
    pub months: u32,
    /// Where archives are written.
    pub folder: PathBuf,
    /// Bodies of a file, at most.
    pub at_once: u32,
    /// Bytes of bodies that go into one file: no more, but for the last of them. They are in memory meanwhile.
    pub bytes: usize,
}

/// What a step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Something, and there is more: go on after this event.
    More(i64),
    /// All that is to be archived is.
    Done,
}

/// Moves bodies of work that is over into archives, and tells what is in them.
#[async_trait]
pub trait ArchiveStore: Send + Sync {
    /// Goes on with moving bodies, after this event.
    async fn archive(&self, terms: &Retention, after: i64) -> Result<Step, StoreError>;
    /// All archives, month after month.
    async fn archives(&self) -> Result<Vec<Archived>, StoreError>;
}

/// Looks for bodies of one shipment, and remembers what it has read of each file.
pub struct Search<'s> {
    shipment: &'s str,
    read: BTreeMap<PathBuf, file::Bodies>,
}

impl<'s> Search<'s> {
    /// For this shipment.
    pub fn of(shipment: &'s str) -> Self {
        Self { shipment, read: BTreeMap::new() }
    }

    /// The body of an event that is in one of these files, and in which.
    pub fn find(&mut self, files: &[String], seq: i64) -> Result<(String, String), StoreError> {
        let mut failed = None;
        for file in files {
            let bodies = match self.read.entry(file.into()) {
                Entry::Occupied(read) => read.into_mut(),
                Entry::Vacant(place) => match file::read(place.key(), self.shipment) {
                    Ok(found) => place.insert(found.unwrap_or_default()),
                    // It may be in another one as well.
                    Err(error) => {
                        failed = Some(error);
                        continue;
                    }
                },
            };
            if let Some(body) = bodies.get(&seq) {
                return Ok((body.clone(), file.clone()));
            }
        }
        Err(failed.unwrap_or_else(|| StoreError::Archive {
            file: files.join(", "),
            cause: format!("the body of event {seq} is not in it"),
        }))
    }
}
