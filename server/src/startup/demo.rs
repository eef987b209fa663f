//! `serve --demo`: a past, and people to sign in as, one for each role. Their passwords are kept beside the database, readable by its owner.

mod hands;
mod past;

use super::{Counted, Database};
use crate::{
    clock::{self, Clock},
    config::Settings,
    domain::{
        access::{Actor, Environment, Role, Scope},
        account::ROLES,
        time::Instant,
    },
    http::Edge,
    ids,
    service::{
        accounts::{Accounts, AccountsError, NewPerson},
        duties::Duties,
        intake::StoreIntake,
        policy::Policies,
    },
    shutdown::Shutdown,
    simulate::{self, demo::Demo},
    store::{leases::Duty, tables::OpenMode},
};
use anyhow::Context;
use std::{
    collections::BTreeMap,
    fmt::Write,
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// Password by name.
type Passwords = BTreeMap<String, String>;

/// What the demonstration tells from now on; its past is told to a database that was never told it, before anybody else writes
/// there: of several processes one tells it, and the others wait.
pub(super) async fn past(settings: &Settings, shutdown: &Shutdown) -> anyhow::Result<Demo> {
    let until = clock::now();
    let clock = Clock::standing(Demo::first_day(until));
    let database = super::open(settings, OpenMode::Migrate, clock.clone()).await?;
    let duties = Duties::new(Arc::new(database.clone()), [Duty::Past]);
    let (told, over) = (CancellationToken::new(), shutdown.token());
    let telling = async {
        let told = match duties.begun(Duty::Past, over).await {
            Some(tenure) => tell(&database.during(tenure), &clock, until, shutdown).await,
            None => Err(anyhow::anyhow!("stopped before the demonstration's past was told")),
        };
        duties.give_up().await;
        told
    };
    let demo = tokio::select! {
        demo = telling => demo,
        () = duties.keep(&told) => unreachable!("it is never told to stop"),
    };
    database.close().await;
    demo
}

async fn tell(database: &Database, clock: &Clock, until: Instant, shutdown: &Shutdown) -> anyhow::Result<Demo> {
    let store = Arc::new(database.clone());
    let intake = StoreIntake::new(store.clone());
    policy(&Policies::new(store)).await?;
    let mut demo = Demo::begin(&intake, until).await?;
    if let Some(events) = demo.past() {
        tokio::select! {
            told = past::live((&intake, database), events, clock, until) => told.context("the demonstration's past could not be told")?,
            () = shutdown.asked() => {}
        }
    }
    Ok(demo)
}

/// Keeps the demonstration moving whenever that is this process's duty.
pub(super) fn go_on(demo: Demo, edge: &Edge, database: &Database, counted: Arc<Counted>) {
    let (duties, clock, stop) = (Arc::clone(&edge.duties), edge.clock.clone(), edge.shutdown.token().clone());
    let (demo, database) = (Arc::new(tokio::sync::Mutex::new(demo)), database.clone());
    edge.shutdown.spawn(async move {
        let run = |tenure, over: CancellationToken| {
            let intake = counted.beside(Arc::new(StoreIntake::new(Arc::new(database.during(tenure)))));
            let (demo, clock) = (Arc::clone(&demo), clock.clone());
            async move { demo.lock().await.run(&intake, &clock, &over).await }
        };
        duties.perform(Duty::Demo, &stop, run).await;
    });
}

/// Puts the demonstration's contracts in force, unless somebody has put others.
async fn policy(policies: &Policies) -> anyhow::Result<()> {
    let actor = Actor::system("demo", Environment::Demo);
    if policies.current(&actor).await?.version > 0 {
        return Ok(());
    }
    policies.put(&actor, 0, simulate::policy(), "the demonstration's contracts").await?;
    Ok(())
}

/// Makes sure that the demo's people are there and answers with what to sign in with.
pub(super) async fn people(accounts: &Accounts, database_url: &str) -> anyhow::Result<Invitation> {
    let file = beside(database_url);
    let known = read(&file)?;
    let actor = Actor::system("demo", Environment::Demo);
    let there = accounts.people(&actor).await?;
    let (mut passwords, mut first) = (Passwords::new(), String::new());
    for (code, role) in ROLES {
        let mut name = code.replace('_', "-");
        if there.iter().any(|person| person.name.as_str() == name && person.environment != Environment::Demo) {
            // Somebody's own: their password is not the demonstration's to set.
            name = format!("demo-{name}");
        }
        if role == Role::Admin {
            first.clone_from(&name);
        }
        let password = known.get(&name).cloned();
        let exists = there.iter().any(|person| person.name.as_str() == name);
        let password = if exists {
            // What another process gave out, or somebody set, goes on.
            password
        } else {
            let password = password.unwrap_or_else(ids::password);
            let new = NewPerson {
                name: name.clone(),
                role,
                scope: Scope::ALL,
                environment: Some(Environment::Demo),
                time_zone: None,
                password: Some(password.clone()),
            };
            match accounts.add_person(&actor, new).await {
                Ok(_) => Some(password),
                // Another process was first.
                Err(AccountsError::Conflict(_)) => None,
                Err(error) => return Err(error).with_context(|| format!("the demo's {name} could not be added")),
            }
        };
        passwords.extend(password.map(|password| (name, password)));
    }
    if passwords != known {
        write(&file, &passwords)?;
    }
    Ok(Invitation { passwords, first, file })
}

/// What to sign in with.
pub(super) struct Invitation {
    passwords: Passwords,
    /// Who may do everything.
    first: String,
    file: PathBuf,
}

impl Invitation {
    /// As it is printed at the start.
    pub(super) fn words(&self, address: &str) -> String {
        let Self { passwords, first, file } = self;
        let Some(password) = passwords.get(first) else {
            return format!(
                "\n  Waybill's demonstration: {address}\n\n    name      {first}\n    password  as it was first given out, which {} does not \
                 know;\n              `waybill user passwd {first}` gives a new one\n",
                file.display()
            );
        };
        let names = passwords.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let file = file.display();
        format!(
            "\n  Waybill's demonstration: {address}\n\n    name      {first}\n    password  {password}\n\n  One person for each role \
             ({names}):\n  {file}\n"
        )
    }
}

/// `waybill.db` → `waybill.db.sign-in`.
fn beside(database_url: &str) -> PathBuf {
    // A server's database has no place beside it: the file is where this was started.
    if !database_url.starts_with("sqlite:") {
        return PathBuf::from("waybill.sign-in");
    }
    let path = database_url.strip_prefix("sqlite:").unwrap_or(database_url);
    let path = path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default();
    PathBuf::from(format!("{path}.sign-in"))
}

fn read(file: &Path) -> anyhow::Result<Passwords> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Passwords::new()),
        Err(error) => return Err(error).with_context(|| file.display().to_string()),
    };
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Ok(lines
        .filter_map(|line| line.split_once(' '))
        .map(|(name, password)| (name.to_owned(), password.trim().to_owned()))
        .collect())
}

fn write(file: &Path, passwords: &Passwords) -> anyhow::Result<()> {
    let mut text = String::from("# Who can sign in to the demonstration: name and password.\n");
    for (name, password) in passwords {
        let _ = writeln!(text, "{name} {password}");
    }
    // A file of an earlier run may be readable by others: it is made anew.
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| file.display().to_string());
        }
        _ => {}
    }
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    opened.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passwords_lie_beside_the_database() {
        assert_eq!(beside("sqlite://waybill.db"), PathBuf::from("waybill.db.sign-in"));
        assert_eq!(beside("sqlite:///var/lib/waybill.db?mode=rwc"), PathBuf::from("/var/lib/waybill.db.sign-in"));
    }

    #[test]
    fn the_file_is_for_its_owner_and_reads_back() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("w.db.sign-in");
        std::fs::write(&file, "admin old").expect("written");
        let passwords = Passwords::from([("admin".to_owned(), "new-password".to_owned())]);
        write(&file, &passwords).expect("written");
        assert_eq!(read(&file).expect("read"), passwords);
        assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    }
}
