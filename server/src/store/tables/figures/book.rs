//! The open work in memory, so that adding it up takes no look into the database but for what changed. It is of exactly the state of
//! the transaction that it was brought up with: triggers write down what changed in the commit that changed it.

mod ended;
mod episodes;
mod load;
mod names;
mod shelf;
mod sum;

use self::{
    episodes::Episodes,
    load::What,
    names::Names,
    shelf::{ByShipment, Excepted, Shelf, Shipped},
};
use crate::{
    domain::exception::ExceptionKind,
    store::{
        StoreError,
        figures::{self, Adding, MeasureQuery, Wait, Waits},
        sql::{self, Connection, Reader, Session, query_as},
        tables::{Database, intake::Memory},
    },
};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};

/// Changes that are followed one by one; with more of them all is read again.
const FOLLOWED: i64 = 20_000;
/// Names that may be known; some of them are of what no longer waits.
const NAMES: usize = 300_000;

/// The open work, for all who read this database.
#[derive(Clone, Default)]
pub(in crate::store::tables) struct Book(Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    /// The state it is of; none: never read.
    state: Option<State>,
    names: Names,
    shipments: Shelf<Shipped>,
    exceptions: ByShipment,
    episodes: Episodes,
}

/// Which state of the database.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    /// The last change.
    seq: i64,
    /// Rows may have other numbers after the file was written anew.
    schema: i64,
}

/// The book, open at the state of a transaction.
pub(super) struct Reading<'b>(MutexGuard<'b, Pages>);

impl Book {
    /// Begins to read and brings the book up. Nobody waits for the book with a transaction in hand, so whoever holds it gets one,
    /// and that one is never behind it.
    pub(super) async fn read<'b>(&'b self, pool: &Reader) -> Result<(Connection, Reading<'b>), StoreError> {
        let mut pages = self.0.lock().await;
        let mut transaction = pool.begin().await?;
        pages.follow(&mut transaction).await?;
        Ok((transaction, Reading(pages)))
    }
}

/// Takes changes away that nobody will follow one by one any more. The last ones stay, so that none gets a number a second time.
pub(super) async fn forget(database: &Database) -> Result<(), StoreError> {
    let (first, last): (i64, i64) =
        query_as("SELECT coalesce((SELECT min(seq) FROM open_changes), 0), coalesce((SELECT max(seq) FROM open_changes), 0)")
            .fetch_one(&database.read)
            .await?;
    if last - first < 4 * FOLLOWED {
        return Ok(());
    }
    // A part at a time, so that nobody waits for it.
    let until = (last - FOLLOWED).min(first + FOLLOWED);
    let work = move |connection: &Session, _: &mut Memory| {
        sql::execute(connection, "DELETE FROM open_changes WHERE seq < ?1", [until]).map(drop)
    };
    database.writer.run_step(work).await.map(drop)
}

impl Pages {
    async fn follow(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let now = load::state(connection).await?;
        let Some(held) = self.state.filter(|held| held.schema == now.schema && (0..=FOLLOWED).contains(&(now.seq - held.seq)))
        else {
            return self.begin(connection, now).await;
        };
        if held.seq == now.seq {
            return Ok(());
        }
        // Half of the changes would be worse than none.
        self.state = None;
        let Some(changed) = load::changed(connection, held.seq).await?.filter(|_| self.names.len() < NAMES) else {
            return self.begin(connection, now).await;
        };
        changed.shipments.iter().for_each(|row| self.shipments.remove(*row));
        changed.exceptions.iter().for_each(|row| self.exceptions.remove(*row));
        self.take(connection, &What::These(changed)).await?;
        self.state = Some(now);
        Ok(())
    }

    async fn begin(&mut self, connection: &mut Connection, now: State) -> Result<(), StoreError> {
        *self = Self::default();
        self.take(connection, &What::All).await?;
        self.state = Some(now);
        Ok(())
    }

    async fn take(&mut self, connection: &mut Connection, what: &What) -> Result<(), StoreError> {
        load::shipments(connection, what, |row, told| self.shipments.put(row, Shipped::read(&mut self.names, told))).await?;
        let told = |row, told: &_| {
            self.exceptions.put(row, Excepted::read(&mut self.names, told)?);
            Ok(())
        };
        load::exceptions(connection, what, told).await?;
        load::episodes(connection, what, |told| self.episodes.put(&mut self.names, told)).await
    }
}

impl Reading<'_> {
    /// What waits, added up; none: lanes are not in the book.
    pub(super) fn waits(&self, query: &MeasureQuery, wait: Wait, how: &Adding) -> Option<Waits> {
        sum::waits(&self.0, query, wait, how)
    }

    /// What became of exceptions; none: lanes are not in the book.
    pub(super) fn episodes(&self, query: &MeasureQuery, kind: Option<ExceptionKind>) -> Option<figures::Episodes> {
        sum::episodes(&self.0, query, kind)
    }

    /// How many shipments are under way; none: lanes are not in the book.
    pub(super) fn under_way(&self, query: &MeasureQuery) -> Option<u64> {
        sum::under_way(&self.0, query)
    }
}
