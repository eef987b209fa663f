//! The past of a demonstration is lived, not dumped: a clock of its own walks through it, so that what went wrong was found when it
//! went wrong and stood open for as long as it took. Told all at once, every exception would be as old as the server.

use super::hands;
use crate::{
    clock::Clock,
    domain::time::Instant,
    service::intake::Intake,
    simulate::{GeneratedEvent, deliver::deliver, demo::Demo},
    store::{exceptions::ExceptionStore, sources::SourceStore, timers::TimerStore},
};

/// How far the clock walks at a time.
const STRIDE: i64 = Instant::DAY / STRIDES_A_DAY;
const STRIDES_A_DAY: i64 = 8;
/// Shipments looked at in one transaction.
const LOOKS: u32 = 1_000;

/// A store that can be told a past.
pub(super) trait Told: TimerStore + SourceStore + ExceptionStore {}
impl<T: TimerStore + SourceStore + ExceptionStore> Told for T {}

/// Tells the events to a store whose clock is this standing one, stride by stride up to `until`.
pub(super) async fn live(
    (intake, store): (&dyn Intake, &impl Told),
    events: impl Iterator<Item = GeneratedEvent>,
    clock: &Clock,
    until: Instant,
) -> anyhow::Result<()> {
    let (actor, terms) = Demo::teller();
    let mut events = events.peekable();
    let (mut told, mut strides) = (0, 0_i64);
    while clock.now() < until {
        clock.advance(STRIDE.min(until.since(clock.now())));
        let now = clock.now();
        let due: Vec<_> = std::iter::from_fn(|| events.next_if(|event| event.at <= now)).collect();
        told += due.len();
        deliver(intake, (&actor, terms), &due, now).await?;
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
