//! Copies into what is served, or into the source by another name, are refused in one line; and what others are told is numbered on.

use crate::{
    kill::{Server, event, waybill},
    replicas::fresh_database,
    support::fleet::of_file,
};
use std::path::Path;
use waybill_server::{
    clock::Clock,
    domain::access::Environment,
    startup::{Database, OpenMode},
    store::outbox::OutboxStore,
};

/// What a copy says, and whether it was one.
fn copy(folder: &Path, from: &str, to: &str) -> (bool, String) {
    let done = waybill(folder).args(["copy", "--from", from, "--to", to]).output().expect("it runs");
    (done.status.success(), String::from_utf8(done.stderr).expect("text"))
}

fn refused((copied, said): (bool, String), why: &str) {
    assert!(!copied && said.contains(why), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}

fn migrated(folder: &Path, url: &str) {
    let done = waybill(folder).env("WAYBILL_DATABASE_URL", url).arg("migrate").output().expect("it runs");
    assert!(done.status.success(), "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_copies_into_a_database_that_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = format!("sqlite://{}", folder.path().join("source.db").display());
    migrated(folder.path(), &source);
    for url in [of_file(folder.path()), fresh_database().await] {
        let mut serving = waybill(folder.path());
        serving.env("WAYBILL_DATABASE_URL", &url);
        let mut server = Server::start_as(serving, "");
        refused(copy(folder.path(), &source, &url), "another program has the target open: end every `waybill serve` on it first");
        server.kill();
        // Of a killed process the server knows for a while.
        loop {
            let (copied, said) = copy(folder.path(), &source, &url);
            if copied {
                break;
            }
            assert!(said.contains("another program"), "{said}");
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_copied_into_itself_by_another_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, server) = (of_file(folder.path()), fresh_database().await);
    for (one, other) in
        [(&file, file.replace("/waybill.db", "/./waybill.db")), (&server, format!("{server}?application_name=other"))]
    {
        migrated(folder.path(), one);
        refused(copy(folder.path(), one, &other), "a database cannot be copied into itself: name another one after --to");
    }
}

/// The number of the next notice; it is told.
async fn next_number(url: &str, folder: &Path, key: &str, id: &str) -> i64 {
    let mut serving = waybill(folder);
    serving.env("WAYBILL_DATABASE_URL", url);
    let mut server = Server::start_as(serving, key);
    let mut dispatched = event(id);
    dispatched["type"] = "com.waybill.shipment.dispatched.v1".into();
    dispatched["subject"] = id.into();
    assert_eq!(server.send(&serde_json::json!([dispatched])).await, ["accepted"]);
    server.kill();
    let database = Database::open(url, OpenMode::Exact, Clock::system()).await.expect("opens");
    let waiting = database.waiting(Environment::Live, 100).await.expect("reads");
    let last = waiting.last().unwrap_or_else(|| panic!("nothing of {id}")).seq;
    database.told(Environment::Live, last).await.expect("taken away");
    database.close().await;
    last
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_are_numbered_on_after_a_copy() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = crate::kill::key(folder.path());
    let first = of_file(folder.path());
    let database = Database::open(&first, OpenMode::Exact, Clock::system()).await.expect("opens");
    database.open_outlet(Environment::Live).await.expect("opens");
    database.close().await;
    let mut last = 0;
    for id in ["a", "b", "c"] {
        last = next_number(&first, folder.path(), &key, id).await.max(last);
    }
    assert!(last >= 3, "{last}");
    let back = format!("sqlite://{}", folder.path().join("back.db").display());
    let mut from = first;
    for (to, id) in [(fresh_database().await, "d"), (back, "e")] {
        let copied = loop {
            let (copied, said) = copy(folder.path(), &from, &to);
            if copied || !said.contains("another program") {
                break (copied, said);
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        };
        assert!(copied.0, "{}", copied.1);
        let next = next_number(&to, folder.path(), &key, id).await;
        assert!(next > last, "{next} after {last}");
        (from, last) = (to, next);
    }
}
