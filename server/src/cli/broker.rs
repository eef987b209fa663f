use crate::{
    clock::Clock,
    config::Settings,
    domain::{access::Environment, outward::rfc3339},
    startup::{self, OpenMode},
    store::outbox::OutboxStore,
};

/// What others are told through a broker.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// How many notices of the world that `nats_environment` names wait, and since when.
    Status,
    /// Tell others no more of that world, and drop what waits. A server whose settings still name
    /// `nats_out_subject` begins anew when it starts.
    Close,
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let database = startup::open(&settings, OpenMode::Exact, Clock::system()).await?;
    let environment = Environment::from_code(&settings.nats_environment).unwrap_or_default();
    match args.what {
        What::Status => {
            let (waiting, since) = database.backlog(environment).await?;
            let since = since.map(|at| format!(", since {}", rfc3339(at))).unwrap_or_default();
            println!("{waiting} notices wait{since}");
        }
        What::Close => {
            let dropped = database.close_outlet(environment).await?;
            println!("nobody is told of {} any more; {dropped} notices that waited are dropped", environment.code());
        }
    }
    database.close().await;
    Ok(())
}
