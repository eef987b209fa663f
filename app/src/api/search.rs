use crate::{error::AppError, model::SearchResults};
use leptos::{server, server_fn::codec::GetUrl};

/// Shipments by any reference.
#[server(prefix = "/api/ui", endpoint = "search", input = GetUrl)]
pub async fn search(
    /// The beginning of a reference.
    q: String,
) -> Result<SearchResults, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.search(&here.caller, q).await)
}
