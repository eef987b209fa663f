use crate::config::Settings;

/// Bring the database to the schema of this version.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, _: Settings) -> anyhow::Result<()> {
    anyhow::bail!("`migrate` is not part of this build")
}
