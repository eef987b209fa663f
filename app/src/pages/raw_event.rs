use crate::{components::states, error::AppError};
use leptos::prelude::*;

/// Not yet.
pub(crate) fn raw_event() -> AnyView {
    states::failed(AppError::NotFound)
}
