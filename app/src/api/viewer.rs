use crate::{error::AppError, model::Viewer};
use leptos::{server, server_fn::codec::GetUrl};

/// Who is signed in.
#[server(prefix = "/api/ui", endpoint = "viewer", input = GetUrl)]
pub async fn read_viewer() -> Result<Viewer, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.viewer(&here.caller).await)
}
