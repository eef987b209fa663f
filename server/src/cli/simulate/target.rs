//! Where simulated events go.

use super::{Args, Mode};
use crate::{
    clock::{self, Clock},
    config::Settings,
    domain::{
        access::Actor,
        receipt::{IntakeTerms, Lane},
    },
    service::intake::StoreIntake,
    simulate::{
        GeneratedEvent,
        deliver::{Outcomes, deliver},
    },
    startup::{Database, OpenMode},
};
use anyhow::{Context, bail};
use reqwest::{StatusCode, header};
use std::{fs::File, io::Write, sync::Arc, time::Duration};

/// Where events go.
pub(super) enum Target {
    /// Lines of JSON.
    Lines(Box<dyn Write + Send>),
    /// A server's stream.
    Server { client: reqwest::Client, url: String, key: String, outcomes: std::collections::BTreeMap<String, u64> },
    /// The database of the settings.
    Store { database: Box<Database>, intake: StoreIntake, actor: Actor, terms: IntakeTerms, outcomes: Outcomes },
}

/// How long a busy server is given, if it does not say.
const PAUSE: Duration = Duration::from_secs(1);

impl Target {
    /// Opens what the arguments name.
    pub(super) async fn open(args: &Args, settings: &Settings) -> anyhow::Result<Self> {
        let history = args.mode == Mode::History;
        if let Some(file) = &args.out {
            let out: Box<dyn Write + Send> = if file.as_os_str() == "-" {
                Box::new(std::io::stdout())
            } else {
                Box::new(File::create(file).with_context(|| format!("cannot write {}", file.display()))?)
            };
            return Ok(Self::Lines(Box::new(std::io::BufWriter::with_capacity(1 << 20, out))));
        }
        if let Some(server) = &args.server {
            let name = args.api_key_env.as_deref().unwrap_or_default();
            #[expect(
                clippy::disallowed_methods,
                reason = "the flag names the variable, so that the key stands in no process list"
            )]
            let key = std::env::var(name).with_context(|| format!("the environment variable {name} does not hold an API key"))?;
            let mode = if history { "?mode=history" } else { "" };
            let url = format!("{}/api/v1/events:stream{mode}", server.trim_end_matches('/'));
            return Ok(Self::Server { client: reqwest::Client::new(), url, key, outcomes: Default::default() });
        }
        let database = Database::open(settings.database_url.reveal(), OpenMode::Migrate, Clock::system()).await?;
        let intake = StoreIntake::new(Arc::new(database.clone()));
        let terms = IntakeTerms { environment: args.environment, history, lane: Lane::Bulk };
        let actor = Actor::system("simulator", args.environment);
        Ok(Self::Store { database: Box::new(database), intake, actor, terms, outcomes: Outcomes::new() })
    }

    /// Sends events and waits until they are taken.
    pub(super) async fn send(&mut self, events: Vec<GeneratedEvent>) -> anyhow::Result<()> {
        match self {
            Self::Lines(out) => {
                for event in events {
                    writeln!(out, "{}", event.json).context("the line could not be written")?;
                }
            }
            Self::Server { client, url, key, outcomes } => {
                if !events.is_empty() {
                    post(client, url, key, &events, outcomes).await?;
                }
            }
            Self::Store { intake, actor, terms, outcomes, .. } => {
                for (outcome, count) in deliver(intake, (actor, *terms), &events, clock::now()).await? {
                    *outcomes.entry(outcome).or_default() += count;
                }
            }
        }
        Ok(())
    }

    /// Finishes, and says in words what became of the events.
    pub(super) async fn close(self) -> anyhow::Result<String> {
        let words = |outcomes: Vec<(String, u64)>| {
            let words: Vec<_> = outcomes.into_iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
            if words.is_empty() { "nothing was sent".into() } else { words.join(", ") }
        };
        match self {
            Self::Lines(mut out) => {
                out.flush().context("the lines could not be written")?;
                Ok("written".into())
            }
            Self::Server { outcomes, .. } => Ok(words(outcomes.into_iter().collect())),
            Self::Store { database, outcomes, .. } => {
                database.close().await;
                Ok(words(outcomes.into_iter().map(|(outcome, count)| (outcome.to_owned(), count)).collect()))
            }
        }
    }
}

/// Sends one stream; a busy server is tried again.
async fn post(
    client: &reqwest::Client,
    url: &str,
    key: &str,
    events: &[GeneratedEvent],
    outcomes: &mut std::collections::BTreeMap<String, u64>,
) -> anyhow::Result<()> {
    let lines: String = events.iter().flat_map(|event| [event.json.as_str(), "\n"]).collect();
    loop {
        let request = client.post(url).bearer_auth(key).header(header::CONTENT_TYPE, "application/x-ndjson").body(lines.clone());
        let answer = request.send().await.with_context(|| format!("{url} does not answer"))?;
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            tokio::time::sleep(seconds.map_or(PAUSE, Duration::from_secs)).await;
            continue;
        }
        let text = answer.text().await.context("the answer broke off")?;
        if !status.is_success() {
            bail!("{url} answers {status}: {}", text.chars().take(400).collect::<String>());
        }
        let summary: serde_json::Value =
            text.lines().last().map(serde_json::from_str).transpose().context("the summary is not JSON")?.unwrap_or_default();
        let counts = summary.get("summary").unwrap_or(&summary).as_object().cloned().unwrap_or_default();
        for (outcome, count) in counts {
            let count = count.as_u64().unwrap_or_default();
            if count > 0 && !matches!(outcome.as_str(), "lines" | "committed") {
                *outcomes.entry(outcome).or_default() += count;
            }
        }
        if let Some(problem) = summary.pointer("/summary/problem") {
            bail!("{url} took only a part: {problem}");
        }
        return Ok(());
    }
}
