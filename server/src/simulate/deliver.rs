//! Simulated events through the one door, as those of any other source.

use super::GeneratedEvent;
use crate::{
    domain::{
        access::Actor,
        event::{Limits, ReadTerms, read},
        receipt::{Inbound, IntakeTerms, Receipt},
        time::Instant,
    },
    service::intake::{Intake, IntakeError},
};
use std::collections::BTreeMap;

/// How many events are submitted at once.
pub const BATCH: usize = 500;

/// What became of events: how many of each outcome.
pub type Outcomes = BTreeMap<&'static str, u64>;

/// Submits events and waits while the writer is busy.
pub async fn deliver(
    intake: &dyn Intake,
    (actor, terms): (&Actor, IntakeTerms),
    events: &[GeneratedEvent],
    now: Instant,
) -> Result<Outcomes, IntakeError> {
    let read_terms = ReadTerms { now, limits: Limits::DEFAULT };
    let inbound = |event: &GeneratedEvent| match read(event.json.as_bytes(), &read_terms) {
        Ok(event) => Inbound::Event(Box::new(event)),
        Err(refusal) => Inbound::Refused(refusal),
    };
    let mut outcomes = Outcomes::new();
    for events in events.chunks(BATCH) {
        let items: Vec<_> = events.iter().map(inbound).collect();
        let receipts = loop {
            match intake.submit(actor, terms, items.clone()).await {
                Err(IntakeError::Busy { retry_after }) => tokio::time::sleep(retry_after).await,
                other => break other?,
            }
        };
        for receipt in receipts {
            *outcomes.entry(outcome(&receipt)).or_default() += 1;
        }
    }
    Ok(outcomes)
}

fn outcome(receipt: &Receipt) -> &'static str {
    match receipt {
        Receipt::Accepted { .. } => "accepted",
        Receipt::Duplicate => "duplicate",
        Receipt::Amended { .. } => "amended",
        Receipt::Conflict { .. } => "conflict",
        Receipt::Quarantined { .. } => "quarantined",
    }
}
