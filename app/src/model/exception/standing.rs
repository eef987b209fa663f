//! How bad an exception is, whose it is, and how far it has come.

use serde::{Deserialize, Serialize};

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To know.
    Low,
    /// To do.
    Medium,
    /// To do today.
    High,
    /// Money is being lost now.
    Critical,
}

impl Severity {
    /// As in URLs, the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

/// Whose queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Dispatch and carriers.
    Logistics,
    /// Billing, charges, postings.
    Finance,
    /// Sources, mappings, the ERP's connection.
    Integration,
    /// Cases and disputes.
    Service,
}

impl Queue {
    /// All queues.
    pub const ALL: [Self; 4] = [Self::Logistics, Self::Finance, Self::Integration, Self::Service];

    /// As in URLs, the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Logistics => "logistics",
            Self::Finance => "finance",
            Self::Integration => "integration",
            Self::Service => "service",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Logistics => "Logistics",
            Self::Finance => "Finance",
            Self::Integration => "Integration",
            Self::Service => "Customer service",
        }
    }

    /// The queue with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.code() == code)
    }
}

/// Where an exception stands. Only the business effect closes it: nobody can declare it done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionState {
    /// Waits for its cause to go away.
    Open,
    /// Somebody says it is solved; its cause is still there.
    Claimed,
    /// Its cause went away: the effect was seen.
    Verified,
    /// Somebody with the right accepted it as it is, with a reason.
    Waived,
}

impl ExceptionState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Claimed, Self::Verified, Self::Waived];

    /// As in URLs, the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Verified => "verified",
            Self::Waived => "waived",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Claimed => "Said to be solved",
            Self::Verified => "Solved",
            Self::Waived => "Waived",
        }
    }

    /// The state with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}
