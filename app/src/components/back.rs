//! The way back to the list that a page was come from.

use super::erased::Erase;
use crate::paths;
use leptos::prelude::*;

/// A link back, where there is a list to go back to.
pub(crate) fn back(to: Option<&String>) -> Option<AnyView> {
    to.map(|to| {
        let label = format!("← {}", paths::way_back_label(to));
        view! { <p class="back"><a href=to.clone()>{label}</a></p> }.erased()
    })
}

/// The address of a page, with the way back to where its reader comes from.
pub(crate) fn kept(path: &str, back: Option<&String>) -> String {
    back.map_or_else(|| path.to_owned(), |back| paths::from_page(path, back))
}
