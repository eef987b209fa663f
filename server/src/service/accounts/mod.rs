//! People, sign-ins and keys: who is who, and who may change that. Every change is authorised here and leaves a line in the audit
//! trail.

mod cache;
mod identify;
mod keys;
mod passwords;
mod people;
mod sign_in;
mod throttle;

pub use identify::{KeyIdentity, Person, SessionIdentity};
pub use keys::NewKey;
pub use passwords::Passwords;
pub use people::{NewPerson, PersonPatch};
pub use sign_in::{SignIn, SignInRefusal, SignedIn};

use self::{cache::Cache, throttle::Throttle};
use crate::{
    clock::Clock,
    config::Settings,
    domain::{
        access::{Actor, Forbidden},
        account::SecretHash,
        time::Instant,
    },
    store::{
        StoreError,
        accounts::{KeyStore, PeopleStore, SessionStore, TriesStore},
        audit::Note,
    },
};
use std::sync::Arc;
use tokio::sync::watch;

/// Why an account could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The actor may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// There is no such account, or none that the actor may see.
    #[error("there is no such account")]
    NotFound,
    /// The name is taken, or somebody changed the account first.
    #[error("{0}")]
    Conflict(String),
    /// A field cannot be so.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// Why not.
        problem: String,
    },
    /// The store is busy or away.
    #[error("the accounts cannot be reached just now")]
    Unavailable,
}

impl AccountsError {
    fn invalid(field: &'static str, problem: impl ToString) -> Self {
        Self::Invalid { field, problem: problem.to_string() }
    }
}

impl From<StoreError> for AccountsError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Conflict(what) => Self::Conflict(what),
            StoreError::Busy | StoreError::Collision | StoreError::Closed => Self::Unavailable,
            other => {
                tracing::error!(error = ?other, "the accounts could not be read or written");
                Self::Unavailable
            }
        }
    }
}

/// Where accounts are kept.
#[derive(Clone)]
pub struct AccountStores {
    /// People.
    pub people: Arc<dyn PeopleStore>,
    /// Sign-ins.
    pub sessions: Arc<dyn SessionStore>,
    /// Keys.
    pub keys: Arc<dyn KeyStore>,
    /// Failed sign-ins.
    pub tries: Arc<dyn TriesStore>,
}

/// How long sign-ins last, and how often one may fail.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Without a request, in microseconds.
    pub session_idle: i64,
    /// In any case, in microseconds.
    pub session_longest: i64,
    /// Failed sign-ins of one name before it waits.
    pub failures_per_name: u32,
    /// Failed sign-ins of one address before it waits.
    pub failures_per_address: u32,
    /// The longest wait, in microseconds.
    pub longest_wait: i64,
    /// Zone of new people.
    pub time_zone: String,
}

impl From<&Settings> for Terms {
    fn from(settings: &Settings) -> Self {
        Self {
            session_idle: i64::from(settings.session_idle_minutes) * Instant::MINUTE,
            session_longest: i64::from(settings.session_hours) * Instant::HOUR,
            failures_per_name: settings.sign_in_failures_per_name,
            failures_per_address: settings.sign_in_failures_per_address,
            longest_wait: i64::from(settings.sign_in_longest_wait_minutes) * Instant::MINUTE,
            time_zone: settings.time_zone.clone(),
        }
    }
}

/// The use cases around accounts.
pub struct Accounts {
    stores: AccountStores,
    terms: Terms,
    clock: Clock,
    passwords: Passwords,
    names: Throttle,
    addresses: Throttle,
    sessions: Cache<SecretHash, Arc<SessionIdentity>>,
    keys: Cache<SecretHash, Arc<KeyIdentity>>,
    /// Changes when another process took something back.
    rights: watch::Receiver<u64>,
}

impl Accounts {
    /// Over these stores.
    pub fn new(stores: AccountStores, terms: Terms, clock: Clock) -> Self {
        Self {
            names: Throttle::new(stores.tries.clone(), terms.failures_per_name, terms.longest_wait),
            addresses: Throttle::new(stores.tries.clone(), terms.failures_per_address, terms.longest_wait),
            sessions: Cache::default(),
            keys: Cache::default(),
            passwords: Passwords::default(),
            rights: stores.sessions.rights_changed(),
            stores,
            terms,
            clock,
        }
    }

    /// Changes when another process took a session or a key back, or changed what somebody may do.
    pub fn rights_changed(&self) -> watch::Receiver<u64> {
        self.rights.clone()
    }

    /// How often others took something back so far: what was read before is not believed after.
    fn rights(&self) -> u64 {
        *self.rights.borrow()
    }

    fn note(&self, actor: &Actor, action: &'static str, subject: String, detail: &serde_json::Value) -> Note {
        Note {
            at: self.clock.now(),
            environment: actor.environment,
            actor: actor.name.clone(),
            action,
            subject,
            reason: String::new(),
            detail: detail.to_string(),
        }
    }
}
