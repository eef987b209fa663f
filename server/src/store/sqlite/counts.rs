//! How many shipments there are of each kind now: kept by each commit as differences.

use crate::{
    domain::{access::Environment, fact::FactKey, shipment::ShipmentState},
    store::{StoreError, sqlite::intake::rows},
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::HashMap;

/// Milestones whose absence the pages tell.
pub(super) const TOLD: [(FactKey, &str); 4] = [
    (FactKey::Dispatched, "told:dispatched"),
    (FactKey::Delivered, "told:delivered"),
    (FactKey::PodReceived, "told:pod"),
    (FactKey::InvoiceReleased, "told:invoiced"),
];

type Cell = (Environment, String, String, String);

/// Differences of one commit.
#[derive(Default)]
pub(super) struct Deltas(HashMap<Cell, i64>);

impl Deltas {
    /// A shipment leaves the cells of its old state.
    pub(super) fn leave(&mut self, environment: Environment, state: &ShipmentState) {
        self.add(environment, state, -1);
    }

    /// A shipment enters the cells of its new state.
    pub(super) fn enter(&mut self, environment: Environment, state: &ShipmentState) {
        self.add(environment, state, 1);
    }

    fn add(&mut self, environment: Environment, state: &ShipmentState, n: i64) {
        let s = state.summary();
        let mut count = |what: String| {
            *self.0.entry((environment, s.region.to_owned(), s.business_unit.to_owned(), what)).or_default() += n;
        };
        count(format!("stage:{}", s.stage.code()));
        if !s.carrier.is_empty() {
            count(format!("carrier:{}", s.carrier));
        }
        if !s.mode.is_empty() {
            count(format!("mode:{}", s.mode));
        }
        if s.history_without_pod {
            count("history:no_pod".into());
        }
        for (key, what) in TOLD {
            if state.facts.get(key).is_some() {
                count(what.into());
            }
        }
    }

    /// Writes what is left after differences that cancel out.
    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut cells: Vec<(Cell, i64)> = self.0.into_iter().filter(|(_, n)| *n != 0).collect();
        cells.sort_unstable_by(|(a, _), (b, _)| (&a.1, &a.2, &a.3).cmp(&(&b.1, &b.2, &b.3)));
        for piece in rows::pieces(&cells) {
            let mut upsert =
                QueryBuilder::<Sqlite>::new("INSERT INTO shipment_counts (environment, region_id, business_unit_id, what, n) ");
            upsert.push_values(piece, |mut row, ((environment, region, business_unit, what), n)| {
                row.push_bind(environment.code())
                    .push_bind(region.clone())
                    .push_bind(business_unit.clone())
                    .push_bind(what.clone())
                    .push_bind(*n);
            });
            upsert.push(" ON CONFLICT (environment, region_id, business_unit_id, what) DO UPDATE SET n = n + excluded.n");
            upsert.build().execute(&mut *connection).await?;
        }
        Ok(())
    }
}
