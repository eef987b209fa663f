//! The demonstration of `waybill serve --demo`: some months of a believable shipper at the first start, then events that keep
//! coming.

use super::{GeneratedEvent, Live, Options, deliver::deliver};
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Environment},
        event::EventType,
        receipt::{IntakeTerms, Lane},
        time::Instant,
    },
    service::intake::{Intake, IntakeError},
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The first start's seed. Later starts take the time, so that they tell of new shipments.
const SEED: u64 = 1;
/// What the first start tells of.
const SHIPMENTS: u64 = 2_000;
const DAYS: u32 = 120;
/// The last days are denser, so that much is under way.
const CRESCENDO: f64 = 4.0;
/// Events each second afterwards.
const RATE: f64 = 3.0;
const TICK: Duration = Duration::from_millis(500);
/// After the store was away.
const PAUSE: Duration = Duration::from_secs(5);

/// What a demonstration tells.
pub struct Demo {
    live: Live,
    /// Nothing of it was told before.
    first: bool,
}

impl Demo {
    /// The first day of the past whose last day is this one.
    pub fn first_day(until: Instant) -> Instant {
        until.plus(-i64::from(DAYS) * Instant::DAY)
    }

    /// Who tells, and on which terms: as what comes while somebody watches, so that what is wrong is told at once.
    pub fn teller() -> (Actor, IntakeTerms) {
        let terms = IntakeTerms { environment: Environment::Demo, history: false, lane: Lane::Single };
        (Actor::system("demo", Environment::Demo), terms)
    }

    /// Asks whether this store was told the past that ends now.
    pub async fn begin(intake: &dyn Intake, until: Instant) -> Result<Self, IntakeError> {
        let (actor, terms) = Self::teller();
        let first = deliver(intake, (&actor, terms), &[marker(until)], until).await?.contains_key("accepted");
        let seed = if first { SEED } else { until.0.unsigned_abs() };
        let mut live = Live::new(seed, Options { crescendo: CRESCENDO, ..Options::days(SHIPMENTS, DAYS, until) }, RATE);
        if !first {
            live.skip_backlog();
        }
        Ok(Self { live, first })
    }

    /// What was sent before the present, in order; none if it was told at an earlier start.
    pub fn past(&mut self) -> Option<impl Iterator<Item = GeneratedEvent>> {
        self.first.then(|| self.live.backlog())
    }

    /// Keeps the demo environment moving until told to stop.
    pub async fn run(&mut self, intake: &dyn Intake, clock: &Clock, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.tell(intake, clock) => {}
        }
    }

    async fn tell(&mut self, intake: &dyn Intake, clock: &Clock) {
        let (actor, terms) = Self::teller();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now = clock.now();
            let events = self.live.due(now);
            if let Err(error) = deliver(intake, (&actor, terms), &events, now).await {
                tracing::warn!(error.message = %error, "the demonstration pauses");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
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
