//! People, their sign-ins, and the keys of sources.

use super::{
    access::{Actor, Environment, Grants, Role, Scope},
    ids::{ApiKeyId, SessionId, UserId},
    time::Instant,
};
use sha2::{Digest, Sha256};

/// Roles by the name they have in the database, in the API and on the command line.
pub const ROLES: [(&str, Role); 8] = [
    ("viewer", Role::Viewer),
    ("dispatcher", Role::Dispatcher),
    ("finance", Role::Finance),
    ("finance_lead", Role::FinanceLead),
    ("service", Role::Service),
    ("integration", Role::Integration),
    ("executive", Role::Executive),
    ("admin", Role::Admin),
];

/// A role's name.
pub fn role_code(role: Role) -> &'static str {
    ROLES.iter().find(|(_, r)| *r == role).map(|(code, _)| *code).expect("the table holds every role")
}

/// The role with this name; `finance-lead` is as good as `finance_lead`.
pub fn role_from_code(code: &str) -> Option<Role> {
    let code = code.replace('-', "_");
    ROLES.iter().find(|(name, _)| *name == code).map(|(_, role)| *role)
}

/// Why a name or a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(&'static str);

/// What a person signs in with, or a key is called: lower case, 2 to 64 of `a-z 0-9 . _ - @ +`, beginning with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// Reads a name; capitals become small letters.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let name = text.trim().to_lowercase();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-@+".contains(&b);
        if !(2..=64).contains(&name.len()) || !name.bytes().all(plain) || !name.as_bytes()[0].is_ascii_alphanumeric() {
            return Err(BadName("a name has 2 to 64 letters, digits or . _ - @ + and begins with a letter or a digit"));
        }
        Ok(Self(name))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// CloudEvents sources that a key may send as: one by name, or with a trailing `*` all that begin so.
pub fn check_source_pattern(pattern: &str) -> Result<(), BadName> {
    let start = pattern.strip_suffix('*').unwrap_or(pattern);
    let plain = !start.contains('*') && !pattern.chars().any(|c| c.is_control() || c.is_whitespace());
    if pattern.is_empty() || pattern.len() > 256 || !plain {
        return Err(BadName("a source is 1 to 256 characters without spaces; only its end may be *"));
    }
    Ok(())
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: UserId,
    /// What the person signs in with.
    pub name: AccountName,
    /// What the person may do.
    pub role: Role,
    /// On which rows.
    pub scope: Scope,
    /// In which environment.
    pub environment: Environment,
    /// Zone in which times are shown.
    pub time_zone: String,
    /// May not sign in.
    pub disabled: bool,
    /// Since when.
    pub created_at: Instant,
    /// For optimistic concurrency.
    pub version: i64,
}

impl Person {
    /// The person as one who acts.
    pub fn actor(&self) -> Actor {
        Actor {
            name: format!("user:{}", self.name.as_str()),
            grants: Grants::Role(self.role),
            scope: self.scope.clone(),
            environment: self.environment,
            time_zone: self.time_zone.clone(),
        }
    }
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Where it came from.
    pub address: String,
    /// Since when.
    pub created_at: Instant,
    /// Last request, to the minute.
    pub seen_at: Instant,
    /// Ends then, whatever is seen.
    pub expires_at: Instant,
}

/// A source's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Id.
    pub id: ApiKeyId,
    /// What it is called.
    pub name: AccountName,
    /// The secret's beginning.
    pub prefix: String,
    /// Sources that it may send as.
    pub sources: Vec<String>,
    /// On which rows.
    pub scope: Scope,
    /// In which environment.
    pub environment: Environment,
    /// Since when.
    pub created_at: Instant,
    /// Who made it.
    pub created_by: String,
    /// Until when.
    pub expires_at: Option<Instant>,
    /// Taken back.
    pub revoked_at: Option<Instant>,
    /// Last request, to five minutes.
    pub last_used_at: Option<Instant>,
}

impl ApiKey {
    /// Whether it opens anything at this instant.
    pub fn in_force(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// The key as one who acts.
    pub fn actor(&self) -> Actor {
        Actor {
            name: format!("key:{}", self.name.as_str()),
            grants: Grants::Sources(self.sources.clone()),
            scope: self.scope.clone(),
            environment: self.environment,
            time_zone: "UTC".into(),
        }
    }
}

/// SHA-256 of a secret of at least 128 random bits: what is kept of session tokens and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// Of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).into())
    }
}

/// Whether `inner` holds nothing that `outer` does not: who makes an account can give away only what they have.
pub fn scope_within(inner: &Scope, outer: &Scope) -> bool {
    let within = |inner: &Option<Vec<String>>, outer: &Option<Vec<String>>| match (inner, outer) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => inner.iter().all(|value| outer.contains(value)),
    };
    within(&inner.regions, &outer.regions) && within(&inner.business_units, &outer.business_units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_small_and_plain() {
        assert_eq!(AccountName::parse(" Amira.K ").expect("a good name").as_str(), "amira.k");
        for bad in ["", "a", "-ab", "a b", "ä-umlaut", &"x".repeat(65)] {
            assert!(AccountName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_source_pattern_has_its_star_at_the_end() {
        assert!(["tms/eu", "tms/*", "*"].iter().all(|p| check_source_pattern(p).is_ok()));
        assert!(["", "t*s", "tms eu", "**"].iter().all(|p| check_source_pattern(p).is_err()));
    }

    #[test]
    fn a_scope_is_within_another_only_if_it_adds_nothing() {
        let scope = |regions: Option<&[&str]>| Scope {
            regions: regions.map(|r| r.iter().map(ToString::to_string).collect()),
            business_units: None,
        };
        let (eu, both) = (scope(Some(&["EU"])), scope(Some(&["EU", "US"])));
        assert!(scope_within(&eu, &both) && scope_within(&eu, &Scope::ALL) && scope_within(&eu, &eu));
        assert!(!scope_within(&both, &eu) && !scope_within(&Scope::ALL, &both));
    }
}
