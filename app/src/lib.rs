//! Waybill's interface: pages, components, and the ports they read through. Knows nothing of axum, sqlx or tokio.

pub mod api;
pub mod app;
mod browser;
mod components;
pub mod error;
mod live;
pub mod model;
mod pages;
pub mod paths;
#[cfg(feature = "ssr")]
pub mod ports;
mod read;
#[cfg(feature = "ssr")]
pub mod shell;

/// Wakes the server's HTML up in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
