//! Which measures the database has, which are on their way, and what is told meanwhile.

use super::{fold::Metrics, sweep, unreadable};
use crate::{
    domain::{
        measure::{Generation, Metric},
        time::Instant,
    },
    store::{
        StoreError,
        figures::UnderWay,
        sql::{self, Connection, Session, params, query_as},
        tables::{Database, intake::Memory},
    },
};
use std::collections::BTreeMap;

/// How a metric stands. In the database by these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Measured, but not all shipments have it yet.
    Coming,
    /// All shipments have it.
    Whole,
    /// Measured no more, and told until what follows it is whole.
    Going,
    /// Told no more: what there is of it is taken away in steps, or has been.
    Gone,
}

/// Metric, state, what it follows: as in the database.
type Row = (u8, String, Option<u8>);

/// How each metric stands, and what it follows.
type Held = BTreeMap<Metric, (State, Option<Metric>)>;

fn read(rows: Vec<Row>) -> Result<Held, StoreError> {
    let named = |number: u8| {
        Metric::from_number(number).ok_or_else(|| unreadable("measure_versions", number, "a newer Waybill measures by it"))
    };
    let row = |(number, state, follows): Row| {
        let state = match &*state {
            "coming" => State::Coming,
            "whole" => State::Whole,
            "going" => State::Going,
            "gone" | "removed" => State::Gone,
            other => return Err(unreadable("measure_versions", number, other)),
        };
        Ok((named(number)?, (state, follows.map(named).transpose()?)))
    };
    rows.into_iter().map(row).collect()
}

/// What changes with this build: the new state of each metric that has another one now.
fn changes(held: &Held, now: &Generation) -> Result<Vec<(Metric, State)>, StoreError> {
    let mut changes = Vec::new();
    for metric in Metric::ALL {
        match (now.gives(*metric), held.get(metric).map(|(state, _)| *state)) {
            (true, None) => changes.push((*metric, State::Coming)),
            // What was measured meanwhile is not in it, and its number may stand for what was.
            (true, Some(State::Going | State::Gone)) => {
                return Err(unreadable("measure_versions", *metric as u8, "this number was given up"));
            }
            (false, Some(State::Coming)) => changes.push((*metric, State::Gone)),
            (false, Some(State::Whole)) => changes.push((*metric, State::Going)),
            (true, Some(State::Coming | State::Whole)) | (false, None | Some(State::Going | State::Gone)) => {}
        }
    }
    Ok(changes)
}

const ALL: &str = "SELECT metric, state, follows FROM measure_versions";

impl Database {
    /// Measures by this from now on: what the shipments lack is measured beside what stands, by [`sweep`].
    pub(in crate::store::tables) async fn measure_by(&self, now: &'static Generation) -> Result<(), StoreError> {
        let rows: Vec<Row> = query_as(ALL).fetch_all(&self.read).await?;
        if changes(&read(rows)?, now)?.is_empty() {
            return Ok(());
        }
        let work = move |connection: &Session, memory: &mut Memory| {
            let changes = changes(&read(sql::all(connection, ALL, ())?)?, now)?;
            for (metric, state) in &changes {
                let state = match state {
                    State::Coming => "coming",
                    State::Whole => "whole",
                    State::Going => "going",
                    State::Gone => "gone",
                };
                sql::execute(
                    connection,
                    "INSERT INTO measure_versions (metric, state, follows) VALUES (?1, ?2, ?3)
                     ON CONFLICT (metric) DO UPDATE SET state = excluded.state",
                    params![*metric as u8, state, now.before(*metric).map(|before| before as u8)],
                )?;
            }
            memory.forget_given();
            sweep::begin(connection, changes.iter().any(|(_, state)| *state == State::Coming))
        };
        self.writer.run_step(work).await.map(drop)
    }
}

/// Which metric is read for one that is asked for.
pub(super) struct Told {
    instead: BTreeMap<Metric, Metric>,
    dropped: Metrics,
    /// How far the measuring is, if something that is asked for is not whole.
    pub under_way: Option<UnderWay>,
}

impl Told {
    /// What is read for this one; none: it is told no more, whatever is left of it.
    pub(super) fn by(&self, metric: Metric) -> Option<Metric> {
        Some(self.instead.get(&metric).copied().unwrap_or(metric)).filter(|metric| !self.dropped.contains(*metric))
    }
}

/// What is read for these.
pub(super) async fn told(connection: &mut Connection, metrics: &[Metric]) -> Result<Told, StoreError> {
    let (dropped, done, total, since): (i64, Option<i64>, Option<i64>, Option<i64>) = query_as(
        "SELECT d.bits, w.done, w.total, w.since
         FROM (SELECT CAST(coalesce(sum(CAST(1 AS BIGINT) << CAST(v.metric AS INTEGER)), 0) AS BIGINT) AS bits
               FROM measure_versions AS v WHERE v.state IN ('gone', 'removed')) AS d LEFT JOIN measure_sweep AS w ON w.id = 1",
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut told = Told { instead: BTreeMap::new(), dropped: Metrics::from_bits(dropped), under_way: None };
    // Most of the time all is whole.
    let Some((done, total)) = done.zip(total) else { return Ok(told) };
    let held = read(query_as(ALL).fetch_all(connection).await?)?;
    let coming = |metric: &Metric| matches!(held.get(metric), Some((State::Coming, _)));
    for metric in metrics.iter().filter(|metric| coming(metric)) {
        let positive = |n: i64| u64::try_from(n).unwrap_or_default();
        let far = told.under_way.get_or_insert(UnderWay { done: positive(done.min(total)), all: positive(total), since: None });
        let mut before = *metric;
        while coming(&before)
            && let Some((_, Some(follows))) = held.get(&before)
        {
            before = *follows;
        }
        if matches!(held.get(&before), Some((State::Whole | State::Going, _))) {
            told.instead.insert(*metric, before);
            far.since = since.map(Instant);
        }
    }
    Ok(told)
}
