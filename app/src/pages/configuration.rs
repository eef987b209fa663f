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

#[cfg(feature = "ssr")]
mod page;

/// The policy in force: what contracts ask for, what is expected by when, and who changed it.
pub(crate) fn configuration() -> AnyView {
    let href = Box::new(|| paths::CONFIGURATION.to_owned());
    view! {
        <Title text="Configuration"/>
        {served(Part { id: "configuration", href, topic: live().exceptions, failed: states::failed, body: body!(page::body) })}
    }
    .erased()
}
