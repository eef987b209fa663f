//! Modal dialogs, by id.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// Opens one, unless it is open already or not on this page.
pub(crate) fn open_dialog(id: &str) {
    if let Some(dialog) = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlDialogElement>().ok())
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

/// Closes whatever is open.
pub(crate) fn close_dialogs() {
    while let Ok(Some(open)) = document().query_selector("dialog[open]") {
        let Ok(dialog) = open.dyn_into::<HtmlDialogElement>() else { return };
        dialog.close();
    }
}

/// Whether one is open: then single keys belong to it.
pub(super) fn any_open() -> bool {
    matches!(document().query_selector("dialog[open]"), Ok(Some(_)))
}
