//! Charts: drawn by the server, fetched again when what they show may have changed.

use leptos::{prelude::document, task::spawn_local};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

thread_local! {
    /// The address of what hangs on the wall, or that the server hung it.
    static SHOWN: RefCell<bool> = const { RefCell::new(false) };
}

/// Fetches the drawing into its holder. The first time after a load it leaves alone what the server has put there.
pub(crate) fn draw(holder: &'static str, href: &str) {
    let Some(element) = document().get_element_by_id(holder) else { return };
    let first = !SHOWN.replace(true);
    if first && element.first_element_child().is_some() {
        return;
    }
    let href = href.to_owned();
    spawn_local(async move {
        // A failed fetch leaves the old drawing; the table beside it is up to date in any case.
        if let Ok(svg) = fetch(&href).await
            && let Some(element) = document().get_element_by_id(holder)
        {
            element.set_inner_html(&svg);
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
