//! What is kept in memory of open work and of exceptions, against the rows.

use super::*;

/// What is kept in memory of exceptions, and of what is under way, against the rows.
pub(super) async fn followed(database: &Database, query: &MeasureQuery) {
    let wait = Wait::Exceptions(None);
    let rows = database.waiting(query, wait).await.expect("exceptions");
    let how = Adding { now: NOW, edges: vec![0, Instant::DAY], by: By::Cause, ages: false };
    let told = database.stock(query, wait, &how).await.expect("exceptions, added up");
    let mut sums: BTreeMap<(usize, &str, Option<Currency>), (u64, i64)> = BTreeMap::new();
    let mut once: BTreeMap<&str, Money> = BTreeMap::new();
    let mut in_part: BTreeSet<(usize, &str, &str)> = BTreeSet::new();
    for row in &rows {
        let bucket = usize::from(NOW.since(row.since) >= Instant::DAY);
        let sum = sums.entry((bucket, &row.cause, row.money.map(|money| money.currency))).or_default();
        let first = in_part.insert((bucket, &*row.cause, &*row.reference));
        *sum = (sum.0 + 1, sum.1 + row.money.filter(|_| first).map_or(0, |money| money.minor));
        once.extend(row.money.map(|money| (&*row.reference, money)));
    }
    let added = told.sums.iter().map(|sum| ((sum.age, &*sum.of, sum.currency), (sum.n, sum.minor)));
    assert_eq!(added.collect::<BTreeMap<_, _>>(), sums, "{query:?}");
    for mark in Mark::ALL {
        let with: Vec<_> = rows.iter().filter(|row| row.marks.has(mark)).collect();
        let oldest = with.iter().map(|row| row.since).min();
        let as_old = with.iter().filter(|row| Some(row.since) == oldest).count() as u64;
        let each: BTreeMap<&str, Money> = with.iter().filter_map(|row| Some((&*row.reference, row.money?))).collect();
        let mut money: BTreeMap<Currency, i64> = BTreeMap::new();
        each.into_values().for_each(|one| *money.entry(one.currency).or_default() += one.minor);
        let expected = Marked { n: with.len() as u64, once: money, oldest, oldest_n: as_old };
        assert_eq!(told.marked[mark as usize], expected, "{mark:?} for {query:?}");
    }
    let mut money: BTreeMap<Currency, i64> = BTreeMap::new();
    once.into_values().for_each(|one| *money.entry(one.currency).or_default() += one.minor);
    assert_eq!((told.once, told.oldest), (money, rows.iter().map(|row| row.since).min()), "{query:?}");
    let under_way = "stage IN ('dispatched', 'in_transit') AND history = 0";
    assert_counted(database, query, under_way, database.under_way(query).await.expect("counted")).await;
}

/// Holds a number of shipments against those that are stored, looked at one by one; lanes are no columns of theirs.
async fn assert_counted(database: &Database, query: &MeasureQuery, which: &str, told: u64) {
    if query.origin.is_some() || query.destination.is_some() {
        return;
    }
    let sight = &query.sight;
    let mut sql = crate::store::sql::QueryBuilder::new(
        "SELECT region_id, business_unit_id, carrier_id, mode, customer_id FROM shipments WHERE ",
    );
    sql.push(which).push(" AND environment = ").push_bind(sight.environment.code());
    let mut connection = database.read.acquire().await.expect("a connection");
    let all: Vec<(String, String, String, String, String)> =
        sql.build_query_as().fetch_all(&mut connection).await.expect("shipments");
    let is = |asked: &Option<String>, has: &String| asked.as_ref().is_none_or(|asked| asked == has);
    let among = |asked: &Option<Vec<String>>, has: &String| asked.as_ref().is_none_or(|asked| asked.contains(has));
    let expected = all.iter().filter(|(region, unit, carrier, mode, customer)| {
        is(&query.region, region)
            && is(&query.business_unit, unit)
            && is(&query.carrier, carrier)
            && is(&query.mode, mode)
            && is(&query.customer, customer)
            && among(&sight.scope.regions, region)
            && among(&sight.scope.business_units, unit)
    });
    assert_eq!(told, expected.count() as u64, "{which}: {query:?}");
}

/// What became of exceptions, counted row by row; their lanes are those of their shipments.
pub(super) async fn ended(database: &Database, query: &MeasureQuery, shipments: &[Held]) {
    type Row = (String, i64, Option<i64>, String, String, String, String, String, String, bool);
    let mut connection = database.read.acquire().await.expect("a connection");
    let mut sql = crate::store::sql::QueryBuilder::new(
        "SELECT e.state, e.detected_at, e.closed_at, e.region_id, e.business_unit_id, e.carrier_id, e.customer_id, coalesce(s.mode, ''),
                e.subject, s.measured IS NOT NULL
         FROM exceptions AS e LEFT JOIN shipments AS s ON s.id = e.shipment_id WHERE e.environment = ",
    );
    sql.push_bind(query.sight.environment.code());
    let all: Vec<Row> = sql.build_query_as().fetch_all(&mut connection).await.expect("exceptions");
    drop(connection);
    let is = |asked: &Option<String>, has: &String| asked.as_ref().is_none_or(|asked| asked == has);
    let among = |asked: &Option<Vec<String>>, has: &String| asked.as_ref().is_none_or(|asked| asked.contains(has));
    let lane = [&query.origin, &query.destination];
    let of_lane = |subject: &str, measured: bool| {
        let mut held =
            shipments.iter().filter(|held| held.environment == query.sight.environment.code() && held.reference == subject);
        lane.iter().all(|asked| asked.is_none())
            || measured && held.next().is_some_and(|held| is(lane[0], &held.dims[5]) && is(lane[1], &held.dims[6]))
    };
    let all: Vec<Row> = all
        .into_iter()
        .filter(|(_, _, _, region, unit, carrier, customer, mode, subject, measured)| {
            is(&query.region, region)
                && is(&query.business_unit, unit)
                && is(&query.carrier, carrier)
                && is(&query.customer, customer)
                && is(&query.mode, mode)
                && of_lane(subject, *measured)
                && among(&query.sight.scope.regions, region)
                && among(&query.sight.scope.business_units, unit)
        })
        .collect();
    let open = all.iter().filter(|row| row.2.is_none()).count();
    assert_eq!(database.waiting(query, Wait::Exceptions(None)).await.expect("open ones").len(), open, "{query:?}");
    let told = database.episodes(query, None).await.expect("counted");
    let day_of = |at: i64| crate::domain::measure::day_of(Instant(at));
    for monday in told.found.keys().chain(told.over.keys()) {
        let open = |row: &&Row| day_of(row.1) < monday + 7 && row.2.is_none_or(|closed| day_of(closed) >= monday + 7);
        assert_eq!(told.open_after(*monday), all.iter().filter(open).count() as u64, "{query:?}");
    }
    let over = |state: &str| -> Vec<i64> {
        let rows = all.iter().filter(|row| row.0 == state && row.2.is_some_and(|closed| query.counts(day_of(closed))));
        rows.map(|row| row.2.unwrap_or_default() - row.1).collect()
    };
    let (verified, waived) = (over("verified"), over("waived"));
    let (long, short): (Vec<i64>, Vec<i64>) = verified.into_iter().partition(|took| *took >= Instant::MINUTE);
    let whole = |weeks: &Weeks| {
        let all = weeks.values().flat_map(|week| week.iter());
        all.fold((0, 0), |(n, sum), (bin, of)| if cells::counts(bin) { (n + of, sum) } else { (n, sum + of) })
    };
    let plain = |took: &[i64]| (took.len() as i64, took.iter().map(|took| took / 1_000).sum::<i64>());
    assert_eq!(
        (whole(&told.verified), whole(&told.waived), told.at_once),
        (plain(&long), plain(&waived), short.len() as u64),
        "{query:?}"
    );
    for (over, n) in [(Over::Verified, long.len()), (Over::Waived, waived.len()), (Over::AtOnce, short.len())] {
        // Page by page each comes once, by when it was over.
        let (mut places, mut after) = (Vec::new(), None);
        loop {
            let page = database.solved(query, over, after.as_ref(), 3).await.expect("rows");
            places.extend(page.iter().map(|row| (row.closed_at, row.detected_at, row.id.clone())));
            after = places.last().cloned();
            if page.len() < 3 {
                break;
            }
        }
        assert!(places.is_sorted() && places.iter().collect::<BTreeSet<_>>().len() == n, "{over:?}: {query:?}");
    }
}
