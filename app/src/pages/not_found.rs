use crate::components::erased::Erase;
use crate::{components::states, error::AppError};
use leptos::prelude::*;
use leptos_meta::Title;

/// No page has this address.
pub(crate) fn not_found() -> AnyView {
    view! { <Title text="Nothing here"/> {states::failed(AppError::NotFound)} }.erased()
}
