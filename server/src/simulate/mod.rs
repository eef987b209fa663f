//! A believable shipper that never was: the same seed tells the same events, on every machine. It feeds the demonstration, the
//! tests and the benches.
//!
//! `shipper` is the world, `story` one shipment's life (`freight` until the handover, `cash` after it), `faults` what goes wrong
//! between a source and us, `trouble` what goes wrong in the business beyond the everyday, `tell` the line that is sent. [`Simulation`] puts the stories' lines in the order of their sending,
//! [`Live`] keeps on telling around the present, [`Manifest`] says what was put in, so that a test knows the truth.

mod approval;
mod cash;
pub mod deliver;
pub mod demo;
mod draw;
mod faults;
mod freight;
mod json;
mod live;
mod manifest;
mod money;
mod policy;
mod queue;
mod rhythm;
mod shipper;
mod story;
mod tell;
#[cfg(test)]
pub(crate) mod tests;
mod trouble;
mod truth;
mod voices;

pub(crate) use draw::Draw;
pub use faults::Fault;
pub use live::Live;
pub use manifest::Manifest;
pub use policy::policy;
pub use truth::Truth;

use crate::domain::{event::EventType, time::Instant};
use queue::Queue;
use rhythm::Rhythm;
use shipper::Shipper;
use std::sync::Arc;
use story::Story;

/// Sources that are one for all regions.
const ERP: &str = "erp";
const WMS: &str = "wms";
const BILLING: &str = "billing";
const POD_APP: &str = "pod-app";
/// A spreadsheet in which people write down deliveries that no carrier's system tells.
const SHEET: &str = "sheet/deliveries";
/// A gate that should speak and never does.
const GATE: &str = "gate/north";

/// How much is told, and of which days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How many shipments begin.
    pub shipments: u64,
    /// The first order may be released here.
    pub from: Instant,
    /// Nothing begins or is sent later.
    pub until: Instant,
    /// How much denser the last tenth of the span is than the first; 1 for an even flow.
    pub crescendo: f64,
}

impl Options {
    /// An even flow over so many days up to `until`.
    pub fn days(shipments: u64, days: u32, until: Instant) -> Self {
        Self { shipments, from: until.plus(-i64::from(days) * Instant::DAY), until, crescendo: 1.0 }
    }
}

/// An event as its source sends it.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedEvent {
    /// When it is sent.
    pub at: Instant,
    /// One line of JSON; now and then something that only claims to be.
    pub json: String,
    /// What happens, were it told rightly.
    pub event_type: EventType,
    /// CloudEvents source.
    pub source: &'static str,
    /// CloudEvents id.
    pub id: String,
    /// The shipment that it belongs to.
    pub shipment: String,
    /// What went wrong with it on the way.
    pub fault: Option<Fault>,
}

/// Tells shipments from their release to their posting, in the order in which the sources send.
#[derive(Debug)]
pub struct Simulation {
    shipper: Arc<Shipper>,
    seed: u64,
    options: Options,
    rhythm: Rhythm,
    begun: u64,
    queue: Queue,
}

impl Simulation {
    /// The simulation of this seed.
    pub fn new(seed: u64, options: Options) -> Self {
        let span = options.until.since(options.from).max(1) as f64;
        let busy = |at: Instant| {
            let everywhere: f64 = shipper::REGIONS.iter().map(|r| r.weight * rhythm::busy(at, r.utc_offset)).sum();
            let position = at.since(options.from) as f64 / span;
            everywhere * if position > 0.9 { options.crescendo } else { 1.0 }
        };
        let rhythm = Rhythm::new(options.from, options.until, busy);
        Self { shipper: Arc::new(Shipper::new()), seed, options, rhythm, begun: 0, queue: Queue::default() }
    }

    /// The stories of all shipments that begin in the span.
    pub(crate) fn stories(mut self) -> impl Iterator<Item = Story> {
        std::iter::from_fn(move || {
            let start = self.next_start()?;
            self.begun += 1;
            Some(Story::new(&self.shipper, self.seed, self.begun - 1, start))
        })
    }

    /// When the next shipment begins.
    fn next_start(&self) -> Option<Instant> {
        let position = (self.begun as f64 + 0.5) / self.options.shipments as f64;
        (self.begun < self.options.shipments).then(|| self.rhythm.at(position))
    }

    /// What is sent at `limit` or earlier and was not told yet; the earliest of it.
    fn next_until(&mut self, limit: Instant) -> Option<GeneratedEvent> {
        // A shipment sends nothing before it begins, so those that begin later cannot be earlier.
        while let Some(start) = self.next_start().filter(|start| self.queue.next_at().is_none_or(|at| *start <= at)) {
            let story = Story::new(&self.shipper, self.seed, self.begun, start);
            self.begun += 1;
            self.queue.push(story);
        }
        let (story, step) = self.queue.pop(limit)?;
        Some(generated(&self.shipper, &story, step))
    }
}

impl Iterator for Simulation {
    type Item = GeneratedEvent;

    fn next(&mut self) -> Option<GeneratedEvent> {
        self.next_until(self.options.until)
    }
}

/// A step as it is sent.
fn generated(shipper: &Shipper, story: &Story, step: usize) -> GeneratedEvent {
    let step = &story.steps[step];
    GeneratedEvent {
        at: step.sent,
        json: tell::line(story, step, story.customer(shipper)),
        event_type: tell::sent_as(story, step),
        source: step.source,
        id: story.event_id(step.number),
        shipment: if step.act == story::Act::CaseMisdirected { story.stray_reference() } else { story.reference.clone() },
        fault: step.fault,
    }
}
