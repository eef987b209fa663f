//! The server's side: there is no browser, and nothing to do.

use crate::live::{Followed, Live};
use leptos::prelude::RwSignal;
use leptos_router::NavigateOptions;

pub(crate) fn listen(_live: Live) {}
pub(crate) fn ready(_navigate: impl Fn(&str, NavigateOptions) + Clone + 'static) {}
pub(crate) fn arrived() {}
pub(crate) fn reset_forms() {}
/// See the browser's.
#[expect(dead_code, reason = "only a browser reads it")]
pub(crate) struct Renewal {
    pub(crate) id: &'static str,
    pub(crate) href: String,
    pub(crate) first: bool,
    pub(crate) followed: Followed,
    pub(crate) title: Option<RwSignal<String>>,
    pub(crate) lost: RwSignal<bool>,
}
pub(crate) fn renew(_renewal: Renewal) {}
pub(crate) fn follows(_topic: &str) -> bool {
    false
}
pub(crate) fn title() -> String {
    String::new()
}
pub(crate) fn open_dialog(_id: &str) {}
pub(crate) fn close_dialogs() {}
pub(crate) fn single_keys() -> bool {
    true
}
pub(crate) fn row_has_focus() -> bool {
    false
}
pub(crate) fn set_single_keys(_on: bool) {}
#[cfg_attr(feature = "ssr", expect(dead_code, reason = "the server redirects instead"))]
pub(crate) fn leave_for(_path: &str) {}
