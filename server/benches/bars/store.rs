//! The store without HTTP, inside this process: what is left of a bulk figure when the network is taken away.

use crate::{
    events::Set,
    options::Options,
    raw,
    report::{Asked, Report, Spread},
    server::temporary,
};
use futures::{StreamExt, TryStreamExt, future, stream};
use std::{sync::Arc, time::Instant};
use waybill_server::{
    clock::{self, Clock},
    domain::{
        access::{Actor, Environment},
        event::{Limits, ReadTerms, read},
        receipt::{Inbound, IntakeTerms, Lane},
    },
    service::intake::{Intake, StoreIntake},
    store::tables::{Database, OpenMode},
};

/// Events in one submission.
const BATCH: usize = 500;
/// Submissions under way at a time, as of a stream.
const AT_ONCE: usize = 8;

/// Events as they are submitted.
pub(crate) fn batches(set: &Set) -> Vec<Vec<Inbound>> {
    let terms = ReadTerms { now: clock::now(), limits: Limits::DEFAULT };
    let mut inbound = set.lines.iter().map(|line| match read(line.as_bytes(), &terms) {
        Ok(event) => Inbound::Event(Box::new(event)),
        Err(refusal) => Inbound::Refused(refusal),
    });
    std::iter::from_fn(|| Some(inbound.by_ref().take(BATCH).collect()).filter(|batch: &Vec<_>| !batch.is_empty())).collect()
}

/// Stores them, some at a time.
pub(crate) async fn take(database: &Database, batches: Vec<Vec<Inbound>>) -> anyhow::Result<()> {
    let intake = StoreIntake::new(Arc::new(database.clone()));
    let actor = Actor::system("bench", Environment::Live);
    let terms = IntakeTerms { environment: Environment::Live, history: false, lane: Lane::Bulk };
    let submit = |batch| intake.submit(&actor, terms, batch);
    Ok(stream::iter(batches).map(submit).buffered(AT_ONCE).try_for_each(|_| future::ready(Ok(()))).await?)
}

/// Reads all events first, then stores them, so that both costs are seen apart.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, events) = options.size((3, 100_000), (1, 30_000));
    let (mut raw_rates, mut read_rates, mut rates) = (vec![], vec![], vec![]);
    for round in 0..rounds {
        let set = Set::new(900 + round, events);
        let folder = temporary(options)?;
        raw_rates.push(raw::insert(folder.path(), &set).await?);
        let begun = Instant::now();
        let batches = batches(&set);
        read_rates.push(set.lines.len() as f64 / begun.elapsed().as_secs_f64());

        let url = format!("sqlite://{}", folder.path().join("store.db").display());
        let database = Database::open(&url, OpenMode::Migrate, Clock::system()).await?;
        let begun = Instant::now();
        take(&database, batches).await?;
        rates.push(set.lines.len() as f64 / begun.elapsed().as_secs_f64());
        database.close().await;
    }
    report.figure("store", "raw set-based insert, 500 a transaction", "events/s", Asked::Nothing, Spread::of(raw_rates));
    report.figure("store", "reading events, one core", "events/s", Asked::Nothing, Spread::of(read_rates));
    report.figure("store", "storing what was read, no HTTP", "events/s", Asked::Nothing, Spread::of(rates));
    Ok(())
}
