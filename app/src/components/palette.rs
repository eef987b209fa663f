//! Search from anywhere: Ctrl/⌘-K or `/`.

use super::{badge, words};
use crate::components::erased::Erase;
use crate::{api, browser, error::AppError, model::SearchResults, paths};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// The dialog behind Ctrl/⌘-K.
pub(crate) fn palette() -> AnyView {
    let asked = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Result<SearchResults, AppError>>);
    let ask = move |text: String| {
        asked.set(text.clone());
        if text.trim().is_empty() {
            return found.set(None);
        }
        set_timeout(
            move || {
                if asked.get_untracked() == text {
                    spawn_local(async move {
                        let answer = api::search(text.clone()).await;
                        if asked.get_untracked() == text {
                            found.set(Some(answer));
                        }
                    });
                }
            },
            Duration::from_millis(120),
        );
    };
    view! {
        <dialog id="palette" aria-label="Find by any reference">
            <form action=paths::SEARCH method="get" role="search" data-soft="">
                <label class="unseen" for="palette-box">"Find by any reference"</label>
                <input id="palette-box" name="q" type="search" autocomplete="off" spellcheck="false" autofocus
                    placeholder="Order, shipment, BOL, PRO, container, invoice…"
                    prop:value=move || asked.get()
                    on:input=move |event| ask(event_target_value(&event))/>
            </form>
            <div class="found" role="status">{move || found.get().map(results)}</div>
            <p class="hint"><kbd>"↑ ↓"</kbd>" choose · "<kbd>"Enter"</kbd>" open · "<kbd>"Esc"</kbd>" close"</p>
        </dialog>
    }
    .erased()
}

fn results(answer: Result<SearchResults, AppError>) -> AnyView {
    let results = match answer {
        Ok(results) => results,
        Err(error) => return view! { <p>{error.to_string()}</p> }.erased(),
    };
    if results.hits.is_empty() {
        return view! { <p>"No reference begins with “" {results.query} "”."</p> }.erased();
    }
    let more = results.more.then(|| view! { <p>"There are more: press Enter to see them all."</p> });
    let hits: Vec<_> = results
        .hits
        .into_iter()
        .take(8)
        .map(|hit| {
            view! {
                <li><a href=paths::shipment(&hit.shipment_id) on:click=|_| browser::close_dialogs()>
                    <strong>{hit.value}</strong>
                    <span class="scheme">{words::scheme(&hit.scheme)}</span>
                    <span>{hit.shipment}</span>
                    {badge::stage(hit.stage)}
                </a></li>
            }
        })
        .collect();
    view! { <ul>{hits}</ul> {more} }.erased()
}
