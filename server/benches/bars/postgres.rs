//! Bulk intake on PostgreSQL, every commit on disk: against a raw insert of the same events into the same server, and by two
//! processes against one.

use crate::{
    events::Set,
    options::Options,
    raw,
    report::{Asked, Report, Spread},
    server::Server,
    stream,
};
use anyhow::Context;
use futures::future;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    cell::Cell,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// Events in one transaction of the raw insert.
const SLICE: usize = 500;
/// Between two looks at who waits.
const LOOK: Duration = Duration::from_millis(20);

/// Measures one process against a raw insert, then two against one.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    if options.postgres.is_none() {
        println!("postgres: left out, no --postgres");
        return Ok(());
    }
    bulk(options, report).await?;
    two(options, report).await?;
    apart(options, report).await
}

/// A commit at one process, until a browser at another one has it.
async fn apart(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let servers = Server::replicas(options, 2).await?;
    let (told, shown) = stream::told_between(options, &servers[0], &servers[1]).await?;
    let row = "p99 from a commit at one process to the page of a browser at another";
    report.figure("postgres", row, "ms", Asked::AtMost(2_000.0), Spread::of(shown));
    report.figure("postgres", "p99 of the same to the message alone", "ms", Asked::Nothing, Spread::of(told));
    Ok(())
}

async fn bulk(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, events) = options.size((3, 100_000), (2, 30_000));
    let (mut raw_rates, mut rates, mut ratios) = (vec![], vec![], vec![]);
    for round in 0..rounds {
        let set = Set::new(2_000 + round, events);
        let ndjson = set.ndjson();
        let before = insert(options, &set).await?;
        let rate = import(&Server::replicas(options, 1).await?, &[ndjson], set.lines.len()).await?;
        let after = insert(options, &set).await?;
        println!("round {}: raw {before:.0} and {after:.0}, intake {rate:.0} events/s", round + 1);
        raw_rates.extend([before, after]);
        rates.push(rate);
        ratios.push(200.0 * rate / (before + after));
    }
    report.figure("postgres", "intake over HTTP, of the raw set-based insert", "%", Asked::AtLeast(25.0), Spread::of(ratios));
    report.figure("postgres", "intake over HTTP", "events/s", Asked::Nothing, Spread::of(rates));
    report.figure("postgres", "raw set-based insert, 500 a transaction", "events/s", Asked::Nothing, Spread::of(raw_rates));
    Ok(())
}

/// The same events by one process and, cut by shipment, by two, in turns.
async fn two(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    // So many that what a connection does once, planning its statements above all, is a small part: two do it twice.
    let (rounds, events) = options.size((5, 150_000), (2, 20_000));
    let (mut ratios, mut locks, mut turns) = (vec![], vec![], vec![]);
    for round in 0..rounds {
        let set = Set::new(3_000 + round, events);
        let one = import(&Server::replicas(options, 1).await?, &[set.ndjson()], set.lines.len()).await?;
        let halves = halves(set);
        let count = halves.iter().map(|half| half.lines.len()).sum();
        let bodies = halves.each_ref().map(Set::ndjson);
        let servers = Server::replicas(options, 2).await?;
        let (done, waits) = (Cell::new(false), Cell::new(Waits::default()));
        let importing = async {
            let rate = import(&servers, &bodies, count).await;
            done.set(true);
            rate
        };
        let (both, ()) = tokio::try_join!(importing, watch(options, &done, &waits))?;
        println!("round {}: one {one:.0}, two {both:.0} events/s", round + 1);
        ratios.push(both / one);
        let waits = waits.get();
        locks.push(100.0 * waits.locks as f64 / waits.looks.max(1) as f64);
        turns.push(100.0 * waits.turns as f64 / waits.looks.max(1) as f64);
    }
    report.figure("postgres", "two processes, of what one takes", "×", Asked::AtLeast(0.9), Spread::of(ratios));
    report.figure("postgres", "sessions that wait for a lock of rows or tables", "%", Asked::AtMost(2.0), Spread::of(locks));
    report.figure("postgres", "writers that wait for their turn", "%", Asked::Nothing, Spread::of(turns));
    Ok(())
}

/// All events of a shipment or an order on one side.
fn halves(set: Set) -> [Set; 2] {
    let mut halves = [Set { lines: Vec::new() }, Set { lines: Vec::new() }];
    for line in set.lines {
        let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let subject = event.get("subject").and_then(serde_json::Value::as_str).unwrap_or_default();
        halves[subject.bytes().fold(0, |sum, byte| sum + usize::from(byte)) % 2].lines.push(line);
    }
    halves
}

/// Imports a body into each server at once; events each second.
async fn import(servers: &[Server], bodies: &[Vec<u8>], events: usize) -> anyhow::Result<f64> {
    let begun = Instant::now();
    future::try_join_all(servers.iter().zip(bodies).map(|(server, body)| server.import(body, false))).await?;
    Ok(events as f64 / begun.elapsed().as_secs_f64())
}

/// Who was seen waiting.
#[derive(Debug, Clone, Copy, Default)]
struct Waits {
    looks: i64,
    locks: i64,
    turns: i64,
}

/// Counts the writers of Waybill that are in a transaction, and those of them that wait.
async fn watch(options: &Options, done: &Cell<bool>, waits: &Cell<Waits>) -> anyhow::Result<()> {
    let mut connection = connect(options, "postgres").await?;
    while !done.get() {
        let (looks, locks, turns): (i64, i64, i64) = sqlx::query_as(
            "SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'Lock' AND wait_event <> 'advisory'),
                 count(*) FILTER (WHERE wait_event_type = 'Lock' AND wait_event = 'advisory')
             FROM pg_stat_activity WHERE application_name = 'waybill' AND xact_start IS NOT NULL",
        )
        .fetch_one(&mut connection)
        .await?;
        let so_far = waits.get();
        waits.set(Waits { looks: so_far.looks + looks, locks: so_far.locks + locks, turns: so_far.turns + turns });
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Inserts the events set-based, 500 a transaction, into a database of their own; events each second. Everything but PostgreSQL's
/// own work is done before the clock starts.
async fn insert(options: &Options, set: &Set) -> anyhow::Result<f64> {
    let url = database(options).await?;
    let mut connection = PgConnection::connect(&url).await?;
    let table =
        "CREATE TABLE events (seq BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, source TEXT COLLATE \"C\" NOT NULL,
                     id TEXT COLLATE \"C\" NOT NULL, body TEXT NOT NULL);
                 CREATE UNIQUE INDEX events_by_key ON events (source, id)";
    sqlx::raw_sql(table).execute(&mut connection).await?;
    let slices: Vec<_> = set.lines.chunks(SLICE).map(columns).collect();
    let begun = Instant::now();
    for [sources, ids, bodies] in slices {
        let mut transaction = connection.begin().await?;
        sqlx::query(
            "INSERT INTO events (source, id, body) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
             ON CONFLICT (source, id) DO NOTHING",
        )
        .bind(sources)
        .bind(ids)
        .bind(bodies)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
    }
    let rate = set.lines.len() as f64 / begun.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(rate)
}

fn columns(lines: &[String]) -> [Vec<String>; 3] {
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    for line in lines {
        let (source, id, body) = raw::key(line);
        columns[0].push(source);
        columns[1].push(id);
        columns[2].push(body);
    }
    columns
}

/// Makes a database; its address.
pub(crate) async fn database(options: &Options) -> anyhow::Result<String> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let name = format!("bench_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let mut connection = connect(options, "postgres").await?;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
    connection.close().await?;
    Ok(format!("{}/{name}", options.postgres.as_deref().unwrap_or_default()))
}

async fn connect(options: &Options, database: &str) -> anyhow::Result<PgConnection> {
    let server = options.postgres.as_deref().context("--postgres names no server")?;
    Ok(PgConnection::connect(&format!("{server}/{database}")).await?)
}
