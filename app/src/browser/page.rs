//! The page as a whole: awake, arrived at another page, left for good.

use leptos::prelude::{document, window};
use leptos_router::NavigateOptions;
use wasm_bindgen::JsCast;

/// Hydration is over: keyboard and forms work from here on, and the style sheet may show what needs them.
pub(crate) fn ready(navigate: impl Fn(&str, NavigateOptions) + Clone + 'static) {
    super::forms::soften(navigate.clone());
    super::keys::listen(navigate);
    super::served::listen();
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-ready", "");
    }
}

/// Another page came without a load: its reader starts at the content, as after a load.
pub(crate) fn arrived() {
    super::close_dialogs();
    if let Some(main) = document().get_element_by_id("main").and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = main.focus();
    }
}

/// Leaves for another page with a load.
pub(crate) fn leave_for(path: &str) {
    let _ = window().location().assign(path);
}
