//! Work on many exceptions at once: a frozen set, shown and counted before anything is done, and a result for each.

use super::{ExceptionAction, ExceptionFilter, ExceptionKind, Moment, Sums};
use serde::{Deserialize, Serialize};

/// What a job does with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Gives it to somebody.
    Assign,
    /// Says something.
    Comment,
    /// Hides it from the queue until a time.
    Snooze,
    /// Says that it is solved.
    Claim,
    /// Takes back that it is solved, snoozed or waived.
    Reopen,
    /// Accepts it as it is.
    Waive,
    /// Puts back what another job changed.
    Undo,
}

impl BulkAction {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Assign, Self::Comment, Self::Snooze, Self::Claim, Self::Reopen, Self::Waive, Self::Undo];

    /// What a person asked to have done with each.
    pub fn of(action: ExceptionAction) -> Self {
        match action {
            ExceptionAction::Assign => Self::Assign,
            ExceptionAction::Comment => Self::Comment,
            ExceptionAction::Snooze => Self::Snooze,
            ExceptionAction::Claim => Self::Claim,
            ExceptionAction::Reopen => Self::Reopen,
            ExceptionAction::Waive => Self::Waive,
        }
    }

    /// As in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Comment => "comment",
            Self::Snooze => "snooze",
            Self::Claim => "claim",
            Self::Reopen => "reopen",
            Self::Waive => "waive",
            Self::Undo => "undo",
        }
    }

    /// The action with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkState {
    /// Its set is frozen; nothing was done yet.
    Prepared,
    /// Is being done.
    Running,
    /// Stopped, to go on later.
    Paused,
    /// Stopped for good; what was done stays done.
    Cancelled,
    /// Each was tried.
    Finished,
}

impl BulkState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Prepared, Self::Running, Self::Paused, Self::Cancelled, Self::Finished];

    /// As in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Finished => "finished",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Prepared => "Not started",
            Self::Running => "Running",
            Self::Paused => "Paused",
            Self::Cancelled => "Cancelled",
            Self::Finished => "Finished",
        }
    }

    /// The state with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What a person does with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkTurn {
    /// Starts it, or lets it go on.
    Start,
    /// Stops it, to go on later.
    Pause,
    /// Stops it for good.
    Cancel,
    /// Prepares another job that puts back what this one changed.
    Undo,
}

impl BulkTurn {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Start, Self::Pause, Self::Cancel, Self::Undo];

    /// As in the API and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Pause => "pause",
            Self::Cancel => "cancel",
            Self::Undo => "undo",
        }
    }

    /// The turn with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|turn| turn.code() == code)
    }
}

/// What is to be prepared: one action on all that match a filter, or on chosen rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// What to do.
    pub action: ExceptionAction,
    /// On all that match, as they are now; `view` and `after` say nothing here.
    #[serde(default)]
    pub filter: Option<ExceptionFilter>,
    /// Or on these: (id, version that the person saw). Those that are not there are left out of the set.
    #[serde(default)]
    pub on: Vec<(String, i64)>,
    /// Assign: the sign-in name (`me` for the actor), empty for nobody.
    #[serde(default)]
    pub assignee: String,
    /// Snooze: hours from the start, 1 to 720.
    #[serde(default)]
    pub hours: u32,
    /// Snooze: in place of hours until this time, as [`ExceptionAct::until`](super::ExceptionAct) has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Comment, or the reason.
    #[serde(default)]
    pub note: String,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkJob {
    /// Waybill's id (UUIDv7).
    pub id: String,
    /// What it does with each.
    pub action: BulkAction,
    /// The same in words: `Give to amira`.
    pub what: String,
    /// Comment, or the reason.
    pub note: String,
    /// Address of the list that it was taken from; none for chosen rows.
    pub chosen: Option<String>,
    /// Where it stands.
    pub state: BulkState,
    /// Why it was paused, if nobody did.
    pub problem: Option<String>,
    /// Exceptions in its frozen set.
    pub items: u64,
    /// Of them, those with which it can be done as they were when it was prepared.
    pub possible: u64,
    /// Shipments that they hold, each counted once.
    pub shipments: u64,
    /// Money that waits, each shipment's once.
    pub money: Sums,
    /// Done so far.
    pub done: u64,
    /// Tried and left alone.
    pub refused: u64,
    /// Whether and how it can be undone, in words.
    pub undo: String,
    /// The job that this one undoes.
    pub undoes: Option<String>,
    /// The latest job that undoes this one.
    pub undone_by: Option<String>,
    /// Who prepared it.
    pub prepared_by: String,
    /// When.
    pub prepared: Moment,
    /// Who started it last.
    pub started_by: Option<String>,
    /// When it was first started.
    pub started: Option<Moment>,
    /// When it ended.
    pub ended: Option<Moment>,
    /// What the reader may do with it now.
    pub may: Vec<BulkTurn>,
    /// When this was read.
    pub as_of: Moment,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkResult {
    /// Not tried yet.
    Waiting,
    /// Done.
    Done,
    /// Left alone.
    Refused,
}

/// One exception of a job's set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItem {
    /// The exception's id.
    pub exception: String,
    /// What went wrong; none if it is out of sight now.
    pub kind: Option<ExceptionKind>,
    /// The cause in words.
    pub detail: String,
    /// The shipment: (id, reference).
    pub shipment: Option<(String, String)>,
    /// What became of it.
    pub result: BulkResult,
    /// Why it was left alone.
    pub problem: Option<String>,
}
