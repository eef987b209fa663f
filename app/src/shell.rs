//! The HTML document around the pages, and what wakes it up in the browser.

use crate::{app::App, ports::Assets};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

/// The whole document. Takes [`Assets`] and the nonce from the context.
pub fn shell() -> impl IntoView {
    let assets = use_context::<Assets>().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=assets.style.clone()/>
                {hydration(&assets)}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Loads the module and the wasm by the names that the build gave them; nothing when the server was built without them.
/// (The stock component reads the names from a file at each rendering.)
fn hydration(assets: &Assets) -> impl IntoView + use<> {
    let Assets { script, wasm, .. } = assets.clone();
    let nonce = use_nonce();
    (!script.is_empty()).then(|| {
        let start = format!("import init,{{hydrate}} from {script:?};init({{module_or_path:{wasm:?}}}).then(()=>hydrate());");
        view! {
            <link rel="modulepreload" href=script/>
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            <script type="module" nonce=nonce>{start}</script>
        }
    })
}
