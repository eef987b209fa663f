use anyhow::Context;
use std::io::{self, Write};

/// Print what goes through a broker (AsyncAPI, JSON).
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args) -> anyhow::Result<()> {
    match writeln!(io::stdout(), "{}", crate::http::api::asyncapi_json()) {
        // A reader such as `head` has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("the description could not be written"),
    }
}
