//! Who may be given an exception: a person who works on exceptions. Which ones they see is asked of each where it is given.

use super::super::{desk::answer, period::invalid};
use crate::{
    domain::{
        access::{Actor, Permission},
        account::AccountName,
    },
    store::accounts::PeopleStore,
};
use app::error::AppError;

/// The name of a person who works on exceptions where the actor does, or of nobody; else why not.
pub async fn read<S: PeopleStore + ?Sized>(people: &S, name: &str, actor: &Actor) -> Result<String, AppError> {
    if name.is_empty() {
        return Ok(String::new());
    }
    let nobody = || invalid("assignee", &format!("Nobody signs in as “{name}”."));
    let name = AccountName::parse(name).map_err(|_| nobody())?;
    let (person, _) = people.person(&name).await.map_err(answer)?.ok_or_else(nobody)?;
    // Of other worlds nothing is told, not even who lives there.
    if person.environment != actor.environment {
        return Err(nobody());
    }
    if person.disabled {
        return Err(invalid("assignee", &format!("{} does not sign in any more.", name.as_str())));
    }
    if person.actor().require(Permission::WorkExceptions).is_err() {
        return Err(invalid("assignee", &format!("{} does not work on exceptions.", name.as_str())));
    }
    Ok(name.as_str().to_owned())
}
