//! Three processes on one PostgreSQL: one after the other is killed without warning while all of them take events in. Nothing that any
//! of them answered for is lost, nothing is there twice, and what is counted agrees.

use super::{
    kill::{Server, Traffic, key_of, waybill},
    support::messages,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{collections::BTreeSet, path::Path, process::Command, time::Duration};
use waybill_server::{
    clock::Clock,
    startup::{Database, OpenMode},
    store::sql::query_as,
};

const REPLICAS: usize = 3;
const ROUNDS: usize = 5;
/// What each round lets them work.
const LIFE: Duration = Duration::from_millis(600);

/// The address of a new, empty database.
pub(crate) async fn fresh_database() -> String {
    #[expect(clippy::disallowed_methods, reason = "where the test run's server is")]
    let server = std::env::var("WAYBILL_TEST_POSTGRES")
        .expect("WAYBILL_TEST_POSTGRES names a PostgreSQL server for tests: run them by scripts/rust-tests.sh, which starts one");
    let name = format!("waybill_{}", waybill_server::ids::fresh().replace('-', ""));
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.expect("the server for tests answers");
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.expect("a database");
    format!("{server}/{name}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_are_killed_lose_nothing_and_repeat_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = fresh_database().await;
    let on = |folder: &Path| -> Command {
        let mut command = waybill(folder);
        command.env("WAYBILL_DATABASE_URL", &url);
        command
    };
    let key = key_of(on(folder.path()));
    // All at once: one of them has brought the schema up, or did with the key.
    let mut replicas: Vec<Server> = (0..REPLICAS).map(|_| Server::start_as(on(folder.path()), &key)).collect();
    let (mut sent, mut answered) = (BTreeSet::new(), 0);
    for round in 0..ROUNDS {
        let victim = round % REPLICAS;
        let traffic: Vec<Traffic> =
            replicas.iter().enumerate().map(|(at, replica)| Traffic::begin(replica, &format!("r{round}-{at}"))).collect();
        tokio::time::sleep(LIFE).await;
        replicas[victim].kill();
        // The others go on for a while, and are then stopped too, so that their senders end.
        tokio::time::sleep(LIFE).await;
        replicas.iter_mut().enumerate().filter(|(at, _)| *at != victim).for_each(|(_, replica)| replica.kill());
        let mut told = Vec::new();
        for traffic in traffic {
            told.extend(traffic.end().await);
        }
        replicas = (0..REPLICAS).map(|_| Server::start_as(on(folder.path()), &key)).collect();
        // Everything once more, to a replica that did not take it: what was answered is known.
        let ids: Vec<&String> = told.iter().map(|(id, _)| id).collect();
        for (at, ids) in ids.chunks(500).enumerate() {
            for (id, outcome) in ids.iter().zip(replicas[at % REPLICAS].send_batch(ids).await) {
                let was_answered = told.iter().any(|(sent, answered)| sent == *id && *answered);
                let fine = outcome == "duplicate" || (!was_answered && outcome == "accepted");
                assert!(fine, "round {round}: {id} was answered: {was_answered}, and is {outcome} now");
            }
        }
        answered += told.iter().filter(|(_, answered)| *answered).count();
        sent.extend(told.into_iter().map(|(id, _)| id));
    }
    println!("{ROUNDS} rounds, {} events sent, {answered} answered", sent.len());
    assert!(answered > 0 && answered < sent.len(), "they were killed too early or too late to prove anything");
    drop(replicas);
    verify(&url, &sent).await;
}

/// Every event that was sent is there exactly once, and everything that is counted agrees.
pub(crate) async fn verify(url: &str, sent: &BTreeSet<String>) {
    let database = Database::open(url, OpenMode::Exact, Clock::system()).await.expect("opens");
    let stored: Vec<(String,)> =
        query_as("SELECT event_id FROM events ORDER BY event_id").fetch_all(&database.read).await.expect("reads");
    assert!(
        stored.iter().map(|(id,)| id).eq(messages::stored(sent)),
        "{} records are stored, {} were sent",
        stored.len(),
        sent.len()
    );
    for (one, other) in [
        ("SELECT count(*) FROM event_keys", "SELECT count(DISTINCT event_id) FROM events"),
        ("SELECT count(*) FROM shipments", "SELECT sum(n) FROM shipment_counts WHERE what LIKE 'stage:%'"),
        ("SELECT count(*) FROM events", "SELECT max(seq) FROM events"),
        ("SELECT count(*) FROM events", "SELECT count(*) FROM events AS e JOIN audit AS a ON a.seq = e.audit_seq"),
        (
            "SELECT count(*) FROM events",
            "SELECT count(*) FROM events AS e JOIN event_bodies AS b ON (b.month, b.seq) = (e.body_month, e.seq)",
        ),
    ] {
        let (n,): (i64,) = query_as(one).fetch_one(&database.read).await.expect("counts");
        let (m,): (i64,) = query_as(other).fetch_one(&database.read).await.expect("counts");
        assert_eq!(n, m, "{one} and {other}");
    }
    database.close().await;
}
