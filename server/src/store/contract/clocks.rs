//! Clocks that jump, hours that a summer takes, and a year that comes in at once.

use super::{
    NOW,
    tell::tell,
    together,
    working::{TODAY, open, under_way},
    world::{LIVE, World},
};
use crate::domain::{
    event::{CanonicalEvent, EventType},
    receipt::{IntakeTerms, Lane, Receipt},
    time::Instant,
};

/// Looks again until nothing is due.
async fn settle(world: &World) -> u64 {
    let mut looked = 0;
    loop {
        match world.store().look_again(50).await.expect("looks") {
            0 => return looked,
            n => looked += n,
        }
    }
}

pub(crate) async fn a_clock_that_jumps_finds_each_once(world: &World) {
    world.send(&[tell("order.released", "o1", "SO-1").at(TODAY - 900)]).await;
    world.send(&under_way("SH-1")).await;
    world.send(&[tell("shipment.delivered", "e3", "SH-1").at(TODAY - 60)]).await;
    world.clock.advance(25 * Instant::HOUR);
    assert!(settle(world).await > 0);
    let found = world.dump().await.open;
    assert!(!found.is_empty());
    // Set back by two days: nothing that was found is unfound, and nothing is committed in the past.
    world.clock.advance(-2 * Instant::DAY);
    settle(world).await;
    assert_eq!(world.dump().await.open, found);
    world.send(&[tell("shipment.in_transit", "e4", "SH-1").at(TODAY - 200).recorded(TODAY - 190)]).await;
    assert_eq!(world.dump().await.open, found);
    // A year ahead: what else is due is found, what was there is the same.
    world.clock.advance(365 * Instant::DAY);
    settle(world).await;
    let later = world.dump().await.open;
    assert!(found.iter().all(|(key, opened)| later.get(key) == Some(opened)), "{found:?} became {later:?}");
    assert_eq!(settle(world).await, 0);
    let whole = world.store().exception_groups(&super::acting::all(world), u32::MAX).await.expect("groups").totals;
    assert_eq!(whole.exceptions, later.len() as u64, "each once");
}

/// In Chicago, 8 March 2026 has 23 hours. What is expected within hours is expected within hours that pass.
pub(crate) async fn a_summer_takes_no_hour_of_an_expectation(world: &World) {
    let delivered = |shipment: &str, local: &str| tell("shipment.delivered", shipment, shipment).told(local);
    world.send(&[delivered("SH-1", "2026-03-07T23:30:00-06:00"), delivered("SH-2", "2026-03-08T23:30:00-05:00")]).await;
    let open = world.dump().await.open;
    let since = |shipment: &str| open[&["live", shipment, "pod_missing", ""].map(str::to_owned)].1;
    // 2026-03-08T05:30:00Z and a day.
    assert_eq!(since("SH-1"), 1_772_947_800 * Instant::SECOND + Instant::DAY);
    assert_eq!(since("SH-2") - since("SH-1"), 23 * Instant::HOUR);
}

pub(crate) async fn a_year_of_backlog_is_history_until_somebody_speaks_of_it(world: &World) {
    let history = IntakeTerms { history: true, lane: Lane::Bulk, ..LIVE };
    let year = together::simulated(120, 365);
    for part in year.chunks(400) {
        world.record(history, part.to_vec()).await.expect("the store takes it");
    }
    assert_eq!(settle(world).await, 0, "nobody waits for what is over");
    let dump = world.dump().await;
    assert!(dump.shipments.len() > 100 && dump.open.is_empty());
    assert!(dump.assessed.values().all(|(holds, next_at, ..)| (*holds, *next_at) == (0, None)));
    // A month passes, and the same year comes in again.
    world.clock.advance(30 * Instant::DAY);
    for part in year.chunks(400) {
        let receipts = world.record(history, part.to_vec()).await.expect("the store takes it");
        let again =
            |receipt: &Receipt| matches!(receipt, Receipt::Duplicate | Receipt::Amended { .. } | Receipt::Conflict { .. });
        assert!(receipts.iter().all(again), "{receipts:?}");
    }
    assert_eq!((settle(world).await, world.dump().await.open.len()), (0, 0));
    // Somebody speaks of one of them: that one is work, with everything that the year told of it.
    let reference = &undelivered(&year);
    let minutes = NOW.since(super::tell::START) / Instant::MINUTE;
    world.send(&[tell("shipment.in_transit", "live-1", reference).at(minutes - 5_000)]).await;
    assert!(!open(world, reference).await.is_empty());
    let open = world.dump().await.open;
    assert!(open.keys().all(|[_, shipment, ..]| shipment == reference), "{open:?}");
}

/// A shipment that was dispatched, and of which nothing that comes later was ever told.
fn undelivered(events: &[CanonicalEvent]) -> String {
    use EventType as T;
    let told =
        |reference: &str, of: &[T]| events.iter().any(|event| event.subject == reference && of.contains(&event.event_type));
    let later =
        [T::ShipmentDelivered, T::PodReceived, T::InvoiceReleased, T::ShipmentCancelled, T::ShipmentReturned, T::EventRetracted];
    let dispatched = events.iter().filter(|event| event.event_type == T::ShipmentDispatched);
    let found = dispatched.map(|event| &event.subject).find(|reference| !told(reference, &later));
    found.expect("somewhere a delivery was never told").clone()
}
