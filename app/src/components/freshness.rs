//! Whether what is on the screen follows the business or stands still.

use super::words::moment;
use crate::components::erased::Erase;
use crate::{
    live::{Followed, Freshness, live},
    model::Moment,
};
use leptos::prelude::*;

/// The word in the bar.
pub(crate) fn freshness() -> AnyView {
    let live = live().freshness;
    let class = move || match live.get() {
        Freshness::AsRendered => "fresh",
        Freshness::Live => "fresh on",
        Freshness::Polling => "fresh off",
    };
    let word = move || match live.get() {
        Freshness::AsRendered => "",
        Freshness::Live => "Live",
        Freshness::Polling => "Not live",
    };
    view! { <span class=class role="status">{word}</span> }.erased()
}

/// When a page was read; says so when the live stream is lost.
pub(crate) fn as_of(at: &Moment) -> AnyView {
    let live = live().freshness;
    view! {
        <p class="as-of">
            "As of " {moment(at)}
            {move || (live.get() == Freshness::Polling).then_some(", not live: read again every 30 s")}
        </p>
    }
    .erased()
}

/// When a list was read, and the way to what came since, if the list held still.
pub(crate) fn as_of_list(at: &Moment, followed: Followed) -> AnyView {
    view! { {move || held(followed)} {as_of(at)} }.erased()
}

/// The way to what came since; nothing where nothing is held back.
pub(crate) fn held(followed: Followed) -> AnyView {
    if !followed.held.get() {
        return ().erased();
    }
    view! { <button type="button" class="held" on:click=move |_| followed.catch_up()>"New data: show"</button> }.erased()
}
