//! Kills the server without warning while it takes events in, again and again: nothing that it answered for is lost, nothing is
//! there twice.

use crate::support::{
    messages::{self, message},
    standing::told_is_what_stands,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::Mutex;
use waybill_server::{
    clock::Clock,
    startup::{Database, OpenMode},
};

const ROUNDS: u32 = 12;
/// Senders of single events.
const CLIENTS: u32 = 6;
/// Events of the stream that runs beside them.
const BULK: u32 = 1_500;
/// Milliseconds that the server lives after the first event.
const LIFE: std::ops::Range<u64> = 20..700;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_is_there_twice() {
    #[expect(clippy::disallowed_methods, reason = "another life at each run, and the same again for who asks for it")]
    let seed = match std::env::var("WAYBILL_KILL_SEED") {
        Ok(seed) => seed.parse().expect("WAYBILL_KILL_SEED is a number"),
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).expect("past 1970").subsec_nanos().into(),
    };
    println!("WAYBILL_KILL_SEED={seed} tells the same lives again");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let key = key(folder.path());
    let (mut sent, mut answered) = (BTreeSet::new(), 0);
    let mut server = Server::start(folder.path(), &key);
    for round in 0..ROUNDS {
        let traffic = Traffic::begin(&server, &format!("r{round}"));
        tokio::time::sleep(Duration::from_millis(random.random_range(LIFE))).await;
        server.kill();
        let traffic = traffic.end().await;
        server = Server::start(folder.path(), &key);
        // Everything once more: what was answered is known, the rest is taken now or was just before the end.
        let ids: Vec<&String> = traffic.keys().collect();
        for ids in ids.chunks(1_000) {
            for (id, outcome) in ids.iter().zip(server.send_batch(ids).await) {
                let fine = match traffic[*id] {
                    true => outcome == "duplicate",
                    false => outcome == "accepted" || outcome == "duplicate",
                };
                assert!(fine, "round {round}: {id} was answered: {}, and is {outcome} now", traffic[*id]);
            }
        }
        answered += traffic.values().filter(|answered| **answered).count();
        sent.extend(traffic.into_keys());
    }
    server.kill();
    println!("{ROUNDS} lives, {} events sent, {answered} answered", sent.len());
    assert!(answered > 0 && answered < sent.len(), "the server was killed too early or too late to prove anything");
    verify(folder.path(), &sent).await;
    figures(folder.path()).await;
}

/// Every event that was sent is there exactly once, and everything that is counted agrees.
pub(crate) async fn verify(folder: &Path, sent: &BTreeSet<String>) {
    use sqlx::Connection;
    let url = format!("sqlite://{}", folder.join("waybill.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
    let stored: Vec<(String,)> =
        sqlx::query_as("SELECT event_id FROM events ORDER BY event_id").fetch_all(&mut connection).await.expect("reads");
    assert!(
        stored.iter().map(|(id,)| id).eq(messages::stored(sent)),
        "{} records are stored, {} were sent",
        stored.len(),
        sent.len()
    );
    let (sound,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut connection).await.expect("checks");
    assert_eq!(sound, "ok");
    let delivered = "SELECT count(*) FROM shipments WHERE delivered_at IS NOT NULL";
    for (one, other) in [
        ("SELECT count(*) FROM event_keys", "SELECT count(DISTINCT event_id) FROM events"),
        ("SELECT count(*) FROM shipments", "SELECT sum(n) FROM shipment_counts WHERE what LIKE 'stage:%'"),
        (delivered, "SELECT sum(n) FROM shipment_counts WHERE what = 'told:delivered'"),
    ] {
        let (n,): (i64,) = sqlx::query_as(one).fetch_one(&mut connection).await.expect("counts");
        let (m,): (i64,) = sqlx::query_as(other).fetch_one(&mut connection).await.expect("counts");
        assert_eq!(n, m, "{one} and {other}");
    }
}

/// What was folded when the server was killed, with what was not, is what stands for the shipments.
pub(crate) async fn figures(folder: &Path) {
    let url = format!("sqlite://{}", folder.join("waybill.db").display());
    let database = Database::open(&url, OpenMode::Exact, Clock::system()).await.expect("opens");
    told_is_what_stands(&database).await;
    database.close().await;
}

pub(crate) fn waybill(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
    command.current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn key(folder: &Path) -> String {
    key_of(waybill(folder))
}

/// Has a command make a key for the source that these tests are.
pub(crate) fn key_of(mut waybill: Command) -> String {
    let made = waybill.args(["apikey", "create", "kill", "--source", "kill"]).output().expect("it runs");
    let printed = String::from_utf8(made.stdout).expect("text");
    let secret = printed.lines().find_map(|line| line.strip_prefix("secret (shown once): "));
    secret.unwrap_or_else(|| panic!("a secret in {printed:?}")).trim().to_owned()
}

pub(crate) fn event(id: &str) -> Value {
    // The id says which shipment and what: the same id is the same event.
    let number = id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let kind = ["shipment.dispatched", "shipment.in_transit", "shipment.delivered", "pod.received"][number as usize / 7 % 4];
    let mode = ["road", "ocean"][number as usize / 13 % 2];
    let order = format!("SO-{}", number / 19 % 13);
    let (kind, subject) = match number / 23 % 10 {
        0 => (["order.released", "order.cancelled"][number as usize / 7 % 2], order.clone()),
        _ => (kind, format!("SH-{}", number % 97)),
    };
    json!({
        "specversion": "1.0", "source": "kill", "id": id, "type": format!("com.waybill.{kind}.v1"),
        "subject": subject, "time": format!("2026-03-0{}T08:00:00Z", 1 + number % 9),
        "recordedtime": "2026-03-10T08:00:00Z",
        // Of one shipment told differently by each: what stands for it moves from place to place.
        "data": { "carrier": format!("C{}", number % 5), "region": format!("R{}", number / 5 % 3),
                  "business_unit": format!("U{}", number / 11 % 2), "mode": mode,
                  "customer": format!("K{}", number / 17 % 3), "orders": [order] },
    })
}

pub(crate) struct Server {
    child: Child,
    pub(crate) events: String,
    client: reqwest::Client,
    key: String,
    /// What it has written there since it serves.
    log: Arc<std::sync::Mutex<String>>,
}

impl Server {
    pub(crate) fn start(folder: &Path, key: &str) -> Self {
        Self::start_as(waybill(folder), key)
    }

    /// Has a command serve.
    pub(crate) fn start_as(waybill: Command, key: &str) -> Self {
        Self::start_at(waybill, key, "127.0.0.1:0")
    }

    /// The same at an address.
    pub(crate) fn start_at(waybill: Command, key: &str, listen: &str) -> Self {
        Self::start_with(waybill, key, &["--listen", listen])
    }

    /// The same with these flags.
    pub(crate) fn start_with(mut waybill: Command, key: &str, flags: &[&str]) -> Self {
        let mut child = waybill.arg("serve").args(flags).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = lines.find_map(|line| {
            let line = line.expect("text");
            line.split_once("address=").map(|(_, rest)| rest.split(' ').next().unwrap_or_default().to_owned())
        });
        // Somebody has to read on, or the server would wait for its log.
        let log = Arc::<std::sync::Mutex<String>>::default();
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| *written.lock().expect("no writer panics") += &line)
        });
        let events = format!("http://{}/api/v1/events", address.expect("it says where it serves"));
        Self { child, events, client: reqwest::Client::new(), key: key.to_owned(), log }
    }

    /// Whether its log has these words.
    pub(crate) fn has_told(&self, words: &str) -> bool {
        self.log.lock().expect("no writer panics").contains(words)
    }

    /// Where it answers, without a path.
    pub(crate) fn site(&self) -> &str {
        self.events.trim_end_matches("/api/v1/events")
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("SIGKILL is sent");
        self.child.wait().expect("it ends");
    }

    /// Sends a batch and answers what became of each event.
    pub(crate) async fn send_batch(&self, ids: &[&String]) -> Vec<String> {
        let batch: Vec<Value> = ids.iter().map(|id| message(id)).collect();
        self.send(&json!(batch)).await
    }

    /// The same for any events.
    pub(crate) async fn send(&self, batch: &Value) -> Vec<String> {
        let request = self.client.post(&self.events).bearer_auth(&self.key).header("content-type", "application/json");
        let answer = request.body(batch.to_string()).send().await.expect("answered");
        let answer: Value = serde_json::from_str(&answer.text().await.expect("whole")).expect("JSON");
        let results = answer["results"].as_array().unwrap_or_else(|| panic!("results in {answer}"));
        results.iter().map(|result| result["outcome"].as_str().expect("an outcome").to_owned()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything that was sent in one life of the server, and whether it was answered for.
pub(crate) type Sent = BTreeMap<String, bool>;

/// Senders that go on until nobody answers.
pub(crate) struct Traffic {
    sent: Arc<Mutex<Sent>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Traffic {
    /// Begins to send; the name tells these senders from others.
    pub(crate) fn begin(server: &Server, name: &str) -> Self {
        let sent = Arc::new(Mutex::new(Sent::new()));
        let request = |path: &str, kind| {
            server.client.post(format!("{}{path}", server.events)).bearer_auth(&server.key).header("content-type", kind)
        };
        let single = |client| {
            let (sent, request) = (Arc::clone(&sent), request("", "application/cloudevents+json"));
            let name = format!("{name}-c{client}");
            tokio::spawn(async move { singles(request, &sent, &name).await })
        };
        let mut tasks: Vec<_> = (0..CLIENTS).map(single).collect();
        let (bulk, request) = (Arc::clone(&sent), request(":stream?results=all", "application/x-ndjson"));
        let name = format!("{name}-bulk");
        tasks.push(tokio::spawn(async move { stream(request, &bulk, &name).await }));
        Self { sent, tasks }
    }

    /// What was sent, when the last sender has ended.
    pub(crate) async fn end(self) -> Sent {
        for task in self.tasks {
            task.await.expect("no sender panics");
        }
        Arc::into_inner(self.sent).expect("every sender has ended").into_inner()
    }
}

/// Sends one event after the other until nobody answers.
async fn singles(request: reqwest::RequestBuilder, sent: &Mutex<Sent>, name: &str) {
    for n in 0.. {
        let id = format!("{name}-{n}");
        sent.lock().await.insert(id.clone(), false);
        let request = request.try_clone().expect("no body yet").body(event(&id).to_string());
        let Ok(answer) = request.send().await else { return };
        let status = answer.status();
        let Ok(text) = answer.text().await else { return };
        match status.as_u16() {
            200 => {
                assert!(text.contains(r#""outcome":"accepted""#), "{text}");
                sent.lock().await.insert(id, true);
            }
            429 => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("{other}: {text}"),
        }
    }
}

/// Sends a stream and reads what is answered, line by line, as long as it goes.
async fn stream(request: reqwest::RequestBuilder, sent: &Mutex<Sent>, name: &str) {
    let ids: Vec<String> = (0..BULK).map(|n| format!("{name}-{n}")).collect();
    sent.lock().await.extend(ids.iter().map(|id| (id.clone(), false)));
    let body: String = ids.iter().map(|id| format!("{}\n", event(id))).collect();
    let Ok(mut answer) = request.body(body).send().await else { return };
    let mut unread = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        unread.extend_from_slice(&piece);
        while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
            let line: Value = serde_json::from_slice(&unread.drain(..=end).collect::<Vec<u8>>()).expect("a line is JSON");
            if line["outcome"] == "accepted" {
                let number = line["line"].as_u64().expect("a line's number");
                let id = &ids[usize::try_from(number).expect("small") - 1];
                sent.lock().await.insert(id.clone(), true);
            }
        }
    }
}
