use crate::config::Settings;

/// People: add, list, change, sign out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_: Args, _: Settings) -> anyhow::Result<()> {
    anyhow::bail!("`user` is not part of this build")
}
