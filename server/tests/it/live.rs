//! Live updates: who may listen, what they hear, and when the stream ends.

use crate::support::app::{App, Ask};
use axum::{body::BodyDataStream, http::StatusCode};
use futures::StreamExt;
use std::time::Duration;
use waybill_server::domain::{
    access::{Actor, Environment, Role},
    receipt::Lane,
};
use waybill_server::service::live::Topic;

/// Something went wrong if nothing is heard for so long.
const PATIENCE: Duration = Duration::from_mins(1);

struct Stream(BodyDataStream);

impl Stream {
    async fn open(app: &App, cookie: &str, last: Option<&str>) -> Self {
        let ask = Ask::get("/live").cookie(cookie);
        let ask = match last {
            Some(id) => ask.with("last-event-id", id),
            None => ask,
        };
        let response = app.raw(ask).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Self(response.into_body().into_data_stream());
        assert!(stream.next().await.expect("a greeting").contains("retry: 3000"));
        stream
    }

    /// The next piece that is no mere sign of life; nothing at the end.
    async fn next(&mut self) -> Option<String> {
        loop {
            let piece = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("heard in time")?;
            let text = String::from_utf8(piece.expect("a whole piece").to_vec()).expect("text");
            if !text.starts_with(":\n") {
                return Some(text);
            }
        }
    }

    async fn hears_nothing_for(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.0.next()).await.is_err()
    }
}

/// Moves a topic, as a commit of events would.
async fn change(app: &App, environment: Environment, topic: &'static str, seq: i64) {
    let work = app.database.writer.run(Lane::Single, move |connection| {
        let insert = format!(
            "INSERT INTO feed (environment, topic, seq) VALUES (?1, ?2, {seq})
             ON CONFLICT (environment, topic) DO UPDATE SET seq = excluded.seq"
        );
        waybill_server::store::sql::execute(connection, &insert, [environment.code(), topic]).map(drop)
    });
    work.await.expect("written");
}

async fn begun() -> App {
    let app = App::start().await;
    app.follow();
    read_up_to_here(&app, 1).await;
    app
}

/// Waits until everything written before has been read from the feed. The sandbox is read last, and nobody else moves it.
async fn read_up_to_here(app: &App, seq: i64) {
    change(app, Environment::Sandbox, "shipments", seq).await;
    let actor = Actor::system("test", Environment::Sandbox);
    let mut listener = app.edge.live.listen(&actor, Some(&[(Topic::Shipments, seq - 1)])).expect("may listen");
    tokio::time::timeout(PATIENCE, listener.next()).await.expect("read in time");
}

#[tokio::test]
async fn a_change_is_heard_in_its_own_environment_and_by_those_who_may() {
    let app = begun().await;
    let dispatcher = app.signed_in(Role::Dispatcher).await;
    let viewer = app.signed_in(Role::Viewer).await;
    let (mut all, mut some) = (Stream::open(&app, &dispatcher, None).await, Stream::open(&app, &viewer, None).await);
    change(&app, Environment::Demo, "shipments", 3).await;
    change(&app, Environment::Live, "quarantine", 4).await;
    let heard = all.next().await.expect("a change");
    assert_eq!(heard, "id: quarantine=4\ndata: {\"seq\":4,\"topic\":\"quarantine\"}\n\n");
    change(&app, Environment::Live, "shipments", 7).await;
    assert!(all.next().await.expect("a change").contains("\"seq\":7,\"topic\":\"shipments\""));
    let heard = some.next().await.expect("a change");
    assert_eq!(heard, "id: shipments=7\ndata: {\"seq\":7,\"topic\":\"shipments\"}\n\n", "nothing of what is not theirs to see");
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed_and_nothing_twice() {
    let app = begun().await;
    let cookie = app.signed_in(Role::Dispatcher).await;
    change(&app, Environment::Live, "shipments", 5).await;
    read_up_to_here(&app, 2).await;
    app.clock.advance(10_000_000);
    let mut stream = Stream::open(&app, &cookie, Some("shipments=4")).await;
    assert!(stream.next().await.expect("missed").contains("\"seq\":5"));
    let mut stream = Stream::open(&app, &cookie, Some("shipments=5")).await;
    assert!(stream.hears_nothing_for(Duration::from_millis(700)).await);
    let mut stream = Stream::open(&app, &cookie, None).await;
    assert!(
        stream.hears_nothing_for(Duration::from_millis(700)).await,
        "what was rendered a while after the change is up to date"
    );
}

#[tokio::test]
async fn nobody_listens_without_a_session() {
    let app = begun().await;
    assert_eq!(app.send(Ask::get("/live")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stream_ends_with_the_session() {
    let app = begun().await;
    let cookie = app.signed_in(Role::Dispatcher).await;
    let mut stream = Stream::open(&app, &cookie, None).await;
    let actor = Actor::system("test", Environment::Live);
    app.edge.accounts.revoke_sessions(&actor, "dispatcher").await.expect("revoked");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_stream_ends_when_waybill_stops() {
    let app = begun().await;
    let cookie = app.signed_in(Role::Dispatcher).await;
    let mut stream = Stream::open(&app, &cookie, None).await;
    app.shutdown.begin();
    let ended = tokio::time::timeout(PATIENCE, stream.next()).await;
    assert_eq!(ended.expect("it ends"), None);
}
