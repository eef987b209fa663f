//! A word on what an action came to, told by a code in the address.

use crate::components::erased::Erase;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The message of the `flash` parameter, if it is one of ours.
pub(crate) fn flash() -> AnyView {
    let query = use_query_map();
    view! {
        <div role="status">
            {move || {
                query.with(|query| query.get_str("flash").and_then(message))
                    .map(|(class, text)| view! { <p class=class>{text}</p> })
            }}
        </div>
    }
    .erased()
}

fn message(code: &str) -> Option<(&'static str, &'static str)> {
    match code {
        "accepted" => Some(("flash good", "Replayed and accepted: the event is in the store.")),
        "duplicate" => Some(("flash good", "The same event was already in the store. Nothing was counted twice.")),
        "refused" => {
            Some(("flash bad", "Replayed and still refused. Nothing was taken in; look at the text below before you try again."))
        }
        "discarded" => Some(("flash plain", "Discarded. The bytes and the reason stay to be read.")),
        _ => None,
    }
}
