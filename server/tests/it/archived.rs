//! Archives from outside: what the command says of them, what pages show, and what becomes of them when a database moves.

use super::{
    acts::{call, form, seen},
    kill::waybill,
    replicas::fresh_database,
    support::app::{App, Ask},
};
use serde_json::json;
use std::{
    path::Path,
    process::{Command, Output},
};
use tempfile::tempdir;
use waybill_server::{
    domain::{access::Role, time::Instant},
    simulate::{Options, Simulation},
    store::{
        archive::{ArchiveStore, Retention, Step},
        sql::query_as,
    },
};

fn run(command: &mut Command) -> (bool, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    (status.success(), String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned())
}

/// Shipments and sequences of events, and the page of each as it came in.
async fn pages(app: &App, events: &[(String, i64)]) -> Vec<String> {
    let cookie = app.session("admin").await;
    let mut pages = Vec::new();
    for (shipment, seq) in events {
        let answer = app.send(Ask::get(&format!("/shipments/{shipment}/events/{seq}")).page().cookie(&cookie)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let (_, body) = answer.text.split_once("<h1>Event as it came in</h1>").expect("a page of an event");
        pages.push(body.split_once("</pre>").expect("with its body").0.to_owned());
    }
    pages
}

fn command(folder: &Path, url: &str, what: &str) -> (bool, String, String) {
    run(waybill(folder).env("WAYBILL_DATABASE_URL", url).args(["archive", what]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn archives_are_told_of_shown_and_go_along_when_a_database_moves() {
    let folder = tempdir().expect("a folder");
    let url = fresh_database().await;
    let app = App::on(&url, tempdir().expect("a folder"), &[]).await;
    app.signed_in(Role::Admin).await;
    let key = app.key("sim", &["*"]).await;
    let events: Vec<_> = Simulation::new(5, Options::days(60, 60, app.clock.now())).collect();
    let (old, young) = events.split_at(events.len() * 2 / 3);
    for events in [old, young] {
        let lines: String = events.iter().map(|event| event.json.clone() + "\n").collect();
        assert_eq!(app.send(Ask::post("/api/v1/events:stream").key(&key).lines(&lines)).await.status, 200);
        app.clock.advance(40 * Instant::DAY);
    }
    let seen: Vec<(String, i64)> =
        query_as("SELECT s.id, e.seq FROM events AS e CROSS JOIN shipments AS s ON s.id = e.subject_id WHERE s.stage = 'posted' ORDER BY e.seq LIMIT 40")
            .fetch_all(&app.database.read)
            .await
            .expect("reads");
    let there = pages(&app, &seen).await;
    assert!(there.iter().all(|page| !page.contains("Archived in")));
    let (good, said, _) = command(folder.path(), &url, "status");
    assert!(good && said.contains("0 archives, 0 events"), "{said}");

    let terms = Retention { months: 1, folder: folder.path().join("archive"), at_once: 10_000, bytes: 32 << 20 };
    let mut after = 0;
    while let Step::More(seq) = app.database.archive(&terms, after).await.expect("a step") {
        after = seq;
    }
    let archives = app.database.archives().await.expect("archives");
    assert_eq!(archives.len(), 1, "{archives:?}");
    let file = archives[0].file.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    let archived = pages(&app, &seen).await;
    let note = format!("<div><dt>Kept</dt><dd>Archived in {file}</dd></div>");
    assert!(archived.iter().filter(|page| page.contains(&note)).count() > 10);
    let bodies = |pages: &[String]| pages.iter().map(|page| page.split("<pre").nth(1).map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(bodies(&archived), bodies(&there));
    for what in ["status", "verify"] {
        let (good, said, _) = command(folder.path(), &url, what);
        assert!(good && said.contains(&file) && said.contains("1 archives") && said.contains("; 0 missing"), "{said}");
    }
    app.database.close().await;

    // To another server, whose months have their parts, and into a file: the archive is where it was.
    let (server, embedded) = (fresh_database().await, format!("sqlite://{}", folder.path().join("moved.db").display()));
    for to in [&server, &embedded] {
        let (good, told, said) = run(waybill(folder.path()).args(["copy", "--from", &url, "--to", to]));
        assert!(good && told.contains("event_bodies: ") && told.contains("archives: 1"), "{told} {said}");
        let moved = App::on(to, tempdir().expect("a folder"), &[]).await;
        moved.clock.advance(80 * Instant::DAY);
        assert_eq!(pages(&moved, &seen).await, archived);
        assert!(command(folder.path(), to, "verify").0);
        moved.database.close().await;
    }

    // Damaged, and gone: told by name, and nothing is made up.
    let bytes = std::fs::read(&archives[0].file).expect("reads");
    std::fs::write(&archives[0].file, &bytes[..bytes.len() / 2]).expect("writes");
    for what in ["status", "verify"] {
        let (good, said, _) = command(folder.path(), &embedded, what);
        assert!(!good && said.contains(&file) && said.contains("WRONG") && said.contains("; 1 missing or damaged"), "{said}");
    }
    std::fs::remove_file(&archives[0].file).expect("removed");
    assert!(!command(folder.path(), &embedded, "status").0);
    let moved = App::on(&embedded, tempdir().expect("a folder"), &[]).await;
    moved.clock.advance(80 * Instant::DAY);
    let missing = pages(&moved, &seen).await;
    let told = format!("Archived in {file}, which is missing or damaged: what was sent cannot be shown");
    assert_eq!(
        missing.iter().filter(|page| page.contains(&told)).count(),
        archived.iter().filter(|page| page.contains(&note)).count()
    );
    // Whether it was billed is known from its facts; only the lines of its charges are not.
    let cookie = moved.session("admin").await;
    let told = format!("The rated charges are in the archive {file}, which is missing or damaged: they cannot be shown.");
    let mut without = 0;
    for (shipment, _) in &seen {
        let answer = moved.send(Ask::get(&format!("/shipments/{shipment}/readiness")).page().cookie(&cookie)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        without += usize::from(answer.text.contains(&told));
    }
    assert!(without > 10, "{without} of {}", seen.len());
    moved.database.close().await;
}

#[tokio::test]
async fn what_was_said_at_the_desk_is_told_to_be_away_with_its_archive() {
    let folder = tempdir().expect("a folder");
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let key = app.key("tms", &["tms/*"]).await;
    let tell = async |verb: &str| {
        let event = json!({ "specversion": "1.0", "id": verb, "source": "tms/eu", "subject": "S-1", "time": "2026-05-28T06:00:00Z",
            "type": format!("com.waybill.shipment.{verb}.v1"), "data": { "customer": "C-1" } });
        let ask = Ask::post("/api/v1/events").key(&key).with("content-type", "application/cloudevents+json");
        let answer = app.send(ask.body(&event.to_string())).await;
        assert_eq!(answer.json()["results"][0]["outcome"], "accepted", "{}", answer.text);
    };
    tell("planned").await;
    let (id,): (String,) = query_as("SELECT id FROM shipments").fetch_one(&app.database.read).await.expect("one");
    let acts = format!("/api/v1/shipments/{id}/acts");
    let correction = json!({ "action": "correct", "field": "customer", "value": "C-2", "note": "the wrong branch" });
    let said = call(&app, &cookie, &acts, correction).await;
    assert_eq!(said.status, 200, "{}", said.text);
    tell("cancelled").await;
    app.clock.advance(70 * Instant::DAY);
    let terms = Retention { months: 1, folder: folder.path().join("archive"), at_once: 100, bytes: 1 << 20 };
    while let Step::More(_) = app.database.archive(&terms, 0).await.expect("a step") {
        if app.database.archives().await.expect("archives").len() == 1 {
            break;
        }
    }
    let Step::More(after) = app.database.archive(&terms, 0).await.expect("taken out") else { panic!("nothing was archived") };
    assert_eq!(after, 0);
    let cookie = app.session("admin").await;
    let told = app.send(Ask::get(&acts).own().cookie(&cookie)).await;
    assert!(told.status == 200 && told.text.contains("C-2") && !told.text.contains("an archive that is away"), "{}", told.text);
    assert_eq!(told.json()["acts"][0]["may_undo"], true, "{}", told.text);
    let archives = app.database.archives().await.expect("archives");
    std::fs::remove_file(&archives[0].file).expect("lost");
    // Who asks is told that it was said, and where the words are: not that nothing can be told.
    for path in [acts.clone(), format!("/shipments/{id}")] {
        let told = app.send(Ask::get(&path).own().cookie(&cookie)).await;
        assert!(
            told.status == 200 && told.text.contains("are in an archive that is away"),
            "{path}: {} {}",
            told.status,
            told.text
        );
    }
    let act = app.send(Ask::get(&acts).own().cookie(&cookie)).await.json();
    assert_eq!(act["acts"][0]["may_undo"], false, "{act}");
    let act = act["acts"][0]["id"].as_str().unwrap_or_else(|| panic!("an act in {act}")).to_owned();
    let undone = form(&app, &cookie, &format!("/shipments/{id}/acts/{act}/undo"), &[("note", "it was right")]).await;
    let page = seen(&app, &cookie, &undone).await;
    assert!(page.text.contains("it can be taken back when the archive is there again"), "{}", page.text);
}
