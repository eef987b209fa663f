use super::{
    Accounts, AccountsError,
    people::{may_manage, reaches},
};
use crate::{
    domain::{
        access::{Actor, Environment, Permission, Scope},
        account::{AccountName, ApiKey, SecretHash, check_source_pattern},
        ids::ApiKeyId,
        time::Instant,
    },
    ids,
};
use serde_json::json;

/// What a key begins with, so that people and secret scanners recognise one.
const MARK: &str = "wb_";

/// As much of a key as is shown again: the mark and eight characters.
const SHOWN: usize = MARK.len() + 8;

/// Sources that one key may name.
const MOST_SOURCES: usize = 100;

/// A key to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What it shall be called.
    pub name: String,
    /// Sources that it may send as.
    pub sources: Vec<String>,
    /// On which rows.
    pub scope: Scope,
    /// In which environment; the actor's own if it is not told.
    pub environment: Option<Environment>,
    /// Until when.
    pub expires_at: Option<Instant>,
}

impl Accounts {
    /// The keys that the actor may manage.
    pub async fn keys(&self, actor: &Actor) -> Result<Vec<ApiKey>, AccountsError> {
        actor.require(Permission::ManageApiKeys)?;
        let keys = self.stores.keys.keys().await?;
        Ok(keys.into_iter().filter(|key| reaches(actor, key.environment, &key.scope)).collect())
    }

    /// Makes a key. Answers with its secret: it is told once.
    pub async fn add_key(&self, actor: &Actor, new: NewKey) -> Result<(ApiKey, String), AccountsError> {
        actor.require(Permission::ManageApiKeys)?;
        let now = self.clock.now();
        if new.sources.is_empty() || new.sources.len() > MOST_SOURCES {
            return Err(AccountsError::invalid("sources", "must be 1 to 100 patterns such as tms/eu or tms/*"));
        }
        for pattern in &new.sources {
            check_source_pattern(pattern).map_err(|e| AccountsError::invalid("sources", e))?;
        }
        if new.expires_at.is_some_and(|end| end <= now) {
            return Err(AccountsError::invalid("expires_at", "is in the past"));
        }
        let secret = format!("{MARK}{}", ids::secret());
        let key = ApiKey {
            id: ApiKeyId(ids::fresh_at(now)),
            name: AccountName::parse(&new.name).map_err(|e| AccountsError::invalid("name", e))?,
            prefix: secret[..SHOWN].to_owned(),
            sources: new.sources,
            scope: new.scope,
            environment: new.environment.unwrap_or(actor.environment),
            created_at: now,
            created_by: actor.name.clone(),
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        may_manage(actor, key.environment, &key.scope)?;
        let detail = json!({
            "name": key.name.as_str(),
            "prefix": key.prefix,
            "sources": key.sources,
            "regions": key.scope.regions,
            "business_units": key.scope.business_units,
            "environment": key.environment.code(),
            "expires_at": key.expires_at,
        });
        let note = self.note(actor, "api_key.add", subject(&key), &detail);
        self.stores.keys.add_key(key.clone(), SecretHash::of(&secret), note).await?;
        Ok((key, secret))
    }

    /// Takes a key back, by its id or by the name of the one in force.
    pub async fn revoke_key(&self, actor: &Actor, id_or_name: &str) -> Result<ApiKey, AccountsError> {
        let mut keys = self.keys(actor).await?.into_iter().filter(|key| key.revoked_at.is_none());
        let mut key =
            keys.find(|key| key.id.as_str() == id_or_name || key.name.as_str() == id_or_name).ok_or(AccountsError::NotFound)?;
        let now = self.clock.now();
        let note = self.note(actor, "api_key.revoke", subject(&key), &json!({ "name": key.name.as_str() }));
        self.stores.keys.revoke_key(key.id.clone(), now, note).await?;
        self.keys.clear();
        key.revoked_at = Some(now);
        Ok(key)
    }
}

fn subject(key: &ApiKey) -> String {
    format!("api_key:{}", key.id.as_str())
}
