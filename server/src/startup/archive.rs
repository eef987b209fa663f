//! Archives of bodies: who writes them, who looks after them.

use super::{Database, on_duty};
use crate::{
    config::{Role, Settings},
    http::Edge,
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

/// What is to be archived, if anything is.
fn terms(settings: &Settings) -> anyhow::Result<Option<Retention>> {
    if settings.retention_months == 0 {
        return Ok(None);
    }
    let named = &settings.retention_folder;
    let folder = file::folder(named).with_context(|| format!("the folder of archives, {named}"))?;
    Ok(Some(Retention { months: settings.retention_months, folder, at_once: AT_ONCE }))
}

/// Starts the look after archives, and their writing where it is this process's.
pub(super) fn attend(edge: &Edge, database: &Database) -> anyhow::Result<()> {
    let archives = Arc::<Archives>::default();
    edge.health.tell_of(archives.clone());
    let (store, stop) = (Arc::new(database.clone()), edge.shutdown.token().clone());
    edge.shutdown.spawn(async move { archives.watch(store, stop).await });
    if let Some(terms) = terms(&edge.settings)?.filter(|_| edge.settings.roles.has(Role::Worker)) {
        on_duty(edge, database, Duty::Archive, move |database, stop| worker::archive::run(database, terms.clone(), stop));
    }
    Ok(())
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
