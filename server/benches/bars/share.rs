//! What measures cost: the same events stored with and without them, in turns, by the store alone.

use crate::{
    events::Set,
    options::Options,
    report::{Asked, Report, Spread},
    server::temporary,
    store::{batches, take},
};
use std::{sync::Arc, time::Instant};
use tokio_util::sync::CancellationToken;
use waybill_server::{
    clock::Clock,
    store::{
        figures::FoldStore,
        tables::{Database, OpenMode},
    },
    worker::figures,
};

/// Measures the share of measures and of all that is folded from them.
pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let (rounds, events) = options.size((4, 100_000), (2, 30_000));
    let (mut shares, mut kept_up) = (vec![], vec![]);
    for round in 0..rounds {
        let set = Set::new(8_000 + round, events);
        // Whoever comes second has it easier or harder.
        let order = if round % 2 == 0 { [false, true] } else { [true, false] };
        let mut took = [0.0, 0.0];
        for measured in order {
            let folder = temporary(options)?;
            let url = format!("sqlite://{}", folder.path().join("store.db").display());
            let database = Database::open(&url, OpenMode::Migrate, Clock::system()).await?;
            if !measured {
                nothing_is_measured(folder.path())?;
            }
            let (batches, stop) = (batches(&set), CancellationToken::new());
            let folding = tokio::spawn(figures::run(Arc::new(database.clone()), stop.clone()));
            let begun = Instant::now();
            take(&database, batches).await?;
            let taken = begun.elapsed().as_secs_f64();
            while database.fold_measures(6_000).await? > 0 {}
            took[usize::from(measured)] = begun.elapsed().as_secs_f64();
            if measured {
                kept_up.push(took[1] - taken);
            }
            stop.cancel();
            folding.await?;
            database.close().await;
        }
        let [without, with] = took;
        println!("round {}: {without:.2} s without measures, {with:.2} s with them and folded", round + 1);
        shares.push(100.0 * (1.0 - without / with));
    }
    let row = "measures and what is folded from them, of the time of a bulk intake";
    report.figure("figures", row, "%", Asked::AtMost(25.0), Spread::of(shares));
    report.figure("figures", "until all is folded after it", "s", Asked::Nothing, Spread::of(kept_up));
    Ok(())
}

/// A store that is to measure nothing.
fn nothing_is_measured(folder: &std::path::Path) -> anyhow::Result<()> {
    let connection = rusqlite::Connection::open(folder.join("store.db"))?;
    let forgotten = connection.execute("DELETE FROM measure_versions", [])?;
    anyhow::ensure!(forgotten > 0, "something was to be measured");
    Ok(())
}
