//! Notices to a stream: published in the order of each shipment, and taken out of the outbox when the stream has them.

use super::{Status, Trouble, status::Side};
use crate::{
    config::NatsOut,
    domain::outward::rfc3339,
    store::{
        StoreError,
        outbox::{Notice, OutboxStore},
    },
};
use async_nats::{
    Client,
    jetstream::{self, Context, message::PublishMessage, stream},
};
use futures::future::try_join_all;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt::Write, sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Notices of one look.
const MOST: u32 = 500;
/// How long commits are let gather before the next look.
const BREATH: Duration = Duration::from_millis(20);
/// The pause between two looks where nothing was heard of.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause after trouble.
const LONGEST: Duration = Duration::from_secs(5);
/// How long a stream that is made here remembers what it has, so that the same notice again is none.
const REMEMBERS: Duration = Duration::from_secs(600);

/// Tells others.
pub struct Outward {
    terms: NatsOut,
    store: Arc<dyn OutboxStore>,
    status: Arc<Status>,
}

/// Why telling ended.
enum End {
    Stopped,
    Trouble(Trouble),
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        match error {
            // The database is closed, or another process tells.
            StoreError::Closed | StoreError::Superseded => Self::Stopped,
            other => Self::Trouble(Trouble::of("the store is not available")(other)),
        }
    }
}

impl Outward {
    /// By these terms, out of this outbox.
    pub fn new(terms: NatsOut, store: Arc<dyn OutboxStore>, status: Arc<Status>) -> Self {
        Self { terms, store, status }
    }

    /// Tells until told to stop. Whatever goes wrong is tried again.
    pub async fn run(self, client: Client, stop: CancellationToken) {
        self.tell_until(&client, &stop).await;
        // Whatever is wrong from now on is another process's trouble.
        self.status.works(Side::Out);
    }

    async fn tell_until(&self, client: &Client, stop: &CancellationToken) {
        let mut pause = PAUSE;
        while !stop.is_cancelled() {
            let ended = tokio::select! {
                ended = self.tell(client, &mut pause) => ended,
                () = stop.cancelled() => return,
            };
            match ended {
                End::Stopped => return,
                End::Trouble(trouble) => self.status.fails(Side::Out, &trouble),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pause) => pause = (pause * 2).min(LONGEST),
            }
        }
    }

    async fn tell(&self, client: &Client, pause: &mut Duration) -> End {
        match self.tell_on(client, pause).await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn tell_on(&self, client: &Client, pause: &mut Duration) -> Result<std::convert::Infallible, End> {
        let context = jetstream::new(client.clone());
        let NatsOut { environment, stream, subject } = &self.terms;
        let made = stream::Config {
            name: stream.clone(),
            subjects: vec![format!("{subject}.>")],
            duplicate_window: REMEMBERS,
            ..stream::Config::default()
        };
        context.get_or_create_stream(made).await.map_err(Trouble::of("the stream for notices cannot be found or made"))?;
        let mut hint = self.store.hint();
        loop {
            hint.mark_unchanged();
            let notices = self.store.waiting(*environment, MOST).await?;
            if let Some(last) = notices.last() {
                for round in rounds(&notices) {
                    // Who was stopped for a while would tell what another process has told long since.
                    self.store.still_tells().await?;
                    self.publish(&context, &round).await?;
                }
                self.store.told(*environment, last.seq).await?;
                self.status.told(notices.len());
            }
            self.status.works(Side::Out);
            *pause = PAUSE;
            let (waiting, _) = self.store.backlog(*environment).await?;
            self.status.waiting(waiting);
            if waiting == 0 {
                tokio::select! {
                    // Without a writer the next look tells.
                    _ = hint.changed() => sleep(BREATH).await,
                    () = sleep(PAUSE) => {}
                }
            }
        }
    }

    /// Publishes all of them, in whatever order, and waits until the stream has each.
    async fn publish(&self, context: &Context, round: &[&Notice]) -> Result<(), Trouble> {
        const WHAT: &str = "notices cannot be published";
        let mut accepted = Vec::with_capacity(round.len());
        for notice in round {
            let message = PublishMessage::build()
                .message_id(&notice.id)
                .header("Content-Type", "application/cloudevents+json")
                .payload(event(notice).into());
            let subject = subject(&self.terms.subject, notice);
            accepted.push(context.send_publish(subject, message).await.map_err(Trouble::of(WHAT))?.into_future());
        }
        try_join_all(accepted).await.map(drop).map_err(Trouble::of(WHAT))
    }
}

/// Of each subject one notice a round, in their order: a round is published when the stream has all of the one before, so that no
/// notice of a shipment overtakes another, whatever is lost on the way.
fn rounds(notices: &[Notice]) -> Vec<Vec<&Notice>> {
    let mut rounds: Vec<Vec<&Notice>> = Vec::new();
    let mut told: HashMap<(&str, &str), usize> = HashMap::new();
    for notice in notices {
        let round = told.entry((notice.environment.code(), &notice.subject)).or_default();
        if rounds.len() == *round {
            rounds.push(Vec::new());
        }
        rounds[*round].push(notice);
        *round += 1;
    }
    rounds
}

/// `waybill.out.live.delivered.5f0c…`: whose world, what, and which shipment, as a word that has no dots.
fn subject(prefix: &str, notice: &Notice) -> String {
    let mut subject = format!("{prefix}.{}.{}.", notice.environment.code(), notice.kind.code());
    for byte in &Sha256::digest(&notice.subject)[..8] {
        write!(subject, "{byte:02x}").expect("writing into memory");
    }
    subject
}

#[derive(Serialize)]
struct Event<'n> {
    specversion: &'static str,
    id: &'n str,
    source: String,
    #[serde(rename = "type")]
    kind: &'static str,
    subject: &'n str,
    time: String,
    datacontenttype: &'static str,
    sequence: String,
    data: &'n RawValue,
}

/// The notice as a CloudEvent. Its sequence orders all of one world, also as text.
fn event(notice: &Notice) -> Vec<u8> {
    let event = Event {
        specversion: "1.0",
        id: &notice.id,
        source: format!("waybill/{}", notice.environment.code()),
        kind: notice.kind.name(),
        subject: &notice.subject,
        time: rfc3339(notice.known_at),
        datacontenttype: "application/json",
        sequence: format!("{:020}", notice.seq),
        data: serde_json::from_str(&notice.data).expect("what was written as JSON"),
    };
    serde_json::to_vec(&event).expect("text is JSON and memory takes it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{access::Environment, outward::NoticeKind, time::Instant};

    fn notice(seq: i64, subject: &str) -> Notice {
        Notice {
            seq,
            id: format!("n-{seq}"),
            environment: Environment::Live,
            kind: NoticeKind::Delivered,
            subject: subject.into(),
            known_at: Instant(Instant::SECOND),
            data: "{\"change\":\"reached\"}".into(),
        }
    }

    #[test]
    fn a_round_has_each_shipment_once_and_rounds_keep_its_order() {
        let notices: Vec<_> = [(1, "a"), (2, "b"), (3, "a"), (4, "a"), (5, "c"), (6, "b")].map(|(n, s)| notice(n, s)).into();
        let rounds: Vec<Vec<i64>> = rounds(&notices).iter().map(|round| round.iter().map(|n| n.seq).collect()).collect();
        assert_eq!(rounds, [vec![1, 2, 5], vec![3, 6], vec![4]]);
    }

    #[test]
    fn a_subject_is_words_whatever_the_reference_is() {
        let told = subject("waybill.out", &notice(1, "SH 1.2 > *"));
        assert_eq!(told.split('.').count(), 5);
        assert!(told.starts_with("waybill.out.live.delivered.") && !told.contains([' ', '>', '*']), "{told}");
    }

    #[test]
    fn a_notice_is_a_cloud_event() {
        let event: serde_json::Value = serde_json::from_slice(&event(&notice(42, "SH-1"))).expect("JSON");
        assert_eq!(event["type"], "com.waybill.progress.delivered.v1");
        assert_eq!((&event["source"], &event["subject"]), (&"waybill/live".into(), &"SH-1".into()));
        assert_eq!((&event["time"], &event["sequence"]), (&"1970-01-01T00:00:01Z".into(), &"00000000000000000042".into()));
        assert_eq!(event["data"]["change"], "reached");
    }
}
