//! The keyboard.

use super::{dialogs, open_dialog, picks, served};
use crate::paths;
use leptos::{
    ev,
    prelude::{document, window, window_event_listener},
};
use leptos_router::NavigateOptions;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Where the choice about single keys is kept.
const SINGLE_KEYS: &str = "waybill.single-keys";

/// What leads on from each row of a list.
const ROWS: &str = "[data-rows] tbody th a";

/// Listens to the whole window.
pub(super) fn listen(navigate: impl Fn(&str, NavigateOptions) + 'static) {
    // `g` waits for a second letter.
    let going = Cell::new(false);
    let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let key = event.key();
        if (event.ctrl_key() || event.meta_key()) && !event.alt_key() && key.eq_ignore_ascii_case("k") {
            event.prevent_default();
            return open_dialog("palette");
        }
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
            return;
        }
        if (key == "ArrowDown" || key == "ArrowUp") && in_palette() {
            event.prevent_default();
            return step("#palette input, #palette .found a", key == "ArrowDown");
        }
        if typing() || dialogs::any_open() || !single_keys() {
            return;
        }
        let went = going.replace(key == "g");
        let to = match (went, key.as_str()) {
            (true, "h") => Some(paths::START),
            (true, "o") => Some(paths::HOME),
            (true, "s") => Some(paths::SHIPMENTS),
            (true, "e") => Some(paths::EXCEPTIONS),
            (true, "q") => Some(paths::QUARANTINE),
            _ => None,
        };
        if let Some(to) = to {
            event.prevent_default();
            return navigate(to, NavigateOptions::default());
        }
        match key.as_str() {
            "/" => {
                event.prevent_default();
                open_dialog("palette");
            }
            "?" => open_dialog("help"),
            "j" | "k" => step(ROWS, key == "j"),
            // The page's own keys: whatever says that it answers to one. What is typed into it comes after this key.
            key if press(key) => event.prevent_default(),
            _ => {}
        }
    });
    // It listens as long as the page lives.
    std::mem::forget(handle);
}

/// Whether single keys work on this device.
pub(crate) fn single_keys() -> bool {
    let kept = window().local_storage().ok().flatten().and_then(|kept| kept.get_item(SINGLE_KEYS).ok().flatten());
    kept.as_deref() != Some("off")
}

/// Turns single keys on or off on this device.
pub(crate) fn set_single_keys(on: bool) {
    if let Ok(Some(kept)) = window().local_storage() {
        let _ = if on { kept.remove_item(SINGLE_KEYS) } else { kept.set_item(SINGLE_KEYS, "off") };
    }
}

/// Moves the focus to the next or previous of the elements; to the first if none has it.
fn step(selector: &str, forward: bool) {
    let Ok(found) = document().query_selector_all(selector) else { return };
    // In a row, the row's own link stands for whatever has the focus.
    let in_row = focused_in("[data-rows] tr").and_then(|row| row.query_selector("th a").ok().flatten());
    let focused = in_row.or_else(|| document().active_element());
    let at = (0..found.length()).find(|i| found.item(*i).as_ref() == focused.as_ref().map(|e| e.as_ref()));
    let to = match at {
        None => 0,
        Some(i) if forward => (i + 1).min(found.length().saturating_sub(1)),
        Some(i) => i.saturating_sub(1),
    };
    if let Some(element) = found.item(to).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Presses the button that says it answers to this key; in a list where nothing is picked, the focused row is picked first.
/// `x` picks the focused row. Whether there was something to press.
fn press(key: &str) -> bool {
    let row = focused_in("[data-rows] tbody tr");
    if key == "x" {
        return row.is_some_and(|row| picks::toggle(&row));
    }
    let button = document().query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten();
    let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) else { return false };
    if let Some(row) = row.filter(|_| !picks::any()) {
        picks::toggle(&row);
    }
    button.click();
    true
}

fn focused_in(selector: &str) -> Option<Element> {
    document().active_element().and_then(|element| element.closest(selector).ok().flatten())
}

/// Whether somebody works in the rows of a list, or has begun to in a form beside them.
pub(crate) fn row_has_focus() -> bool {
    focused_in("[data-rows]").is_some() || served::touched()
}

fn typing() -> bool {
    focused_in("input:not([type=\"checkbox\"]), textarea, select, [contenteditable]").is_some()
}

fn in_palette() -> bool {
    focused_in("#palette").is_some()
}
