//! What a Waybill of several processes on a PostgreSQL of its own survives: real processes, a real server, a bad network between them,
//! and events that come in all the while. After it nothing that was answered for is lost, nothing counts twice, and facts, holds,
//! exceptions and figures are those of a run that nothing disturbed.

use crate::{
    kill::{Server, key_of, waybill},
    replicas::verify,
    support::{
        cluster::Cluster,
        load::Load,
        proxy::{Proxy, Weather},
    },
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
    domain::{
        access::{Environment, Scope},
        measure::Metric,
    },
    startup::{Database, OpenMode},
    store::{
        figures::{FiguresStore, MeasureQuery},
        shipments::Sight,
        sql::query_as,
    },
};

/// Something went wrong if a state does not come for so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Some processes, and a key that all of them know.
struct Fleet {
    folder: TempDir,
    key: String,
    replicas: Vec<Server>,
}

impl Fleet {
    /// Starts a process for each address of the same database.
    fn start(urls: &[String]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = key_of(on(folder.path(), &urls[0]));
        let replicas = urls.iter().map(|url| Server::start_as(on(folder.path(), url), &key)).collect();
        Self { folder, key, replicas }
    }

    fn sites(&self) -> Vec<String> {
        self.replicas.iter().map(|replica| replica.site().to_owned()).collect()
    }

    fn load(&self) -> Load {
        Load::begin(self.sites(), &self.key)
    }
}

fn on(folder: &Path, url: &str) -> Command {
    let mut command = waybill(folder);
    command.env("WAYBILL_DATABASE_URL", url).env("PATH", "/usr/bin:/bin");
    command
}

/// What `/readyz` tells; none: nobody answers.
async fn ready(site: &str) -> Option<(u16, Value)> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
    let answer = client.get(format!("{site}/readyz")).send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, serde_json::from_str(&answer.text().await.ok()?).ok()?))
}

/// Waits until every one of these says that it is, or is not, ready.
async fn until_ready(sites: &[String], expected: u16) {
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
async fn duties(sites: &[String]) -> BTreeMap<String, String> {
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
            if !twice && held.len() == WORK.len() {
                return held;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("each duty is somebody's")
}

/// What is known in the end: shipments with their standing and holds, open exceptions, figures by when things happened.
type Known = (Vec<String>, Vec<String>, BTreeMap<(Metric, i32), i64>);

async fn known(database: &Database) -> Known {
    let text = |rows: Vec<(String,)>| rows.into_iter().map(|(row,)| row).collect::<Vec<_>>();
    let shipments =
        "SELECT concat_ws('|', reference, carrier_id, stage, outcome, dispatched_at, delivered_at, delivered_day, history,
        awaiting_pod, holds, unbilled, invoiced_at) FROM shipments ORDER BY reference";
    let shipments = text(query_as(shipments).fetch_all(&database.read).await.expect("reads"));
    let open =
        "SELECT concat_ws('|', subject, kind, detail, queue) FROM exceptions WHERE state = 'open' ORDER BY subject, kind, detail";
    let open = text(query_as(open).fetch_all(&database.read).await.expect("reads"));
    let query = MeasureQuery {
        sight: Sight { environment: Environment::Live, scope: Scope::ALL },
        region: None,
        business_unit: None,
        carrier: None,
        mode: None,
        customer: None,
        origin: None,
        destination: None,
        from_day: None,
        to_day: None,
    };
    let mut figures = BTreeMap::new();
    for (metric, weeks) in database.measured(&query, Metric::ALL).await.expect("figures").metrics {
        weeks.values().flat_map(|week| week.iter()).for_each(|(bin, n)| *figures.entry((metric, bin)).or_default() += n);
    }
    figures.retain(|_, n| *n != 0);
    (shipments, open, figures)
}

/// All of it is there once, and in the end what is known is what an undisturbed run knows.
async fn verify_all(url: &str, fleet: Fleet, sent: &BTreeSet<String>) {
    let calm_url = crate::replicas::fresh_database().await;
    let calm = Fleet::start(std::slice::from_ref(&calm_url));
    let ids: Vec<&String> = sent.iter().collect();
    for ids in ids.chunks(500) {
        assert!(calm.replicas[0].send_batch(ids).await.iter().all(|outcome| outcome == "accepted"));
    }
    let open = |url: String| async move { Database::open(&url, OpenMode::Exact, Clock::system()).await.expect("opens") };
    let (database, calm_database) = (open(url.to_owned()).await, open(calm_url).await);
    // Workers still look at what is due.
    let begun = std::time::Instant::now();
    loop {
        let (is, expected) = (known(&database).await, known(&calm_database).await);
        let settled = due(&database).await == 0 && due(&calm_database).await == 0;
        if settled && is == expected {
            assert!(is.0.len() > 50 && !is.2.is_empty(), "{} shipments, {} figures", is.0.len(), is.2.len());
            break;
        }
        if begun.elapsed() > PATIENCE {
            assert_eq!(is, expected, "settled: {settled}");
            panic!("it never settles");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    database.close().await;
    calm_database.close().await;
    drop((fleet, calm));
    verify(url, sent).await;
}

/// Shipments that are to be looked at again.
async fn due(database: &Database) -> i64 {
    let sql = "SELECT count(*) FROM shipments WHERE next_at <= CAST(unixepoch('subsec') * 1000000 AS BIGINT)";
    let (n,): (i64,) = query_as(sql).fetch_one(&database.read).await.expect("counts");
    n
}

fn signal(server: &Server, name: &str) {
    assert!(Command::new("kill").args([name, &server.id().to_string()]).status().expect("kill runs").success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_is_stopped_past_its_lease_and_goes_on() {
    let url = crate::replicas::fresh_database().await;
    let fleet = Fleet::start(&[url.clone(), url.clone(), url.clone()]);
    let sites = fleet.sites();
    let before = duties(&sites).await;
    let load = fleet.load();
    load.goes_on_for(100).await;
    // The one that works, in the middle of it.
    let worker = before["timers"].clone();
    let at = sites.iter().position(|site| *site == worker).expect("one of them");
    let rest: Vec<String> = sites.iter().filter(|site| **site != worker).cloned().collect();
    signal(&fleet.replicas[at], "-STOP");
    let after = duties(&rest).await;
    assert!(after.values().all(|site| *site != worker), "{after:?}");
    signal(&fleet.replicas[at], "-CONT");
    // It finds out that all of it is somebody else's, and is ready for its part.
    until_ready(&sites, 200).await;
    assert_eq!(duties(&sites).await, after, "nobody takes back what another one has");
    load.goes_on_for(100).await;
    let sent = load.end().await;
    verify_all(&url, fleet, &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_restarted() {
    let cluster = Cluster::start();
    let fleet = Fleet::start(&[cluster.url(), cluster.url(), cluster.url()]);
    let sites = fleet.sites();
    let load = fleet.load();
    for _ in 0..2 {
        load.goes_on_for(100).await;
        cluster.down();
        until_ready(&sites, 503).await;
        load.is_refused(3).await;
        let page = reqwest::Client::new().get(format!("{}/shipments", sites[0])).header("cookie", "waybill=unknown");
        let page = page.header("accept", "text/html").send().await.expect("answers");
        let status = page.status().as_u16();
        let text = page.text().await.expect("whole");
        assert!(status == 503 && text.contains("Waybill cannot answer just now"), "{status} {text}");
        cluster.up();
        until_ready(&sites, 200).await;
        duties(&sites).await;
    }
    load.goes_on_for(50).await;
    let sent = load.end().await;
    verify_all(&cluster.url(), fleet, &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_network_to_the_database_is_slow_cut_and_silent() {
    let cluster = Cluster::start();
    let proxy = Proxy::before(cluster.port()).await;
    let through = cluster.url().replace(&format!(":{}/", cluster.port()), &format!(":{}/", proxy.port()));
    let fleet = Fleet::start(&[cluster.url(), through]);
    let sites = fleet.sites();
    let load = fleet.load();
    load.goes_on_for(100).await;
    proxy.turns(Weather::Slow(30));
    load.goes_on_for(50).await;
    for weather in [Weather::Cut, Weather::Silent] {
        proxy.turns(weather);
        until_ready(&sites[1..], 503).await;
        // The other one goes on: a turn that is held by nobody who speaks is given up.
        load.goes_on_for(50).await;
        let (status, _) = ready(&sites[0]).await.expect("answers");
        assert_eq!(status, 200, "{weather:?}");
        proxy.turns(Weather::Fine);
        until_ready(&sites, 200).await;
    }
    duties(&sites).await;
    load.goes_on_for(50).await;
    let sent = load.end().await;
    verify_all(&cluster.url(), fleet, &sent).await;
}

/// Tells the system's time as if it were minutes later; what only goes on counts as it does.
const SKEW: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(id, at);
    if (done == 0 && id == CLOCK_REALTIME) at->tv_sec += 420;
    return done;
}
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_one_is_minutes_ahead() {
    let url = crate::replicas::fresh_database().await;
    let mut fleet = Fleet::start(std::slice::from_ref(&url));
    let (source, library) = (fleet.folder.path().join("skew.c"), fleet.folder.path().join("skew.so"));
    std::fs::write(&source, SKEW).expect("written");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").status();
    assert!(built.expect("a C compiler, as building Waybill needs one").success());
    let mut ahead = on(fleet.folder.path(), &url);
    ahead.env("LD_PRELOAD", &library);
    fleet.replicas.push(Server::start_as(ahead, &fleet.key));
    let load = fleet.load();
    let sites = fleet.sites();
    until_ready(&sites, 200).await;
    duties(&sites).await;
    load.goes_on_for(200).await;
    let sent = load.end().await;
    // What the one ahead wrote is of no later time than the database's.
    let database = Database::open(&url, OpenMode::Exact, Clock::system()).await.expect("opens");
    let late = "SELECT count(*) FROM events WHERE known_at > CAST(unixepoch('subsec') * 1000000 AS BIGINT)";
    let (late,): (i64,) = query_as(late).fetch_one(&database.read).await.expect("counts");
    assert_eq!(late, 0, "events of tomorrow");
    database.close().await;
    verify_all(&url, fleet, &sent).await;
}
