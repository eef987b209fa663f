use crate::{
    clock::Clock,
    config::Settings,
    domain::access::{Actor, Environment},
    service::policy::{self, Change, Policies},
    startup,
    store::tables::OpenMode,
};
use anyhow::Context;
use std::{path::PathBuf, sync::Arc};

/// Contracts, expectations and tolerances: show, check, put in force.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
    /// The environment: live, demo or sandbox.
    #[arg(long, default_value = "live", global = true, value_parser = environment)]
    environment: Environment,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Print the policy in force as TOML: a file to start from.
    Show,
    /// Say whether a file is sound and what it would change.
    #[command(visible_alias = "diff")]
    Check {
        /// The policy, as TOML.
        file: PathBuf,
    },
    /// Put a file in force, if nobody else changed the policy meanwhile.
    Apply {
        /// The policy, as TOML.
        file: PathBuf,
        /// Why; it stands in the history.
        #[arg(long)]
        reason: String,
    },
    /// List the versions, the latest first.
    History,
}

fn environment(code: &str) -> Result<Environment, String> {
    Environment::from_code(code).ok_or_else(|| "choose live, demo or sandbox".to_owned())
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let database = startup::open(&settings, OpenMode::Migrate, Clock::system()).await?;
    let policies = Policies::new(Arc::new(database.clone()));
    let done = act(&policies, args).await;
    database.close().await;
    done
}

async fn act(policies: &Policies, args: Args) -> anyhow::Result<()> {
    let actor = Actor::system("cli", args.environment);
    match args.action {
        Action::Show => {
            let current = policies.current(&actor).await?;
            println!("# version {}{}", current.version, if current.version == 0 { ", built in" } else { "" });
            print!("{}", toml::to_string(&*current.policy).context("the policy could not be written as TOML")?);
        }
        Action::Check { file } => {
            let new = read(&file)?;
            print_changes(&policies.compare(&actor, &new).await?);
        }
        Action::Apply { file, reason } => {
            let new = read(&file)?;
            let current = policies.current(&actor).await?;
            let changes = policy::changes(&current.policy, &new);
            print_changes(&changes);
            if !changes.is_empty() {
                let now = policies.put(&actor, current.version, new, &reason).await?;
                println!("version {} is in force; open shipments are judged by it within minutes", now.version);
            }
        }
        Action::History => {
            for version in policies.history(&actor, None).await? {
                let at = chrono::DateTime::from_timestamp_micros(version.at.0).unwrap_or_default();
                println!("{}\t{}\t{}\t{}", version.version, at.format("%Y-%m-%d %H:%M UTC"), version.actor, version.reason);
            }
        }
    }
    Ok(())
}

fn read(file: &std::path::Path) -> anyhow::Result<crate::domain::policy::Policy> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    policy::read_toml(&text).with_context(|| file.display().to_string())
}

fn print_changes(changes: &[Change]) {
    if changes.is_empty() {
        println!("nothing changes");
    }
    for change in changes {
        println!("{}", policy::view::told(change));
    }
}
