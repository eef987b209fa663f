//! Parts of a page that only the server renders. They travel once, as HTML: hydration leaves them alone, and a browser
//! fetches their address again when it or what they show has changed. Their code adds nothing to the wasm.

use super::{erased::Erase, freshness::held};
use crate::{
    browser,
    error::AppError,
    live::{follow, live},
};
use leptos::prelude::*;

/// What the server renders; it has read all it shows before it answers.
#[cfg(feature = "ssr")]
pub(crate) type Body = fn() -> Rendering;
/// See the server's.
#[cfg(not(feature = "ssr"))]
pub(crate) struct Body;

/// A part that the server is about to render.
#[cfg(feature = "ssr")]
pub(crate) struct Rendering {
    /// What makes it old: topics of the live stream, separated by blanks.
    pub(crate) topics: &'static str,
    /// Its view.
    pub(crate) view: super::erased::Later,
}

/// Names a body that a browser does not have.
macro_rules! body {
    ($body:path) => {{
        #[cfg(feature = "ssr")]
        let body: $crate::components::served::Body = $body;
        #[cfg(not(feature = "ssr"))]
        let body = $crate::components::served::Body;
        body
    }};
}
pub(crate) use body;

/// A part that only the server renders. Without a type parameter: its machine is compiled once.
pub(crate) struct Part {
    /// The element's id, by which a browser finds it in an answer.
    pub(crate) id: &'static str,
    /// Where it is found again.
    pub(crate) href: Box<dyn Fn() -> String>,
    /// Takes the title of the answer, where the part is the page.
    pub(crate) title: Option<RwSignal<String>>,
    /// What stands in its place when the server cannot be reached.
    pub(crate) failed: fn(AppError) -> AnyView,
    /// What the server renders.
    pub(crate) body: Body,
}

/// Shows the part. While somebody works in it, it holds still and offers what is new.
pub(crate) fn served(part: Part) -> AnyView {
    let Part { id, href, title, failed, body } = part;
    let followed = follow(live().served);
    let lost = RwSignal::new(false);
    Effect::new(move |before: Option<()>| {
        followed.shown.track();
        browser::renew(browser::Renewal { id, href: href(), first: before.is_none(), followed, title, lost });
    });
    view! {
        {move || if lost.get() { failed(AppError::Transport { detail: String::new() }) } else { held(followed) }}
        {holder(id, body)}
    }
    .erased()
}

/// The part itself; the mark tells the browser that it need not ask for it.
#[cfg(feature = "ssr")]
fn holder(id: &'static str, body: Body) -> AnyView {
    Suspend::new(async move {
        let Rendering { topics, view } = body();
        let html = view.await.to_html();
        view! { <div id=id class="served" data-shown="" data-topics=topics inner_html=html></div> }
    })
    .erased()
}

/// See the server's.
#[cfg(not(feature = "ssr"))]
fn holder(id: &'static str, _: Body) -> AnyView {
    view! { <div id=id class="served" inner_html=r#"<div class="state loading" role="status"><p>Loading…</p></div>"#></div> }
        .erased()
}
