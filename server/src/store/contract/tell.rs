//! Events for scenarios: told in a line, read as intake reads them.

use super::NOW;
use crate::domain::{
    event::{CanonicalEvent, Limits, ReadTerms, read},
    time::Instant,
};
use serde_json::{Value, json};

/// The day on which scenarios happen: 2026-03-02T08:00:00Z.
pub(crate) const START: Instant = Instant(1_772_438_400 * Instant::SECOND);

/// An event that is being told.
#[derive(Debug, Clone)]
pub(crate) struct Tell(Value);

/// Begins an event: `tell("shipment.delivered", "e1", "SH-1")` by the source `tms` at [`START`].
pub(crate) fn tell(kind: &str, id: &str, subject: &str) -> Tell {
    Tell(json!({
        "specversion": "1.0", "type": format!("com.waybill.{kind}.v1"), "source": "tms", "id": id, "subject": subject,
        "time": text(START), "data": {},
    }))
}

/// Begins a retraction by `tms`.
pub(crate) fn retraction(id: &str, target: &str) -> Tell {
    tell("event.retracted", id, "any").data(json!({ "retracts": target }))
}

impl Tell {
    /// By this source.
    pub(crate) fn by(self, source: &str) -> Self {
        self.set("source", json!(source))
    }

    /// About this subject.
    pub(crate) fn subject(self, subject: &str) -> Self {
        self.set("subject", json!(subject))
    }

    /// It happened so many minutes after [`START`].
    pub(crate) fn at(self, minutes: i64) -> Self {
        self.set("time", json!(text(START.plus(minutes * Instant::MINUTE))))
    }

    /// It happened then, as RFC 3339 writes it.
    pub(crate) fn told(self, time: &str) -> Self {
        self.set("time", json!(time))
    }

    /// Its producer recorded it so many minutes after [`START`].
    pub(crate) fn recorded(self, minutes: i64) -> Self {
        self.set("recordedtime", json!(text(START.plus(minutes * Instant::MINUTE))))
    }

    /// Its producer's sequence.
    pub(crate) fn sequence(self, sequence: &str) -> Self {
        self.set("sequence", json!(sequence))
    }

    /// Adds to its payload.
    pub(crate) fn data(mut self, data: Value) -> Self {
        let (Value::Object(held), Value::Object(more)) = (&mut self.0["data"], data) else { panic!("payloads are objects") };
        held.extend(more);
        self
    }

    /// As its source sends it.
    pub(crate) fn json(&self) -> String {
        self.0.to_string()
    }

    /// As intake reads it.
    pub(crate) fn event(&self) -> CanonicalEvent {
        let terms = ReadTerms { now: NOW, limits: Limits::DEFAULT };
        read(self.json().as_bytes(), &terms).unwrap_or_else(|refusal| panic!("{}: {}", refusal.reason, self.0))
    }

    fn set(mut self, name: &str, value: Value) -> Self {
        self.0[name] = value;
        self
    }
}

fn text(at: Instant) -> String {
    chrono::DateTime::from_timestamp_micros(at.0).expect("within chrono's years").to_rfc3339()
}
