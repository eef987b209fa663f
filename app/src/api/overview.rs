use crate::{
    error::AppError,
    model::{Overview, OverviewFilter, PlaceChoices},
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

/// The places that filters offer.
#[server(prefix = "/api/ui", endpoint = "places", input = GetUrl)]
pub async fn read_places() -> Result<PlaceChoices, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.places(&here.caller).await)
}
