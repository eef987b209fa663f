//! The `waybill` command: one file a subcommand.

mod accounts;
mod apikey;
mod archive;
mod asyncapi;
mod backup;
mod broker;
mod config;
mod copy;
mod import;
mod migrate;
mod openapi;
mod policy;
mod restore;
mod serve;
mod simulate;
mod user;

use crate::config::{ConfigError, Layers, Settings};
use clap::{Args, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// The operational dashboard from dispatch to cash.
///
/// Settings come from flags, then the environment (WAYBILL_…), then waybill.toml, then the defaults that
/// `waybill config print --defaults` shows with an explanation each.
#[derive(Debug, Parser)]
#[command(name = "waybill", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
struct Common {
    /// A file of settings instead of waybill.toml here.
    #[arg(long, value_name = "FILE", env = "WAYBILL_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// The database: sqlite:// and a path, or postgres://person@host/name.
    #[arg(long, value_name = "URL", global = true)]
    database_url: Option<String>,
    /// What is logged: error, warn, info, debug or a filter.
    #[arg(long, value_name = "FILTER", global = true)]
    log: Option<String>,
    /// Any setting; may be given several times.
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    set: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Import(import::Args),
    Simulate(simulate::Args),
    Config(config::Args),
    Policy(policy::Args),
    User(user::Args),
    Apikey(apikey::Args),
    Archive(archive::Args),
    Broker(broker::Args),
    Openapi(openapi::Args),
    Asyncapi(asyncapi::Args),
    Migrate(migrate::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Copy(copy::Args),
}

impl Common {
    /// The settings, with the command's own flags on top.
    #[expect(clippy::disallowed_methods, reason = "the environment is read here, once, and handed to the settings")]
    fn settings(&self, own: &[String]) -> Result<Settings, ConfigError> {
        let named = [("database_url", &self.database_url), ("log", &self.log)];
        let named = named.iter().filter_map(|(key, value)| value.as_ref().map(|v| format!("{key}={v}"))).collect::<Vec<_>>();
        Layers::default()
            .file(self.config.as_deref())?
            .environment(std::env::vars())?
            .flags(self.set.iter().chain(&named).chain(own).map(String::as_str))?
            .settings()
    }
}

/// Runs the command line that the process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("waybill: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { common, command }: Cli) -> anyhow::Result<ExitCode> {
    let own = match &command {
        Command::Serve(args) => args.settings(),
        _ => Vec::new(),
    };
    let settings = match (&command, common.settings(&own)) {
        (Command::Config(args), settings) => return config::run(args, settings).map(|()| ExitCode::SUCCESS),
        (Command::Openapi(args), _) => return openapi::run(args).map(|()| ExitCode::SUCCESS),
        (Command::Asyncapi(args), _) => return asyncapi::run(args).map(|()| ExitCode::SUCCESS),
        (_, settings) => settings?,
    };
    crate::telemetry::init(&settings);
    let done = match command {
        Command::Serve(args) => serve::run(args, settings).await,
        Command::Import(args) => return import::run(args, settings).await,
        Command::Simulate(args) => simulate::run(args, settings).await,
        Command::Policy(args) => policy::run(args, settings).await,
        Command::User(args) => user::run(args, settings).await,
        Command::Apikey(args) => apikey::run(args, settings).await,
        Command::Migrate(args) => migrate::run(args, settings).await,
        Command::Backup(args) => backup::run(args, settings).await,
        Command::Restore(args) => restore::run(args, settings).await,
        Command::Copy(args) => copy::run(args).await,
        Command::Archive(args) => return archive::run(args, settings).await,
        Command::Broker(args) => broker::run(args, settings).await,
        Command::Config(_) | Command::Openapi(_) | Command::Asyncapi(_) => unreachable!("answered above, before logging begins"),
    };
    done.map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_sound() {
        <super::Cli as clap::CommandFactory>::command().debug_assert();
    }
}
