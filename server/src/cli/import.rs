use crate::config::Settings;

/// Take in a flat file by a mapping.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, _: Settings) -> anyhow::Result<()> {
    anyhow::bail!("`import` is not part of this build")
}
