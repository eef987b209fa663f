//! Timers: 100,000 shipments due at the same moment.

use crate::{
    events::Set,
    options::Options,
    report::{Asked, Report, Spread},
    server::Server,
    troubled::{Look, deliveries},
};
use std::time::{Duration, Instant};
use waybill_server::{clock, domain::time};

/// Waybill's own steps have a fifth of the writer's time beside others, and looking again shares that with folding measures: what takes
/// seconds alone takes ten times as long beside imports. A part of them tells the pace.
const PART: usize = 5;
/// What is overdue a day after the delivery.
const GRACE: i64 = 24 * time::Instant::HOUR;

/// Measures them alone and beside an import.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, shipments, events) = options.size((2, 100_000, 100_000), (1, 100_000, 60_000));
    let (mut alone, mut beside, mut kept) = (vec![], vec![], vec![]);
    for round in 0..rounds {
        let server = Server::start(options).await?;
        let mut look = Look::open(&server).await?;
        alone.push(all_at_once(&server, &mut look, "A", shipments).await?);
        let (opened, groups) = look.open_exceptions().await?;
        println!("round {}: {shipments} due, {opened} exceptions in {groups} groups after {:.1} s", round + 1, alone[round]);
        let import = |number: u64| Set::new(6_000 + 10 * round as u64 + number, events).ndjson();
        let rate = |took: Duration| events as f64 / took.as_secs_f64();
        let (before, _) = server.import(&import(0), false).await?;
        // Imports follow one another from the moment on at which all are due, until none is left.
        fill(&server, "B", shipments / PART).await?;
        let begun = Instant::now();
        let (mut rates, mut number) = (Vec::new(), 1);
        // Only of those: what an import brings is due a little later again.
        while look.due_of("B", clock::now()).await? > 0 {
            let (took, _) = server.import(&import(number), false).await?;
            rates.push(rate(took));
            number += 1;
        }
        beside.push(begun.elapsed().as_secs_f64());
        let solo = rate(before);
        let during = rates.iter().sum::<f64>() / rates.len().max(1) as f64;
        println!("round {}: import alone {solo:.0}, beside {during:.0} events/s ({} imports)", round + 1, rates.len());
        kept.push(100.0 * during / solo);
    }
    report.figure("due", "100,000 shipments due at once", "s", Asked::AtMost(20.0), Spread::of(alone));
    report.figure("due", "20,000 of them beside imports", "s", Asked::Nothing, Spread::of(beside));
    report.figure("due", "what those imports keep of their solo rate", "%", Asked::AtLeast(50.0), Spread::of(kept));
    Ok(())
}

/// Seconds from the moment at which all are due until none is.
async fn all_at_once(server: &Server, look: &mut Look, name: &str, shipments: usize) -> anyhow::Result<f64> {
    fill(server, name, shipments).await?;
    let begun = Instant::now();
    while look.due_of(name, clock::now()).await? > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(begun.elapsed().as_secs_f64())
}

/// Brings shipments that are due all at once, and waits for the moment.
async fn fill(server: &Server, name: &str, shipments: usize) -> anyhow::Result<()> {
    // As long as it takes to send them, with a margin.
    let due = clock::now().plus((10 + shipments as i64 / 2_000) * time::Instant::SECOND);
    let due = time::Instant(due.0 / time::Instant::SECOND * time::Instant::SECOND);
    server.import(&deliveries(name, shipments, due.plus(-GRACE)), false).await?;
    let left = due.since(clock::now());
    anyhow::ensure!(left > 0, "sending took longer than was planned for");
    tokio::time::sleep(Duration::from_micros(left.unsigned_abs())).await;
    Ok(())
}
