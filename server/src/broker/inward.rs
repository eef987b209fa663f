//! Events from a stream: pulled as far as the store keeps up, committed through the one door, acknowledged afterwards.

use super::{Status, Trouble, message, status::Side};
use crate::{
    clock::Clock,
    config::NatsIn,
    domain::{
        access::{Actor, Grants, Scope},
        event::{Limits, ReadTerms},
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
    },
    service::intake::{Intake, IntakeError},
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
    time::{Instant, MissedTickBehavior, interval, sleep},
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
/// More messages than this leave the fast lane to those who send one by one.
const FEW: usize = 50;
/// Messages that the broker delivers, to all processes together, before it hears of them.
const MOST_UNACKNOWLEDGED: i64 = 20_000;
/// Pauses after trouble, from the first to the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];
/// Pauses of a slice for which the store has no time, likewise.
const WAITS: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(2)];
/// How often the broker is asked how much is left.
const ASK: Duration = Duration::from_secs(5);

/// Takes events in from a stream.
pub struct Inward {
    terms: NatsIn,
    actor: Actor,
    intake: Arc<dyn Intake>,
    clock: Clock,
    status: Arc<Status>,
}

/// Messages that are committed together.
#[derive(Default)]
struct Slice {
    messages: Vec<Message>,
    bytes: usize,
    history: bool,
    /// Delivered too often to be read.
    unread: bool,
}

type Commits = FuturesUnordered<JoinHandle<()>>;

impl Inward {
    /// By these terms, through this door.
    pub fn new(terms: NatsIn, intake: Arc<dyn Intake>, clock: Clock, status: Arc<Status>) -> Self {
        let actor = Actor {
            name: format!("broker:{}", terms.consumer),
            grants: Grants::Sources(terms.sources.clone()),
            scope: Scope::ALL,
            environment: terms.environment,
            time_zone: "UTC".into(),
        };
        status.begins(Side::In);
        Self { terms, actor, intake, clock, status }
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
        slice.unread = deliveries > self.terms.deliveries.saturating_mul(2);
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

    /// Commits a slice, however long the store takes, and then acknowledges its messages.
    async fn settle(self: Arc<Self>, slice: Slice) {
        let Some(receipts) = self.commit(&slice).await else { return };
        for (message, receipt) in slice.messages.iter().zip(&receipts) {
            // An acknowledgement that is lost brings the message again, and that does no harm.
            let _ = message.ack().await;
            let outcome = match receipt {
                Receipt::Accepted { .. } => "accepted",
                Receipt::Duplicate => "duplicate",
                Receipt::Amended { .. } => "amended",
                Receipt::Conflict { .. } => "conflict",
                Receipt::Quarantined { .. } => "quarantined",
            };
            self.status.acknowledged(outcome);
        }
    }

    async fn commit(&self, slice: &Slice) -> Option<Vec<Receipt>> {
        let mut working = interval((self.terms.ack / 3).max(Duration::from_millis(100)));
        working.set_missed_tick_behavior(MissedTickBehavior::Delay);
        working.reset();
        let lane = if slice.messages.len() > FEW { Lane::Bulk } else { Lane::Single };
        let terms = IntakeTerms { environment: self.terms.environment, history: slice.history, lane };
        let mut wait = WAITS[0];
        loop {
            let submitting = self.intake.submit(&self.actor, terms, self.read(slice));
            tokio::pin!(submitting);
            let submitted = loop {
                tokio::select! {
                    submitted = &mut submitting => break submitted,
                    _ = working.tick() => still_working(slice).await,
                }
            };
            match submitted {
                Ok(receipts) => return Some(receipts),
                Err(IntakeError::Busy { .. }) => {}
                Err(error) => tracing::warn!(error = %error, cause = ?error, "messages wait for the store"),
            }
            tokio::select! {
                () = sleep(wait) => wait = (wait * 2).min(WAITS[1]),
                _ = working.tick() => still_working(slice).await,
            }
        }
    }

    fn read(&self, slice: &Slice) -> Vec<Inbound> {
        let terms = ReadTerms { now: self.clock.now(), limits: Limits::DEFAULT };
        let read = |message| {
            if slice.unread { message::unread(message, &terms) } else { message::read(message, &self.actor, &terms) }
        };
        slice.messages.iter().map(read).collect()
    }
}

/// The broker is not to deliver them again yet.
async fn still_working(slice: &Slice) {
    for message in &slice.messages {
        let _ = message.ack_with(AckKind::Progress).await;
    }
}
