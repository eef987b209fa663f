//! Bulk work on 10,000 exceptions: how long it takes, and what an import keeps beside it.

use crate::{
    events::Set,
    options::Options,
    report::{Asked, Report, Spread},
    server::{COLLEAGUES, Server},
    troubled::{Look, Person, deliveries, long_ago},
};
use anyhow::Context;
use serde_json::{Value, json};
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// Exceptions of a job.
const EXCEPTIONS: usize = 10_000;

/// Measures jobs alone and beside an import.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, events) = options.size((3, 240_000), (1, 160_000));
    let (mut freezing, mut taken, mut waived, mut beside, mut kept) = (vec![], vec![], vec![], vec![], vec![]);
    for round in 0..rounds {
        let server = Server::start(options).await?;
        server.import(&deliveries("SH", EXCEPTIONS, long_ago()), false).await?;
        let mut look = Look::open(&server).await?;
        look.settled(Duration::from_secs(120)).await?;
        let mut person = Person::of(&server).await?;
        for assignee in COLLEAGUES {
            let (froze, took) = job(&mut person, &json!({ "action": "assign", "assignee": assignee })).await?;
            freezing.push(froze);
            taken.push(took);
        }
        let import = |number: u64| Set::new(5_000 + 10 * round + number, events).ndjson();
        let alone = |took: Duration| events as f64 / took.as_secs_f64();
        let (before, _) = server.import(&import(0), false).await?;
        let (ndjson, done) = (import(1), Cell::new(false));
        let importing = async {
            let result = server.import(&ndjson, false).await;
            done.set(true);
            result
        };
        // One job after the other, as long as the import goes on.
        let working = async {
            let mut times = Vec::new();
            while !done.get() {
                let assignee = COLLEAGUES[times.len() % COLLEAGUES.len()];
                let (_, took) = job(&mut person, &json!({ "action": "assign", "assignee": assignee })).await?;
                if !done.get() {
                    times.push(took);
                }
            }
            anyhow::Ok(times)
        };
        let (imported, times) = tokio::join!(importing, working);
        let ((during, _), times) = (imported?, times?);
        let (after, _) = server.import(&import(2), false).await?;
        let solo = (alone(before) + alone(after)) / 2.0;
        println!(
            "round {}: import alone {:.0} and {:.0}, beside {} jobs {:.0} events/s",
            round + 1,
            alone(before),
            alone(after),
            times.len(),
            alone(during)
        );
        anyhow::ensure!(!times.is_empty(), "the import was over before the first job");
        kept.push(100.0 * alone(during) / solo);
        beside.extend(times);
        look.settled(Duration::from_secs(120)).await?;
        let (_, took) = job(&mut person, &json!({ "action": "waive", "note": "measured" })).await?;
        waived.push(took);
    }
    report.figure("many", "a job on 10,000 exceptions: assign", "s", Asked::AtMost(3.0), Spread::of(taken));
    report.figure("many", "the same: waive, each shipment assessed", "s", Asked::AtMost(3.0), Spread::of(waived));
    report.figure("many", "freezing and counting 10,000", "s", Asked::Nothing, Spread::of(freezing));
    report.figure("many", "a job on 10,000 beside an import", "s", Asked::AtMost(3.0), Spread::of(beside));
    report.figure("many", "what that import keeps of its solo rate", "%", Asked::AtLeast(80.0), Spread::of(kept));
    Ok(())
}

/// Prepares and does a job on all missing proofs of the bench's own shipments; seconds for freezing and for doing.
async fn job(person: &mut Person, what: &Value) -> anyhow::Result<(f64, f64)> {
    let mut request = what.clone();
    request["filter"] = json!({ "kind": "pod_missing", "snoozed": "yes" });
    let begun = Instant::now();
    let prepared = person.send("/api/v1/exceptions/bulk", &request).await?;
    let froze = begun.elapsed().as_secs_f64();
    let items = prepared["items"].as_u64().context("a count")?;
    anyhow::ensure!(items >= EXCEPTIONS as u64, "only {items} exceptions were frozen");
    let path = format!("/api/v1/exceptions/bulk/{}", prepared["id"].as_str().context("an id")?);
    let begun = Instant::now();
    person.send(&format!("{path}:start"), &json!({})).await?;
    loop {
        let job = person.read(&path).await?;
        if job["state"] == "finished" {
            let took = begun.elapsed().as_secs_f64();
            let done = job["done"].as_u64().unwrap_or_default();
            anyhow::ensure!(done * 100 >= items * 95, "only {done} of {items} were done");
            // An import may bring some more.
            return Ok((froze, took * EXCEPTIONS as f64 / items as f64));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
