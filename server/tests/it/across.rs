//! What one process is told holds at the others: two of them on one PostgreSQL. Their clocks stand, so nothing here ends by itself.

use crate::{
    replicas::fresh_database,
    support::app::{App, Ask, PASSWORD},
};
use app::{
    model::Flash,
    ports::{Caller, Flashes},
};
use axum::http::StatusCode;
use futures::StreamExt;
use sqlx::Connection;
use std::{sync::Arc, time::Duration};
use waybill_server::{
    clock::Clock,
    domain::{
        access::{Actor, Environment, Role},
        time::Instant,
    },
    service::flashes::Words,
    startup::{Database, OpenMode},
    store::sql::query_as,
};

/// Something went wrong if a state does not come for so long.
const PATIENCE: Duration = Duration::from_secs(60);

async fn two(flags: &[&str]) -> [App; 2] {
    let url = fresh_database().await;
    let folder = || tempfile::tempdir().expect("a folder");
    [App::on(&url, folder(), flags).await, App::on(&url, folder(), flags).await]
}

/// Asks until the answer has this status.
async fn until(app: &App, status: StatusCode, ask: impl Fn() -> Ask) {
    let asked = async {
        while app.send(ask()).await.status != status {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.expect("the status comes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_out_here_is_out_there_and_a_key_that_is_taken_back_is_nobody_s() {
    let [one, other] = two(&[]).await;
    let cookie = one.signed_in(Role::Admin).await;
    let list = || Ask::get("/api/v1/users").cookie(&cookie);
    assert_eq!(other.send(list()).await.status, StatusCode::OK, "the other one knows the session, and remembers it");
    assert_eq!(one.send(Ask::post("/sign-out").cookie(&cookie).own().form(&[])).await.status, StatusCode::SEE_OTHER);
    until(&other, StatusCode::UNAUTHORIZED, list).await;
    let key = one.key("tms", &["tms"]).await;
    let event = r#"{"specversion":"1.0","source":"tms","id":"e1","type":"com.waybill.shipment.dispatched.v1","subject":"SH-1","time":"2026-03-01T08:00:00Z","data":{}}"#;
    let send = || Ask::post("/api/v1/events").key(&key).with("content-type", "application/cloudevents+json").body(event);
    assert_eq!(other.send(send()).await.status, StatusCode::OK);
    let admin = Actor::system("test", Environment::Live);
    let id = one.edge.accounts.keys(&admin).await.expect("keys").remove(0).id;
    one.edge.accounts.revoke_key(&admin, id.as_str()).await.expect("revoked");
    until(&other, StatusCode::UNAUTHORIZED, send).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_keeps_failing_waits_everywhere() {
    let [one, other] = two(&["sign_in_failures_per_name=3"]).await;
    let name = one.person(Role::Dispatcher).await;
    let sign_in = |password: &str| Ask::post("/sign-in").own().form(&[("name", name.as_str()), ("password", password)]);
    for app in [&one, &other, &one] {
        assert_eq!(app.send(sign_in("wrong")).await.status, StatusCode::UNAUTHORIZED);
    }
    for app in [&one, &other] {
        let answer = app.send(sign_in(PASSWORD)).await;
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "15"));
        app.clock.advance(15_000_000);
    }
    assert_eq!(other.send(sign_in(PASSWORD)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(one.send(sign_in("wrong")).await.status, StatusCode::UNAUTHORIZED, "nothing is held against them any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_read_wherever_the_next_page_comes_from() {
    let [one, other] = two(&[]).await;
    let caller = Caller(Arc::new(Actor { name: "user:amira".into(), ..Actor::system("test", Environment::Live) }));
    let flash = Flash { done: Some("Done.".into()), ..Flash::default() };
    let id = one.edge.ports.flashes.keep(&caller, flash.clone()).await;
    assert_eq!(other.edge.ports.flashes.flash(&caller, &id).await, Some(flash));
}

#[tokio::test]
async fn words_are_for_the_one_who_acted_and_for_a_while() {
    const KEPT: i64 = 15 * Instant::MINUTE;
    let caller = |name: &str| Caller(Arc::new(Actor { name: name.into(), ..Actor::system("test", Environment::Live) }));
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("w.db").display());
    let clock = Clock::standing(Instant(1_780_000_000_000_000));
    let database = Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens");
    let flashes = Words::new(Arc::new(database.clone()), clock.clone());
    let flash = Flash { done: Some("Done.".into()), ..Flash::default() };
    let id = flashes.keep(&caller("user:amira"), flash.clone()).await;
    assert_eq!(flashes.flash(&caller("user:amira"), &id).await, Some(flash));
    assert_eq!(flashes.flash(&caller("user:ben"), &id).await, None);
    assert_eq!(flashes.flash(&caller("user:amira"), "another").await, None);
    clock.advance(KEPT);
    assert_eq!(flashes.flash(&caller("user:amira"), &id).await, None);
    // The next words take the old ones away.
    flashes.keep(&caller("user:ben"), Flash::default()).await;
    let rows: Vec<(String,)> = query_as("SELECT actor FROM flashes").fetch_all(&database.read).await.expect("reads");
    assert_eq!(rows, [("user:ben".to_owned(),)]);
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_has_one_limit_at_all_of_them() {
    const RATE: u32 = 2;
    let [one, other] = two(&[&format!("api_requests_per_second={RATE}")]).await;
    for n in 0.. {
        let key = one.key(&format!("tms-{n}"), &["tms"]).await;
        // What the key may not read is asked for: the limit comes first. Each process by itself would let all of its part in.
        let ask = |app| App::send(app, Ask::get("/api/v1/users").key(&key));
        let begun = std::time::Instant::now();
        let answers = futures::future::join_all([&one, &one, &other, &other].map(ask)).await;
        let took = begun.elapsed();
        let let_in = answers.iter().filter(|answer| answer.status != StatusCode::TOO_MANY_REQUESTS).count();
        assert!(let_in > 0, "nobody was let in");
        // In half a second one more is on time; what took longer tells nothing.
        if took < Duration::from_millis(500) {
            assert!(let_in <= 3, "{let_in} of 4 were let in within {took:?}, at {RATE} a second");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_hears_whichever_process_took_the_event_and_whether_or_not_that_is_heard_of() {
    let url = fresh_database().await;
    let folder = || tempfile::tempdir().expect("a folder");
    let (one, other) = (App::on(&url, folder(), &[]).await, App::on(&url, folder(), &[]).await);
    other.follow();
    let cookie = one.signed_in(Role::Dispatcher).await;
    let response = other.raw(Ask::get("/live").cookie(&cookie)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut stream = response.into_body().into_data_stream();
    let key = one.key("tms", &["tms"]).await;
    let mut server = sqlx::PgConnection::connect(&url).await.expect("the server answers");
    for n in 1..=3 {
        if n > 1 {
            // Nobody listens any more, until the connections are made anew.
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
            sqlx::raw_sql(cut).execute(&mut server).await.expect("cut");
        }
        let event = format!(
            r#"{{"specversion":"1.0","source":"tms","id":"e{n}","type":"com.waybill.shipment.dispatched.v1","subject":"SH-{n}","time":"2026-03-01T08:00:00Z","data":{{}}}}"#
        );
        let sent =
            one.send(Ask::post("/api/v1/events").key(&key).with("content-type", "application/cloudevents+json").body(&event));
        assert_eq!(sent.await.status, StatusCode::OK);
        let heard = async {
            loop {
                let piece = stream.next().await.expect("the stream goes on").expect("a whole piece");
                if String::from_utf8_lossy(&piece).contains("\"topic\":\"shipments\"") {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.expect("hears");
    }
}
