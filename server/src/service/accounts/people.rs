use super::{Accounts, AccountsError, Passwords};
use crate::{
    domain::{
        access::{Actor, Environment, Forbidden, Grants, Permission, Role, Scope},
        account::{AccountName, Person, role_code, scope_within},
        ids::UserId,
    },
    ids,
    store::accounts::PersonChange,
};
use serde_json::json;

/// A person to be.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// What the person will sign in with.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// On which rows.
    pub scope: Scope,
    /// In which environment; the actor's own if it is not told.
    pub environment: Option<Environment>,
    /// Zone of times; the setting's if it is not told.
    pub time_zone: Option<String>,
    /// The password; one is made if it is not told.
    pub password: Option<String>,
}

/// What shall change about a person; what is not told stays.
#[derive(Debug, Clone, Default)]
pub struct PersonPatch {
    /// The version that was seen; any if it is not told.
    pub version: Option<i64>,
    /// What the person may do.
    pub role: Option<Role>,
    /// Regions.
    pub regions: Option<Option<Vec<String>>>,
    /// Business units.
    pub business_units: Option<Option<Vec<String>>>,
    /// Zone of times.
    pub time_zone: Option<String>,
    /// May not sign in.
    pub disabled: Option<bool>,
    /// A new password; ends every session.
    pub password: Option<String>,
}

impl Accounts {
    /// Everybody whom the actor may manage: those of the actor's environment.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<Person>, AccountsError> {
        actor.require(Permission::ManageUsers)?;
        let people = self.stores.people.people().await?;
        Ok(people.into_iter().filter(|person| reaches(actor, person.environment, &person.scope)).collect())
    }

    /// Adds a person. Answers with the password if one was made: it is told once.
    pub async fn add_person(&self, actor: &Actor, new: NewPerson) -> Result<(Person, Option<String>), AccountsError> {
        actor.require(Permission::ManageUsers)?;
        let now = self.clock.now();
        let person = Person {
            id: UserId(ids::fresh_at(now)),
            name: AccountName::parse(&new.name).map_err(|e| AccountsError::invalid("name", e))?,
            role: new.role,
            scope: new.scope,
            environment: new.environment.unwrap_or(actor.environment),
            time_zone: new.time_zone.unwrap_or_else(|| self.terms.time_zone.clone()),
            disabled: false,
            created_at: now,
            version: 1,
        };
        check_zone(&person.time_zone)?;
        may_manage(actor, person.environment, &person.scope)?;
        let made = if new.password.is_none() { Some(ids::password()) } else { None };
        let password = new.password.or_else(|| made.clone()).expect("told or made");
        Passwords::check(&password)?;
        let hash = self.passwords.hash(password).await?;
        let note = self.note(actor, "user.add", subject(&person), &described(&person));
        self.stores.people.add_person(person.clone(), hash, note).await?;
        Ok((person, made))
    }

    /// Changes a person.
    pub async fn change_person(&self, actor: &Actor, name: &str, patch: PersonPatch) -> Result<Person, AccountsError> {
        let mut person = self.managed(actor, name).await?;
        let themselves = actor.name == person.actor().name;
        if themselves && (patch.disabled == Some(true) || patch.role.is_some_and(|role| role != person.role)) {
            return Err(AccountsError::invalid("name", "you cannot disable yourself or change your own role"));
        }
        person.version = patch.version.unwrap_or(person.version);
        person.role = patch.role.unwrap_or(person.role);
        person.scope.regions = patch.regions.unwrap_or(person.scope.regions);
        person.scope.business_units = patch.business_units.unwrap_or(person.scope.business_units);
        person.time_zone = patch.time_zone.unwrap_or(person.time_zone);
        person.disabled = patch.disabled.unwrap_or(person.disabled);
        check_zone(&person.time_zone)?;
        may_manage(actor, person.environment, &person.scope)?;
        let password_hash = match patch.password {
            Some(password) => {
                Passwords::check(&password)?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let mut detail = described(&person);
        detail["password_changed"] = password_hash.is_some().into();
        let note = self.note(actor, "user.change", subject(&person), &detail);
        self.stores.people.change_person(PersonChange { person: person.clone(), password_hash }, note).await?;
        self.sessions.clear();
        person.version += 1;
        Ok(person)
    }

    /// Ends every session of a person.
    pub async fn revoke_sessions(&self, actor: &Actor, name: &str) -> Result<u64, AccountsError> {
        let person = self.managed(actor, name).await?;
        let note = self.note(actor, "session.end_all", subject(&person), &json!({}));
        let ended = self.stores.sessions.end_sessions(person.id, note).await?;
        self.sessions.clear();
        Ok(ended)
    }

    /// The person of this name, if the actor may manage them.
    async fn managed(&self, actor: &Actor, name: &str) -> Result<Person, AccountsError> {
        actor.require(Permission::ManageUsers)?;
        let name = AccountName::parse(name).map_err(|_| AccountsError::NotFound)?;
        let (person, _) = self.stores.people.person(&name).await?.ok_or(AccountsError::NotFound)?;
        if reaches(actor, person.environment, &person.scope) { Ok(person) } else { Err(AccountsError::NotFound) }
    }
}

/// Whether the actor's reach holds this account's: an administrator of a region sees no account of the whole company, and one of
/// the demonstration none of live business.
pub(super) fn reaches(actor: &Actor, environment: Environment, scope: &Scope) -> bool {
    actor.grants == Grants::System || (environment == actor.environment && scope_within(scope, &actor.scope))
}

/// Nobody gives away more than they have.
pub(super) fn may_manage(actor: &Actor, environment: Environment, scope: &Scope) -> Result<(), Forbidden> {
    if reaches(actor, environment, scope) { Ok(()) } else { Err(Forbidden) }
}

fn check_zone(zone: &str) -> Result<(), AccountsError> {
    let known = zone.parse::<chrono_tz::Tz>();
    known.map(drop).map_err(|_| AccountsError::invalid("time_zone", "is not an IANA zone such as Europe/Berlin"))
}

fn subject(person: &Person) -> String {
    format!("user:{}", person.name.as_str())
}

fn described(person: &Person) -> serde_json::Value {
    json!({
        "role": role_code(person.role),
        "regions": person.scope.regions,
        "business_units": person.scope.business_units,
        "environment": person.environment.code(),
        "time_zone": person.time_zone,
        "disabled": person.disabled,
    })
}
