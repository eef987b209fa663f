//! A table in a region of its own that scrolls when it must and that the keyboard can reach.

use super::save;
use crate::components::erased::Erase;
use crate::paths;
use leptos::prelude::*;

/// Wraps a `<table>`; `label` names the region.
pub(crate) fn scrolling(label: &'static str, table: AnyView) -> AnyView {
    view! { <div class="scroll" role="region" aria-label=label tabindex="0">{table}</div> }.erased()
}

/// The same with what it shows as a file: the server takes the table of that name out of this page.
pub(crate) fn saved(label: &'static str, page: &str, table: AnyView) -> AnyView {
    let file = save::line(&[("CSV", paths::table_csv(page, label))], label);
    view! { {scrolling(label, table)} {file} }.erased()
}
