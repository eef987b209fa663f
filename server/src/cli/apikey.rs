use super::accounts::{self, Opened, scope_words, table, when};
use crate::{
    clock::Clock,
    config::Settings,
    domain::{access::Environment, time::Instant},
    service::accounts::NewKey,
};

/// API keys of sources: make, list, revoke.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make a key; prints its secret, once.
    Create(Create),
    /// List the keys, the revoked among them.
    List,
    /// Take a key back; takes effect within three seconds.
    Revoke {
        /// Its name or its id.
        key: String,
    },
}

#[derive(Debug, clap::Args)]
struct Create {
    /// What it is called in lists and in the audit trail.
    name: String,
    /// CloudEvents source that it may send as; a trailing * stands for any ending. Several times for several.
    #[arg(long, required = true, value_name = "PATTERN")]
    source: Vec<String>,
    /// live, demo or sandbox.
    #[arg(long, value_parser = accounts::environment, default_value = "live")]
    environment: Environment,
    /// A region it is bound to; several times for several, none for all.
    #[arg(long)]
    region: Vec<String>,
    /// A business unit it is bound to; several times for several, none for all.
    #[arg(long)]
    business_unit: Vec<String>,
    /// Ends after so many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    expires_in: Option<u32>,
}

pub(super) async fn run(args: Args, settings: Settings) -> anyhow::Result<()> {
    let opened = Opened::new(&settings).await?;
    let done = act(args.action, &opened).await;
    opened.close().await;
    done
}

async fn act(action: Action, Opened { accounts, actor, .. }: &Opened) -> anyhow::Result<()> {
    match action {
        Action::Create(create) => {
            let Create { name, source, environment, region, business_unit, expires_in } = create;
            let expires_at = expires_in.map(|days| Clock::system().now().plus(i64::from(days) * Instant::DAY));
            let scope = accounts::scope(region, business_unit);
            let new = NewKey { name, sources: source, scope, environment: Some(environment), expires_at };
            let (key, secret) = accounts.add_key(actor, new).await?;
            println!("made {} for {}", key.name.as_str(), key.sources.join(" "));
            println!("secret (shown once): {secret}");
        }
        Action::List => {
            let keys = accounts.keys(actor).await?;
            let now = Clock::system().now();
            let rows = keys.iter().map(|key| {
                let state = match (key.revoked_at, key.in_force(now)) {
                    (Some(_), _) => "revoked",
                    (None, false) => "expired",
                    (None, true) => "in force",
                };
                [
                    key.name.as_str().to_owned(),
                    format!("{}…", key.prefix),
                    key.environment.code().to_owned(),
                    scope_words(&key.scope),
                    state.to_owned(),
                    when(key.last_used_at),
                    key.sources.join(" "),
                ]
            });
            let head = ["NAME", "SECRET", "ENVIRONMENT", "REGIONS/UNITS", "STATE", "LAST USED (UTC)", "SOURCES"];
            print!("{}", table(head, &rows.collect::<Vec<_>>()));
        }
        Action::Revoke { key } => {
            let key = accounts.revoke_key(actor, &key).await?;
            println!("{} ({}…) opens nothing any more", key.name.as_str(), key.prefix);
        }
    }
    Ok(())
}
