use super::{Accounts, AccountsError};
use crate::domain::{
    access::Actor,
    account::{ApiKey, SecretHash, Session},
    ids::ApiKeyId,
    time::Instant,
};
use std::sync::Arc;

pub use crate::domain::account::Person;

/// A person's presence is written down this often at most.
const SEEN_EVERY: i64 = Instant::MINUTE;

/// A key's use is written down this often at most.
const USED_EVERY: i64 = 5 * Instant::MINUTE;

/// A signed-in person.
#[derive(Debug)]
pub struct SessionIdentity {
    /// The person as one who acts.
    pub actor: Arc<Actor>,
    /// The session.
    pub session: Session,
    /// What it is found by.
    pub token: SecretHash,
}

/// A key in force.
#[derive(Debug)]
pub struct KeyIdentity {
    /// The key as one who acts.
    pub actor: Arc<Actor>,
    /// Its id.
    pub id: ApiKeyId,
    expires_at: Option<Instant>,
}

impl Accounts {
    /// The person behind a session's token, if the session has not ended. Counts as a sign of life.
    pub async fn by_session(self: &Arc<Self>, token: &str) -> Result<Option<Arc<SessionIdentity>>, AccountsError> {
        let (hash, now, rights) = (SecretHash::of(token), self.clock.now(), self.rights());
        if let Some(identity) = self.sessions.get(&hash, now, rights) {
            return Ok(self.lasts(&identity.session, now).then_some(identity));
        }
        let Some(identity) = self.session_in_store(hash, now).await? else { return Ok(None) };
        if now.since(identity.session.seen_at) >= SEEN_EVERY {
            let accounts = Arc::clone(self);
            // Nobody waits for this commit; a lost one only shortens an idle session by a minute.
            tokio::spawn(async move {
                if let Err(error) = accounts.stores.sessions.seen(hash, now).await {
                    tracing::debug!(%error, "a session's last sign of life was not written down");
                }
            });
        }
        let identity = Arc::new(identity);
        self.sessions.put(hash, Arc::clone(&identity), now, rights);
        Ok(Some(identity))
    }

    /// Whether a session still lasts, without being a sign of life: a page left open is nobody at the desk.
    pub async fn session_lasts(&self, token: SecretHash) -> Result<bool, AccountsError> {
        Ok(self.session_in_store(token, self.clock.now()).await?.is_some())
    }

    async fn session_in_store(&self, token: SecretHash, now: Instant) -> Result<Option<SessionIdentity>, AccountsError> {
        let found = self.stores.sessions.session(token).await?;
        let found = found.filter(|(session, person)| self.lasts(session, now) && !person.disabled);
        Ok(found.map(|(session, person)| SessionIdentity { actor: Arc::new(person.actor()), session, token }))
    }

    fn lasts(&self, session: &Session, now: Instant) -> bool {
        now < session.expires_at && now.since(session.seen_at) < self.terms.session_idle
    }

    /// The key behind a secret, if it is in force.
    pub async fn by_key(self: &Arc<Self>, secret: &str) -> Result<Option<Arc<KeyIdentity>>, AccountsError> {
        let (hash, now, rights) = (SecretHash::of(secret), self.clock.now(), self.rights());
        if let Some(identity) = self.keys.get(&hash, now, rights) {
            return Ok(identity.expires_at.is_none_or(|end| now < end).then_some(identity));
        }
        let Some(key) = self.stores.keys.key(hash).await?.filter(|key| key.in_force(now)) else { return Ok(None) };
        let identity = Arc::new(KeyIdentity { actor: Arc::new(key.actor()), id: key.id.clone(), expires_at: key.expires_at });
        self.keys.put(hash, Arc::clone(&identity), now, rights);
        self.remember_use(&key, now);
        Ok(Some(identity))
    }

    fn remember_use(self: &Arc<Self>, key: &ApiKey, now: Instant) {
        if key.last_used_at.is_some_and(|last| now.since(last) < USED_EVERY) {
            return;
        }
        let (accounts, id) = (Arc::clone(self), key.id.clone());
        tokio::spawn(async move {
            if let Err(error) = accounts.stores.keys.used(id, now).await {
                tracing::debug!(%error, "a key's last use was not written down");
            }
        });
    }
}
