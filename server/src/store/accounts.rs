//! People, sessions and keys. One method is one transaction, with its line in the audit trail.

use super::{StoreError, audit::Note};
use crate::domain::{
    account::{AccountName, ApiKey, Person, SecretHash, Session},
    ids::{ApiKeyId, UserId},
    time::Instant,
    tries::{Bounds, Tries, Whom},
};
use async_trait::async_trait;
use std::time::Duration;
use tokio::sync::watch;

/// A person's row may be changed only by somebody who has seen its latest version.
#[derive(Debug, Clone)]
pub struct PersonChange {
    /// The row as it shall be; `version` is the one that was seen.
    pub person: Person,
    /// A new password's hash.
    pub password_hash: Option<String>,
}

/// People.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// Everybody, by name.
    async fn people(&self) -> Result<Vec<Person>, StoreError>;
    /// One person with the hash of the password.
    async fn person(&self, name: &AccountName) -> Result<Option<(Person, String)>, StoreError>;
    /// Adds a person; [`StoreError::Conflict`] if the name is taken.
    async fn add_person(&self, person: Person, password_hash: String, note: Note) -> Result<(), StoreError>;
    /// Changes a person. A new password, and being disabled, ends every session.
    async fn change_person(&self, change: PersonChange, note: Note) -> Result<(), StoreError>;
}

/// Sign-ins.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Begins a session; ends the one that the browser had before, and forgets those that expired.
    async fn begin_session(
        &self,
        session: Session,
        token: SecretHash,
        replaced: Option<SecretHash>,
        note: Note,
    ) -> Result<(), StoreError>;
    /// The session of a token, with its person.
    async fn session(&self, token: SecretHash) -> Result<Option<(Session, Person)>, StoreError>;
    /// Remembers that the person was there.
    async fn seen(&self, token: SecretHash, at: Instant) -> Result<(), StoreError>;
    /// Changes when another process may have taken a session or a key back, or changed what a person may do.
    fn rights_changed(&self) -> watch::Receiver<u64>;
    /// Ends one session. That it was gone already is no error.
    async fn end_session(&self, token: SecretHash, note: Note) -> Result<(), StoreError>;
    /// Ends every session of a person; says how many there were.
    async fn end_sessions(&self, user: UserId, note: Note) -> Result<u64, StoreError>;
}

/// Failed sign-ins, of all processes together.
#[async_trait]
pub trait TriesStore: Send + Sync {
    /// What is held against somebody.
    async fn tries(&self, whom: &Whom) -> Result<Option<Tries>, StoreError>;
    /// Counts a try, unless they have to wait: the inner error.
    async fn admit_try(&self, whom: Whom, bounds: Bounds, now: Instant) -> Result<Result<(), Duration>, StoreError>;
    /// Holds nothing against them any more.
    async fn forget_tries(&self, whom: Whom) -> Result<(), StoreError>;
    /// Takes one try back.
    async fn forgive_try(&self, whom: Whom, bounds: Bounds) -> Result<(), StoreError>;
}

/// What keys ask for, of all processes together.
#[async_trait]
pub trait RateStore: Send + Sync {
    /// Takes so many requests of what a key may ask each second; false: it has asked for more than that. An embedded database,
    /// which one process has to itself, counts nothing.
    async fn take_requests(&self, key: &ApiKeyId, requests: u32, per_second: u32) -> Result<bool, StoreError>;
}

/// Keys of sources.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// All keys, by name, the revoked among them.
    async fn keys(&self) -> Result<Vec<ApiKey>, StoreError>;
    /// The key of a secret.
    async fn key(&self, secret: SecretHash) -> Result<Option<ApiKey>, StoreError>;
    /// Adds a key; [`StoreError::Conflict`] if one of this name is in force.
    async fn add_key(&self, key: ApiKey, secret: SecretHash, note: Note) -> Result<(), StoreError>;
    /// Takes a key back; [`StoreError::NotFound`] if none is in force under this id.
    async fn revoke_key(&self, id: ApiKeyId, at: Instant, note: Note) -> Result<(), StoreError>;
    /// Remembers that a key was used.
    async fn used(&self, id: ApiKeyId, at: Instant) -> Result<(), StoreError>;
}
