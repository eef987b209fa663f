//! A demonstration that two processes serve: one tells its past, one keeps it moving, and the other takes that over.

use crate::{
    kill::{Server, key_of},
    replicas::fresh_database,
    support::fleet::{PATIENCE, on, ready},
};
use std::{collections::BTreeSet, time::Duration};
use waybill_server::{
    clock::Clock,
    startup::{Database, OpenMode},
    store::sql::query_as,
};

/// What is awaited: five seconds of it.
const EVENTS: i64 = 15;

async fn last(database: &Database) -> i64 {
    let (last,): (i64,) = query_as("SELECT max(seq) FROM events").fetch_one(&database.read).await.expect("reads");
    last
}

/// Waits for some events, and answers who told them: each process has a story of its own, whose shipments' references begin alike.
async fn tellers(database: &Database) -> BTreeSet<String> {
    let from = last(database).await;
    let told = async {
        while last(database).await < from + EVENTS {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("it is kept moving");
    let subjects = "SELECT s.reference FROM events AS e JOIN shipments AS s ON s.id = e.subject_id WHERE e.seq > ?1";
    let subjects: Vec<(String,)> = query_as(subjects).bind(from).fetch_all(&database.read).await.expect("reads");
    let story = |(reference,): &(String,)| reference[..3].to_owned();
    subjects.iter().map(story).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_demonstrate_one_tells_the_past_and_one_what_comes() {
    let (folder, url) = (tempfile::tempdir().expect("a folder"), fresh_database().await);
    let key = key_of(on(folder.path(), &url));
    let starting = [(); 2].map(|()| {
        let (command, key) = (on(folder.path(), &url), key.clone());
        std::thread::spawn(move || Server::start_with(command, &key, &["--listen", "127.0.0.1:0", "--demo"]))
    });
    let mut servers = starting.map(|starting| starting.join().expect("it serves"));
    let database = Database::open(&url, OpenMode::Exact, Clock::system()).await.expect("opens");
    let answers = "SELECT sum(taken), sum(duplicate) FROM intake_days";
    let (taken, again): (i64, i64) = query_as(answers).fetch_one(&database.read).await.expect("reads");
    assert!(taken > 10_000 && again < taken / 10, "{taken} events were taken, and {again} came again");
    let first = tellers(&database).await;
    assert_eq!(first.len(), 1, "{first:?}");
    for server in &mut servers {
        let (_, told) = ready(server.site()).await.expect("it answers");
        if told["duties"].as_array().expect("a list").iter().any(|duty| duty == "demo") {
            server.kill();
            break;
        }
    }
    let second = tellers(&database).await;
    assert!(second.len() == 1 && second != first, "{first:?}, then {second:?}");
    database.close().await;
}
