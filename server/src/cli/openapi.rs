/// Print the API's description (OpenAPI, JSON).
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> anyhow::Result<()> {
    println!("{}", crate::http::api::openapi_json());
    Ok(())
}
