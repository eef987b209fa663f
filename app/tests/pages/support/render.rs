//! Renders one address to whole HTML, as `SsrMode::Async` does, and tells what the page said about its answer.

use super::fake::{Fake, Mood};
use app::{
    ports::{Assets, Caller, RedirectTo, StatusSetter},
    shell::shell,
};
use futures::StreamExt;
use leptos::prelude::*;
use leptos_meta::ServerMetaContext;
use leptos_router::location::RequestUrl;
use std::sync::{Arc, Mutex};

/// An answer.
#[derive(Debug, Default, Clone)]
pub struct Answer {
    /// The document.
    pub html: String,
    /// Status, if the page set one.
    pub status: Option<u16>,
    /// Where the page redirects to.
    pub redirect: Option<String>,
}

impl Answer {
    /// The document without its tags, blanks run together: what a person reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for character in self.html.chars() {
            match character {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                _ if !inside => text.push(character),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Asks for an address.
pub async fn render(address: &str, mood: Mood) -> Answer {
    _ = any_spawner::Executor::init_tokio();
    let owner = Owner::new();
    let told = Arc::new(Mutex::new(Answer::default()));
    let (for_status, for_redirect) = (told.clone(), told.clone());
    let address = address.to_owned();
    let html = owner
        .with(|| {
            let (meta, _output) = ServerMetaContext::new();
            provide_context(meta);
            provide_context(RequestUrl::new(&address));
            provide_context(Fake(mood).ports());
            provide_context(Caller(Arc::new(())));
            provide_context(Assets { style: "/assets/main-1.css".into(), ..Assets::default() });
            provide_context(StatusSetter(Arc::new(move |status| {
                for_status.lock().expect("no test panics while it holds this").status = Some(status);
            })));
            provide_context(RedirectTo(Arc::new(move |path: &str| {
                for_redirect.lock().expect("no test panics while it holds this").redirect = Some(path.to_owned());
            })));
            leptos::reactive::computed::ScopedFuture::new(async move {
                shell().into_view().to_html_stream_in_order().collect::<String>().await
            })
        })
        .await;
    owner.unset_with_forced_cleanup();
    let mut answer = told.lock().expect("no test panics while it holds this").clone();
    answer.html = html;
    answer
}
