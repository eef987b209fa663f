use crate::{
    error::AppError,
    model::{FilterChoices, Page, RawEvent, ShipmentDetail, ShipmentFilter, ShipmentRow},
};
use leptos::{server, server_fn::codec::GetUrl};

/// One page of shipments.
#[server(prefix = "/api/ui", endpoint = "shipments", input = GetUrl)]
pub async fn read_shipments(
    /// Over what.
    #[server(default)]
    filter: ShipmentFilter,
) -> Result<Page<ShipmentRow>, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.shipments(&here.caller, filter).await)
}

/// One shipment.
#[server(prefix = "/api/ui", endpoint = "shipment", input = GetUrl)]
pub async fn read_shipment(
    /// Which.
    id: String,
) -> Result<ShipmentDetail, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.shipment(&here.caller, id).await)
}

/// One event as it came in.
#[server(prefix = "/api/ui", endpoint = "raw_event", input = GetUrl)]
pub async fn read_raw_event(
    /// Its commit sequence.
    seq: i64,
) -> Result<RawEvent, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.raw_event(&here.caller, seq).await)
}

/// What the filters offer.
#[server(prefix = "/api/ui", endpoint = "choices", input = GetUrl)]
pub async fn read_choices() -> Result<FilterChoices, AppError> {
    let here = super::Here::take()?;
    here.answer(here.ports.reading.choices(&here.caller).await)
}
