//! Connections: no delay for small answers, a deadline for slow headers, and an orderly end.

use crate::shutdown::Shutdown;
use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{net::SocketAddr, pin::pin, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tower::Service;

/// How long a client may take for a request's headers; an idle connection is closed as late.
const HEADER_DEADLINE: Duration = Duration::from_secs(75);

/// Accepting failed for want of file descriptors, say: trying again at once would spin.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// The other end of the connection, in every request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Serves the router until stopping is asked for. Connections end after the request under way; [`Shutdown::drain`] waits for them.
pub async fn serve(listener: TcpListener, router: Router, shutdown: &Shutdown) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.asked() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => shutdown.spawn(connection(stream, Peer(peer), router.clone(), shutdown.clone())),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, peer: Peer, router: Router, shutdown: Shutdown) {
    // Without this a streamed page waits 40 ms for the client's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().call(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.asked() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}
