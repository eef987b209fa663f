//! The demonstration of `waybill serve --demo`: some months of a believable shipper at the first start, then events that keep
//! coming.
//!
//! The past is lived, not dumped: a clock of its own walks through it, so that what went wrong was found when it went wrong and
//! stood open for as long as it took. Told all at once, every exception would be as old as the server.

use super::{GeneratedEvent, Live, Options, deliver::deliver, hands};
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Environment},
        event::EventType,
        receipt::{IntakeTerms, Lane},
        time::Instant,
    },
    service::intake::{Intake, IntakeError},
    shutdown::Shutdown,
    store::{StoreError, exceptions::ExceptionStore, sources::SourceStore, timers::TimerStore},
};
use std::{sync::Arc, time::Duration};

/// The first start's seed. Later starts take the time, so that they tell of new shipments.
const SEED: u64 = 1;
/// What the first start tells of.
const SHIPMENTS: u64 = 2_000;
const DAYS: u32 = 120;
/// The last days are denser, so that much is under way.
const CRESCENDO: f64 = 4.0;
/// Events each second afterwards.
const RATE: f64 = 3.0;
/// How far the clock of the past walks at a time.
const STRIDE: i64 = Instant::DAY / STRIDES_A_DAY;
const STRIDES_A_DAY: i64 = 8;
/// Shipments looked at in one step of the past.
const LOOKS: u32 = 1_000;
const TICK: Duration = Duration::from_millis(500);
/// After the store was away.
const PAUSE: Duration = Duration::from_secs(5);

/// Why the past could not be told to its end.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// Its events were not taken.
    #[error(transparent)]
    Events(#[from] IntakeError),
    /// What it left undone could not be looked for.
    #[error(transparent)]
    Looking(#[from] StoreError),
}

/// What a demonstration tells.
pub struct Demo {
    live: Live,
    /// Nothing of it was told before.
    first: bool,
}

/// A store that can be told a past.
pub trait Told: TimerStore + SourceStore + ExceptionStore {}
impl<T: TimerStore + SourceStore + ExceptionStore> Told for T {}

impl Demo {
    /// The first day of the past whose last day is this one.
    pub fn first_day(until: Instant) -> Instant {
        until.plus(-i64::from(DAYS) * Instant::DAY)
    }

    /// Asks whether this store was told the past that ends now.
    pub async fn begin(intake: &dyn Intake, until: Instant) -> Result<Self, IntakeError> {
        let actor = Actor::system("demo", Environment::Demo);
        let first = deliver(intake, (&actor, terms()), &[marker(until)], until).await?.contains_key("accepted");
        let seed = if first { SEED } else { until.0.unsigned_abs() };
        let mut live = Live::new(seed, Options { crescendo: CRESCENDO, ..Options::days(SHIPMENTS, DAYS, until) }, RATE);
        if !first {
            live.skip_backlog();
        }
        Ok(Self { live, first })
    }

    /// Tells the past to a store whose clock is this standing one, stride by stride up to `until`.
    pub async fn past(&mut self, (intake, store): (&dyn Intake, &dyn Told), clock: &Clock, until: Instant) -> Result<(), Untold> {
        if !self.first {
            return Ok(());
        }
        let actor = Actor::system("demo", Environment::Demo);
        let mut events = self.live.backlog().peekable();
        let (mut told, mut strides) = (0, 0_i64);
        while clock.now() < until {
            clock.advance(STRIDE.min(until.since(clock.now())));
            let now = clock.now();
            let due: Vec<_> = std::iter::from_fn(|| events.next_if(|event| event.at <= now)).collect();
            told += due.len();
            deliver(intake, (&actor, terms()), &due, now).await?;
            while store.look_again(LOOKS).await? == u64::from(LOOKS) {}
            store.watch_sources().await?;
            strides += 1;
            if strides % STRIDES_A_DAY == 0 {
                hands::morning(store, now).await?;
            }
        }
        tracing::info!(simulation.events = told, "the demonstration's past is told");
        Ok(())
    }

    /// Keeps the demo environment moving until the server stops.
    pub async fn run(mut self, intake: Arc<dyn Intake>, clock: Clock, shutdown: Shutdown) {
        let asked = shutdown.clone();
        tokio::select! {
            () = asked.asked() => {}
            () = self.tell(intake.as_ref(), &clock) => {}
        }
    }

    async fn tell(&mut self, intake: &dyn Intake, clock: &Clock) {
        let actor = Actor::system("demo", Environment::Demo);
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now = clock.now();
            let events = self.live.due(now);
            if let Err(error) = deliver(intake, (&actor, terms()), &events, now).await {
                tracing::warn!(error.message = %error, "the demonstration pauses");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// As what comes while somebody watches: what is wrong is told at once.
fn terms() -> IntakeTerms {
    IntakeTerms { environment: Environment::Demo, history: false, lane: Lane::Single }
}

/// Takes back an event that nobody ever sends: no page shows it, and at the second start it is a duplicate.
fn marker(at: Instant) -> GeneratedEvent {
    const ID: &str = "the-past-is-told";
    let json = format!(
        r#"{{"specversion":"1.0","id":"{ID}","source":"simulator","type":"{}","subject":"{ID}","time":"2020-01-01T00:00:00Z","data":{{"retracts":"nothing"}}}}"#,
        EventType::EventRetracted.name()
    );
    GeneratedEvent {
        at,
        json,
        event_type: EventType::EventRetracted,
        source: "simulator",
        id: ID.into(),
        shipment: ID.into(),
        fault: None,
    }
}
