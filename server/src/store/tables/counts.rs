//! How many shipments there are of each kind now: kept by each commit as differences.

use crate::{
    domain::{
        access::Environment,
        fact::FactKey,
        shipment::{ShipmentState, Summary},
    },
    store::{
        StoreError,
        sql::{self, Session, params},
    },
};
use foldhash::HashMap;

/// Milestones whose absence the pages tell.
pub(super) const TOLD: [(FactKey, &str); 4] = [
    (FactKey::Dispatched, "told:dispatched"),
    (FactKey::Delivered, "told:delivered"),
    (FactKey::PodReceived, "told:pod"),
    (FactKey::InvoiceReleased, "told:invoiced"),
];

/// A state with its summary.
pub(super) type Described<'s> = (&'s ShipmentState, &'s Summary<'s>);

/// The kinds that a shipment is of: one in each slot, or none.
struct Kinds<'s> {
    place: (&'s str, &'s str),
    slots: [Option<(&'static str, &'s str)>; 8],
}

impl<'s> Kinds<'s> {
    fn of((state, s): Described<'s>) -> Self {
        let named = |what, name: &'s str| (!name.is_empty()).then_some((what, name));
        let [dispatched, delivered, pod, invoiced] = TOLD.map(|(key, what)| state.facts.get(key).is_some().then_some((what, "")));
        Self {
            place: (s.region, s.business_unit),
            slots: [
                Some(("stage:", s.stage.code())),
                named("carrier:", s.carrier),
                named("mode:", s.mode),
                s.history_without_pod.then_some(("history:no_pod", "")),
                dispatched,
                delivered,
                pod,
                invoiced,
            ],
        }
    }
}

type Cell = (Environment, String, String, String);

/// Differences of one commit.
#[derive(Default)]
pub(super) struct Deltas(HashMap<Cell, i64>);

impl Deltas {
    /// A shipment leaves the cells of its old state, if it had one, and enters those of its new state.
    pub(super) fn change<'s>(&mut self, environment: Environment, before: Option<Described<'s>>, after: Described<'s>) {
        let (before, after) = (before.map(Kinds::of), Kinds::of(after));
        for (slot, new) in after.slots.iter().enumerate() {
            let old = before.as_ref().map(|before| (before.place, before.slots[slot]));
            if old == Some((after.place, *new)) {
                continue;
            }
            if let Some((place, Some(kind))) = old {
                self.add(environment, place, kind, -1);
            }
            if let Some(kind) = new {
                self.add(environment, after.place, *kind, 1);
            }
        }
    }

    fn add(&mut self, environment: Environment, place: (&str, &str), (what, name): (&str, &str), n: i64) {
        let cell = (environment, place.0.to_owned(), place.1.to_owned(), format!("{what}{name}"));
        *self.0.entry(cell).or_default() += n;
    }

    /// Writes what is left after differences that cancel out.
    pub(super) fn write(self, connection: &Session) -> Result<(), StoreError> {
        for ((environment, region, business_unit, what), n) in self.0.into_iter().filter(|(_, n)| *n != 0) {
            sql::later(
                connection,
                "INSERT INTO shipment_counts (environment, region_id, business_unit_id, what, n) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (environment, region_id, business_unit_id, what) DO UPDATE SET n = shipment_counts.n + excluded.n",
                params![environment.code(), region, business_unit, what, n],
            )?;
        }
        Ok(())
    }
}
