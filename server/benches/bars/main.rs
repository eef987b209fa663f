//! `make bench`: what Waybill must reach, measured on this machine in one run.
//!
//! The server is the release binary, started as a child with a database and a port of its own. Everything that is compared is
//! measured in turns, so that a slow minute of the machine hurts both sides; a fixed load before and after tells how noisy the
//! machine was. `--quick` is a short run, `--only bulk,single` measures some bars, `--keep` leaves the databases for a look.

mod broker;
mod calibration;
mod client;
mod databases;
mod due;
mod events;
mod exceptions;
mod figures;
mod intake;
mod many;
mod options;
mod overview;
mod pace;
mod postgres;
mod raw;
mod report;
mod server;
mod share;
mod single;
mod store;
mod stream;
mod troubled;
mod wire;

use options::{Bar, Options};
use report::Report;
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bars: {problem}");
            return ExitCode::FAILURE;
        }
    };
    // One thread drives all load: the two cores of a small machine belong to the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    match runtime.block_on(run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bars: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> anyhow::Result<()> {
    let mut report = Report::new(options);
    report.calibrate("before", calibration::run()?);
    if options.wants(Bar::Store) {
        store::run(options, &mut report).await?;
    }
    if options.wants(Bar::Bulk) {
        intake::bulk(options, &mut report).await?;
    }
    if options.wants(Bar::Broker) {
        broker::run(options, &mut report).await?;
    }
    if options.wants(Bar::Single) {
        single::flat_out(options, &mut report).await?;
    }
    if options.wants(Bar::Mixed) {
        single::beside_an_import(options, &mut report).await?;
    }
    if options.wants(Bar::Overview) {
        overview::run(options, &mut report).await?;
    }
    if options.wants(Bar::Exceptions) {
        exceptions::run(options, &mut report).await?;
    }
    if options.wants(Bar::Figures) {
        figures::run(options, &mut report).await?;
    }
    if options.wants(Bar::Share) {
        share::run(options, &mut report).await?;
    }
    if options.wants(Bar::Many) {
        many::run(options, &mut report).await?;
    }
    if options.wants(Bar::Postgres) {
        postgres::run(options, &mut report).await?;
    }
    if options.wants(Bar::Databases) {
        databases::run(options, &mut report).await?;
    }
    if options.wants(Bar::Due) {
        due::run(options, &mut report).await?;
    }
    if options.wants(Bar::Wire) {
        wire::run(options, &mut report).await?;
    }
    report.calibrate("after", calibration::run()?);
    report.finish()
}
