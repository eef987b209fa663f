//! The demonstration of `waybill serve --demo`: some months of a believable shipper at the first start, then events that keep
//! coming.

use super::{GeneratedEvent, Live, Options, deliver::deliver};
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Environment},
        event::EventType,
        receipt::{IntakeTerms, Lane},
    },
    service::intake::{Intake, IntakeError},
    shutdown::Shutdown,
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
const TICK: Duration = Duration::from_millis(500);
/// After the store was away.
const PAUSE: Duration = Duration::from_secs(5);

/// Fills the demo environment and keeps it moving until the server stops.
pub async fn run(intake: Arc<dyn Intake>, clock: Clock, shutdown: Shutdown) {
    let asked = shutdown.clone();
    tokio::select! {
        () = asked.asked() => {}
        result = tell(intake.as_ref(), &clock) => if let Err(error) = result {
            tracing::error!(error.message = %error, "the demonstration stopped");
        },
    }
}

async fn tell(intake: &dyn Intake, clock: &Clock) -> Result<(), IntakeError> {
    let actor = Actor::system("demo", Environment::Demo);
    let terms = |lane| IntakeTerms { environment: Environment::Demo, history: false, lane };
    let began = clock.now();
    let first = deliver(intake, (&actor, terms(Lane::Bulk)), &[marker(began)], began).await?.contains_key("accepted");
    let seed = if first { SEED } else { began.0.unsigned_abs() };
    let mut live = Live::new(seed, Options { crescendo: CRESCENDO, ..Options::days(SHIPMENTS, DAYS, began) }, RATE);
    if first {
        let mut told = 0;
        loop {
            let events: Vec<_> = live.backlog().take(super::deliver::BATCH).collect();
            if events.is_empty() {
                break;
            }
            told += events.len();
            deliver(intake, (&actor, terms(Lane::Bulk)), &events, clock.now()).await?;
        }
        tracing::info!(simulation.events = told, "the demonstration's past is told");
    } else {
        live.skip_backlog();
    }
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = clock.now();
        let events = live.due(now);
        if let Err(error) = deliver(intake, (&actor, terms(Lane::Single)), &events, now).await {
            tracing::warn!(error.message = %error, "the demonstration pauses");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Takes back an event that nobody ever sends: no page shows it, and at the second start it is a duplicate.
fn marker(at: crate::domain::time::Instant) -> GeneratedEvent {
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
