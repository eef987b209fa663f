//! Logs: one line an event on the standard error stream, for people or as JSON. Never payloads, passwords or keys.

use crate::config::{LogFormat, Settings};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging. A second call (in tests) changes nothing.
pub fn init(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let colours = std::io::stderr().is_terminal();
    let started = match settings.log_format {
        LogFormat::Text => {
            registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(colours)).try_init()
        }
        LogFormat::Json => registry
            .with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false)
                    .with_writer(std::io::stderr),
            )
            .try_init(),
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(panic.place = place, panic.message = panic.payload_as_str().unwrap_or(""), "a task panicked");
        }));
    }
}

tokio::task_local! {
    static REQUEST: String;
}

/// Runs a request's work under its id.
pub async fn in_request<T>(id: String, work: impl Future<Output = T>) -> T {
    REQUEST.scope(id, work).await
}

/// The id of the request that this task works for, if it does.
pub fn current_request() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}
