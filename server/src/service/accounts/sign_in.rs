use super::{Accounts, AccountsError, SessionIdentity};
use crate::{
    domain::{
        account::{AccountName, SecretHash, Session},
        ids::SessionId,
        tries::Whom,
    },
    ids,
};
use serde_json::json;
use std::time::Duration;

/// A try to sign in.
pub struct SignIn {
    /// The name as typed.
    pub name: String,
    /// The password as typed.
    pub password: String,
    /// Where from.
    pub address: String,
    /// The session that the browser has now: it ends with this one's beginning.
    pub replaces: Option<String>,
}

/// What the browser keeps.
pub struct SignedIn {
    /// The session's token; only its hash is kept here.
    pub token: String,
    /// How long the browser may keep it.
    pub lasts: Duration,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefusal {
    /// The name, the password, or a disabled person: one answer for all.
    #[error("the name or the password is wrong")]
    Refused,
    /// Too many failures.
    #[error("too many failed sign-ins")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The store is away.
    #[error(transparent)]
    Failed(#[from] AccountsError),
}

impl Accounts {
    /// Signs a person in, with a new session.
    pub async fn sign_in(&self, try_: SignIn) -> Result<SignedIn, SignInRefusal> {
        let SignIn { name, password, address, replaces } = try_;
        let now = self.clock.now();
        let name = AccountName::parse(&name);
        // What is no name at all is throttled by its address alone: it can be anybody's.
        let key = name.as_ref().map_or("", AccountName::as_str).to_owned();
        let too_many = |retry_after| SignInRefusal::TooMany { retry_after };
        let from = Whom::Address(address.clone());
        self.addresses.admit(from.clone(), now).await.map_err(AccountsError::from)?.map_err(too_many)?;
        if !key.is_empty() {
            self.names.admit(Whom::Name(key.clone()), now).await.map_err(AccountsError::from)?.map_err(too_many)?;
        }
        let found = match &name {
            Ok(name) => self.stores.people.person(name).await.map_err(AccountsError::from)?,
            Err(_) => None,
        };
        let (person, kept) = found.map_or((None, None), |(person, kept)| (Some(person), Some(kept)));
        let matches = self.passwords.verify(password, kept).await?;
        let Some(person) = person.filter(|person| matches && !person.disabled) else {
            tracing::info!(sign_in.address = address, "a sign-in was refused");
            return Err(SignInRefusal::Refused);
        };
        self.names.succeeded(Whom::Name(key)).await.map_err(AccountsError::from)?;
        self.addresses.forgive_one(from).await.map_err(AccountsError::from)?;
        let token = ids::secret();
        let session = Session {
            id: SessionId(ids::fresh_at(now)),
            user: person.id.clone(),
            address: address.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now.plus(self.terms.session_longest),
        };
        let subject = format!("user:{}", person.name.as_str());
        let detail = json!({ "session": session.id, "address": address });
        let note = self.note(&person.actor(), "session.begin", subject, &detail);
        let replaced = replaces.as_deref().map(SecretHash::of);
        self.stores.sessions.begin_session(session, SecretHash::of(&token), replaced, note).await.map_err(AccountsError::from)?;
        self.sessions.clear();
        Ok(SignedIn { token, lasts: Duration::from_micros(self.terms.session_longest.unsigned_abs()) })
    }

    /// Ends the session.
    pub async fn sign_out(&self, identity: &SessionIdentity) -> Result<(), AccountsError> {
        let detail = json!({ "session": identity.session.id });
        let note = self.note(&identity.actor, "session.end", identity.actor.name.clone(), &detail);
        self.stores.sessions.end_session(identity.token, note).await?;
        self.sessions.clear();
        Ok(())
    }

    /// Ends every session of the person.
    pub async fn sign_out_everywhere(&self, identity: &SessionIdentity) -> Result<u64, AccountsError> {
        let note = self.note(&identity.actor, "session.end_all", identity.actor.name.clone(), &json!({}));
        let ended = self.stores.sessions.end_sessions(identity.session.user.clone(), note).await?;
        self.sessions.clear();
        Ok(ended)
    }
}
