//! What people do with exceptions, and what comes of it.

use serde::{Deserialize, Serialize};

/// Something a person can do with an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionAction {
    /// Take it, or give it to somebody.
    Assign,
    /// Say something.
    Comment,
    /// Hide it from the queue until a time; its age goes on.
    Snooze,
    /// Say that it is solved, and how; the effect is still waited for.
    Claim,
    /// Take the word back.
    Reopen,
    /// Accept it as it is.
    Waive,
}

impl ExceptionAction {
    /// All actions.
    pub const ALL: [Self; 6] = [Self::Assign, Self::Comment, Self::Snooze, Self::Claim, Self::Reopen, Self::Waive];

    /// As in forms, the API and the audit trail.
    pub fn code(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Comment => "comment",
            Self::Snooze => "snooze",
            Self::Claim => "claim",
            Self::Reopen => "reopen",
            Self::Waive => "waive",
        }
    }

    /// The action with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

/// An action on one exception or on a frozen set of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionAct {
    /// What to do.
    pub action: ExceptionAction,
    /// On which: (id, version that the person saw).
    pub on: Vec<(String, i64)>,
    /// Assign: the sign-in name (`me` for the actor), empty for nobody.
    #[serde(default)]
    pub assignee: String,
    /// Snooze: hours from now, 1 to 720.
    #[serde(default)]
    pub hours: u32,
    /// Or until when (RFC 3339), at most 30 days from now.
    #[serde(default)]
    pub until: Option<String>,
    /// Comment, or the reason.
    #[serde(default)]
    pub note: String,
}

/// Taking back what was done with exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionUndo {
    /// Which: (id, version that came of what was done).
    pub on: Vec<(String, i64)>,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// What an action came to for one exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionActed {
    /// Which.
    pub id: String,
    /// The version that came of it, by which it is undone; none if it was not done.
    #[serde(default)]
    pub version: Option<i64>,
    /// Why it was not done; none if it was.
    pub problem: Option<String>,
}
