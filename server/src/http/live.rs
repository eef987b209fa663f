//! `/live`: server-sent events that say which topics changed. Ends when Waybill stops and when the session does.

use super::{Edge, Problem, auth::OfSession};
use crate::service::{
    accounts::SessionIdentity,
    live::{Listener, Topic},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt, stream};
use serde_json::json;
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often a stream asks whether its session still lasts.
const STILL_THERE: Duration = Duration::from_secs(5);

/// How often an idle stream says that it is alive, so that proxies keep it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// When a browser should come back after the stream was lost.
const RETRY: Duration = Duration::from_secs(3);

pub(super) async fn stream(
    State(edge): State<Edge>,
    OfSession(identity): OfSession,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let heard = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(heard);
    let listener = edge.live.listen(&identity.actor, heard.as_deref()).map_err(|_| Problem::forbidden())?;
    let first = stream::once(async { Ok(Event::default().retry(RETRY).comment("listening")) });
    let events = Sse::new(first.chain(changes(edge, identity, listener)));
    // Proxies that collect an answer before they pass it on would hold changes back.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, events.keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response())
}

struct Open {
    edge: Edge,
    identity: Arc<SessionIdentity>,
    listener: Listener,
    check: Interval,
    rights: watch::Receiver<u64>,
    ready: VecDeque<Event>,
}

fn changes(edge: Edge, identity: Arc<SessionIdentity>, listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut check = interval(STILL_THERE);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    edge.metrics.streams.inc();
    let rights = edge.accounts.rights_changed();
    let open = Open { edge, rights, identity, listener, check, ready: VecDeque::new() };
    stream::unfold(open, |mut open| async move {
        while open.ready.is_empty() {
            open.wait().await?;
        }
        open.ready.pop_front().map(|event| (Ok(event), open))
    })
}

impl Drop for Open {
    fn drop(&mut self) {
        self.edge.metrics.streams.dec();
    }
}

impl Open {
    /// Waits for changes; `None` ends the stream.
    async fn wait(&mut self) -> Option<()> {
        tokio::select! {
            biased;
            () = self.edge.shutdown.asked() => None,
            () = either(&mut self.check, &mut self.rights) => {
                // When the store is away, ending the stream shows it: the page says that it is not live.
                let lasts = self.edge.accounts.session_lasts(self.identity.token).await.unwrap_or(false);
                lasts.then_some(())
            }
            news = self.listener.next() => {
                let news = news?;
                let id = self.listener.known().iter().map(|(topic, seq)| format!("{}={seq}", topic.code()));
                let id = id.collect::<Vec<_>>().join(",");
                self.ready.extend(news.iter().map(|change| {
                    let data = json!({ "topic": change.topic.code(), "seq": change.seq });
                    Event::default().id(&id).data(data.to_string())
                }));
                Some(())
            }
        }
    }
}

/// Waits for the next time to look, or until somebody's rights were changed.
async fn either(check: &mut Interval, rights: &mut watch::Receiver<u64>) {
    tokio::select! {
        _ = check.tick() => {}
        Ok(()) = rights.changed() => {}
    }
}

/// Reads an event's id back: `shipments=12,quarantine=7`.
fn heard(id: &str) -> Vec<(Topic, i64)> {
    let pair = |pair: &str| {
        let (code, seq) = pair.split_once('=')?;
        Some((Topic::ALL.into_iter().find(|topic| topic.code() == code)?, seq.parse().ok()?))
    };
    id.split(',').filter_map(pair).collect()
}
