//! GET forms marked `data-soft` change the address without a load, and leave out what is empty.

use crate::paths::with_query;
use leptos::{
    ev,
    prelude::{document, request_animation_frame, window_event_listener},
};
use leptos_router::NavigateOptions;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

/// Listens for submissions anywhere on the page.
pub(super) fn soften(navigate: impl Fn(&str, NavigateOptions) + 'static) {
    let handle = window_event_listener(ev::submit, move |event| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        if !form.has_attribute("data-soft") || event.default_prevented() {
            return;
        }
        let (Ok(data), Some(action)) = (FormData::new_with_form(&form), form.get_attribute("action")) else { return };
        event.prevent_default();
        let fields = fields(&data);
        let pairs: Vec<_> = fields.iter().map(|(key, value)| (key.as_str(), value.trim())).collect();
        super::close_dialogs();
        navigate(&with_query(&action, &pairs), NavigateOptions::default());
    });
    // It listens as long as the page lives.
    std::mem::forget(handle);
}

/// The address has changed: forms show what it says, once the page has caught up with it.
pub(crate) fn reset_forms() {
    request_animation_frame(|| {
        let Ok(forms) = document().query_selector_all("form[data-soft]") else { return };
        for form in (0..forms.length()).filter_map(|i| forms.item(i)) {
            if let Ok(form) = form.dyn_into::<HtmlFormElement>() {
                form.reset();
            }
        }
    });
}

fn fields(data: &FormData) -> Vec<(String, String)> {
    let entries = data.entries();
    let mut fields = Vec::new();
    while let Ok(next) = entries.next() {
        if next.done() {
            break;
        }
        let pair = js_sys::Array::from(&next.value());
        if let (Some(key), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            fields.push((key, value));
        }
    }
    fields
}
