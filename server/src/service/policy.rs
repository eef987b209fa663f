//! The policy: contracts, expectations, tolerances. Read, checked, compared and put in force, version by version.

use super::text::typed;
pub use crate::store::config::PolicyVersion;
use crate::{
    domain::{
        access::{Actor, Forbidden, Permission},
        policy::Policy,
    },
    store::{
        StoreError,
        config::{ConfigStore, NewPolicy},
    },
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

mod mapping;
pub mod sections;
pub mod view;

/// Versions of one page of the history.
pub const MOST: u32 = 50;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// The policy's use cases.
pub struct Policies {
    store: Arc<dyn ConfigStore>,
}

/// Why the policy could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The actor may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Somebody put another version in force first.
    #[error("{0}")]
    Conflict(String),
    /// It cannot be so.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// Why not.
        problem: String,
    },
    /// The policy has no section of this name.
    #[error("the policy has no such section")]
    NoSuchSection,
    /// The store is busy or away.
    #[error("the policy cannot be reached just now")]
    Unavailable,
}

impl From<StoreError> for PolicyError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(what) => Self::Conflict(what),
            cause => {
                tracing::error!(error.cause = ?cause, "the policy could not be read or written");
                Self::Unavailable
            }
        }
    }
}

/// One value that two policies have differently.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Change {
    /// Where: `expectations.pod_grace`, `contracts[C100 from 2026-01-01].pod`.
    pub path: String,
    /// Before; none if it was not there.
    pub old: Option<String>,
    /// After; none if it is gone.
    pub new: Option<String>,
}

fn invalid(field: &'static str, problem: impl Into<String>) -> PolicyError {
    PolicyError::Invalid { field, problem: problem.into() }
}

/// Refuses a policy that can be read and yet not be used.
fn sound(policy: &Policy) -> Result<(), PolicyError> {
    let problems = policy.problems();
    if problems.is_empty() { Ok(()) } else { Err(invalid("policy", problems.join("; "))) }
}

/// Reads a policy written as TOML.
pub fn read_toml(text: &str) -> Result<Policy, PolicyError> {
    toml::from_str(text).map_err(|error| PolicyError::Invalid { field: "policy", problem: error.to_string() })
}

/// Reads a policy written as JSON.
pub fn read_json(value: Value) -> Result<Policy, PolicyError> {
    serde_json::from_value(value).map_err(|error| PolicyError::Invalid { field: "policy", problem: error.to_string() })
}

impl Policies {
    /// Over this store.
    pub fn new(store: Arc<dyn ConfigStore>) -> Self {
        Self { store }
    }

    /// The policy in force in the actor's environment.
    pub async fn current(&self, actor: &Actor) -> Result<PolicyVersion, PolicyError> {
        actor.require(Permission::ReadConfig)?;
        Ok(self.store.policy(actor.environment).await?)
    }

    /// Versions before this one, the latest first.
    pub async fn history(&self, actor: &Actor, before: Option<i64>) -> Result<Vec<PolicyVersion>, PolicyError> {
        actor.require(Permission::ReadConfig)?;
        Ok(self.store.policies(actor.environment, before, MOST).await?)
    }

    /// What would change. Nothing is written.
    pub async fn compare(&self, actor: &Actor, policy: &Policy) -> Result<Vec<Change>, PolicyError> {
        sound(policy)?;
        Ok(changes(&self.current(actor).await?.policy, policy))
    }

    /// Puts a policy in force in place of the version that the actor saw.
    pub async fn put(&self, actor: &Actor, replaces: i64, policy: Policy, reason: &str) -> Result<PolicyVersion, PolicyError> {
        actor.require(Permission::ChangeConfig)?;
        self.replace(actor, replaces, policy, reason).await
    }

    /// One section of the policy in force, with its version.
    pub async fn section(&self, actor: &Actor, kind: &str) -> Result<(i64, Value), PolicyError> {
        let current = self.current(actor).await?;
        let value = whole(&current.policy).remove(kind).ok_or(PolicyError::NoSuchSection)?;
        Ok((current.version, value))
    }

    /// Puts a policy in force that has another value in one section and is otherwise as the version that the actor saw.
    pub async fn put_section(
        &self,
        actor: &Actor,
        replaces: i64,
        (kind, value): (&str, Value),
        reason: &str,
    ) -> Result<(i64, Vec<Change>), PolicyError> {
        actor.require(Permission::ChangeConfig)?;
        let current = self.store.policy(actor.environment).await?;
        if current.version != replaces {
            return Err(PolicyError::Conflict(format!("version {} was put in force meanwhile", current.version)));
        }
        let mut sections = whole(&current.policy);
        *sections.get_mut(kind).ok_or(PolicyError::NoSuchSection)? = value;
        let policy = read_json(Value::Object(sections))?;
        let changes = changes(&current.policy, &policy);
        Ok((self.replace(actor, replaces, policy, reason).await?.version, changes))
    }

    async fn replace(&self, actor: &Actor, replaces: i64, policy: Policy, reason: &str) -> Result<PolicyVersion, PolicyError> {
        let reason = typed("reason", reason).map_err(|error| invalid("reason", error.to_string()))?;
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(invalid("reason", "say why, in at most 500 characters; it stands in the history"));
        }
        sound(&policy)?;
        let (environment, actor_name) = (actor.environment, actor.name.clone());
        let new = NewPolicy { environment, replaces, policy, actor: actor_name, reason };
        self.store.put_policy(new).await?;
        Ok(self.store.policy(environment).await?)
    }
}

/// Every value that differs, by its path.
pub fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let (old, new) = (flat(old), flat(new));
    let paths: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |path: &String| Change { path: path.clone(), old: old.get(path).cloned(), new: new.get(path).cloned() };
    paths.into_iter().map(change).filter(|change| change.old != change.new).collect()
}

/// The policy's sections by their names.
fn whole(policy: &Policy) -> serde_json::Map<String, Value> {
    match serde_json::to_value(policy) {
        Ok(Value::Object(sections)) => sections,
        _ => unreachable!("a policy is plain data, and an object"),
    }
}

fn flat(policy: &Policy) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let whole = serde_json::to_value(policy).expect("a policy is plain data");
    flatten(String::new(), &whole, &mut values);
    values
}

/// What an entry of a list is known by.
fn name_of(item: &Value) -> Option<&str> {
    ["customer", "sources", "match", "code", "name"].into_iter().find_map(|name| item.get(name)?.as_str())
}

fn flatten(path: String, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(path, member, into);
            }
        }
        // Contracts are told by whom they are for, not by their place in the file; so is whatever else has a name.
        Value::Array(items) if !items.is_empty() && items.iter().all(|item| name_of(item).is_some()) => {
            for item in items {
                let from = item.get("from").and_then(Value::as_str).map(|from| format!(" from {from}")).unwrap_or_default();
                flatten(format!("{path}[{}{from}]", name_of(item).unwrap_or_default()), item, into);
            }
        }
        Value::String(text) => drop(into.insert(path, text.clone())),
        other => drop(into.insert(path, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_by_its_path() {
        let old = read_toml("[[contracts]]\ncustomer = \"C1\"\npod = \"received\"\n").expect("reads");
        let new = read_toml(
            "[expectations]\npod_grace = 12\n[[contracts]]\ncustomer = \"C2\"\nfrom = \"2026-01-01\"\n[[contracts]]\ncustomer = \"C1\"\npod = \"signed\"\n",
        )
        .expect("reads");
        let told = changes(&old, &new);
        let find = |path: &str| told.iter().find(|change| change.path == path);
        let pod = find("contracts[C1].pod").expect("changed");
        assert_eq!((pod.old.as_deref(), pod.new.as_deref()), (Some("received"), Some("signed")));
        let grace = find("expectations.pod_grace").expect("changed");
        assert_eq!((grace.old.as_deref(), grace.new.as_deref()), (Some("24"), Some("12")));
        let added = find("contracts[C2 from 2026-01-01].customer").expect("added");
        assert_eq!((added.old.as_deref(), added.new.as_deref()), (None, Some("C2")));
        assert!(find("contracts[C1].customer").is_none(), "the order of the file is no difference");
        assert!(changes(&new, &new).is_empty());
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        for (text, named) in
            [("[expectations]\npod_graze = 1", "pod_graze"), ("[[contracts]]\npod = \"none\"", "customer"), ("x", "line 1")]
        {
            let error = read_toml(text).expect_err("wrong").to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
