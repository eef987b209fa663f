//! Whether a shipment may be billed.

use super::{Moment, Money, Queue};
use serde::{Deserialize, Serialize};

/// Whether a shipment may be billed, condition by condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Readiness {
    /// The contract that decides; none holds the shipment.
    pub contract: Option<String>,
    /// `Not due yet`, `Held by 3 conditions`, `Ready to invoice`, `Invoiced`.
    pub verdict: String,
    /// Every condition of the contract, unmet ones first.
    pub conditions: Vec<ReadinessCondition>,
    /// Money that waits.
    pub money: Option<Money>,
    /// Since when it waits (delivery).
    pub since: Option<Moment>,
    /// Where it stands in each of its lifecycles.
    pub lifecycles: Vec<LifecyclePlace>,
    /// The charges as they were rated last, line by line.
    pub charges: Vec<RatedCharge>,
    /// The archive that holds them, if it cannot be read.
    pub charges_away: Option<String>,
}

/// Where a shipment stands in one lifecycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecyclePlace {
    /// The lifecycle's stable code, such as `invoice`.
    pub lifecycle: String,
    /// The lifecycle in words: `Invoice`.
    pub title: String,
    /// The state's stable code, such as `released`.
    pub state: String,
    /// The state in words.
    pub label: String,
}

/// One rated charge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatedCharge {
    /// Charge code: `base`, `fuel`, `detention`.
    pub code: String,
    /// In words, if the rating said any.
    pub description: String,
    /// How much.
    pub amount: Money,
}

/// One condition for billing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadinessCondition {
    /// Stable code, such as `pod_signed`.
    pub code: String,
    /// In words: `Signed proof of delivery`.
    pub label: String,
    /// It holds.
    pub met: bool,
    /// Waived by a person: who and why.
    pub waived: Option<String>,
    /// The exception that tells of it, with its version, by which the reader may waive it.
    #[serde(default)]
    pub waivable: Option<(String, i64)>,
    /// Codes of the other unmet conditions that are waived with that exception too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waives_also: Vec<String>,
    /// Why the reader, who waives others, cannot waive it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwaivable: Option<String>,
    /// The exception with which it was waived: reopening that takes it back.
    #[serde(default)]
    pub waived_with: Option<String>,
    /// Whose move it is while unmet.
    pub owner: Queue,
    /// Since when it is unmet, or when it was met.
    pub since: Option<Moment>,
    /// What proves it, or what would release it, in words.
    pub evidence: String,
}
