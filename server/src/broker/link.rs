//! The connection: made when the broker is there, and made anew when it was away.

use super::{Status, Trouble};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event};
use std::{sync::Arc, time::Duration};

/// How long a connection may be silent before it is asked whether it lives; it is given up after the third question.
const SILENCE: Duration = Duration::from_secs(5);
/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(4);

/// How long a broker may take that says at the start whom it lets in.
const FIRST: Duration = Duration::from_secs(2);

/// A client that connects by itself, now or when the broker is there. Fails only where the address makes no sense, or the broker is there and
/// does not let us in: it would not later.
pub async fn connect(urls: &[&str], status: &Arc<Status>) -> Result<Client, Trouble> {
    let first = ConnectOptions::new().name("waybill").connection_timeout(FIRST).connect(urls).await;
    if let Err(error) = first
        && matches!(error.kind(), ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation)
    {
        return Err(Trouble::of("the broker does not let us in, check the name and the password or token in the address")(error));
    }
    let told = Arc::clone(status);
    ConnectOptions::new()
        .name("waybill")
        .retry_on_initial_connect()
        .ping_interval(SILENCE)
        .reconnect_delay_callback(|attempt| {
            let doubled = Duration::from_millis(50).saturating_mul(1 << attempt.min(10));
            doubled.min(LONGEST)
        })
        .event_callback(move |event| {
            let told = Arc::clone(&told);
            async move {
                match event {
                    Event::Connected => told.connected(true),
                    Event::Disconnected | Event::Closed => told.connected(false),
                    other => tracing::warn!(event = %other, "the broker says something"),
                }
            }
        })
        .connect(urls)
        .await
        .map_err(Trouble::of("the broker's address makes no sense"))
}
