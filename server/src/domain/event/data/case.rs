//! `case.*`, `dispute.*`, `notification.sent`

use super::values::{Amount, Code, Name, Note};
use schemars::JsonSchema;
use serde::Deserialize;

/// A service case or a dispute was opened or settled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CaseData {
    /// The case's number.
    pub number: Name,
    /// What it is about, coded.
    pub reason: Option<Code>,
    /// The invoice in dispute.
    pub invoice: Option<Name>,
    /// The amount in dispute.
    pub amount: Option<Amount>,
    /// How it was settled, coded.
    pub resolution: Option<Code>,
    /// In words.
    pub note: Option<Note>,
}

/// The customer was told something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct NotificationData {
    /// `email`, `sms`, `portal`, …
    pub channel: Code,
    /// What about: `delay`, `delivered`, …
    pub topic: Option<Code>,
    /// In words.
    pub note: Option<Note>,
}
