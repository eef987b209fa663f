/// Print the API's description (OpenAPI, JSON).
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> anyhow::Result<()> {
    anyhow::bail!("`openapi` is not part of this build")
}
