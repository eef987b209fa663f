//! The mapping at work on small files.

mod encodings;
mod mappings;
mod order;
mod traps;

use super::{
    engine::{self, Engine, Made, Outcome},
    plan::Plan,
    reject::Reject,
};
use crate::domain::{
    event::{CanonicalEvent, Limits, ReadTerms, read},
    fact::Facts,
    fact::Standing,
    receipt::Refusal,
    time::Instant,
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

pub(super) const PARCELS: &str = include_str!("../../../tests/data/flat/parcels.csv");
pub(super) const PARCELS_MAPPING: &str = include_str!("../../../tests/data/flat/parcels.toml");
/// 2026-03-10T12:00:00Z
pub(super) const TERMS: ReadTerms = ReadTerms { now: Instant(1_773_144_000 * Instant::SECOND), limits: Limits::DEFAULT };

/// What a file came to.
#[derive(Debug, Default)]
pub(super) struct Came {
    pub(super) events: Vec<CanonicalEvent>,
    pub(super) refused: Vec<Refusal>,
    pub(super) rejects: Vec<Reject>,
    pub(super) groups: u64,
    pub(super) passed_over: u64,
}

pub(super) fn came(mapping: &str, file: &[u8]) -> Came {
    let plan = Plan::parse(mapping).unwrap_or_else(|error| panic!("{error}"));
    let file_plan = plan.file.clone();
    let open = || engine::open(file, &file_plan).expect("memory").unwrap_or_else(|problem| panic!("{problem}"));
    let (mut rows, header) = open();
    let mut engine = Engine::new(plan, header).unwrap_or_else(|problem| panic!("{problem}"));
    while let Some(row) = rows.next_row().expect("memory") {
        engine.count(&row);
    }
    let mut rows = open().0;
    while let Some(row) = rows.next_row().expect("memory") {
        engine.keep(&row);
    }
    let mut came = Came::default();
    let mut rows = open().0;
    while let Some(row) = rows.next_row().expect("memory") {
        let outcome = engine.take(&row);
        came.add(outcome);
    }
    came.add(engine.finish());
    came
}

impl Came {
    fn add(&mut self, outcome: Outcome) {
        self.groups += outcome.groups;
        self.passed_over += u64::from(outcome.passed_over);
        self.rejects.extend(outcome.rejects);
        for made in outcome.made {
            match made {
                Made::Refused(refusal) => self.refused.push(*refusal),
                Made::Event(bytes, _) => match read(&bytes, &TERMS) {
                    Ok(event) => self.events.push(event),
                    Err(refusal) => self.refused.push(*refusal),
                },
            }
        }
    }

    pub(super) fn event(&self, id: &str) -> Json {
        let event = self.events.iter().find(|event| event.id == id);
        event.map(|event| serde_json::from_str(&event.json).expect("JSON")).unwrap_or_else(|| panic!("no event {id}"))
    }

    pub(super) fn refusal(&self, id: &str) -> (&Refusal, Json) {
        let refusal = self.refused.iter().find(|refusal| refusal.event_id.as_deref() == Some(id));
        let refusal = refusal.unwrap_or_else(|| panic!("nothing refused as {id}"));
        (refusal, serde_json::from_slice(&refusal.raw).expect("JSON"))
    }

    pub(super) fn facts(&self) -> BTreeMap<String, Facts> {
        let mut all: BTreeMap<String, Facts> = BTreeMap::new();
        for event in &self.events {
            let standing = Standing::of(event, TERMS.now);
            all.entry(event.subject.clone()).or_default().merge(&event.claims, standing);
        }
        all
    }
}
