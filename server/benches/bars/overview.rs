//! The Overview page, whole HTML, over 100,000 shipments.

use crate::{
    client::{Connection, get},
    options::Options,
    pace::by_timetable,
    report::{Asked, Report, Spread},
    server::Server,
};
use anyhow::bail;
use std::{
    cell::Cell,
    time::{Duration, Instant},
};
use waybill_server::{
    clock,
    domain::time,
    simulate::{Options as Span, Simulation},
};

const CLIENTS: usize = 8;
const RATE: f64 = 50.0;
/// Events in one stream while the database is filled.
const STREAM: usize = 100_000;

/// Fills a database and asks for the page.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (history, live) = options.size((80_000, 20_000), (16_000, 4_000));
    let (rounds, seconds) = options.size((3, 20), (1, 10));
    let server = Server::start(options).await?;
    let now = clock::now();
    let filling = Instant::now();
    // Two years that were imported, then four months that were watched.
    let watched_from = now.plus(-120 * time::Instant::DAY);
    fill(&server, Simulation::new(4_000, Span::days(history, 610, watched_from)), true).await?;
    fill(&server, Simulation::new(4_001, Span::days(live, 120, now)), false).await?;
    println!(
        "{} shipments after {:.0} s, server {:.0} MiB",
        history + live,
        filling.elapsed().as_secs_f64(),
        server.memory("VmRSS")?
    );

    let cookie = server.sign_in().await?;
    let page = get("/", &format!("{cookie}accept: text/html\r\n"));
    let (first, size) = first_pages(&server, &page).await?;
    let (mut tails, mut medians) = (vec![], vec![]);
    for _ in 0..rounds {
        let done = Cell::new(false);
        let request = |_| Some(page.clone());
        let stop = async {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            done.set(true);
        };
        let ((), latencies) = tokio::join!(stop, by_timetable(server.address, CLIENTS, RATE, &done, &request));
        let mut latencies = latencies?;
        tails.push(latencies.percentile(0.99));
        medians.push(latencies.percentile(0.5));
    }
    report.figure("overview", "p99 of the page, 8 clients at 50 requests/s", "ms", Asked::AtMost(30.0), Spread::of(tails));
    report.figure("overview", "median of the same", "ms", Asked::Nothing, Spread::of(medians));
    report.figure("overview", "the first page after start", "ms", Asked::Nothing, Spread::of([first]));
    report.figure("overview", "bytes of the page", "kB", Asked::Nothing, Spread::of([size]));
    Ok(())
}

/// Streams a simulation in, a hundred thousand events at a time.
pub(crate) async fn fill(server: &Server, mut simulation: Simulation, history: bool) -> anyhow::Result<()> {
    loop {
        let mut ndjson = Vec::new();
        for event in simulation.by_ref().take(STREAM) {
            ndjson.extend_from_slice(event.json.as_bytes());
            ndjson.push(b'\n');
        }
        if ndjson.is_empty() {
            return Ok(());
        }
        server.import(&ndjson, history).await?;
    }
}

/// The very first page (and whether it is one), then some to warm up; milliseconds and kilobytes.
async fn first_pages(server: &Server, page: &[u8]) -> anyhow::Result<(f64, f64)> {
    let mut connection = Connection::open(server.address).await?;
    // The projector folds what came last.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let begun = Instant::now();
    let answer = connection.exchange(page).await?;
    let first = begun.elapsed().as_secs_f64() * 1e3;
    if answer.status != 200 || !answer.text().contains("</html>") {
        bail!("this is not the page: {}", answer.head);
    }
    for _ in 0..50 {
        connection.exchange(page).await?;
    }
    Ok((first, answer.body.len() as f64 / 1000.0))
}
