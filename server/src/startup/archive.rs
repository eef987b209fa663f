//! Archives of bodies: who writes them, who looks after them.

use super::{Database, on_duty};
use crate::{
    config::{Role, Settings},
    http::Edge,
    ids,
    service::archives::Archives,
    store::{
        StoreError,
        archive::{ArchiveStore, Archived, Retention, file},
        leases::Duty,
    },
    worker,
};
use anyhow::Context;
use std::sync::Arc;

/// Bodies of a file, at most.
const AT_ONCE: u32 = 50_000;
/// Bytes of bodies of a file, about.
const BYTES: usize = 32 << 20;

/// What is to be archived, if anything is.
fn terms(settings: &Settings) -> anyhow::Result<Option<Retention>> {
    if settings.retention_months == 0 {
        return Ok(None);
    }
    let named = &settings.retention_folder;
    let folder = file::folder(named).with_context(|| format!("the folder of archives, {named}"))?;
    Ok(Some(Retention { months: settings.retention_months, folder, at_once: AT_ONCE, bytes: BYTES }))
}

/// Starts the look after archives, and their writing where it is this process's.
pub(super) fn attend(edge: &Edge, database: &Database) -> anyhow::Result<()> {
    let archives = Arc::<Archives>::default();
    edge.health.tell_of(archives.clone());
    let (store, stop) = (Arc::new(database.clone()), edge.shutdown.token().clone());
    let watched = Arc::clone(&archives);
    edge.shutdown.spawn(async move { watched.watch(store, stop).await });
    if let Some(terms) = terms(&edge.settings)?.filter(|_| edge.settings.roles.has(Role::Worker)) {
        on_duty(edge, database, Duty::Archive, move |database, stop| {
            worker::archive::run(database, terms.clone(), Arc::clone(&archives), stop)
        });
    }
    Ok(())
}

/// What is wrong with the folder of archives, if there is to be one: it cannot be written, or files in it are no archives of these.
pub fn folder(settings: &Settings, known: &[Archived]) -> anyhow::Result<(Option<StoreError>, Vec<file::Stranger>)> {
    let Some(terms) = terms(settings)? else { return Ok((None, Vec::new())) };
    let strangers = file::strangers(&terms.folder, known);
    match file::writable(&terms.folder, &ids::fresh()).and(strangers) {
        Ok(strangers) => Ok((None, strangers)),
        Err(error) => Ok((Some(error), Vec::new())),
    }
}

/// All archives of a database.
pub async fn all(database: &Database) -> Result<Vec<Archived>, StoreError> {
    database.archives().await
}

/// Passes if an archive is there and as long as it was.
pub fn glance(archived: &Archived) -> Result<(), StoreError> {
    file::glance(archived)
}

/// Passes if an archive is what was written.
pub fn verify(archived: &Archived) -> Result<(), StoreError> {
    file::verify(archived)
}
