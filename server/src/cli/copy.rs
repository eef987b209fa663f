use crate::{
    config::DatabaseUrl,
    startup::{
        Copying,
        copy::{Agreed, Progress},
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Copy everything into another, empty database: from SQLite to PostgreSQL, or back. Interrupted, it goes on when it is run again.
///
/// Stop every `waybill serve` on both first: nothing can write to the source meanwhile.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The database that is there. It stays as it is.
    #[arg(long, value_name = "URL")]
    from: String,
    /// The database to fill.
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    for (flag, url) in [("--from", &args.from), ("--to", &args.to)] {
        // Not repeated: it may hold a password.
        anyhow::ensure!(
            DatabaseUrl::from(url.clone()).is_known(),
            "{flag} is no address of a database: sqlite://… or postgres://…"
        );
    }
    let mut copying = Copying::open(&args.from, &args.to).await?;
    let all = copying.rows().await?;
    if copying.resumed() > 0 {
        eprintln!("going on after {} rows of an interrupted copy", copying.resumed());
    }
    let mut told = Told::new(all, copying.resumed());
    while let Some(progress) = copying.step().await? {
        told.tell(&progress);
    }
    told.through();
    eprintln!("{all} rows are there; counting and summing up both sides");
    let rows = copying.finish(|Agreed { table, sum }| println!("{table}: {sum}, the same on both sides")).await?;
    let (from, to) = (DatabaseUrl::from(args.from), DatabaseUrl::from(args.to));
    println!("copied and verified: {rows} rows of {from} are in {to}");
    Ok(())
}

/// How far it is: a bar on a terminal, a line a table elsewhere.
struct Told {
    bar: Option<ProgressBar>,
    table: String,
}

impl Told {
    fn new(all: u64, resumed: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows  {per_sec}  {eta} left  {msg}");
            ProgressBar::new(all).with_style(style.expect("the template is sound")).with_position(resumed)
        });
        Self { bar, table: String::new() }
    }

    fn tell(&mut self, progress: &Progress) {
        match &self.bar {
            Some(bar) => {
                bar.inc(progress.more);
                bar.set_message(progress.table.clone());
            }
            None if progress.table != self.table => eprintln!("{} …", progress.table),
            None => {}
        }
        self.table.clone_from(&progress.table);
    }

    fn through(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
