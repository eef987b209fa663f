//! Cells as the Overview reads them: day by day, of metrics that are classes or durations.

use super::{answer, cells::Grain, log, unreadable};
use crate::{
    domain::measure::{Measure, Metric, week_of},
    store::{
        StoreError,
        figures::MeasureQuery,
        measures::{body::Entry, cells::counts},
        packed::{self, Cell},
    },
};
use sqlx::{QueryBuilder, SqliteConnection};

/// The cells of a metric in the weeks that the period touches. Nothing but places and days may be asked for.
pub(in crate::store::sqlite) async fn folded(
    connection: &mut SqliteConnection,
    query: &MeasureQuery,
    metric: Metric,
) -> Result<Vec<Cell>, StoreError> {
    let grain = grain(query);
    let mut sql = QueryBuilder::new("SELECT monday, cells FROM measure_cells WHERE environment = ");
    sql.push_bind(query.sight.environment.code()).push(" AND metric = ").push_bind(metric as u8);
    sql.push(" AND grain = ").push_bind(grain.code());
    answer::places(&mut sql, query, grain);
    if let Some(from) = query.from_day {
        sql.push(" AND monday >= ").push_bind(week_of(from));
    }
    if let Some(to) = query.to_day {
        sql.push(" AND monday < ").push_bind(to);
    }
    let rows: Vec<(i32, Vec<u8>)> = sql.build_query_as().fetch_all(connection).await?;
    let mut cells = Vec::new();
    for (monday, packed) in rows {
        for cell in packed::cells(monday, &packed) {
            let cell = cell.map_err(|cause| unreadable("measure_cells", (metric, monday), cause))?;
            if counts(cell.bin) {
                cells.push(cell);
            }
        }
    }
    Ok(cells)
}

/// What is not folded yet, of every metric.
pub(in crate::store::sqlite) async fn tail(
    connection: &mut SqliteConnection,
    query: &MeasureQuery,
) -> Result<Vec<(Metric, Cell)>, StoreError> {
    let logged = log::tail(connection, grain(query).projection(), query).await?;
    let cell = |entry: &Entry| {
        let Measure { metric, day, bin, .. } = entry.measure;
        (metric, Cell { day, bin, n: entry.sign() })
    };
    Ok(logged.iter().flat_map(|logged| &logged.entries).map(cell).collect())
}

fn grain(query: &MeasureQuery) -> Grain {
    answer::grain(query).expect("regions and business units have cells")
}
