//! What is configured: whole policies by version, appended and never changed.

use super::StoreError;
use crate::domain::{access::Environment, policy::Policy, time::Instant};
use async_trait::async_trait;
use std::sync::Arc;

/// One version of an environment's policy.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyVersion {
    /// From 1; 0 is the built-in one, which nobody put there.
    pub version: i64,
    /// The policy.
    pub policy: Arc<Policy>,
    /// Who put it there; empty for the built-in one.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
}

impl PolicyVersion {
    /// The built-in policy.
    pub fn built_in() -> Self {
        Self { version: 0, policy: Arc::new(Policy::default()), actor: String::new(), reason: String::new(), at: Instant(0) }
    }
}

/// A policy to be put in force.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPolicy {
    /// Whose world.
    pub environment: Environment,
    /// The version that it replaces: the one that the person saw.
    pub replaces: i64,
    /// The policy.
    pub policy: Policy,
    /// What the audit trail writes as the actor.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// Reads and changes what is configured.
#[async_trait]
pub trait ConfigStore: Send + Sync {
    /// The policy in force.
    async fn policy(&self, environment: Environment) -> Result<PolicyVersion, StoreError>;
    /// At most `limit` versions before this one (none: from the latest), the latest first.
    async fn policies(&self, environment: Environment, before: Option<i64>, limit: u32)
    -> Result<Vec<PolicyVersion>, StoreError>;
    /// Puts a policy in force and answers its version; [`StoreError::Conflict`] if another one was put meanwhile. Shipments are
    /// assessed by it from now on, and those that nothing happens to soon after, by the timers.
    async fn put_policy(&self, new: NewPolicy) -> Result<i64, StoreError>;
}
