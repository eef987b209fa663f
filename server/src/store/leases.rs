//! Who does which of Waybill's own work, of all the processes that serve one database.

use super::StoreError;
use async_trait::async_trait;
use std::time::Duration;

/// Work that one process does at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Looking again at shipments whose time has come.
    Timers,
    /// Bulk jobs, step by step.
    Bulk,
    /// Folding what is measured.
    Figures,
    /// Looking after sources that are expected to speak.
    Sources,
    /// Telling others through a broker.
    Notices,
    /// Moving bodies of old events into archives.
    Archive,
    /// Telling a demonstration's past.
    Past,
    /// Keeping a demonstration moving.
    Demo,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Timers, Self::Bulk, Self::Figures, Self::Sources, Self::Notices, Self::Archive, Self::Past, Self::Demo];

    /// As it is written.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Timers => "timers",
            Self::Bulk => "bulk",
            Self::Figures => "figures",
            Self::Sources => "sources",
            Self::Notices => "notices",
            Self::Archive => "archive",
            Self::Past => "past",
            Self::Demo => "demo",
        }
    }
}

/// The time in which a duty is one process's: what it writes under this token is refused once somebody else has the duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    /// Of what.
    pub duty: Duty,
    /// One more at each change of the holder.
    pub token: i64,
}

/// Leases, by the database's clock: nobody's own clock says who has one.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Takes the duties that nobody has, and keeps those that the holder has, for so long from now. Answers all that it has.
    /// An embedded database is one process's: whoever asks has them until somebody else asks.
    async fn hold(&self, holder: &str, wanted: &[Duty], term: Duration) -> Result<Vec<Tenure>, StoreError>;
    /// Gives up whatever the holder has.
    async fn give_up(&self, holder: &str) -> Result<(), StoreError>;
    /// Whether one process has the database to itself, so that what it took need not be taken again.
    fn is_embedded(&self) -> bool;
    /// Sets the clock by the database's, if it is another machine's and they are far apart.
    async fn set_clock(&self) -> Result<(), StoreError>;
}
