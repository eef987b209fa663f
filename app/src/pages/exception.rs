use crate::{
    components::{
        erased::Erase,
        served::{Part, body, served},
        states,
    },
    live::live,
    paths,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod page;

/// One exception: what it is, what makes it go away, and what a person can do about it.
pub(crate) fn exception() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let href = Box::new(move || {
        let path = params.with(|params| params.get_str("id").map(paths::exception)).unwrap_or_default();
        path + &query.with(|query| query.to_query_string())
    });
    view! {
        <Title text="Exception"/>
        {served(Part { id: "exception", href, topic: live().exceptions, failed: states::failed, body: body!(page::body) })}
    }
    .erased()
}
