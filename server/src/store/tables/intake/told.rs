//! What each writer tells the next of what it changed: they doubt what they remember of that, and nothing else
//! (docs/adr/0037-writers-tell-what-they-changed.md).

use super::subjects::{State, Subject, Subjects};
use crate::{
    domain::event::SubjectKind,
    store::{
        StoreError,
        sql::{self, Session, params},
    },
};
use foldhash::HashSet;

#[cfg(test)]
mod tests;

/// Accounts that are kept. Who has been away for longer doubts everything.
const KEPT: i64 = 200;
/// How many are written before those of before are forgotten.
const FORGET_AFTER: u32 = 50;

/// How far this process has read what others told.
#[derive(Default)]
pub(super) struct Told {
    /// The last account that was there.
    read_to: Option<i64>,
    /// The mark of what nobody told.
    untold: i64,
    /// Accounts of its own since it last forgot.
    written: u32,
}

/// Rows that others changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    shipments: HashSet<i64>,
    orders: HashSet<i64>,
}

type Account = (i64, bool, Vec<u8>, Vec<u8>);

impl Told {
    /// What others have changed since this was asked last; none: nobody knows.
    pub(super) fn ask(&mut self, connection: &Session) -> Result<Option<Changes>, StoreError> {
        let Some(turns) = connection.turns() else { return Ok(None) };
        let all_told = std::mem::replace(&mut self.untold, turns.untold) == turns.untold;
        let Some(read_to) = self.read_to.filter(|_| all_told) else {
            let last: Option<(i64,)> = sql::optional(connection, "SELECT n FROM turn_changes ORDER BY n DESC LIMIT 1", ())?;
            self.read_to = last.map(|(n,)| n);
            return Ok(None);
        };
        let accounts: Vec<Account> = sql::all(
            connection,
            "SELECT n, holder <> ?2, shipments, orders FROM turn_changes WHERE n >= ?1 ORDER BY n",
            params![read_to, turns.holder],
        )?;
        self.read_to = accounts.last().map(|(n, ..)| *n);
        // If the one that was read last is forgotten, others after it may be.
        let none_forgotten = accounts.first().is_some_and(|(n, ..)| *n == read_to);
        Ok(none_forgotten.then(|| Changes::of(&accounts[1..])))
    }

    /// Tells others what is about to be written.
    pub(super) fn tell(&mut self, connection: &Session, subjects: &Subjects) -> Result<(), StoreError> {
        let Some(turns) = connection.turns() else { return Ok(()) };
        let [shipments, orders] = [SubjectKind::Shipment, SubjectKind::Order].map(|kind| {
            let of_kind = subjects.all.iter().filter(|subject| subject.changed && subject.state.kind() == kind);
            // Nobody remembers one that is new.
            packed(of_kind.filter_map(|subject| subject.row))
        });
        if shipments.is_empty() && orders.is_empty() {
            return Ok(());
        }
        self.written += 1;
        let insert = "INSERT INTO turn_changes (holder, shipments, orders) VALUES (?1, ?2, ?3)";
        sql::later(connection, insert, params![turns.holder, shipments, orders])
    }

    /// Forgets what is told to nobody any more, now and then.
    pub(super) fn forget(&mut self, connection: &Session) -> Result<(), StoreError> {
        if self.written >= FORGET_AFTER {
            self.written = 0;
            let sql = "DELETE FROM turn_changes WHERE n <= (SELECT max(n) FROM turn_changes) - ?1";
            sql::execute(connection, sql, [KEPT])?;
        }
        Ok(())
    }
}

impl Changes {
    fn of(accounts: &[Account]) -> Self {
        let others = || accounts.iter().filter(|(_, of_another, ..)| *of_another);
        Self {
            shipments: others().flat_map(|(_, _, shipments, _)| unpacked(shipments)).collect(),
            orders: others().flat_map(|(.., orders)| unpacked(orders)).collect(),
        }
    }

    /// Whether this is of a subject.
    pub(super) fn is_of(&self, subject: &Subject) -> bool {
        let rows = match subject.state {
            State::Shipment(_) => &self.shipments,
            State::Order(_) => &self.orders,
        };
        subject.row.is_none_or(|row| rows.contains(&row))
    }
}

fn packed(rows: impl Iterator<Item = i64>) -> Vec<u8> {
    let mut rows: Vec<i64> = rows.collect();
    rows.sort_unstable();
    rows.into_iter().flat_map(i64::to_le_bytes).collect()
}

fn unpacked(bytes: &[u8]) -> impl Iterator<Item = i64> {
    bytes.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes))
}
