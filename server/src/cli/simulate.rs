use crate::config::Settings;

/// Send the events of an invented business.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, _: Settings) -> anyhow::Result<()> {
    anyhow::bail!("`simulate` is not part of this build")
}
