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
use leptos_router::hooks::use_query_map;

#[cfg(feature = "ssr")]
mod bulk;
#[cfg(feature = "ssr")]
mod filter;
#[cfg(feature = "ssr")]
mod groups;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod rows;

/// What went wrong, whose move it is, and how much money waits: by cause, or one by one.
pub(crate) fn exceptions() -> AnyView {
    let query = use_query_map();
    let href = Box::new(move || paths::EXCEPTIONS.to_owned() + &query.with(|query| query.to_query_string()));
    view! {
        <Title text="Exceptions"/>
        {served(Part { id: "exceptions", href, topic: live().exceptions, failed: states::failed, body: body!(page::body) })}
    }
    .erased()
}
