//! The Exceptions page, whole HTML, over 50,000 open ones in 400 groups.

use crate::{
    options::Options,
    pace::by_timetable,
    report::{Asked, Report, Spread},
    server::Server,
    troubled::{Look, Person, deliveries, long_ago},
};
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// Each lacks its proof, its charges and its accrual.
const SHIPMENTS: usize = 16_700;
const CLIENTS: usize = 4;
const RATE: f64 = 5.0;

/// What people choose, beside the page as it opens.
const FILTERS: &[&str] = &[
    "/exceptions?view=list",
    "/exceptions?queue=logistics",
    "/exceptions?queue=finance&view=list",
    "/exceptions?kind=pod_missing",
    "/exceptions?assignee=nobody",
    "/exceptions?assignee=me",
    "/exceptions?state=open",
    "/exceptions?state=claimed",
    "/exceptions?region=R1",
    "/exceptions?business_unit=B2&view=list",
    "/exceptions?snoozed=yes",
    "/exceptions?cause=pod_missing%3ACR007&view=list",
    "/exceptions?cause=charges_incomplete%3Acontract%2C%20charges&view=list",
];

/// Fills a database and asks for the page.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, seconds, times) = options.size((3, 20, 50), (1, 10, 15));
    let server = Server::start(options).await?;
    server.import(&deliveries("SH", SHIPMENTS, long_ago()), false).await?;
    let mut look = Look::open(&server).await?;
    look.settled(Duration::from_secs(120)).await?;
    let (open, groups) = look.open_exceptions().await?;
    println!("{open} exceptions in {groups} groups");
    anyhow::ensure!(open >= 50_000 && groups >= 400, "there is too little to do");
    let mut person = Person::of(&server).await?;
    let page = person.read_page("/exceptions").await?;
    let (size, rows) = (page.body.len() as f64 / 1000.0, page.text().matches("<tr").count());
    anyhow::ensure!(rows >= 400, "the page shows {rows} groups only");
    for _ in 0..20 {
        person.read_page("/exceptions").await?;
    }
    let (mut tails, mut medians) = (vec![], vec![]);
    let page = person.page("/exceptions");
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
    report.figure(
        "page",
        "p99 of Exceptions as it opens, 50,000 open in 400 groups",
        "ms",
        Asked::AtMost(80.0),
        Spread::of(tails),
    );
    report.figure("page", "median of the same", "ms", Asked::Nothing, Spread::of(medians));
    report.figure("page", "bytes of the page", "kB", Asked::Nothing, Spread::of([size]));
    let mut slowest = Vec::new();
    for path in FILTERS {
        let mut latencies = Vec::new();
        for _ in 0..times {
            let begun = Instant::now();
            person.read_page(path).await?;
            latencies.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let spread = Spread::of(latencies);
        println!("{path}: {:.0} ms ({:.0} … {:.0})", spread.median, spread.min, spread.max);
        slowest.push(spread.median);
    }
    let slowest = Spread::of(slowest);
    report.figure("page", "median of each filter: the slowest", "ms", Asked::AtMost(80.0), Spread::of([slowest.max]));
    Ok(())
}
