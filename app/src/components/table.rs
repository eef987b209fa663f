//! A table in a region of its own that scrolls when it must and that the keyboard can reach.

use crate::components::erased::Erase;
use leptos::prelude::*;

/// Wraps a `<table>`; `label` names the region.
pub(crate) fn scrolling(label: &'static str, table: AnyView) -> AnyView {
    view! { <div class="scroll" role="region" aria-label=label tabindex="0">{table}</div> }.erased()
}
