//! What a Waybill of several processes on a PostgreSQL of its own survives: real processes, a real server, a bad network between them,
//! and events that come in all the while. After it nothing that was answered for is lost, nothing counts twice, and facts, holds,
//! exceptions and figures are those of a run that nothing disturbed.

use crate::{
    kill::Server,
    support::{
        cluster::Cluster,
        fleet::{Fleet, PATIENCE, duties, on, ready, signal, until_ready, verify_all},
        proxy::{Proxy, Weather},
        skew::Skew,
    },
};
use waybill_server::{
    clock::Clock,
    domain::{
        access::Environment,
        event::{self, Limits, ReadTerms},
        receipt::{Inbound, IntakeTerms, Lane},
        time::Instant,
    },
    startup::{Database, OpenMode},
    store::{
        StoreError,
        intake::{Batch, IntakeStore},
        sql::query_as,
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_is_stopped_past_its_lease_and_goes_on() {
    let url = crate::replicas::fresh_database().await;
    let fleet = Fleet::start(&[url.clone(), url.clone(), url.clone()]);
    let sites = fleet.sites();
    let load = fleet.load();
    let mut refused = false;
    // What it has in hand when it is stopped is chance: nearly always some of its duties write at once when they go on.
    for _ in 0..5 {
        let before = duties(&sites).await;
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
        refused = fleet.replicas[at].has_told("a write after its tenure was refused");
        if refused {
            break;
        }
    }
    assert!(refused, "what came late was never refused");
    load.goes_on_for(100).await;
    let sent = load.end().await;
    verify_all(&url, fleet, &sent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_while_the_database_is_away_is_answered_and_what_comes_after_is_taken() {
    let cluster = Cluster::start();
    let database = Database::open(&cluster.url(), OpenMode::Migrate, Clock::system()).await.expect("opens");
    let record = async |lane| {
        let refusal = event::read(b"{", &ReadTerms { now: Instant(0), limits: Limits::DEFAULT }).expect_err("no event");
        let terms = IntakeTerms { environment: Environment::Live, history: false, lane };
        let batch = Batch { actor: "key:test".into(), terms, items: vec![Inbound::Refused(refusal); 10] };
        tokio::time::timeout(PATIENCE, database.record(batch)).await.expect("whoever sends is answered")
    };
    for lane in [Lane::Bulk, Lane::Single] {
        assert_eq!(record(lane).await.expect("takes it").len(), 10);
    }
    cluster.down();
    for lane in [Lane::Bulk, Lane::Single, Lane::Bulk] {
        let answer = record(lane).await;
        assert!(matches!(answer, Err(StoreError::Unavailable)), "{lane:?}: {answer:?}");
    }
    cluster.up();
    for lane in [Lane::Bulk, Lane::Single] {
        assert_eq!(record(lane).await.expect("takes it again").len(), 10);
    }
    database.close().await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_one_is_minutes_ahead() {
    let url = crate::replicas::fresh_database().await;
    let mut fleet = Fleet::start(std::slice::from_ref(&url));
    let mut ahead = on(fleet.folder.path(), &url);
    Skew::make(fleet.folder.path()).put(&mut ahead, 420);
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
