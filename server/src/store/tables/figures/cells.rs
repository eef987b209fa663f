//! Folding the log into packed weeks: over everything, by region and business unit, by mode, by carrier. Each has a watermark of its
//! own, so that no transaction is long.

use super::{
    fold,
    log::{Dims, Logged, Part},
    unreadable,
};
use crate::{
    domain::measure::week_of,
    store::{
        StoreError,
        measures::cells,
        packed::Week,
        sql::{self, Connection, Session, params, query_as},
        tables::{Database, intake::rows::json},
    },
};
use foldhash::{HashMap, HashMapExt};

/// By what cells are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Whole,
    Unit,
    Mode,
    Carrier,
}

impl Grain {
    pub(super) const ALL: [Self; 4] = [Self::Whole, Self::Unit, Self::Mode, Self::Carrier];

    /// As in the database.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Unit => "unit",
            Self::Mode => "mode",
            Self::Carrier => "carrier",
        }
    }

    /// Its projection.
    pub(super) fn projection(self) -> &'static str {
        match self {
            Self::Whole => "measure_cells:whole",
            Self::Unit => "measure_cells:unit",
            Self::Mode => "measure_cells:mode",
            Self::Carrier => "measure_cells:carrier",
        }
    }

    /// Where measures with these dimensions are folded.
    fn place(self, dims: &Dims) -> Place {
        let (place, unit) = match self {
            Self::Whole => ("", ""),
            Self::Unit => (&*dims.region, &*dims.business_unit),
            Self::Mode => (&*dims.mode, ""),
            Self::Carrier => (&*dims.carrier, ""),
        };
        (dims.environment.clone(), place.to_owned(), unit.to_owned())
    }
}

/// Environment, region or mode or carrier, business unit.
type Place = (String, String, String);
/// A place's number among those of the fold, metric, Monday.
type Key = (usize, u8, i32);

/// Folds the next part; answers how much of the log that was.
pub(super) async fn fold(database: &Database, grain: Grain, limit: u32, part: &mut Part) -> Result<u64, StoreError> {
    // All but the writing happens beside the writer: what is read here changes only together with the watermark.
    let mut transaction = database.read.begin().await?;
    let Some(span) = fold::next(&mut transaction, grain.projection(), (limit, part.span)).await? else { return Ok(0) };
    part.read(&mut transaction, span).await?;
    let folded = folded(&mut transaction, grain, part).await?;
    drop(transaction);
    let write = move |connection: &Session| {
        for ((environment, place, unit), metric, monday, cells) in &folded {
            sql::later(
                connection,
                "INSERT INTO measure_cells (environment, metric, grain, place, unit, monday, cells) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (environment, metric, grain, place, unit, monday) DO UPDATE SET cells = excluded.cells",
                params![environment, metric, grain.code(), place, unit, monday, cells],
            )?;
        }
        Ok(())
    };
    fold::put(database, grain.projection(), span, write).await
}

/// The weeks that the part changes, packed as they will stand.
async fn folded(connection: &mut Connection, grain: Grain, part: &Part) -> Result<Vec<(Place, u8, i32, Vec<u8>)>, StoreError> {
    let mut places: Vec<Place> = Vec::new();
    let mut numbers: HashMap<Place, usize> = HashMap::default();
    let mut place_of: HashMap<i64, usize> = HashMap::default();
    for (number, dims) in &part.dims {
        let place = grain.place(dims);
        let at = *numbers.entry(place).or_insert_with_key(|place| {
            places.push(place.clone());
            places.len() - 1
        });
        place_of.insert(*number, at);
    }
    let mut weeks: HashMap<Key, Week> = HashMap::default();
    for Logged { dims, entries, .. } in &part.logged {
        let at = *place_of.get(dims).ok_or_else(|| unreadable("measure_log", dims, "its dimensions are unknown"))?;
        for entry in entries {
            let metric = cells::home(entry.measure.metric) as u8;
            cells::fold(weeks.entry((at, metric, week_of(entry.measure.day))).or_default(), *entry);
        }
    }
    let mut keys: Vec<Key> = weeks.keys().copied().collect();
    // Neighbours in the table one after the other.
    keys.sort_unstable_by_key(|(at, metric, monday)| (&places[*at].0, *metric, &places[*at], *monday));
    let named = keys.iter().map(|(at, metric, monday)| (&places[*at].0, &places[*at].1, &places[*at].2, metric, monday));
    let named: Vec<_> = named.collect();
    let held: Vec<(i64, Vec<u8>)> = query_as(
        "SELECT k.key, c.cells FROM json_each($1) AS k CROSS JOIN measure_cells AS c
         ON c.environment = k.value ->> 0 AND c.metric = CAST(k.value ->> 3 AS BIGINT) AND c.grain = $2
            AND c.place = k.value ->> 1 AND c.unit = k.value ->> 2 AND c.monday = CAST(k.value ->> 4 AS BIGINT)",
    )
    .bind(json(&named))
    .bind(grain.code())
    .fetch_all(connection)
    .await?;
    let mut packed: HashMap<Key, Vec<u8>> = HashMap::with_capacity(keys.len());
    for (at, cells) in held {
        let key = usize::try_from(at).ok().and_then(|at| keys.get(at)).expect("the query names places of the list");
        let week = weeks.remove(key).expect("each is named once");
        packed.insert(*key, week.onto(key.2, &cells).map_err(|cause| unreadable("measure_cells", key, cause))?);
    }
    packed.extend(weeks.into_iter().map(|(key, week)| (key, week.pack())));
    let written = |key: Key| packed.remove(&key).map(|cells| (places[key.0].clone(), key.1, key.2, cells));
    Ok(keys.into_iter().filter_map(written).collect())
}
