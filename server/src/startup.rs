//! Puts the parts together: the one place that knows them all.

use crate::{
    clock::Clock,
    config::Settings,
    http::{self, Edge, Parts, metrics::Metrics},
    shutdown::Shutdown,
};
use anyhow::Context;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// What a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// What was sent to it.
    Own,
    /// A demonstration, in an environment of its own.
    Demo,
}

/// Serves until a signal asks to stop.
pub async fn serve(settings: Settings, content: Content) -> anyhow::Result<()> {
    let shutdown = Shutdown::new();
    shutdown.on_signals().context("signals cannot be watched")?;
    let listener = bind(settings.listen).await?;
    let metrics_listener = match settings.metrics_address()? {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let (limit, address) = (settings.shutdown_timeout(), listener.local_addr()?);
    let edge = Edge::new(Parts {
        settings,
        clock: Clock::system(),
        metrics: Metrics::default(),
        health: Vec::new(),
        shutdown: shutdown.clone(),
    });
    if let Some(listener) = metrics_listener {
        let (router, stop) = (http::metrics::alone(edge.clone()), shutdown.clone());
        shutdown.spawn(async move { http::serve(listener, router, &stop).await });
    }
    tracing::info!(%address, ?content, "serving");
    http::serve(listener, http::router(edge), &shutdown).await;
    match shutdown.drain(limit).await {
        0 => tracing::info!("stopped"),
        left => tracing::warn!(tasks.left = left, "stopped; some requests did not end in time"),
    }
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}
