//! The policy in force: contracts, expectations, tolerances.

use super::Moment;
use serde::{Deserialize, Serialize};

/// One billing contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRow {
    /// Customer code; `*` for all without a contract of their own.
    pub customer: String,
    /// As people call it.
    pub name: String,
    /// Days of dispatch that it covers, in words: `from 1 Jan 2026`, `always`.
    pub covers: String,
    /// What it asks for before billing, in words: `POD received`, `Charges rated`.
    pub conditions: Vec<String>,
}

/// One value of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyValue {
    /// Its path in the file: `expectations.pod_grace`.
    pub path: String,
    /// Its value in words.
    pub value: String,
    /// It is other than built in.
    pub changed: bool,
}

/// One version of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyStep {
    /// From 1.
    pub version: i64,
    /// When it came in force.
    pub at: Moment,
    /// Who put it there.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What it changed, in words: `expectations.pod_grace: 24 → 12`; the first twenty.
    pub changes: Vec<String>,
}

/// The Configuration page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// In force; 0 is built in.
    pub version: i64,
    /// Billing contracts by customer.
    pub contracts: Vec<ContractRow>,
    /// Expectations, tolerances and deviations, contracts left out.
    pub values: Vec<PolicyValue>,
    /// Versions, the latest first.
    pub history: Vec<PolicyStep>,
    /// The whole as TOML, to be saved, edited and put in force.
    pub toml: String,
    /// The viewer may put another one in force.
    pub may_change: bool,
    /// When this was read.
    pub as_of: Moment,
}
