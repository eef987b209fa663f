//! The rows of lists for files: what the page shows, without its pages.

use super::{
    desk::{DeskStore, allowed, answer, sight},
    exceptions, quarantine, shipments,
    words::Words,
};
use crate::{clock::Clock, domain::access::Permission};
use app::{
    error::AppError,
    model::{ExceptionFilter, ExceptionRow, QuarantineFilter, QuarantineRow, ShipmentFilter, ShipmentRow},
    ports::{self, Caller, FileRows},
};
use async_trait::async_trait;
use std::sync::Arc;

/// Rows of a file at most.
pub(super) const MOST: u32 = 10_000;

/// The port over a store.
pub struct Files {
    store: Arc<dyn DeskStore>,
    clock: Clock,
}

impl Files {
    /// Over this store.
    pub fn new(store: Arc<dyn DeskStore>, clock: Clock) -> Self {
        Self { store, clock }
    }
}

/// One more than are taken has been asked for.
fn cut<R, T>(mut records: Vec<R>, row: impl Fn(R) -> T) -> FileRows<T> {
    let more = records.len() > MOST as usize;
    records.truncate(MOST as usize);
    FileRows { rows: records.into_iter().map(row).collect(), more }
}

#[async_trait]
impl ports::Files for Files {
    async fn shipments(&self, caller: &Caller, filter: ShipmentFilter) -> Result<FileRows<ShipmentRow>, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let words = Words::new(actor, self.clock.now());
        let query = shipments::query(&filter, sight(actor), words.now)?;
        let records = self.store.shipments(&query, None, MOST + 1).await.map_err(answer)?;
        Ok(cut(records, |record| shipments::row(record, words)))
    }

    async fn exceptions(&self, caller: &Caller, filter: ExceptionFilter) -> Result<FileRows<ExceptionRow>, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let words = Words::new(actor, self.clock.now());
        let query = exceptions::query::read(&filter, sight(actor), exceptions::act::sign_in_name(actor), words.now)?;
        let page = self.store.exceptions(&query, None, MOST).await.map_err(answer)?;
        let more = page.next.is_some();
        Ok(FileRows { rows: page.rows.into_iter().map(|record| exceptions::row(record, words)).collect(), more })
    }

    async fn quarantine(&self, caller: &Caller, filter: QuarantineFilter) -> Result<FileRows<QuarantineRow>, AppError> {
        let actor = allowed(caller, Permission::ReadQuarantine)?;
        let words = Words::new(actor, self.clock.now());
        let query = quarantine::query(&filter, sight(actor))?;
        let records = self.store.quarantined(&query, None, MOST + 1).await.map_err(answer)?;
        Ok(cut(records, |record| quarantine::row(record, words)))
    }
}
