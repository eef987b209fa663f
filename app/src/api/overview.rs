use crate::{
    error::AppError,
    model::{Overview, OverviewFilter},
};
use leptos::{server, server_fn::codec::GetUrl};

/// The Overview.
#[server(prefix = "/api/ui", endpoint = "overview", input = GetUrl)]
pub async fn read_overview(
    /// Over what.
    #[server(default)]
    filter: OverviewFilter,
) -> Result<Overview, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.overview(&here.caller, filter).await)
}
