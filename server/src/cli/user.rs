use super::accounts::{self, Opened, scope_words, table, when};
use crate::{
    config::Settings,
    domain::{
        access::{Environment, Role},
        account::{role_code, role_from_code},
    },
    ids,
    service::accounts::{NewPerson, PersonPatch},
};
use anyhow::Context;
use std::io::Read;

/// People: add, list, change, sign out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Add a person; prints a password unless one is given.
    Add(Add),
    /// List everybody.
    List,
    /// Set a new password, which ends every session; prints one unless one is given.
    Passwd {
        /// Sign-in name.
        name: String,
        /// Read the password from the standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Keep a person from signing in, and end every session.
    Disable {
        /// Sign-in name.
        name: String,
    },
    /// Let a disabled person sign in again.
    Enable {
        /// Sign-in name.
        name: String,
    },
    /// A person's sessions.
    #[command(subcommand)]
    Sessions(Sessions),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Sign-in name.
    name: String,
    /// viewer, dispatcher, finance, finance-lead, integration, executive or admin.
    #[arg(long, value_parser = role)]
    role: Role,
    /// A region the person may see; several times for several, none for all.
    #[arg(long)]
    region: Vec<String>,
    /// A business unit the person may see; several times for several, none for all.
    #[arg(long)]
    business_unit: Vec<String>,
    /// live, demo or sandbox.
    #[arg(long, value_parser = accounts::environment, default_value = "live")]
    environment: Environment,
    /// IANA zone in which the person reads times.
    #[arg(long)]
    time_zone: Option<String>,
    /// Read the password from the standard input.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Sessions {
    /// Sign a person out everywhere; takes effect within three seconds.
    Revoke {
        /// Sign-in name.
        name: String,
    },
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let opened = Opened::new(&settings).await?;
    let done = act(args.action, &opened).await;
    opened.close().await;
    done
}

async fn act(action: Action, Opened { accounts, actor, .. }: &Opened) -> anyhow::Result<()> {
    match action {
        Action::Add(add) => {
            let Add { name, role, region, business_unit, environment, time_zone, password_stdin } = add;
            let password = from_stdin(password_stdin)?;
            let scope = accounts::scope(region, business_unit);
            let new = NewPerson { name, role, scope, environment: Some(environment), time_zone, password };
            let (person, made) = accounts.add_person(actor, new).await?;
            println!("added {} as {}", person.name.as_str(), role_code(person.role));
            tell(made);
        }
        Action::List => {
            let people = accounts.people(actor).await?;
            let rows = people.iter().map(|person| {
                let state = if person.disabled { "disabled" } else { "active" };
                let environment = person.environment.code().to_owned();
                let scope = scope_words(&person.scope);
                let name = person.name.as_str().to_owned();
                [name, role_code(person.role).to_owned(), environment, scope, state.to_owned(), when(Some(person.created_at))]
            });
            let rows: Vec<_> = rows.collect();
            print!("{}", table(["NAME", "ROLE", "ENVIRONMENT", "REGIONS/UNITS", "STATE", "SINCE (UTC)"], &rows));
        }
        Action::Passwd { name, password_stdin } => {
            let given = from_stdin(password_stdin)?;
            let made = given.is_none().then(ids::password);
            let patch = PersonPatch { password: given.or_else(|| made.clone()), ..PersonPatch::default() };
            accounts.change_person(actor, &name, patch).await?;
            println!("{name} has a new password; every session has ended");
            tell(made);
        }
        Action::Disable { name } => {
            accounts.change_person(actor, &name, PersonPatch { disabled: Some(true), ..PersonPatch::default() }).await?;
            println!("{name} can no longer sign in");
        }
        Action::Enable { name } => {
            accounts.change_person(actor, &name, PersonPatch { disabled: Some(false), ..PersonPatch::default() }).await?;
            println!("{name} can sign in again");
        }
        Action::Sessions(Sessions::Revoke { name }) => {
            println!("{} sessions of {name} ended", accounts.revoke_sessions(actor, &name).await?);
        }
    }
    Ok(())
}

fn role(text: &str) -> Result<Role, String> {
    role_from_code(text)
        .ok_or_else(|| "is one of viewer, dispatcher, finance, finance-lead, integration, executive, admin".into())
}

fn from_stdin(asked: bool) -> anyhow::Result<Option<String>> {
    if !asked {
        return Ok(None);
    }
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text).context("the password could not be read")?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn tell(made: Option<String>) {
    if let Some(password) = made {
        println!("password (shown once): {password}");
    }
}
