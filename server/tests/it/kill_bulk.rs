//! A bulk job under SIGKILL: it goes on where it was, and each exception is done and told once.

use crate::kill::{Server, key, waybill};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const EXCEPTIONS: u64 = 3_000;
const PASSWORD: &str = "correct horse battery";

/// Somebody who is signed in; the session outlives the server.
pub(crate) struct Person {
    client: reqwest::Client,
    cookie: String,
}

impl Person {
    async fn of(folder: &Path, server: &Server) -> Self {
        Self::add(folder);
        Self::signed_in(server).await
    }

    /// Makes them known.
    pub(crate) fn add(folder: &Path) {
        Self::add_by(waybill(folder));
    }

    /// The same by a command that knows where.
    pub(crate) fn add_by(mut waybill: Command) {
        let mut adding = waybill
            .args(["user", "add", "amira", "--role", "dispatcher", "--password-stdin"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("it runs");
        adding.stdin.take().expect("piped").write_all(PASSWORD.as_bytes()).expect("written");
        assert!(adding.wait().expect("it ends").success());
    }

    pub(crate) async fn signed_in(server: &Server) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let form = format!("name=amira&password={}", PASSWORD.replace(' ', "+"));
        let request = client.post(address(server, "/sign-in")).header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("origin", address(server, "")).header("sec-fetch-site", "same-origin").body(form);
        let answer = request.send().await.expect("answered");
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).expect("a session");
        Self { cookie: cookie.split(';').next().expect("a pair").to_owned(), client }
    }

    /// What shows who they are.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Status and text of a page.
    pub(crate) async fn page(&self, server: &Server, path: &str) -> (u16, String) {
        let request = self.client.get(address(server, path)).header("cookie", &self.cookie).header("accept", "text/html");
        let answer = request.send().await.expect("answered");
        (answer.status().as_u16(), answer.text().await.expect("whole"))
    }

    async fn read(&self, server: &Server, path: &str) -> Value {
        let answer = self.client.get(address(server, path)).header("cookie", &self.cookie).send().await.expect("answered");
        serde_json::from_str(&answer.text().await.expect("whole")).expect("JSON")
    }

    async fn send(&self, server: &Server, path: &str, body: Value) -> Value {
        let request = self.client.post(address(server, path)).header("cookie", &self.cookie).body(body.to_string());
        let request = request.header("content-type", "application/json").header("origin", address(server, ""));
        let answer = request.header("sec-fetch-site", "same-origin").send().await.expect("answered");
        serde_json::from_str(&answer.text().await.expect("whole")).expect("JSON")
    }
}

fn address(server: &Server, path: &str) -> String {
    server.events.replace("/api/v1/events", path)
}

async fn without_proof(server: &Server, key: &str) {
    let event = |n: u64| {
        json!({ "specversion": "1.0", "source": "kill", "id": format!("e{n}"), "type": "com.waybill.shipment.delivered.v1",
                "subject": format!("S-{n}"), "time": "2026-03-02T08:00:00Z", "data": { "carrier": format!("C{}", n % 7) } })
    };
    let client = reqwest::Client::new();
    for from in (0..EXCEPTIONS).step_by(500) {
        let batch: Vec<Value> = (from..from + 500).map(event).collect();
        let request = client.post(&server.events).bearer_auth(key).header("content-type", "application/json");
        let answer = request.body(json!(batch).to_string()).send().await.expect("answered");
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_is_killed_goes_on_and_does_each_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = key(folder.path());
    let mut server = Server::start(folder.path(), &key);
    let person = Person::of(folder.path(), &server).await;
    without_proof(&server, &key).await;
    let wanted = json!({ "action": "assign", "assignee": "amira", "filter": { "kind": "pod_missing" } });
    let mut prepared = person.send(&server, "/api/v1/exceptions/bulk", wanted.clone()).await;
    for _ in 0..100 {
        if prepared["items"] == EXCEPTIONS {
            break;
        }
        // The timers are not through with them yet.
        tokio::time::sleep(Duration::from_millis(300)).await;
        prepared = person.send(&server, "/api/v1/exceptions/bulk", wanted.clone()).await;
    }
    assert_eq!(prepared["items"], EXCEPTIONS, "{prepared}");
    let job = format!("/api/v1/exceptions/bulk/{}", prepared["id"].as_str().expect("an id"));
    person.send(&server, &format!("{job}:start"), json!({})).await;
    let mut lives = 1;
    let finished = loop {
        let stands = person.read(&server, &job).await;
        let done = stands["done"].as_u64().expect("a count");
        if stands["state"] == "finished" {
            break stands;
        }
        if done >= lives * 300 && lives < 4 {
            server.kill();
            server = Server::start(folder.path(), &key);
            lives += 1;
        }
    };
    println!("{lives} lives");
    assert!(lives > 1, "the job was over before anybody could kill it");
    assert_eq!((&finished["done"], &finished["refused"]), (&json!(EXCEPTIONS), &json!(0)));
    server.kill();
    verify(folder.path()).await;
}

/// Each was given to somebody once, and is told once.
async fn verify(folder: &Path) {
    use sqlx::Connection;
    let url = format!("sqlite://{}", folder.join("waybill.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
    for sql in [
        "SELECT count(*) FROM exceptions WHERE kind = 'pod_missing' AND assignee = 'amira' AND version = 2",
        "SELECT count(DISTINCT subject) FROM audit WHERE action = 'exception.assign'",
        "SELECT count(*) FROM audit WHERE action = 'exception.assign'",
        "SELECT count(*) FROM bulk_items AS i JOIN bulk_jobs AS j ON j.number = i.job WHERE j.state = 'finished' AND i.outcome = 'done'",
    ] {
        let (n,): (i64,) = sqlx::query_as(sql).fetch_one(&mut connection).await.expect("counts");
        assert_eq!(n, EXCEPTIONS.cast_signed(), "{sql}");
    }
}
