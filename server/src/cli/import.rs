mod progress;

use self::progress::Bar;
use crate::{
    clock::{self, Clock},
    config::Settings,
    domain::{
        access::{Actor, Environment},
        event::{Limits, ReadTerms},
    },
    intake::flat::{
        dry::DryRun,
        mapping,
        run::{BATCH, Import, Summary},
    },
    service::{imports::Imports, intake::StoreIntake},
    startup::{self, OpenMode},
};
use anyhow::Context;
use std::{io::IsTerminal, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Take in a flat file by a mapping.
///
/// Twice is the same as once, and after an interruption the same command goes on. Exit codes: 0 everything was taken, 2
/// something was rejected, 3 stopped before the end, 1 the import could not run. See docs/mapping.md.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file: any delimited text.
    file: PathBuf,
    /// The mapping.
    #[arg(long, value_name = "FILE.toml")]
    mapping: PathBuf,
    /// Whose world the events belong to.
    #[arg(long, value_parser = environment, default_value = "live")]
    environment: Environment,
    /// `history` marks the events as old data, which raises no alarms. The mapping decides, if it is left out.
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// Only say what would be taken in; no database is touched.
    #[arg(long)]
    dry_run: bool,
    /// Write what could not be taken, with row, column and reason, to this CSV file.
    #[arg(long, value_name = "FILE.csv")]
    rejects: Option<PathBuf>,
}

/// How the events are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    History,
    Live,
}

fn environment(code: &str) -> Result<Environment, String> {
    Environment::from_code(code).ok_or_else(|| "must be live, demo or sandbox".into())
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(&args.mapping).with_context(|| format!("cannot read {}", args.mapping.display()))?;
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    let watch = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    let result = if args.dry_run {
        import(&args, &text, &DryRun::default(), None, stop).await
    } else {
        let database = startup::open(&settings, OpenMode::Migrate, Clock::system()).await?;
        let intake = StoreIntake::new(Arc::new(database.clone()));
        let imports = Imports::new(Arc::new(database.clone()), Clock::system());
        let result = import(&args, &text, &intake, Some(&imports), stop).await;
        database.close().await;
        result
    };
    watch.abort();
    let summary = result.with_context(|| format!("{} under {}", args.file.display(), args.mapping.display()))?;
    println!("{summary}");
    if !summary.rejects.is_empty() && args.rejects.is_none() {
        println!("--rejects FILE.csv writes down every reject with row, column and reason");
    }
    Ok(exit_code(&summary))
}

async fn import(
    args: &Args,
    mapping: &str,
    intake: &dyn crate::service::intake::Intake,
    imports: Option<&Imports>,
    stop: CancellationToken,
) -> anyhow::Result<Summary> {
    let began = clock::now();
    let bar = Bar::new(std::io::stderr().is_terminal());
    let import = Import {
        actor: &Actor::system("import", args.environment),
        file: args.file.clone(),
        mapping,
        mode: args.mode.map(|mode| match mode {
            Mode::History => mapping::Mode::History,
            Mode::Live => mapping::Mode::Live,
        }),
        terms: ReadTerms { now: began, limits: Limits::DEFAULT },
        rejects: args.rejects.clone(),
        intake,
        imports,
        batch: BATCH,
        progress: &|progress| bar.show(progress),
        stop,
    };
    let result = import.run().await;
    bar.finish();
    let mut summary = result?;
    summary.took = Duration::from_micros(clock::now().since(began).max(0).unsigned_abs());
    Ok(summary)
}

fn exit_code(summary: &Summary) -> ExitCode {
    match summary {
        summary if !summary.complete => ExitCode::from(3),
        summary if summary.is_clean() => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}
