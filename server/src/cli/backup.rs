use crate::{config::Settings, startup::backup};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal, path::PathBuf};

/// Write what the embedded database holds at this moment into a new file, while it is served.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let url = &settings.database_url;
    let held = backup::back_up(url.reveal(), &args.to, pages()).await.with_context(|| format!("no backup of {url}"))?;
    println!("{}: {}", args.to.display(), words(&held));
    Ok(())
}

/// How far it is: a bar on a terminal.
pub(super) fn pages() -> impl FnMut(i32, i32) {
    let bar = std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} pages  {eta} left");
        ProgressBar::new(0).with_style(style.expect("the template is sound"))
    });
    move |done, all| {
        if let Some(bar) = &bar {
            bar.set_length(all.unsigned_abs().into());
            bar.set_position(done.unsigned_abs().into());
            if done == all {
                bar.finish_and_clear();
            }
        }
    }
}

pub(super) fn words(held: &backup::Held) -> String {
    let mib = held.bytes.div_ceil(1 << 20);
    format!("{} events, {} shipments, schema version {}, {mib} MiB; checked", held.events, held.shipments, held.schema)
}
