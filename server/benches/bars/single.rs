//! Single events: each answer comes after the commit.

use crate::{
    client::post,
    events::Set,
    options::Options,
    pace::{by_timetable, flat_out as drive},
    report::{Asked, Report, Spread},
    server::Server,
};
use std::{cell::Cell, time::Duration};

const CLIENTS: usize = 16;
const PATH: &str = "/api/v1/events";

fn headers(server: &Server) -> String {
    format!("content-type: application/cloudevents+json\r\n{}", server.key)
}

/// 16 clients as fast as they can.
pub(crate) async fn flat_out(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, seconds) = options.size((5, 6), (2, 3));
    let (mut rates, mut medians, mut tails) = (vec![], vec![], vec![]);
    for round in 0..rounds {
        let set = Set::new(2_000 + round, 15_000 * seconds as usize);
        let server = Server::start(options).await?;
        let headers = headers(&server);
        let request = |number: usize| Some(post(PATH, &headers, set.lines.get(number)?.as_bytes()));
        let (rate, mut latencies) = drive(server.address, CLIENTS, Duration::from_secs(seconds), &request).await?;
        rates.push(rate);
        medians.push(latencies.percentile(0.5));
        tails.push(latencies.percentile(0.99));
    }
    report.figure("single", "16 clients flat out, one event a request", "events/s", Asked::AtLeast(4_000.0), Spread::of(rates));
    report.figure("single", "median latency meanwhile", "ms", Asked::Nothing, Spread::of(medians));
    report.figure("single", "p99 latency meanwhile", "ms", Asked::Nothing, Spread::of(tails));
    Ok(())
}

/// 16 clients at 500 requests each second while an import runs; the import alone before and after.
pub(crate) async fn beside_an_import(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    const RATE: f64 = 500.0;
    let (rounds, events) = options.size((3, 120_000), (1, 40_000));
    let (mut tails, mut medians, mut kept, mut solo_rates) = (vec![], vec![], vec![], vec![]);
    for round in 0..rounds {
        let server = Server::start(options).await?;
        let solo_set = Set::new(3_000 + 10 * round, events);
        let (took, _) = server.import(&solo_set.ndjson(), false).await?;
        let solo = events as f64 / took.as_secs_f64();
        drop(server);

        let server = Server::start(options).await?;
        let import = Set::new(3_001 + 10 * round, events).ndjson();
        let singles = Set::new(3_002 + 10 * round, (events / 4).max(20_000));
        let headers = headers(&server);
        let request = |number: usize| Some(post(PATH, &headers, singles.lines.get(number)?.as_bytes()));
        let done = Cell::new(false);
        let importing = async {
            // The timetable runs a moment before the import begins.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let result = server.import(&import, false).await;
            done.set(true);
            result
        };
        let (imported, latencies) = tokio::join!(importing, by_timetable(server.address, CLIENTS, RATE, &done, &request));
        let ((took, _), mut latencies) = (imported?, latencies?);
        let beside = events as f64 / took.as_secs_f64();
        println!(
            "round {}: import alone {solo:.0}, beside {} single events {beside:.0} events/s, p99 {:.1} ms",
            round + 1,
            latencies.len(),
            latencies.percentile(0.99)
        );
        tails.push(latencies.percentile(0.99));
        medians.push(latencies.percentile(0.5));
        kept.push(100.0 * beside / solo);
        solo_rates.push(solo);
    }
    report.figure("mixed", "p99 of single events at 500/s beside an import", "ms", Asked::AtMost(25.0), Spread::of(tails));
    report.figure("mixed", "median of the same", "ms", Asked::Nothing, Spread::of(medians));
    report.figure("mixed", "what the import keeps of its solo rate", "%", Asked::AtLeast(60.0), Spread::of(kept));
    report.figure("mixed", "import alone", "events/s", Asked::Nothing, Spread::of(solo_rates));
    Ok(())
}
