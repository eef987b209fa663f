//! Simulated events as the load.

use waybill_server::{
    clock,
    simulate::{Options, Simulation},
};

/// Events as their sources send them.
#[derive(Debug)]
pub(crate) struct Set {
    /// One a line.
    pub(crate) lines: Vec<String>,
}

impl Set {
    /// So many events of the last months; each number is a world of its own.
    pub(crate) fn new(number: u64, events: usize) -> Self {
        // A shipment sends about twelve events; those at the end of the span are cut off.
        let shipments = events as u64 / 10 + 100;
        let simulation = Simulation::new(number, Options::days(shipments, 120, clock::now()));
        let lines: Vec<_> = simulation.map(|event| event.json).take(events).collect();
        Self { lines }
    }

    /// As NDJSON.
    pub(crate) fn ndjson(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.lines.iter().map(|line| line.len() + 1).sum());
        for line in &self.lines {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        bytes
    }

    /// Mean bytes of an event.
    pub(crate) fn bytes_per_event(&self) -> f64 {
        self.lines.iter().map(String::len).sum::<usize>() as f64 / self.lines.len().max(1) as f64
    }
}
