//! Processes of one Waybill, what they tell of themselves, and that what they know in the end is what an undisturbed one knows.

use super::{
    load::Load,
    messages::{is_answer, quarantined},
    standing::{Stands, standing, told_is_what_stands},
};
use crate::{
    kill::{self, Server, key_of, waybill},
    replicas,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
    time::Duration,
};
use tempfile::TempDir;
use waybill_server::{
    clock::Clock,
    domain::measure::Metric,
    startup::{Database, OpenMode},
    store::sql::query_as,
};

/// Something went wrong if a state does not come for so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Some processes, and a key that all of them know.
pub(crate) struct Fleet {
    pub(crate) folder: TempDir,
    pub(crate) key: String,
    pub(crate) replicas: Vec<Server>,
}

impl Fleet {
    /// Starts a process for each address of the same database.
    pub(crate) fn start(urls: &[String]) -> Self {
        Self::start_with(urls, &[])
    }

    /// The same with these variables.
    pub(crate) fn start_with(urls: &[String], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = key_of(on(folder.path(), &urls[0]));
        let start = |url: &String| {
            let mut command = on(folder.path(), url);
            command.envs(variables.iter().copied());
            Server::start_as(command, &key)
        };
        let replicas = urls.iter().map(start).collect();
        Self { folder, key, replicas }
    }

    pub(crate) fn sites(&self) -> Vec<String> {
        self.replicas.iter().map(|replica| replica.site().to_owned()).collect()
    }

    pub(crate) fn load(&self) -> Load {
        Load::begin(self.sites(), &self.key)
    }
}

pub(crate) fn on(folder: &Path, url: &str) -> Command {
    let mut command = waybill(folder);
    command.env("WAYBILL_DATABASE_URL", url).env("PATH", "/usr/bin:/bin");
    command
}

/// What `/readyz` tells; none: nobody answers.
pub(crate) async fn ready(site: &str) -> Option<(u16, Value)> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
    let answer = client.get(format!("{site}/readyz")).send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, serde_json::from_str(&answer.text().await.ok()?).ok()?))
}

/// Waits until every one of these says that it is, or is not, ready.
pub(crate) async fn until_ready(sites: &[String], expected: u16) {
    for site in sites {
        let told = async {
            while !matches!(ready(site).await, Some((status, _)) if status == expected) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("{site} never answers {expected}"));
    }
}

/// Waits until every duty of the workers is one of these processes', and answers whose.
pub(crate) async fn duties(sites: &[String]) -> BTreeMap<String, String> {
    const WORK: [&str; 5] = ["timers", "bulk", "figures", "sources", "demo"];
    let told = async {
        loop {
            let mut held = BTreeMap::new();
            let mut twice = false;
            for site in sites {
                let Some((_, told)) = ready(site).await else { continue };
                for duty in told["duties"].as_array().into_iter().flatten() {
                    twice |= held.insert(duty.as_str().expect("a name").to_owned(), site.clone()).is_some();
                }
            }
            if !twice && WORK.iter().all(|duty| held.contains_key(*duty)) {
                return held;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("each duty is somebody's")
}

/// What is known: which record of each event counts, and what is in quarantine; orders, shipments with their facts, place, standing and holds; open exceptions; what is counted; what stands for each
/// shipment, to the day, the bin and the place.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    events: Vec<String>,
    quarantine: Vec<String>,
    orders: Vec<String>,
    shipments: Vec<String>,
    open: Vec<String>,
    counts: Vec<String>,
    figures: Vec<Stands>,
}

impl Known {
    /// What is in one of them only.
    fn other_than(&self, other: &Self) -> Vec<String> {
        let lists = |known: &Self| {
            let figures = known.figures.iter().map(|stands| format!("{stands:?}")).collect();
            [&known.events, &known.quarantine, &known.orders, &known.shipments, &known.open, &known.counts]
                .map(Vec::clone)
                .into_iter()
                .chain([figures])
                .flatten()
                .collect::<BTreeSet<String>>()
        };
        let (here, there) = (lists(self), lists(other));
        let here_only = here.difference(&there).map(|row| format!("here: {row}"));
        here_only.chain(there.difference(&here).map(|row| format!("undisturbed: {row}"))).collect()
    }
}

/// Two runs over the same events agree in all of this. What they need not agree in is left out: when the server took something in or found
/// it (`known_at`, when an exception was detected and hence how old it is), how often something came again (`intake_days`), and what an exception
/// had been before it was over. Latency of receipt stays: every event here tells when it was recorded, so no clock of ours is in it.
async fn known(database: &Database) -> Known {
    let text = |rows: Vec<(String,)>| rows.into_iter().map(|(row,)| row).collect::<Vec<_>>();
    let shipments =
        "SELECT concat_ws('|', reference, region_id, business_unit_id, carrier_id, mode, customer_id, stage, outcome, dispatched_at,
        delivered_at, delivered_day, promised_at, freight_minor, sort_at, history, awaiting_pod, awaiting_arrival, holds, unbilled, invoiced_at,
        unproven, ready_at, pod_validated, state)
        FROM shipments ORDER BY reference";
    let events = "SELECT concat_ws('|', event_id, recorded_at, standing) FROM events ORDER BY event_id, recorded_at";
    let events = text(query_as(events).fetch_all(&database.read).await.expect("reads"));
    let quarantine = "SELECT concat_ws('|', environment, state, code, event_id), raw FROM quarantine ORDER BY 1";
    let quarantine: Vec<(String, Vec<u8>)> = query_as(quarantine).fetch_all(&database.read).await.expect("reads");
    let body = |raw: &[u8]| serde_json::from_slice::<Value>(raw).expect("JSON");
    let quarantine = quarantine.into_iter().map(|(item, raw)| format!("{item} {}", body(&raw))).collect();
    let orders = "SELECT concat_ws('|', reference, region_id, business_unit_id, state) FROM orders ORDER BY reference";
    let orders = text(query_as(orders).fetch_all(&database.read).await.expect("reads"));
    let shipments = text(query_as(shipments).fetch_all(&database.read).await.expect("reads"));
    // Items of quarantine have another id in each run.
    let open = "SELECT concat_ws('|', coalesce(q.event_id, e.subject), e.kind, e.detail, e.queue)
        FROM exceptions AS e LEFT JOIN quarantine AS q ON q.id = e.subject WHERE e.state = 'open' ORDER BY 1";
    let open = text(query_as(open).fetch_all(&database.read).await.expect("reads"));
    let counts = "SELECT concat_ws('|', environment, region_id, business_unit_id, what, n) FROM shipment_counts WHERE n <> 0
        ORDER BY environment, region_id, business_unit_id, what";
    let counts = text(query_as(counts).fetch_all(&database.read).await.expect("reads"));
    let mut figures = standing(database).await;
    // Whether anything was ever found wrong goes by what had come until then: that it is counted has to agree, not what the verdict is.
    let clean = figures.iter_mut().filter(|stands| stands.measure.metric == Metric::DeliveredClean);
    clean.for_each(|stands| stands.measure.bin = 0);
    figures.sort();
    Known { events, quarantine, orders, shipments, open, counts, figures }
}

/// A run of the same events that nothing disturbs.
pub(crate) struct Calm {
    fleet: Fleet,
    database: Database,
    taken: BTreeSet<String>,
    /// Of its database, if that is a file.
    _folder: TempDir,
}

impl Calm {
    /// Begins beside the run on this database, on one of the same kind.
    pub(crate) async fn begin(beside: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = match beside.starts_with("sqlite:") {
            true => of_file(folder.path()),
            false => replicas::fresh_database().await,
        };
        let fleet = Fleet::start(std::slice::from_ref(&url));
        let database = open(&url).await;
        Self { fleet, database, taken: BTreeSet::new(), _folder: folder }
    }

    /// Has it take what it has not of what was sent, and waits until what is known there is what is known here.
    pub(crate) async fn agrees_with(&mut self, database: &Database, sent: &BTreeSet<String>) {
        let ids: Vec<&String> = sent.difference(&self.taken).collect();
        for ids in ids.chunks(500) {
            let outcomes = self.fleet.replicas[0].send_batch(ids).await;
            assert!(
                ids.iter().zip(&outcomes).all(|(id, outcome)| is_answer(id, outcome) && outcome != "duplicate"),
                "{outcomes:?}"
            );
        }
        self.taken.clone_from(sent);
        // Workers still look at what is due.
        let begun = std::time::Instant::now();
        loop {
            let (is, expected) = (known(database).await, known(&self.database).await);
            let settled = due(database).await == 0 && due(&self.database).await == 0;
            if settled && is == expected {
                assert!(is.shipments.len() > 50 && is.figures.len() > 50, "{} shipments, {:?}", is.shipments.len(), is.figures);
                assert!(is.orders.len() > 1, "{:?}", is.orders);
                assert!(is.quarantine.len() > 2 && is.quarantine == quarantined(sent), "{:?}", is.quarantine);
                for standing in ["superseded", "retracted"] {
                    assert!(is.events.iter().any(|event| event.ends_with(standing)), "nothing is {standing}");
                }
                return;
            }
            if begun.elapsed() > PATIENCE {
                panic!("settled: {settled}; {:#?}", is.other_than(&expected));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

async fn open(url: &str) -> Database {
    Database::open(url, OpenMode::Exact, Clock::system()).await.expect("opens")
}

/// So far all of it is there once, and what is known is what an undisturbed run knows.
pub(crate) async fn verify_so_far(url: &str, calm: &mut Calm, sent: &BTreeSet<String>) {
    let database = open(url).await;
    calm.agrees_with(&database, sent).await;
    database.close().await;
    is_there_once(url, sent).await;
}

async fn is_there_once(url: &str, sent: &BTreeSet<String>) {
    match url.strip_prefix("sqlite://") {
        Some(file) => kill::verify(Path::new(file).parent().expect("a folder"), sent).await,
        None => replicas::verify(url, sent).await,
    }
}

/// All of it is there once, and in the end what is known is what an undisturbed run knows.
pub(crate) async fn verify_all(url: &str, fleet: Fleet, sent: &BTreeSet<String>) {
    let calm = Calm::begin(url).await;
    verify_beside(url, (fleet, calm), sent).await;
}

/// The same with an undisturbed run that has begun already.
pub(crate) async fn verify_beside(url: &str, (fleet, mut calm): (Fleet, Calm), sent: &BTreeSet<String>) {
    let database = open(url).await;
    calm.agrees_with(&database, sent).await;
    // Also when what was put off has been looked at.
    settled(&database).await;
    settled(&calm.database).await;
    calm.agrees_with(&database, sent).await;
    calm.database.close().await;
    let _folder = fleet.folder;
    drop((fleet.replicas, calm.fleet));
    is_there_once(url, sent).await;
    // What the processes had folded when they ended, and what they had not; then with more than was sent.
    told_is_what_stands(&database).await;
    database.close().await;
}

/// The address of the file in a folder.
pub(crate) fn of_file(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("waybill.db").display())
}

/// Waits until nothing is to be looked at again, nor soon: what came in bulk is looked at when nothing more has come for some seconds.
pub(crate) async fn settled(database: &Database) {
    let settled = async {
        while due_within(database, 15).await > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, settled).await.expect("it settles");
}

/// Shipments that are to be looked at again.
async fn due(database: &Database) -> i64 {
    due_within(database, 0).await
}

/// Those that are within so many seconds.
async fn due_within(database: &Database, seconds: i64) -> i64 {
    let sql = "SELECT count(*) FROM shipments WHERE next_at <= CAST(unixepoch('subsec') * 1000000 AS BIGINT) + $1 * 1000000";
    let (n,): (i64,) = query_as(sql).bind(seconds).fetch_one(&database.read).await.expect("counts");
    n
}

pub(crate) fn signal(server: &Server, name: &str) {
    assert!(Command::new("kill").args([name, &server.id().to_string()]).status().expect("kill runs").success());
}
