//! Events from a stream: pulled as far as the store keeps up, committed through the one door, acknowledged afterwards.

mod settle;

use super::{
    Status, Trouble,
    message::{self, Unread},
    status::Side,
};
use crate::{
    clock::Clock,
    config::NatsIn,
    domain::access::{Actor, Grants, Scope},
    service::intake::Intake,
    store::health::HealthStore,
};
use async_nats::{
    Client,
    jetstream::{
        self, AckKind, Message,
        consumer::{AckPolicy, Consumer, pull},
        stream,
    },
};
use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// Messages in a slice.
const SLICE: usize = 500;
/// Bytes in a slice, whatever its number of messages.
const SLICE_BYTES: usize = 2 << 20;
/// Slices that are with the writer at a time.
const AT_ONCE: usize = 8;
/// Bytes that are asked for at a time.
const PULL_BYTES: usize = 8 << 20;
/// A slice that is not full waits no longer for more.
const SILENCE: Duration = Duration::from_millis(5);
/// Messages that the broker delivers, to all processes together, before it hears of them.
const MOST_UNACKNOWLEDGED: i64 = 20_000;
/// Pauses after trouble, from the first to the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];
/// How often the broker is asked how much is left.
const ASK: Duration = Duration::from_secs(5);

/// Takes events in from a stream.
pub struct Inward {
    terms: NatsIn,
    actor: Actor,
    intake: Arc<dyn Intake>,
    store: Arc<dyn HealthStore>,
    clock: Clock,
    status: Arc<Status>,
}

/// Messages that are committed together.
#[derive(Default)]
struct Slice {
    messages: Vec<Message>,
    bytes: usize,
    history: bool,
    /// Why they are kept and not read, if they are not.
    unread: Option<Unread>,
}

type Commits = FuturesUnordered<JoinHandle<()>>;

impl Inward {
    /// By these terms, through this door. What the door refuses while the store behind it can write is not waited for.
    pub fn new(terms: NatsIn, intake: Arc<dyn Intake>, store: Arc<dyn HealthStore>, clock: Clock, status: Arc<Status>) -> Self {
        let actor = Actor {
            name: format!("broker:{}", terms.consumer),
            grants: Grants::Sources(terms.sources.clone()),
            scope: Scope::ALL,
            environment: terms.environment,
            time_zone: "UTC".into(),
        };
        status.begins(Side::In);
        Self { terms, actor, intake, store, clock, status }
    }

    /// Takes until told to stop. Whatever goes wrong with the broker is tried again.
    pub async fn run(self, client: Client, stop: CancellationToken) {
        let this = Arc::new(self);
        let mut pause = PAUSES[0];
        while !stop.is_cancelled() {
            let begun = Instant::now();
            if let Err(trouble) = this.take(&client, &stop).await {
                this.status.fails(Side::In, &trouble);
            }
            pause = if begun.elapsed() > PAUSES[1] { PAUSES[0] } else { (pause * 2).min(PAUSES[1]) };
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pause) => {}
            }
        }
        // What was acknowledged last has to leave.
        let _ = tokio::time::timeout(PAUSES[1], client.flush()).await;
    }

    async fn take(self: &Arc<Self>, client: &Client, stop: &CancellationToken) -> Result<(), Trouble> {
        let consumer = tokio::select! {
            consumer = self.consumer(client) => consumer?,
            () = stop.cancelled() => return Ok(()),
        };
        let builder = consumer.stream().max_messages_per_batch(SLICE * 2).max_bytes_per_batch(PULL_BYTES);
        let mut messages = builder.messages().await.map_err(Trouble::of("the stream cannot be read"))?;
        self.status.works(Side::In);
        let _asking = AbortOnDropHandle::new(tokio::spawn(Arc::clone(self).ask(consumer.clone())));
        let mut slice = Slice::default();
        let mut under_way = Commits::new();
        let ended = loop {
            let free = under_way.len() < AT_ONCE;
            tokio::select! {
                biased;
                () = stop.cancelled() => break Ok(()),
                // Its messages come again if it failed.
                Some(_) = under_way.next() => {}
                message = messages.next(), if free => match message {
                    Some(Ok(message)) => self.add(&mut slice, message, &mut under_way),
                    Some(Err(error)) => break Err(Trouble::of("the stream cannot be read")(error)),
                    None => break Err(Trouble::of("the stream cannot be read")("it ended")),
                },
                () = sleep(SILENCE), if free && !slice.messages.is_empty() => self.dispatch(&mut slice, &mut under_way),
            }
        };
        // What nobody has begun is for somebody else, at once.
        while let Some(Some(Ok(message))) = messages.next().now_or_never() {
            slice.messages.push(message);
        }
        for message in &slice.messages {
            let _ = message.ack_with(AckKind::Nak(None)).await;
        }
        while under_way.next().await.is_some() {}
        ended
    }

    /// The consumer, with its stream; both are made when they are not there.
    async fn consumer(&self, client: &Client) -> Result<Consumer<pull::Config>, Trouble> {
        let context = jetstream::new(client.clone());
        let NatsIn { stream, subject, consumer, ack, .. } = &self.terms;
        let made = stream::Config { name: stream.clone(), subjects: vec![subject.clone()], ..stream::Config::default() };
        let stream = context.get_or_create_stream(made).await.map_err(Trouble::of("the stream cannot be found or made"))?;
        let made = pull::Config {
            durable_name: Some(consumer.clone()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: *ack,
            max_ack_pending: MOST_UNACKNOWLEDGED,
            filter_subject: subject.clone(),
            ..pull::Config::default()
        };
        stream.get_or_create_consumer(consumer, made).await.map_err(Trouble::of("the consumer cannot be found or made"))
    }

    /// Asks now and then how much is left.
    async fn ask(self: Arc<Self>, consumer: Consumer<pull::Config>) {
        loop {
            if let Ok(info) = consumer.get_info().await {
                self.status.behind(info.num_pending, info.num_ack_pending);
            }
            sleep(ASK).await;
        }
    }

    fn add(self: &Arc<Self>, slice: &mut Slice, message: Message, under_way: &mut Commits) {
        let (history, deliveries) = (message::is_history(&message), message::deliveries(&message));
        if deliveries > 1 {
            self.status.came_again();
        }
        let alone = deliveries > self.terms.deliveries;
        if alone || slice.history != history {
            self.dispatch(slice, under_way);
        }
        slice.history = history;
        slice.unread = (deliveries > self.terms.deliveries.saturating_mul(2)).then_some(Unread::DeliveredTooOften);
        slice.bytes += message.payload.len();
        slice.messages.push(message);
        if alone || slice.messages.len() >= SLICE || slice.bytes >= SLICE_BYTES {
            self.dispatch(slice, under_way);
        }
    }

    fn dispatch(self: &Arc<Self>, slice: &mut Slice, under_way: &mut Commits) {
        let slice = std::mem::take(slice);
        if !slice.messages.is_empty() {
            under_way.push(tokio::spawn(Arc::clone(self).settle(slice)));
        }
    }
}
