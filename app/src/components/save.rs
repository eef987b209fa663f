//! Ways to save what is shown.

use super::erased::Erase;
use leptos::prelude::*;

/// Links to files, each by its kind (`CSV`); `what` tells them from those of other parts of the page.
pub(crate) fn links(files: &[(&'static str, String)], what: &str) -> AnyView {
    let link = |(kind, href): &(&'static str, String)| {
        let words = format!("Save as {kind}");
        let label = format!("{words}: {what}");
        view! { <a rel="external" download="" href=href.clone() aria-label=label>{words}</a> }
    };
    let links: Vec<_> = files.iter().map(link).collect();
    view! { <span class="save">{links}</span> }.erased()
}

/// The same on a line of its own.
pub(crate) fn line(files: &[(&'static str, String)], what: &str) -> AnyView {
    view! { <p class="aside">{links(files, what)}</p> }.erased()
}
