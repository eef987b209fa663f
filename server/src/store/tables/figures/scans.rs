//! Figures that no cell holds: shipment by shipment. What a chunk came to is remembered for who asks the same again. Most chunks of a year are
//! never written again, so a filtered page that follows what happens reads the last weeks, not the year each time.

use super::{answer::Counts, push_dims, unreadable};
use crate::{
    domain::measure::{Metric, week_of},
    store::{
        StoreError,
        figures::MeasureQuery,
        measures::{Family, body, chunk},
        sql::{Connection, QueryBuilder},
        tables::intake::rows::json,
    },
};
use foldhash::HashMap;
use futures::TryStreamExt;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Bytes that may be remembered, as [`weight`] counts them. A question of a year of a million shipments takes some 200 kB.
const BYTES: usize = 16 << 20;
/// Bytes of a question by itself, of a chunk, and of a metric in it, with what their maps and lists take.
const PARTS: [usize; 3] = [4_096, 160, 64];

/// What was asked lately, the latest last.
#[derive(Clone, Default)]
pub(in crate::store::tables) struct Scans(Arc<Mutex<Vec<Scan>>>);

/// A question, whatever its period, and what chunks came to for it.
struct Scan {
    query: MeasureQuery,
    metrics: Vec<Metric>,
    weeks: HashMap<Week, Vec<(Version, Came)>>,
    weight: usize,
}

/// Family and Monday.
type Week = (Family, i32);

/// The last of the log that is in a chunk, and its length: it is shorter after a metric was taken out of it. No other chunk of the week has both.
type Version = (i64, i64);

/// Weeks, and places of the log.
type Places<'s> = (&'s BTreeSet<i32>, &'s BTreeSet<i64>);

/// How many there are in each bin.
type Came = Arc<[(Metric, Vec<(i32, i64)>)]>;

impl Scan {
    fn asks(&self, (query, metrics): (&MeasureQuery, &[Metric])) -> bool {
        self.metrics == metrics && self.query == *query
    }
}

fn weight(came: &Came) -> usize {
    PARTS[1] + came.iter().map(|(_, bins)| PARTS[2] + size_of::<(i32, i64)>() * bins.len()).sum::<usize>()
}

impl Scans {
    fn lock(&self) -> MutexGuard<'_, Vec<Scan>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What these chunks came to, as far as it is remembered.
    fn held(&self, asked: (&MeasureQuery, &[Metric]), chunks: &[(Week, Version)]) -> Vec<Option<Came>> {
        let mut scans = self.lock();
        let Some(at) = scans.iter().position(|scan| scan.asks(asked)) else { return vec![None; chunks.len()] };
        let scan = scans.remove(at);
        let came = |(week, version): &(Week, Version)| {
            scan.weeks.get(week)?.iter().find(|(held, _)| held == version).map(|(_, came)| came.clone())
        };
        let came = chunks.iter().map(came).collect();
        scans.push(scan);
        came
    }

    /// Remembers what the chunks of these weeks came to. What is not among them is there no more.
    fn keep(&self, asked: (&MeasureQuery, &[Metric]), weeks: HashMap<Week, Vec<(Version, Came)>>) {
        let mut scans = self.lock();
        let mut scan = match scans.iter().position(|scan| scan.asks(asked)) {
            Some(at) => scans.remove(at),
            None => Scan { query: asked.0.clone(), metrics: asked.1.to_vec(), weeks: HashMap::default(), weight: 0 },
        };
        scan.weeks.extend(weeks);
        scan.weight = PARTS[0] + scan.weeks.values().flatten().map(|(_, came)| weight(came)).sum::<usize>();
        // One that leaves little to others is not kept at all.
        if scan.weight > BYTES / 4 {
            return;
        }
        scans.push(scan);
        let mut all: usize = scans.iter().map(|scan| scan.weight).sum();
        while all > BYTES {
            all -= scans.remove(0).weight;
        }
    }
}

/// Adds up shipment by shipment.
pub(super) async fn scanned(
    connection: &mut Connection,
    scans: &Scans,
    query: &MeasureQuery,
    metrics: &[Metric],
    counts: &mut Counts,
) -> Result<(), StoreError> {
    let always = MeasureQuery { from_day: None, to_day: None, ..query.clone() };
    let asked = (&always, metrics);
    let chunks = listed(connection, query, metrics).await?;
    let held = scans.held(asked, &chunks);
    let mut weeks: HashMap<Week, Vec<(Version, Came)>> = HashMap::default();
    let mut missing: BTreeSet<(Week, i64)> = BTreeSet::new();
    for ((week, version), came) in chunks.iter().zip(held) {
        match came.filter(|_| is_whole(query, week.1)) {
            Some(came) => {
                came.iter().for_each(|(metric, bins)| counts.all(*metric, week.1, bins));
                weeks.entry(*week).or_default().push((*version, came));
            }
            None => drop(missing.insert((*week, version.0))),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let wanted = wanted(connection, query).await?;
    let families: BTreeSet<Family> = missing.iter().map(|((family, _), _)| *family).collect();
    for family in families {
        let of_family = || missing.iter().filter(|((of, _), _)| *of == family);
        let mondays: BTreeSet<i32> = of_family().map(|((_, monday), _)| *monday).collect();
        let places: BTreeSet<i64> = of_family().map(|(_, seq)| *seq).collect();
        each_chunk(connection, query, (family, Some((&mondays, &places))), |monday, seq, records| {
            // Of two weeks that were folded at once one may be remembered.
            if !missing.contains(&((family, monday), seq)) {
                return Ok(());
            }
            let broken = |cause| unreadable("measure_chunks", (family, monday), cause);
            let mut came = Counts::default();
            for record in chunk::records(records) {
                let record = record.map_err(broken)?;
                if !usize::try_from(record.dims).ok().and_then(|dims| wanted.get(dims)).is_some_and(|wanted| *wanted) {
                    continue;
                }
                for entry in body::select(record.body, |metric| metrics.contains(&metric)) {
                    let entry = entry.map_err(broken)?;
                    if query.counts(entry.measure.day) {
                        came.entry(&entry);
                    }
                }
            }
            let came: Came = came.of_week(monday).into();
            came.iter().for_each(|(metric, bins)| counts.all(*metric, monday, bins));
            if is_whole(query, monday) {
                weeks.entry((family, monday)).or_default().push(((seq, records.len() as i64), came));
            }
            Ok(())
        })
        .await?;
    }
    scans.keep(asked, weeks);
    Ok(())
}

/// Whether all days of a week count: only then what it came to is of any use for another period.
fn is_whole(query: &MeasureQuery, monday: i32) -> bool {
    query.counts(monday) && query.counts(monday + 6)
}

/// The chunks that a period touches.
async fn listed(
    connection: &mut Connection,
    query: &MeasureQuery,
    metrics: &[Metric],
) -> Result<Vec<(Week, Version)>, StoreError> {
    let families: BTreeSet<Family> = metrics.iter().map(|metric| Family::of(*metric)).collect();
    let mut listed = Vec::new();
    for family in families {
        let mut sql = QueryBuilder::new("SELECT monday, seq, length(records) FROM measure_chunks WHERE environment = ");
        of_period(&mut sql, query, family);
        let rows: Vec<(i32, i64, i64)> = sql.build_query_as().fetch_all(&mut *connection).await?;
        listed.extend(rows.into_iter().map(|(monday, seq, length)| ((family, monday), (seq, length))));
    }
    Ok(listed)
}

/// The chunks of a family that a period touches, all or those of some weeks at some places of the log: each is told while the database
/// reads the next.
pub(super) async fn each_chunk(
    connection: &mut Connection,
    query: &MeasureQuery,
    (family, only): (Family, Option<Places<'_>>),
    mut tell: impl FnMut(i32, i64, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::new("SELECT monday, seq, records FROM measure_chunks WHERE environment = ");
    of_period(&mut sql, query, family);
    if let Some((mondays, places)) = only {
        sql.push(" AND monday IN (SELECT CAST(value AS BIGINT) FROM json_each(").push_bind(json(mondays)).push("))");
        sql.push(" AND seq IN (SELECT CAST(value AS BIGINT) FROM json_each(").push_bind(json(places)).push("))");
    }
    let mut chunks = sql.build_query_as::<(i32, i64, Vec<u8>)>().fetch(connection);
    while let Some((monday, seq, records)) = chunks.try_next().await? {
        tell(monday, seq, &records)?;
    }
    Ok(())
}

fn of_period(sql: &mut QueryBuilder, query: &MeasureQuery, family: Family) {
    sql.push_bind(query.sight.environment.code()).push(" AND family = ").push_bind(family as u8);
    if let Some(from) = query.from_day {
        sql.push(" AND monday >= ").push_bind(week_of(from));
    }
    if let Some(to) = query.to_day {
        sql.push(" AND monday < ").push_bind(to);
    }
}

/// Numbers of the dimensions that are asked for, as a table of yes and no.
pub(super) async fn wanted(connection: &mut Connection, query: &MeasureQuery) -> Result<Vec<bool>, StoreError> {
    let mut sql = QueryBuilder::new("SELECT d.id FROM measure_dims AS d WHERE ");
    push_dims(&mut sql, query);
    let ids: Vec<(i64,)> = sql.build_query_as().fetch_all(connection).await?;
    let place = |id: i64| usize::try_from(id).unwrap_or_default();
    let mut wanted = vec![false; ids.iter().map(|(id,)| place(*id) + 1).max().unwrap_or_default()];
    ids.iter().for_each(|(id,)| wanted[place(*id)] = true);
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::access::{Environment, Scope},
        store::shipments::Sight,
    };

    fn asked(carrier: &str) -> MeasureQuery {
        let sight = Sight { environment: Environment::Live, scope: Scope::ALL };
        MeasureQuery { carrier: Some(carrier.into()), ..MeasureQuery::all_of(sight) }
    }

    fn came(bins: usize) -> Came {
        vec![(Metric::DispatchToInvoice, (0..bins as i32).map(|bin| (bin, 1)).collect())].into()
    }

    const WEEK: Week = (Family::Invoice, 20_514);

    fn is_held(scans: &Scans, carrier: &str, version: Version) -> bool {
        scans.held((&asked(carrier), &[Metric::DispatchToInvoice]), &[(WEEK, version)]) != [None]
    }

    #[test]
    fn what_nobody_asked_for_lately_is_forgotten_first() {
        let scans = Scans::default();
        let keep = |carrier: &str, bins| {
            let weeks = [(WEEK, vec![((7, 70), came(bins))])].into_iter().collect();
            scans.keep((&asked(carrier), &[Metric::DispatchToInvoice]), weeks);
        };
        // Four of them have room.
        let bins = BYTES / 5 / size_of::<(i32, i64)>();
        ["A", "B", "C", "D"].iter().for_each(|carrier| keep(carrier, bins));
        assert!(is_held(&scans, "A", (7, 70)));
        keep("E", bins);
        let held = ["A", "B", "C", "D", "E"].map(|carrier| is_held(&scans, carrier, (7, 70)));
        assert_eq!(held, [true, false, true, true, true]);
        // One that is too large by itself takes nobody's place.
        keep("F", 2 * bins);
        assert_eq!((is_held(&scans, "F", (7, 70)), scans.lock().len()), (false, 4));
        // Those that come to nothing have their weight too.
        (0..5_000).for_each(|n| keep(&format!("nobody {n}"), 0));
        assert!(scans.lock().len() < 4_000, "{} questions", scans.lock().len());
    }

    #[test]
    fn a_chunk_that_was_written_anew_is_another() {
        let scans = Scans::default();
        scans.keep((&asked("A"), &[Metric::DispatchToInvoice]), [(WEEK, vec![((7, 70), came(3))])].into_iter().collect());
        let held = [(7, 70), (7, 69), (8, 70)].map(|version| is_held(&scans, "A", version));
        assert_eq!(held, [true, false, false]);
        let other = scans.held((&asked("A"), &[Metric::StageTransit]), &[(WEEK, (7, 70))]);
        assert_eq!(other, [None]);
    }
}
