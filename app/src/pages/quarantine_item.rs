use crate::{components::states, error::AppError};
use leptos::prelude::*;

/// Not yet.
pub(crate) fn quarantine_item() -> AnyView {
    states::failed(AppError::NotFound)
}
