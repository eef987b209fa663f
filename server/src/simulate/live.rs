//! The present: shipments of the last months first, then what is due, and new shipments as fast as asked for.
//!
//! A few events each second are far more than a shipper of this size sends. So new shipments join in the middle of their lives,
//! as those of a partner that has just been connected: what happened to them so far comes at once, the rest when it is due. All
//! durations stay believable, and the pipeline is filled at every stage.

use super::{
    GeneratedEvent, Options, Simulation,
    draw::Draw,
    story::{Act, Story},
};
use crate::domain::time::Instant;

/// Share of the newcomers whose order is released just now.
const FRESH: f64 = 0.3;
/// A pause of the caller is not made up for beyond this.
const LONGEST_CATCH_UP: i64 = 10 * Instant::SECOND;

/// Keeps on telling.
#[derive(Debug)]
pub struct Live {
    simulation: Simulation,
    draw: Draw,
    /// Events each second.
    rate: f64,
    /// Events that may still be told now.
    credit: f64,
    last_tick: Instant,
    next_number: u64,
}

impl Live {
    /// Starts at `options.until`, the present: [`Self::backlog`] is what was sent up to then.
    pub fn new(seed: u64, options: Options, rate: f64) -> Self {
        Self {
            simulation: Simulation::new(seed, options),
            draw: Draw::new(seed, u64::MAX - 2),
            rate,
            credit: 0.0,
            last_tick: options.until,
            next_number: options.shipments,
        }
    }

    /// What was sent before the present, in order. It must be taken (or skipped) first.
    pub fn backlog(&mut self) -> impl Iterator<Item = GeneratedEvent> {
        &mut self.simulation
    }

    /// Leaves the past out: nothing that was sent before the present is told.
    pub fn skip_backlog(&mut self) {
        self.simulation.options.shipments = 0;
    }

    /// What is told since the last call, at the rate asked for.
    pub fn due(&mut self, now: Instant) -> Vec<GeneratedEvent> {
        let passed = now.since(self.last_tick).clamp(0, LONGEST_CATCH_UP);
        self.last_tick = self.last_tick.max(now);
        self.credit += self.rate * passed as f64 / Instant::SECOND as f64;
        let mut told = Vec::new();
        while self.credit >= 1.0 {
            let Some(event) = self.simulation.next_until(now) else {
                self.admit(now);
                continue;
            };
            self.credit -= 1.0;
            told.push(event);
        }
        told
    }

    /// Lets a new shipment join.
    fn admit(&mut self, now: Instant) {
        let (shipper, seed) = (&self.simulation.shipper, self.simulation.seed);
        let number = self.next_number;
        self.next_number += 1;
        let age = if self.draw.chance(FRESH) {
            0
        } else {
            let draft = Story::new(shipper, seed, number, now);
            // Carrier invoices and disputes come long after everything else.
            let late = |act: &Act| matches!(act, Act::CarrierInvoiceReceived | Act::DisputeOpened(_));
            let life = draft.steps.iter().filter(|step| !late(&step.act)).map(|step| step.sent.since(now)).max().unwrap_or(0);
            (life as f64 * self.draw.unit()) as i64
        };
        // Its first event is due within the past minute at the latest, so that each admission tells something.
        let start = now.plus(-age - Instant::MINUTE);
        self.simulation.queue.push(Story::new(shipper, seed, number, start));
    }
}
