mod target;

use self::target::Target;
use crate::{
    clock,
    config::Settings,
    domain::{access::Environment, time::Instant},
    simulate::{GeneratedEvent, Live, Manifest, Options, Simulation, deliver::BATCH},
};
use anyhow::Context;
use std::{path::PathBuf, time::Duration};

/// Send the events of an invented shipper: to a file, to a server, or straight into the database.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Decides everything: the same seed and span tell the same events.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many shipments begin within the span.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..))]
    shipments: u64,
    /// Length of the span in days.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// End of the span (RFC 3339); now, if it is left out.
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Instant>,
    /// `history` marks the events as old data, which raises no alarms.
    #[arg(long, value_enum, default_value_t = Mode::Live)]
    mode: Mode,
    /// Events each second. In live mode new shipments join at this rate after the span, until you interrupt.
    #[arg(long, value_name = "EVENTS")]
    rate: Option<f64>,
    /// The environment in the database (a server takes it from the API key).
    #[arg(long, value_parser = environment, default_value = "live", conflicts_with_all = ["server", "out"])]
    environment: Environment,
    /// Send to this server instead of the database.
    #[arg(long, value_name = "URL", requires = "api_key_env")]
    server: Option<String>,
    /// Name of the environment variable that holds the API key.
    #[arg(long, value_name = "NAME")]
    api_key_env: Option<String>,
    /// Write lines of JSON to this file instead; `-` is standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    out: Option<PathBuf>,
    /// Write down here what was injected.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

/// How the events are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    History,
    Live,
}

fn time(text: &str) -> Result<Instant, String> {
    let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| "must be RFC 3339, such as 2026-03-01T12:00:00Z")?;
    Ok(Instant(time.timestamp_micros()))
}

fn environment(code: &str) -> Result<Environment, String> {
    Environment::from_code(code).ok_or_else(|| "must be live, demo or sandbox".into())
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let options = Options::days(args.shipments, args.days, args.until.unwrap_or_else(clock::now));
    let mut target = Target::open(&args, &settings).await?;
    let mut manifest = Manifest::new(args.seed, &options);
    let sent = tokio::select! {
        result = send(&args, options, &mut target, &mut manifest) => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let summary = target.close().await?;
    if let Some(file) = &args.manifest {
        if sent.is_ok() && args.rate.is_none() && args.mode == Mode::Live {
            manifest.settle(&options);
        }
        let json = serde_json::to_vec_pretty(&manifest).context("the manifest could not be written as JSON")?;
        std::fs::write(file, json).with_context(|| format!("cannot write {}", file.display()))?;
    }
    eprintln!("{} events of {} shipments: {summary}", manifest.events, manifest.shipments);
    sent
}

async fn send(args: &Args, options: Options, target: &mut Target, manifest: &mut Manifest) -> anyhow::Result<()> {
    match (args.mode, args.rate) {
        (Mode::Live, Some(rate)) => {
            let mut live = Live::new(args.seed, options, rate);
            all(live.backlog(), None, target, manifest).await?;
            let mut ticks = tokio::time::interval(Duration::from_millis(250));
            loop {
                ticks.tick().await;
                let events = live.due(clock::now());
                events.iter().for_each(|event| manifest.note(event));
                target.send(events).await?;
            }
        }
        (_, rate) => all(Simulation::new(args.seed, options), rate, target, manifest).await,
    }
}

/// Sends all of it, by the batch, at most so many each second.
async fn all(
    mut events: impl Iterator<Item = GeneratedEvent>,
    rate: Option<f64>,
    target: &mut Target,
    manifest: &mut Manifest,
) -> anyhow::Result<()> {
    let size = rate.map_or(BATCH, |rate| (rate / 4.0).clamp(1.0, 500.0) as usize);
    loop {
        let batch: Vec<_> = events.by_ref().take(size).collect();
        if batch.is_empty() {
            return Ok(());
        }
        let pause = rate.map(|rate| Duration::from_secs_f64(batch.len() as f64 / rate));
        let due = tokio::time::Instant::now() + pause.unwrap_or_default();
        batch.iter().for_each(|event| manifest.note(event));
        target.send(batch).await?;
        tokio::time::sleep_until(due).await;
    }
}
