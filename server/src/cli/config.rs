use crate::config::{ConfigError, DEFAULT, Settings};
use anyhow::Context;

/// Show or check the settings.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Print what holds, as TOML; secrets are masked.
    Print {
        /// Print the defaults with their explanations instead: a file to start from.
        #[arg(long)]
        defaults: bool,
    },
    /// Say whether the settings are sound.
    Check,
}

pub(super) fn run(args: &Args, settings: Result<Settings, ConfigError>) -> anyhow::Result<()> {
    match args.action {
        Action::Print { defaults: true } => print!("{DEFAULT}"),
        Action::Print { defaults: false } => {
            print!("{}", toml::to_string(&settings?).context("the settings could not be written as TOML")?);
        }
        Action::Check => {
            settings?;
            println!("the settings are sound");
        }
    }
    Ok(())
}
