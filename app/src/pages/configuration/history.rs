//! Versions, with what each changed.

use crate::{
    components::{erased::Erase, words::moment},
    model::PolicyStep,
};
use leptos::prelude::*;

/// The versions, the latest first; nothing where there is none.
pub(super) fn history(history: &[PolicyStep]) -> AnyView {
    if history.is_empty() {
        return ().erased();
    }
    let items: Vec<_> = history
        .iter()
        .map(|step| {
            let changes: Vec<_> = step.changes.iter().map(|change| view! { <li><code>{change.clone()}</code></li> }).collect();
            let few = changes.len() <= 8;
            let list = view! { <ul class="changes">{changes}</ul> }.erased();
            let shown = if few {
                list
            } else {
                view! { <details class="more"><summary>"What it changed"</summary>{list}</details> }.erased()
            };
            view! {
                <li>
                    {moment(&step.at)} " " <strong>{step.actor.clone()}</strong> {format!(" put version {} in force", step.version)}
                    <span class="by said">" “" {step.reason.clone()} "”"</span>
                    {shown}
                </li>
            }
        })
        .collect();
    view! {
        <section aria-labelledby="history"><h2 id="history">"Versions"</h2><ol class="history">{items}</ol></section>
    }
    .erased()
}
