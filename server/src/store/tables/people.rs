//! People.

use super::{Database, audit};
use crate::{
    domain::{
        access::{Environment, Scope},
        account::{AccountName, Person, role_code, role_from_code},
        ids::UserId,
        receipt::Lane,
        time::Instant,
    },
    store::{
        StoreError,
        accounts::{PeopleStore, PersonChange},
        audit::Note,
        sql::{self, Whole, params, query},
    },
};
use async_trait::async_trait;

#[async_trait]
impl PeopleStore for Database {
    async fn people(&self) -> Result<Vec<Person>, StoreError> {
        let rows = query(
            "SELECT id, name, role, regions, business_units, environment, time_zone, disabled, created_at, version
             FROM users
             ORDER BY name",
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(person).collect()
    }

    async fn person(&self, name: &AccountName) -> Result<Option<(Person, String)>, StoreError> {
        let row = query(
            "SELECT id, name, role, regions, business_units, environment, time_zone, disabled, created_at, version, password_hash
             FROM users
             WHERE name = $1",
        )
        .bind(name.as_str())
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| Ok((person(&row)?, row.try_get("password_hash")?))).transpose()
    }

    async fn add_person(&self, person: Person, password_hash: String, note: Note) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            let Person { id, name, role, scope, environment, time_zone, disabled, created_at, version } = &person;
            let added = sql::execute(
                connection,
                "INSERT INTO users (id, name, password_hash, role, regions, business_units, environment, time_zone, disabled,
                                    created_at, version)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                params![
                    id.as_str(),
                    name.as_str(),
                    password_hash,
                    role_code(*role),
                    names_text(&scope.regions),
                    names_text(&scope.business_units),
                    environment.code(),
                    time_zone,
                    disabled,
                    created_at.0,
                    version
                ],
            );
            added.map_err(|error| taken(error, name))?;
            audit::write(connection, &note).map(drop)
        });
        work.await
    }

    async fn change_person(&self, change: PersonChange, note: Note) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            let PersonChange { person, password_hash } = &change;
            let changed = sql::execute(
                connection,
                "UPDATE users
                 SET role = ?1, regions = ?2, business_units = ?3, time_zone = ?4, disabled = ?5,
                     password_hash = coalesce(?6, password_hash), version = version + 1
                 WHERE id = ?7 AND version = ?8",
                params![
                    role_code(person.role),
                    names_text(&person.scope.regions),
                    names_text(&person.scope.business_units),
                    person.time_zone,
                    person.disabled,
                    password_hash,
                    person.id.as_str(),
                    person.version
                ],
            )?;
            if changed != 1 {
                return Err(StoreError::Conflict(format!("user {}", person.name.as_str())));
            }
            connection.tell_rights()?;
            if person.disabled || password_hash.is_some() {
                // sessions_by_user
                sql::execute(connection, "DELETE FROM sessions WHERE user_id = ?1", [person.id.as_str()])?;
            }
            audit::write(connection, &note).map(drop)
        });
        work.await
    }
}

/// A person out of the columns of `users`.
pub(super) fn person(row: &Whole) -> Result<Person, StoreError> {
    let id: String = row.try_get("id")?;
    let corrupt = |cause: &str| StoreError::Corrupt { table: "users", id: id.clone(), cause: cause.to_owned() };
    Ok(Person {
        name: AccountName::parse(row.text("name")?).map_err(|e| corrupt(&e.to_string()))?,
        role: role_from_code(row.text("role")?).ok_or_else(|| corrupt("role"))?,
        scope: Scope {
            regions: names(row.try_get("regions")?).ok_or_else(|| corrupt("regions"))?,
            business_units: names(row.try_get("business_units")?).ok_or_else(|| corrupt("business_units"))?,
        },
        environment: Environment::from_code(row.text("environment")?).ok_or_else(|| corrupt("environment"))?,
        time_zone: row.try_get("time_zone")?,
        disabled: row.try_get("disabled")?,
        created_at: Instant(row.try_get("created_at")?),
        version: row.try_get("version")?,
        id: UserId(id.clone()),
    })
}

/// A set of names as it is kept: NULL is all.
pub(super) fn names_text(names: &Option<Vec<String>>) -> Option<String> {
    names.as_ref().map(|names| serde_json::to_string(names).expect("text is always JSON"))
}

/// The same back; `None` if it cannot be read.
pub(super) fn names(text: Option<String>) -> Option<Option<Vec<String>>> {
    text.map(|text| serde_json::from_str(&text).ok()).map_or(Some(None), |names| names.map(Some))
}

/// A name that is taken is a conflict, anything else a failure.
pub(super) fn taken(error: StoreError, name: &AccountName) -> StoreError {
    match sql::is_taken(&error) {
        true => StoreError::Conflict(format!("{} exists already", name.as_str())),
        false => error,
    }
}
