use crate::{
    clock::Clock,
    config::Settings,
    startup::{self, OpenMode, schema_versions},
};

/// Bring the database to the schema of this version. `serve` does it too.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only say what schema the database has and what this version needs.
    #[arg(long)]
    status: bool,
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    if !args.status {
        startup::open(&settings, OpenMode::Migrate, Clock::system()).await?.close().await;
    }
    let (found, known) = schema_versions(&settings).await?;
    let verdict = match found.cmp(&known) {
        std::cmp::Ordering::Less => "run `waybill migrate`",
        std::cmp::Ordering::Equal => "up to date",
        std::cmp::Ordering::Greater => "a newer Waybill wrote it",
    };
    println!("schema version {found}, this build's is {known}: {verdict}");
    Ok(())
}
