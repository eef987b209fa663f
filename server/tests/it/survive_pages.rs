//! What people see while something is wrong with the database or with a process: the page as it is when nothing is wrong, or a clear word
//! that there is none just now, and that soon enough. Never half a page, nor one that says nothing where there is something.

use crate::{
    kill_bulk::Person,
    support::{
        cluster::Cluster,
        fleet::{Fleet, on, settled, signal, until_ready},
        proxy::{Proxy, Weather},
        reader::{Reader, Told},
    },
};
use waybill_server::{
    clock::Clock,
    startup::{Database, OpenMode},
    store::sql::query_as,
};

/// The events' days.
const PERIOD: &str = "from=2026-03-01&to=2026-03-31";

/// Rows that a list of exceptions shows at once.
const ROWS: i64 = 50;

/// Pages, each with figures or rows; of lists that are ranked by age those that are whole, as which row is on which page passes with time.
async fn pages(url: &str) -> Vec<String> {
    let database = Database::open(url, OpenMode::Exact, Clock::system()).await.expect("opens");
    let sql = "SELECT id FROM shipments WHERE delivered_at IS NOT NULL ORDER BY reference LIMIT 1";
    let (shipment,): (String,) = query_as(sql).fetch_one(&database.read).await.expect("a shipment");
    settled(&database).await;
    let sql = "SELECT kind FROM exceptions WHERE state = 'open' GROUP BY kind HAVING count(*) BETWEEN 10 AND $1 ORDER BY count(*) DESC, kind LIMIT 1";
    let (kind,): (String,) = query_as(sql).bind(ROWS).fetch_one(&database.read).await.expect("a kind with some rows");
    database.close().await;
    let of = |path: &str| format!("{path}{}{PERIOD}", if path.contains('?') { '&' } else { '?' });
    vec![
        "/".to_owned(),
        of("/"),
        of("/trends"),
        of("/kpis/K1"),
        of("/kpis/K5"),
        "/exceptions".to_owned(),
        format!("/exceptions?view=list&kind={kind}"),
        "/shipments".to_owned(),
        format!("/shipments/{shipment}"),
        of("/api/v1/kpis/K1"),
        of("/api/v1/kpis/K5"),
        "/api/v1/exceptions".to_owned(),
        format!("/api/v1/exceptions?view=list&kind={kind}"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_right_or_say_that_there_is_none() {
    let cluster = Cluster::start();
    let proxy = Proxy::before(cluster.port()).await;
    let through = cluster.url().replace(&format!(":{}/", cluster.port()), &format!(":{}/", proxy.port()));
    let fleet = Fleet::start_with(&[cluster.url(), through], &[("WAYBILL_REQUEST_TIMEOUT_SECONDS", "10")]);
    let sites = fleet.sites();
    Person::add_by(on(fleet.folder.path(), &cluster.url()));
    let load = fleet.load();
    load.goes_on_for(600).await;
    load.end().await;
    let paths = pages(&cluster.url()).await;
    let all = paths.len();
    let person = Person::signed_in(&fleet.replicas[0]).await;
    let reader = Reader::begin(person.cookie(), &sites[0], &paths).await;
    let (well, away) = (Told { right: all, refused: 0 }, Told { right: 0, refused: all });
    assert_eq!(reader.reads(&sites[1]).await, well, "both tell the same");

    // The network of the one: readers are in the middle of it when it turns.
    for weather in [Weather::Slow(20), Weather::Cut, Weather::Silent] {
        let (bad, good) = (reader.goes_on(&sites[1]), reader.goes_on(&sites[0]));
        proxy.turns(weather);
        if !matches!(weather, Weather::Slow(_)) {
            until_ready(&sites[1..], 503).await;
            bad.is_refused(all).await;
        }
        assert_eq!(reader.reads(&sites[0]).await, well, "{weather:?} of the other");
        proxy.turns(Weather::Fine);
        until_ready(&sites, 200).await;
        let (bad, good) = (bad.end().await, good.end().await);
        println!("{weather:?}: {bad:?}, the other {good:?}");
        assert!(good.right >= all && good.refused == 0, "{weather:?}: {good:?}");
        assert_eq!(reader.reads(&sites[1]).await, well, "after {weather:?}");
    }

    // The database of both.
    let reading = reader.goes_on(&sites[0]);
    cluster.down();
    until_ready(&sites, 503).await;
    reading.is_refused(2 * all).await;
    assert_eq!(reader.reads(&sites[1]).await, away);
    cluster.up();
    until_ready(&sites, 200).await;
    println!("down: {:?}", reading.end().await);
    for site in &sites {
        assert_eq!(reader.reads(site).await, well, "after it was down");
    }

    // The other one does not move.
    signal(&fleet.replicas[1], "-STOP");
    assert_eq!(reader.reads(&sites[0]).await, well, "beside one that is stopped");
    signal(&fleet.replicas[1], "-CONT");
    until_ready(&sites, 200).await;
    assert_eq!(reader.reads(&sites[1]).await, well, "it goes on");
}
