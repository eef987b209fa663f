//! Key figures over a million shipments (twenty thousand in a quick run): one figure under one filter, under combinations, its rows,
//! and the page.

use crate::{
    client::{Connection, get},
    options::Options,
    overview::fill,
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
const RATE: f64 = 20.0;
/// Requests of a kind, one after the other.
const REQUESTS: usize = 200;
/// Longest that the folds may take to catch up after the import.
const CATCH_UP: Duration = Duration::from_secs(600);

/// Fills a database and asks for figures.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (history, live) = options.size((980_000, 20_000), (16_000, 4_000));
    let (rounds, seconds) = options.size((3, 20), (1, 10));
    let server = Server::start(options).await?;
    let now = clock::now();
    let filling = Instant::now();
    let watched_from = now.plus(-120 * time::Instant::DAY);
    fill(&server, Simulation::new(4_000, Span::days(history, 610, watched_from)), true).await?;
    fill(&server, Simulation::new(4_001, Span::days(live, 120, now)), false).await?;
    let filled = filling.elapsed().as_secs_f64();
    let cookie = server.sign_in().await?;
    let mut connection = Connection::open(server.address).await?;
    let caught_up = caught_up(&mut connection, &cookie).await?;
    println!(
        "{} shipments after {filled:.0} s, the newest commit in the figures {caught_up:.1} s later, server {:.0} MiB",
        history + live,
        server.memory("VmRSS")?
    );
    report.figure("figures", "filling the database", "s", Asked::Nothing, Spread::of([filled]));
    let day = |back: i64| {
        let at = chrono::DateTime::from_timestamp_micros(now.plus(-back * time::Instant::DAY).0).unwrap_or_default();
        at.format("%Y-%m-%d").to_string()
    };
    let quarter = format!("from={}&to={}", day(90), day(0));
    let kinds: [(&str, String, f64); 8] = [
        ("p99 of K1, all there is, over HTTP", "K1".into(), 10.0),
        ("p99 of K1, ninety days", format!("K1?{quarter}"), 10.0),
        ("p99 of K3, one region, all there is", "K3?region=EMEA".into(), 10.0),
        ("p99 of K1, one business unit, ninety days", format!("K1?business_unit=RETAIL&{quarter}"), 10.0),
        ("p99 of K1, one mode, all there is", "K1?mode=road".into(), 10.0),
        ("p99 of K1, region and mode, all there is", "K1?region=EMEA&mode=road".into(), 400.0),
        ("p99 of K1, region and mode, ninety days", format!("K1?region=EMEA&mode=road&{quarter}"), 400.0),
        ("p99 of the rows behind K1, ninety days", format!("K1/rows?{quarter}"), 400.0),
    ];
    for (name, path, bar) in kinds {
        let p99 = one_after_the_other(&mut connection, &cookie, &path).await?;
        report.figure("figures", name, "ms", Asked::AtMost(bar), Spread::of([p99]));
    }
    for (name, path) in
        [("p99 of the page of K1, 8 clients at 20 requests/s", "/kpis/K1"), ("p99 of the page of all figures, the same", "/kpis")]
    {
        let page = get(path, &format!("{cookie}accept: text/html\r\n"));
        let mut tails = vec![];
        for _ in 0..rounds {
            let done = Cell::new(false);
            let request = |_| Some(page.clone());
            let stop = async {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                done.set(true);
            };
            let ((), latencies) = tokio::join!(stop, by_timetable(server.address, CLIENTS, RATE, &done, &request));
            tails.push(latencies?.percentile(0.99));
        }
        report.figure("figures", name, "ms", Asked::AtMost(60.0), Spread::of(tails));
    }
    Ok(())
}

/// Waits until a figure is quick, so nothing is left to be folded; answers how long that was.
async fn caught_up(connection: &mut Connection, cookie: &str) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut quick = 0;
    while quick < 5 {
        if begun.elapsed() > CATCH_UP {
            bail!("the figures do not catch up");
        }
        let asked = Instant::now();
        connection.exchange(&get("/api/v1/kpis/K1", cookie)).await?;
        quick = if asked.elapsed() < Duration::from_millis(15) { quick + 1 } else { 0 };
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(begun.elapsed().as_secs_f64() - 1.0)
}

async fn one_after_the_other(connection: &mut Connection, cookie: &str, path: &str) -> anyhow::Result<f64> {
    let request = get(&format!("/api/v1/kpis/{path}"), cookie);
    let mut took = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let begun = Instant::now();
        let answer = connection.exchange(&request).await?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
        if answer.status != 200 {
            bail!("{path}: {}", answer.head);
        }
    }
    took.sort_by(f64::total_cmp);
    Ok(took[REQUESTS * 99 / 100 - 1])
}
