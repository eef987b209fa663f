use crate::{
    clock::Clock,
    config::Settings,
    startup::{self, OpenMode, archive},
    store::archive::file::Stranger,
};
use std::process::ExitCode;

/// The archives of events' bodies: which there are, and whether they are what was written.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Say month by month what is archived, and whether the files are there.
    Status,
    /// Read every file to its end: its checksum, and each body in it.
    Verify,
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<ExitCode> {
    let database = startup::open(&settings, OpenMode::Exact, Clock::system()).await?;
    let archives = archive::all(&database).await?;
    let check = match args.action {
        Action::Status => archive::glance,
        Action::Verify => archive::verify,
    };
    let (mut wrong, mut events, mut bytes) = (0, 0, 0);
    for archived in &archives {
        let verdict = match check(archived) {
            Ok(()) => "ok".to_owned(),
            Err(error) => {
                wrong += 1;
                format!("WRONG: {error}")
            }
        };
        println!(
            "{}  {:>9} events  {:>6} KiB  {}  {verdict}",
            archived.month,
            archived.events,
            archived.bytes.div_ceil(1024),
            archived.file.display()
        );
        (events, bytes) = (events + archived.events, bytes + archived.bytes);
    }
    if matches!(args.action, Action::Status) {
        let (trouble, strangers) = archive::folder(&settings, &archives)?;
        for stranger in strangers {
            match stranger {
                Stranger::Begun(file) => {
                    println!("{}  begun by a pass that goes on, or was ended: then the next one removes it", file.display())
                }
                Stranger::Unknown(file) => {
                    println!("{}  no archive of this database: it needs nothing that is in it", file.display())
                }
            }
        }
        if let Some(error) = trouble {
            wrong += 1;
            println!("WRONG: nothing can be archived: {error}");
        }
    }
    println!("{} archives, {events} events, {} MiB; {wrong} missing or damaged", archives.len(), bytes.div_ceil(1 << 20));
    database.close().await;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
