//! `waybill serve` with `retention_months`: what is old and over goes into archives by itself, and is read from there. Where it cannot, that is
//! told.

use crate::{
    kill::Server,
    kill_bulk::Person,
    replicas::fresh_database,
    support::{
        app::{App, Ask},
        fleet::{PATIENCE, of_file, on, ready},
    },
};
use std::{path::Path, process::Command, sync::Arc, time::Duration};
use tempfile::tempdir;
use tokio_util::sync::CancellationToken;
use waybill_server::{
    clock::Clock,
    domain::{
        access::{Environment, Role, Scope},
        time::Instant,
    },
    service::{archives::Archives, health::Companion},
    simulate::{Options, Simulation},
    startup::{Database, OpenMode},
    store::{archive::Retention, sql::query_as, timers::TimerStore},
    worker,
};

/// Events and their pages.
type Pages = Vec<(String, String)>;

/// Takes in what an invented shipper did months ago, and answers pages of events whose shipments are over.
async fn long_ago(url: &str) -> Pages {
    let app = App::on(url, tempdir().expect("a folder"), &[]).await;
    app.clock.advance(Clock::system().now().since(app.clock.now()) - 130 * Instant::DAY);
    app.person_in("amira", Role::Admin, Scope::ALL, Environment::Live).await;
    let key = app.key("sim", &["*"]).await;
    let events = Simulation::new(5, Options::days(60, 60, app.clock.now()));
    let lines: String = events.map(|event| event.json + "\n").collect();
    assert_eq!(app.send(Ask::post("/api/v1/events:stream").key(&key).lines(&lines)).await.status, 200);
    // By now nothing of it is due any more: a pass finds it over. What happened goes by the day and hour, so the events are of many shipments.
    app.clock.advance(130 * Instant::DAY);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    let seen: Vec<(String, i64)> = query_as(
        "SELECT s.id, e.seq FROM events AS e CROSS JOIN shipments AS s ON s.id = e.subject_id WHERE s.stage = 'posted' ORDER BY e.seq % 5, e.seq LIMIT 120",
    )
    .fetch_all(&app.database.read)
    .await
    .expect("reads");
    let cookie = app.session("amira").await;
    let mut pages = Pages::new();
    for (shipment, seq) in seen {
        let path = format!("/shipments/{shipment}/events/{seq}");
        let answer = app.send(Ask::get(&path).page().cookie(&cookie)).await;
        assert!(answer.status == 200 && !answer.text.contains("Archived in"), "{}", answer.text);
        pages.push((path, body_of(&answer.text)));
    }
    app.database.close().await;
    pages
}

/// What was sent, as the page shows it.
fn body_of(page: &str) -> String {
    let (_, rest) = page.split_once("<pre").unwrap_or_else(|| panic!("no body in {page}"));
    rest.split_once("</pre>").expect("it ends").0.to_owned()
}

fn serving(folder: &Path, url: &str) -> Command {
    let mut command = on(folder, url);
    command.env("WAYBILL_RETENTION_MONTHS", "1").env("WAYBILL_RETENTION_FOLDER", folder.join("archive"));
    command
}

/// What the command says, and whether it finds all well.
fn status(folder: &Path, url: &str) -> (bool, String) {
    let output = serving(folder, url).args(["archive", "status"]).output().expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Waits until `/readyz` says this of the archives.
async fn until_told(server: &Server, wanted: &str) {
    let told = async {
        loop {
            let (code, told) = ready(server.site()).await.expect("answers");
            if told["parts"]["archives"].as_str().is_some_and(|told| told.starts_with(wanted)) {
                assert_eq!(code, 200, "it serves all the same");
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("never {wanted}"));
}

async fn moves_by_itself(url: &str) {
    let folder = tempdir().expect("a folder");
    let there = long_ago(url).await;
    let archive = folder.path().join("archive");
    // A file has the folder's name: nothing can be written into it, by nobody.
    std::fs::write(&archive, "in the way").expect("writes");
    let mut server = Server::start_as(serving(folder.path(), url), "no key");
    until_told(&server, "bodies cannot be archived").await;
    let (good, said) = status(folder.path(), url);
    assert!(!good && said.contains("WRONG: nothing can be archived") && said.contains("0 archives"), "{said}");
    server.kill();
    // As a pass that was killed leaves it.
    std::fs::remove_file(&archive).expect("removed");
    std::fs::create_dir(&archive).expect("a folder");
    let (begun, unknown) = (archive.join("waybill-2020-01-a.part"), archive.join("waybill-2020-01-b.archive"));
    for file in [&begun, &unknown] {
        std::fs::write(file, "half").expect("writes");
        let (_, said) = status(folder.path(), url);
        assert!(said.contains(&file.display().to_string()), "{said}");
    }
    assert_eq!(std::fs::read_dir(&archive).expect("listed").count(), 2, "who asks leaves nothing");
    let server = Server::start_as(serving(folder.path(), url), "no key");
    let person = Person::signed_in(&server).await;
    let moved = async {
        loop {
            let mut archived = 0;
            for (path, body) in &there {
                let (status, page) = person.page(&server, path).await;
                assert_eq!((status, body_of(&page)), (200, body.clone()), "{path}");
                archived += usize::from(page.contains("Archived in waybill-"));
            }
            if archived > 5 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    tokio::time::timeout(PATIENCE, moved).await.expect("the worker moves what is old");
    until_told(&server, "ok").await;
    let (_, said) = status(folder.path(), url);
    assert!(!said.contains("; 0 archives") && !begun.exists() && unknown.exists(), "{said}");
    assert!(said.contains("no archive of this database") && said.contains(&unknown.display().to_string()), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_moves_what_is_old_on_the_embedded_database() {
    let folder = tempdir().expect("a folder");
    moves_by_itself(&of_file(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_moves_what_is_old_on_a_server() {
    moves_by_itself(&fresh_database().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_can_be_listed_and_not_written_is_told() {
    let folder = tempdir().expect("a folder");
    let url = of_file(folder.path());
    App::on(&url, tempdir().expect("a folder"), &[]).await.database.close().await;
    // Nobody makes a file there, whatever they may do elsewhere.
    let mut command = serving(folder.path(), &url);
    let output = command.env("WAYBILL_RETENTION_FOLDER", "/proc/self").args(["archive", "status"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("WRONG: nothing can be archived: the archive /proc/self"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_moves_bodies_tells_how_that_goes_as_long_as_it_is_its_work() {
    let folder = tempdir().expect("a folder");
    let database = Database::open(&of_file(folder.path()), OpenMode::Migrate, Clock::system()).await.expect("opens");
    let terms = Retention { months: 1, folder: folder.path().join("archive"), at_once: 10, bytes: 1 << 20 };
    std::fs::write(&terms.folder, "in the way").expect("writes");
    let archives = Arc::new(Archives::default());
    let begin = || {
        let stop = CancellationToken::new();
        let work = worker::archive::run(Arc::new(database.clone()), terms.clone(), Arc::clone(&archives), stop.clone());
        (stop, tokio::spawn(work))
    };
    let until = async |well: bool| {
        let told = async {
            while archives.state().is_ok() != well {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("never told: {well}"));
    };
    let (stop, work) = begin();
    until(false).await;
    // From here on somebody else may do it: what they find is theirs to tell.
    stop.cancel();
    work.await.expect("ends");
    assert_eq!(archives.state(), Ok(()));
    // What went wrong before is over when a pass goes through.
    archives.moves(false);
    std::fs::remove_file(&terms.folder).expect("removed");
    let (stop, work) = begin();
    until(true).await;
    stop.cancel();
    work.await.expect("ends");
    database.close().await;
}
