//! What figures lag behind under a steady stream of events, and how soon a listener is told of a commit.

use crate::{
    client::{Connection, get, post},
    events::Set,
    options::Options,
    report::{Asked, Report, Spread},
    server::Server,
    troubled::{Look, deliveries},
};
use anyhow::bail;
use std::{
    cell::Cell,
    time::{Duration, Instant},
};
use waybill_server::clock;

/// Events a second, in so many pieces.
const RATE: usize = 5_000;
const PIECES: usize = 5;
/// Commits that a listener waits for.
const COMMITS: usize = 60;

/// How old the oldest commit is that is not in the cells yet, while events stream in.
pub(crate) async fn lag(options: &Options, server: &Server, report: &mut Report) -> anyhow::Result<()> {
    let (seconds, rounds) = options.size((20, 3_u64), (8, 1));
    let mut look = Look::open(server).await?;
    let (mut worst, mut kept) = (vec![], vec![]);
    for round in 0..rounds {
        let done = Cell::new(false);
        let pieces: Vec<Vec<u8>> = {
            let ndjson = Set::new(7_000 + round, seconds * RATE).ndjson();
            let lines: Vec<&[u8]> = ndjson.split_inclusive(|byte| *byte == b'\n').collect();
            lines.chunks(RATE / PIECES).map(<[&[u8]]>::concat).collect()
        };
        let sending = async {
            let begun = Instant::now();
            for (at, piece) in pieces.iter().enumerate() {
                tokio::time::sleep_until((begun + Duration::from_millis((at * 1_000 / PIECES) as u64)).into()).await;
                server.import(piece, false).await?;
            }
            done.set(true);
            anyhow::Ok(pieces.len() as f64 / PIECES as f64 / begun.elapsed().as_secs_f64() * RATE as f64)
        };
        let looking = async {
            let mut lag: f64 = 0.0;
            while !done.get() {
                tokio::time::sleep(Duration::from_millis(50)).await;
                lag = lag.max(look.behind().await?);
            }
            anyhow::Ok(lag)
        };
        let (rate, lag) = tokio::join!(sending, looking);
        kept.push(rate?);
        worst.push(lag?);
    }
    report.figure("figures", "longest that the cells lag behind, at 5,000 events/s", "s", Asked::AtMost(1.0), Spread::of(worst));
    report.figure("figures", "events taken beside it", "/s", Asked::AtLeast(4_500.0), Spread::of(kept));
    Ok(())
}

/// From the answer to an event, which is its commit, until a listener hears that figures changed.
pub(crate) async fn told(options: &Options, server: &Server, report: &mut Report) -> anyhow::Result<()> {
    let (tails, _) = told_between(options, server, server).await?;
    report.figure("figures", "p99 from a commit to its message", "ms", Asked::AtMost(1_000.0), Spread::of(tails));
    Ok(())
}

/// From the answer of the one to an event until a listener of the other hears of it, and until the page that he then asks for has it: the
/// tails of each, round by round.
pub(crate) async fn told_between(options: &Options, one: &Server, other: &Server) -> anyhow::Result<(Vec<f64>, Vec<f64>)> {
    let rounds = options.size(3, 1);
    let cookie = other.sign_in().await?;
    let (mut tails, mut whole) = (vec![], vec![]);
    for round in 0..rounds {
        let (mut listener, mut sender) = (Connection::open(other.address).await?, Connection::open(one.address).await?);
        let mut reader = Connection::open(other.address).await?;
        listener.listen(&get("/live", &format!("{cookie}accept: text/event-stream\r\n"))).await?;
        let page = get("/shipments", &format!("{cookie}accept: text/html\r\n"));
        let mut shown = Vec::with_capacity(COMMITS);
        let mut took = Vec::with_capacity(COMMITS);
        for n in 0..COMMITS {
            let event = deliveries(&format!("TOLD{round}-{n}"), 1, clock::now());
            let head = format!("{}content-type: application/cloudevents+json\r\n", one.key);
            let answer = sender.exchange(&post("/api/v1/events", &head, event.trim_ascii_end())).await?;
            if !(200..300).contains(&answer.status) {
                bail!("the event was answered {}: {}", answer.status, answer.text());
            }
            let committed = Instant::now();
            tokio::time::timeout(Duration::from_secs(10), listener.heard("\"shipments\"")).await??;
            took.push(committed.elapsed().as_secs_f64() * 1e3);
            while !reader.exchange(&page).await?.text().contains(&format!("TOLD{round}-{n}-")) {
                if committed.elapsed() > Duration::from_secs(10) {
                    bail!("what was told of is not on the page");
                }
            }
            shown.push(committed.elapsed().as_secs_f64() * 1e3);
            // So that each is told for itself.
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
        for (all, tails) in [(&mut took, &mut tails), (&mut shown, &mut whole)] {
            all.sort_by(f64::total_cmp);
            tails.push(all[COMMITS * 99 / 100]);
        }
    }
    Ok((tails, whole))
}
