use super::backup::{pages, words};
use crate::{
    clock::Clock,
    config::Settings,
    startup::{self, OpenMode, backup},
};
use anyhow::Context;
use std::path::PathBuf;

/// Put a backup where the embedded database is.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Where there is a database already: keep that one as ….replaced beside it.
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let url = &settings.database_url;
    let held = backup::restore(&args.from, url.reveal(), args.replace, pages()).await;
    let held = held.with_context(|| format!("nothing was restored to {url}"))?;
    // It can be served: its schema is brought up where it is older.
    startup::open(&settings, OpenMode::Migrate, Clock::system()).await?.close().await;
    println!("{url}: {}", words(&held));
    Ok(())
}
