//! The audit trail: who did what, why, to what. Written in the transaction of the change itself.

use super::StoreError;
use crate::domain::{access::Environment, time::Instant};
use async_trait::async_trait;

/// A line to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Instant,
    /// In which environment.
    pub environment: Environment,
    /// Who: `user:amira`, `key:tms-eu`, `system:projector`.
    pub actor: String,
    /// What: `user.add`, `api_key.revoke`.
    pub action: &'static str,
    /// To what: `user:amira`; empty for many.
    pub subject: String,
    /// Why, in the actor's words.
    pub reason: String,
    /// What else, as JSON. Never secrets.
    pub detail: String,
}

/// A line as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the trail.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// What else, as JSON.
    pub detail: String,
}

/// Which lines, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// In which environment.
    pub environment: Environment,
    /// Only of this subject.
    pub subject: Option<String>,
    /// Only older than this place.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// Reads the trail; nobody rewrites it.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// The lines of a selection.
    async fn entries(&self, selection: Selection) -> Result<Vec<Entry>, StoreError>;
}
