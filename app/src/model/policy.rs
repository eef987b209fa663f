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
    /// What it changed, in words: `expectations.pod_grace: 24 → 12`; the first twenty, and how many more.
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

/// A part of the policy: contracts, expectations, ….
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySection {
    /// Its name in the file and the address.
    pub name: String,
    /// As people read it.
    pub label: String,
    /// What it decides, in a sentence.
    pub explained: String,
    /// What it lists, or its values.
    pub entries: u64,
    /// Values that are other than built in.
    pub changed: u64,
}

/// What a section's page is asked for; each field is a query parameter of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SectionFilter {
    /// Words that a row has to have.
    pub q: Option<String>,
    /// Which page of rows, from 1.
    pub page: Option<u32>,
}

/// One section of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySectionView {
    /// Which.
    pub section: PolicySection,
    /// The version in force; 0 is built in.
    pub version: i64,
    /// Contracts, in the section of contracts.
    pub contracts: Vec<ContractRow>,
    /// Values, in every other section.
    pub values: Vec<PolicyValue>,
    /// Rows that match, on all pages.
    pub total: u64,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// Versions that changed this section, the latest first.
    pub history: Vec<PolicyStep>,
    /// The section as TOML.
    pub toml: String,
    /// The viewer may put another one in force.
    pub may_change: bool,
    /// When this was read.
    pub as_of: Moment,
}

/// A section that somebody would like to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionDraft {
    /// Which section.
    pub section: String,
    /// As TOML.
    pub toml: String,
    /// The version that it was made from.
    pub replaces: i64,
    /// Why; needed to put it in force.
    pub reason: String,
    /// To be put in force, not only looked at.
    pub put: bool,
}

/// What a draft came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DraftOutcome {
    /// It is sound. What would change, in words; nothing was saved.
    Sound(Vec<String>),
    /// It cannot be so.
    Wrong(String),
    /// Somebody put another version in force meanwhile: who, and what it changed, in words.
    Overtaken(Vec<String>),
    /// It is in force as this version.
    Put(i64),
}

/// A draft with what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftAnswer {
    /// As it was sent.
    pub draft: SectionDraft,
    /// What it came to.
    pub outcome: DraftOutcome,
}
