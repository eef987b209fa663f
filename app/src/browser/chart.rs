//! Charts: drawn by the server, fetched again when what they show may have changed.

use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDivElement, Response};

thread_local! {
    /// Whether a drawing has been asked for since the load.
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Fetches the drawing into its holder. The first time after a load it leaves alone what the server has put there.
pub(crate) fn draw(holder: &HtmlDivElement, href: &str) {
    let first = !ASKED.replace(true);
    if first && holder.first_element_child().is_some() {
        return;
    }
    let (holder, href) = (holder.clone(), href.to_owned());
    spawn_local(async move {
        // A failed fetch leaves the old drawing; the table beside it is up to date in any case.
        if let Ok(svg) = fetch(&href).await {
            holder.set_inner_html(&svg);
        }
    });
}

async fn fetch(href: &str) -> Result<String, JsValue> {
    let response: Response = JsFuture::from(leptos::prelude::window().fetch_with_str(href)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or(JsValue::NULL)
}
