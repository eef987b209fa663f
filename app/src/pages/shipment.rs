use crate::{components::states, error::AppError};
use leptos::prelude::*;

/// Not yet.
pub(crate) fn shipment() -> AnyView {
    states::failed(AppError::NotFound)
}
