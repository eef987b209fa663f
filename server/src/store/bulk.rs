//! Work on many exceptions at once: a frozen set, done in steps that survive a restart, with a result for each.

use super::{
    StoreError,
    exceptions::{Acted, Deed, ExceptionQuery, Standing},
    shipments::Sight,
};
use crate::domain::{access::Scope, exception::ExceptionKind, money::Money, time::Instant};
pub use app::model::{BulkAction, BulkState};
use async_trait::async_trait;
use std::time::Duration;

/// What a job does with each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What.
    pub action: BulkAction,
    /// Assign: whom to; empty for nobody.
    pub assignee: String,
    /// Snooze: for so many hours from the start, unless a time was asked for.
    pub hours: u32,
    /// The comment or the reason.
    pub note: String,
}

impl Task {
    /// What is done with one, in a job that is under way. What is put back is each one's own.
    pub fn deed(&self, until: Instant, goal: Option<Standing>) -> Option<Deed> {
        Some(match self.action {
            BulkAction::Assign => Deed::Assign(self.assignee.clone()),
            BulkAction::Comment => Deed::Comment,
            BulkAction::Snooze => Deed::Snooze(until),
            BulkAction::Claim => Deed::Claim,
            BulkAction::Reopen => Deed::Reopen,
            BulkAction::Waive => Deed::Waive,
            BulkAction::Undo => Deed::Restore(goal?),
        })
    }
}

/// Which exceptions a job is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// All that match.
    Matching(Box<ExceptionQuery>),
    /// These, of the versions that the person saw.
    Rows(Vec<(String, i64)>),
    /// Those that this job changed.
    DoneBy(String),
}

/// A job to be prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBulk {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// Who prepares it, as in the audit trail.
    pub actor: String,
    /// What to do.
    pub task: Task,
    /// Snooze: until then, if not for so many hours.
    pub until: Option<Instant>,
    /// On which.
    pub chosen: Chosen,
    /// Address of the list that they were taken from; empty for none.
    pub list: String,
    /// Now.
    pub now: Instant,
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRecord {
    /// Id.
    pub id: String,
    /// Who prepared it.
    pub actor: String,
    /// Who started it last; empty for nobody yet.
    pub starter: String,
    /// What it does.
    pub task: Task,
    /// Snooze: until then, if that was asked for or it was started.
    pub until: Option<Instant>,
    /// Address of the list that it was taken from.
    pub list: String,
    /// The job that it undoes.
    pub undoes: Option<String>,
    /// The latest job that undoes it.
    pub undone_by: Option<String>,
    /// Where it stands.
    pub state: BulkState,
    /// Why it was paused, if nobody did.
    pub problem: String,
    /// Some of them become waived.
    pub waives: bool,
    /// Undoing it makes some of them waived again.
    pub undo_waives: bool,
    /// Exceptions in its set.
    pub items: u64,
    /// Of them, those with which it could be done when it was prepared.
    pub possible: u64,
    /// Shipments that they hold, each once.
    pub shipments: u64,
    /// Money that waits, each shipment's once, one amount a currency.
    pub money: Vec<Money>,
    /// Done so far.
    pub done: u64,
    /// Tried and left alone.
    pub refused: u64,
    /// When it was prepared.
    pub prepared_at: Instant,
    /// When it was first started.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

/// One exception of a job's set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkItemRecord {
    /// Its place in the set.
    pub place: i64,
    /// The exception.
    pub exception_id: String,
    /// What it is about, if it is in sight: kind, cause in words, shipment's id, reference or item.
    pub about: Option<(ExceptionKind, String, Option<String>, String)>,
    /// What became of it; none if it was not tried.
    pub acted: Option<Acted>,
}

/// Which of a job's set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkItems {
    /// All.
    All,
    /// Those that were tried and left alone.
    Refused,
}

/// Moving a job on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Rows that the actor may see; a started job touches no others.
    pub sight: Sight,
    /// Who.
    pub actor: String,
    /// Which job.
    pub id: String,
    /// Running, paused or cancelled.
    pub to: BulkState,
    /// Whether a job that they start may waive, and take back what was waived.
    pub may_waive: bool,
    /// Now.
    pub now: Instant,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    /// No job is running.
    Idle,
    /// So many were tried, and it took the writer so long.
    Tried(u32, Duration),
}

/// A job that nobody started in this time is forgotten.
pub const NEVER_STARTED: i64 = Instant::DAY;

/// Prepares jobs, does them, and tells how they stand. A job is seen by those whose scope covers the one it was prepared or
/// started in.
#[async_trait]
pub trait BulkStore: Send + Sync {
    /// Freezes and counts the set. Nothing of it is done yet. [`StoreError::NotFound`] if there is nothing in it.
    async fn prepare_bulk(&self, new: NewBulk) -> Result<BulkRecord, StoreError>;
    /// A job.
    async fn bulk_job(&self, sight: &Sight, id: &str) -> Result<BulkRecord, StoreError>;
    /// The latest jobs, the latest first.
    async fn bulk_jobs(&self, sight: &Sight, limit: u32) -> Result<Vec<BulkRecord>, StoreError>;
    /// A part of a job's set, after a place.
    async fn bulk_items(
        &self,
        sight: &Sight,
        id: &str,
        which: BulkItems,
        after: i64,
        limit: u32,
    ) -> Result<Vec<BulkItemRecord>, StoreError>;
    /// Moves a job on; to where it stands already is no change. [`StoreError::Conflict`] where it cannot go.
    async fn move_bulk(&self, step: Move) -> Result<BulkRecord, StoreError>;
    /// Tries the next of some running job, at most so many, in one transaction.
    async fn step_bulk(&self, limit: u32) -> Result<Stepped, StoreError>;
    /// Waits until a job may have been started. Only a hint.
    async fn bulk_started(&self);
}

/// Whether a job in the scope `of` is seen by readers of the scope `by`.
pub fn covers(by: &Scope, of: &Scope) -> bool {
    let all = |by: &Option<Vec<String>>, of: &Option<Vec<String>>| match (by, of) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(by), Some(of)) => of.iter().all(|value| by.contains(value)),
    };
    all(&by.regions, &of.regions) && all(&by.business_units, &of.business_units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_what_lies_inside() {
        let scope = |regions: Option<&[&str]>| Scope {
            regions: regions.map(|all| all.iter().map(|one| (*one).to_owned()).collect()),
            business_units: None,
        };
        let (all, eu, both) = (scope(None), scope(Some(&["EU"])), scope(Some(&["EU", "US"])));
        for (by, of, seen) in
            [(&all, &eu, true), (&eu, &all, false), (&both, &eu, true), (&eu, &both, false), (&eu, &eu, true), (&all, &all, true)]
        {
            assert_eq!(covers(by, of), seen, "{by:?} {of:?}");
        }
    }
}
