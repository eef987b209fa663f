//! Below a list: how much of it is shown, and the way on.

use super::words::{count, counted};
use crate::components::erased::Erase;
use leptos::prelude::*;

/// What the footer of a list needs to know.
pub(crate) struct Paging {
    /// Rows on this page.
    pub(crate) shown: usize,
    /// Rows in all, where counted.
    pub(crate) total: Option<u64>,
    /// The same list from its beginning; none on the first page.
    pub(crate) first: Option<String>,
    /// The following page.
    pub(crate) next: Option<String>,
    /// The list as a file of comma-separated values.
    pub(crate) file: Option<String>,
    /// What a row is: `shipment`, `shipments`.
    pub(crate) noun: (&'static str, &'static str),
}

/// The footer of a list.
pub(crate) fn paging(paging: Paging) -> AnyView {
    let Paging { shown, total, first, next, file, noun } = paging;
    let shown = shown as u64;
    let words = match total {
        Some(total) if total > shown => format!("{} of {}", count(shown), counted(total, noun.0, noun.1)),
        _ => counted(shown, noun.0, noun.1),
    };
    view! {
        <nav class="paging" aria-label="Pages">
            <p>{words}</p>
            {file.map(|href| view! { <a rel="external" download="" href=href title="At most 10,000 rows">"Save as CSV"</a> })}
            {first.map(|href| view! { <a class="button" href=href>"First page"</a> })}
            {next.map(|href| view! { <a class="button" rel="next" href=href>"Next page"</a> })}
        </nav>
    }
    .erased()
}
