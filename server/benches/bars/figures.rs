//! Key figures over a million shipments (fifty thousand in a quick run), fifty thousand of them open work: one figure under one filter
//! and under combinations, its rows, the pages, what the projections lag behind, and how long a change takes to be told.
//!
//! The database is built once, through the front door, and kept below `target/bench`.

use crate::{
    client::{Connection, get},
    options::Options,
    overview::fill,
    pace::by_timetable,
    report::{Asked, Report, Spread},
    server::Server,
    stream,
    troubled::{Look, deliveries},
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
/// What [`first_time`] tells.
pub(crate) const FIRST_TIME: &str =
    "slowest of forty K1, each of another region, unit and carrier and for the first time, over HTTP";
/// Carriers of the simulated world.
const CARRIERS: [&str; 10] = ["ANDN", "AQLA", "ATLN", "BLTX", "BRDG", "CTWY", "GLFS", "HNSA", "IRNW", "KOPR"];
/// Requests of a kind, one after the other.
const REQUESTS: usize = 200;
/// Longest that the folds may take to catch up after the import.
const CATCH_UP: Duration = Duration::from_secs(900);
/// Pages that are asked for whole.
pub(crate) const PAGES: [(&str, &str); 4] =
    [("the Overview", "/"), ("Trends", "/trends"), ("all figures", "/kpis"), ("K1", "/kpis/K1")];

/// How many shipments there are of each kind.
pub(crate) struct Size {
    pub(crate) history: u64,
    pub(crate) live: u64,
    pub(crate) open: usize,
}

/// Fills the databases and asks for figures.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let live = options.size(20_000, 4_000);
    let open = options.size(50_000, 16_000);
    let large = Size { history: options.size(930_000, 30_000), live, open };
    // All that is open is of what is live, and of what was delivered since: as much in both.
    let small = Size { history: options.size(10_000, 2_000), live, open };
    let few = pages(options, &world(options, report, &small, "figures-small").await?).await?;
    let server = world(options, report, &large, "figures-large").await?;
    let (mut most, done): (f64, _) = (0.0, Cell::new(false));
    let looking = async {
        while !done.get() {
            most = most.max(server.memory("VmRSS")?);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::Ok(())
    };
    let asking = async {
        answers(&server, report).await?;
        let many = pages(options, &server).await?;
        done.set(true);
        Ok(many)
    };
    let ((), many) = tokio::try_join!(looking, asking)?;
    for ((name, _), (many, few)) in PAGES.iter().zip(many.iter().zip(&few)) {
        let row = format!("p99 of {name}, whole HTML, 8 clients at 20 requests/s");
        report.figure("figures", row, "ms", Asked::AtMost(60.0), Spread::of(many.iter().copied()));
        let middle = |tails: &[f64]| {
            let mut tails = tails.to_vec();
            tails.sort_by(f64::total_cmp);
            tails[tails.len() / 2]
        };
        let row = format!("{name}: of the same with few shipments, as much open");
        report.figure("figures", row, "times", Asked::AtMost(1.3), Spread::of([middle(many) / middle(few)]));
    }
    report.figure("figures", "greatest resident memory under that load", "MiB", Asked::AtMost(250.0), Spread::of([most]));
    drop(server);
    // Written to, so never the kept one.
    let server = Server::start(options).await?;
    stream::lag(options, &server, report).await?;
    stream::told(options, &server, report).await
}

/// A kept world of this size.
pub(crate) async fn world(options: &Options, report: &mut Report, size: &Size, name: &str) -> anyhow::Result<Server> {
    let Size { history, live, open } = *size;
    let (server, there) = Server::kept(options, &format!("{name}-{history}-{live}-{open}")).await?;
    if !there {
        let (now, filling) = (clock::now(), Instant::now());
        let watched_from = now.plus(-120 * time::Instant::DAY);
        fill(&server, Simulation::new(4_000, Span::days(history, 610, watched_from)), true).await?;
        fill(&server, Simulation::new(4_001, Span::days(live, 120, now)), false).await?;
        // Their ages are of the last sixty days.
        for day in 0..60 {
            let at = now.plus(-(day + 1) * time::Instant::DAY);
            server.import(&deliveries(&format!("OPEN{day}"), open / 60, at), false).await?;
        }
        Look::open(&server).await?.settled(CATCH_UP).await?;
        caught_up(&server).await?;
        server.is_filled(filling.elapsed().as_secs_f64())?;
    }
    let took = server.took().unwrap_or_default();
    println!("{name}: {} shipments, built in {took:.0} s", history + live + open as u64);
    report.figure("figures", format!("building {name}"), "s", Asked::Nothing, Spread::of([took]));
    caught_up(&server).await?;
    Ok(server)
}

/// Figures over HTTP, one after the other.
async fn answers(server: &Server, report: &mut Report) -> anyhow::Result<()> {
    let cookie = server.sign_in().await?;
    let mut connection = Connection::open(server.address).await?;
    let day = |back: i64| {
        let at = chrono::DateTime::from_timestamp_micros(clock::now().plus(-back * time::Instant::DAY).0).unwrap_or_default();
        at.format("%Y-%m-%d").to_string()
    };
    let quarter = format!("from={}&to={}", day(90), day(0));
    let one = [
        ("total", ""),
        ("a region", "region=EMEA"),
        ("a business unit", "business_unit=RETAIL"),
        ("a mode", "mode=road"),
        ("a carrier", "carrier=NRDF"),
    ];
    for (name, filter) in one {
        for (span, period) in [("all there is", ""), ("ninety days", &*quarter)] {
            let p99 = one_after_the_other(&mut connection, &cookie, &format!("K1?{filter}&{period}")).await?;
            let row = format!("p99 of K1, {name}, {span}, over HTTP");
            report.figure("figures", row, "ms", Asked::AtMost(10.0), Spread::of([p99]));
        }
    }
    for id in ["K6", "K7", "K8", "K9", "K16", "K25"] {
        let p99 = one_after_the_other(&mut connection, &cookie, id).await?;
        report.figure("figures", format!("p99 of {id}, total, over HTTP"), "ms", Asked::AtMost(10.0), Spread::of([p99]));
    }
    let combined = [
        ("K1, region and mode, all there is", "K1?region=EMEA&mode=road".to_owned()),
        ("K1, region and mode, ninety days", format!("K1?region=EMEA&mode=road&{quarter}")),
        ("K1, region, unit and carrier, all there is", "K1?region=EMEA&business_unit=RETAIL&carrier=NRDF".into()),
        ("K1, a customer, all there is", "K1?customer=C10037".into()),
        ("K1, a lane, all there is", "K1?origin=USCHI&destination=USNYC".into()),
        (
            "K1, customer, lane and mode, ninety days",
            format!("K1?customer=C10037&origin=USCHI&destination=USNYC&mode=road&{quarter}"),
        ),
        ("K25, customer and mode", "K25?customer=C10037&mode=road".into()),
        ("K25, a lane", "K25?origin=USCHI&destination=USNYC".into()),
        ("K8, a customer", "K8?customer=C10037".into()),
        ("K9, a lane", "K9?origin=USCHI&destination=USNYC".into()),
        ("the rows behind K1, ninety days", format!("K1/rows?{quarter}")),
        ("the rows behind K25", "K25/rows".into()),
        ("the rows behind K26", "K26/rows".into()),
    ];
    for (name, path) in combined {
        let p99 = one_after_the_other(&mut connection, &cookie, &path).await?;
        report.figure("figures", format!("p99 of {name}, over HTTP"), "ms", Asked::AtMost(400.0), Spread::of([p99]));
    }
    let slowest = first_time(&mut connection, &cookie, 0).await?;
    report.figure("figures", FIRST_TIME.to_owned(), "ms", Asked::AtMost(400.0), Spread::of([slowest]));
    Ok(())
}

/// The tails of each page, round by round.
async fn pages(options: &Options, server: &Server) -> anyhow::Result<Vec<Vec<f64>>> {
    let (rounds, seconds) = options.size((3, 20), (1, 10));
    let cookie = server.sign_in().await?;
    let mut all = Vec::with_capacity(PAGES.len());
    for (_, path) in PAGES {
        let mut tails = vec![];
        for _ in 0..rounds {
            tails.push(page(server, &cookie, path, seconds).await?);
        }
        all.push(tails);
    }
    Ok(all)
}

/// The tail of a page, whole HTML, under its timetable.
pub(crate) async fn page(server: &Server, cookie: &str, path: &str, seconds: u64) -> anyhow::Result<f64> {
    let page = get(path, &format!("{cookie}accept: text/html\r\n"));
    let answer = Connection::open(server.address).await?.exchange(&page).await?;
    if answer.status != 200 || !answer.text().contains("</html>") {
        bail!("{path} is not answered with its page: {}", answer.head);
    }
    let done = Cell::new(false);
    let request = |_| Some(page.clone());
    let stop = async {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        done.set(true);
    };
    let ((), latencies) = tokio::join!(stop, by_timetable(server.address, CLIENTS, RATE, &done, &request));
    Ok(latencies?.percentile(0.99))
}

/// Waits until nothing is left to be folded.
async fn caught_up(server: &Server) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut look = Look::open(server).await?;
    while look.unfolded().await? > 0 {
        if begun.elapsed() > CATCH_UP {
            bail!("the figures do not catch up");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

pub(crate) async fn one_after_the_other(connection: &mut Connection, cookie: &str, path: &str) -> anyhow::Result<f64> {
    let mut took = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        took.push(asked(connection, cookie, path).await?);
    }
    took.sort_by(f64::total_cmp);
    Ok(took[REQUESTS * 99 / 100 - 1])
}

/// The slowest of forty questions that nobody has asked before: what they come to is not remembered yet. Others in each of three rounds.
pub(crate) async fn first_time(connection: &mut Connection, cookie: &str, round: usize) -> anyhow::Result<f64> {
    let mut took = Vec::new();
    for n in (round % 3..CARRIERS.len() * 12).step_by(3) {
        let (carrier, region) = (CARRIERS[n % CARRIERS.len()], ["AMER", "APAC", "EMEA", "LATAM"][n / CARRIERS.len() % 4]);
        let unit = ["HEALTH", "INDUSTRIAL", "RETAIL"][n / CARRIERS.len() / 4];
        let path = format!("K1?region={region}&business_unit={unit}&carrier={carrier}");
        took.push(asked(connection, cookie, &path).await?);
    }
    Ok(took.into_iter().fold(0.0, f64::max))
}

/// How long a figure took, in milliseconds.
async fn asked(connection: &mut Connection, cookie: &str, path: &str) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let answer = connection.exchange(&get(&format!("/api/v1/kpis/{path}"), cookie)).await?;
    if answer.status != 200 {
        bail!("{path}: {}", answer.head);
    }
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}
