use crate::config::Settings;

/// API keys of sources: make, list, revoke.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, _: Settings) -> anyhow::Result<()> {
    anyhow::bail!("`apikey` is not part of this build")
}
