//! What figures are made of, laid open: what stands for each shipment, and whether readers are told just that, place by place, week by
//! week and day by day.

use crate::kill::event as told_of;
use std::collections::{BTreeMap, BTreeSet};
use waybill_server::{
    clock::Clock,
    domain::{
        access::{Environment, Scope},
        event::{self, Limits, ReadTerms},
        measure::{Measure, Metric, Shape, week_of},
        receipt::{Inbound, IntakeTerms, Lane},
    },
    startup::Database,
    store::{
        figures::{FiguresStore, FoldStore, MeasureQuery},
        intake::{Batch, IntakeStore},
        measures::{body::Entry, cells, standing},
        shipments::Sight,
        sql::query_as,
    },
};

/// Region, business unit, carrier, mode, customer.
pub(crate) type Place = [String; 5];

/// A measure that stands for a shipment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stands {
    pub(crate) shipment: String,
    pub(crate) place: Place,
    pub(crate) measure: Measure,
}

/// By metric, week and bin: how many, and how much.
type Cells = BTreeMap<(Metric, i32, i32), i64>;

/// Everything that stands for shipments, in order.
pub(crate) async fn standing(database: &Database) -> Vec<Stands> {
    type Held = (String, String, String, String, String, String, Vec<u8>);
    let sql = "SELECT reference, region_id, business_unit_id, carrier_id, mode, customer_id, measured FROM shipments
               WHERE measured IS NOT NULL ORDER BY reference";
    let held: Vec<Held> = query_as(sql).fetch_all(&database.read).await.expect("reads");
    let mut stands = Vec::new();
    for (shipment, region, unit, carrier, mode, customer, measured) in held {
        let place = [region, unit, carrier, mode, customer];
        let told = standing::unpack(&measured).expect("can be read").into_iter().flat_map(|standing| standing.measures);
        stands.extend(told.map(|measure| Stands { shipment: shipment.clone(), place: place.clone(), measure }));
    }
    stands
}

/// What readers are told is what stands: over everything and at each place, by week, each day by itself, and shipment by shipment. As it was
/// found, with more that is not folded into cells yet, and after all of it is. Nobody else works on this database.
pub(crate) async fn told_is_what_stands(database: &Database) {
    compare(database, "as found").await;
    tell_more(database).await;
    let waits = unfolded(database).await;
    assert!(waits > 10, "{waits}: nobody folds what comes now");
    compare(database, "with what is not folded").await;
    while database.fold_measures(500).await.expect("folds") > 0 {}
    assert_eq!(unfolded(database).await, 0);
    compare(database, "folded").await;
}

/// Events of new shipments, and of known ones.
async fn tell_more(database: &Database) {
    let terms = ReadTerms { now: Clock::system().now(), limits: Limits::DEFAULT };
    let read = |n: usize| {
        let mut told = told_of(&format!("more-{n}"));
        if !n.is_multiple_of(3) {
            told["subject"] = format!("MORE-{}", n % 40).into();
        }
        Inbound::Event(Box::new(event::read(told.to_string().as_bytes(), &terms).expect("an event")))
    };
    let terms = IntakeTerms { environment: Environment::Live, history: false, lane: Lane::Single };
    for first in (0..200).step_by(10) {
        let batch = Batch { actor: "key:test".into(), terms, items: (first..first + 10).map(read).collect() };
        database.record(batch).await.expect("taken");
    }
}

/// Rows of the log that are in no cell yet.
async fn unfolded(database: &Database) -> i64 {
    let sql = "SELECT count(*) FROM measure_log WHERE seq > (SELECT coalesce(min(seq), 0) FROM projections WHERE name LIKE 'measure_%')";
    let (n,): (i64,) = query_as(sql).fetch_one(&database.read).await.expect("counts");
    n
}

async fn compare(database: &Database, when: &str) {
    let stands = standing(database).await;
    let shipments: BTreeSet<&str> = stands.iter().map(|stands| &*stands.shipment).collect();
    assert!(shipments.len() > 15, "{} shipments are measured", shipments.len());
    let whole = MeasureQuery::all_of(Sight { environment: Environment::Live, scope: Scope::ALL });
    let mut queries: BTreeMap<String, MeasureQuery> = BTreeMap::new();
    let places: BTreeSet<&Place> = stands.iter().map(|stands| &stands.place).collect();
    for [region, business_unit, carrier, mode, customer] in places {
        let [region, business_unit, carrier, mode, customer] =
            [region, business_unit, carrier, mode, customer].map(|name| Some(name.clone()));
        let (one, of) = (|query: MeasureQuery| (format!("{query:?}"), query), || whole.clone());
        queries.extend([
            one(MeasureQuery { region: region.clone(), ..of() }),
            one(MeasureQuery { region: region.clone(), business_unit, ..of() }),
            one(MeasureQuery { carrier: carrier.clone(), ..of() }),
            one(MeasureQuery { mode: mode.clone(), ..of() }),
            one(MeasureQuery { customer, ..of() }),
            one(MeasureQuery { region, carrier, mode, ..of() }),
        ]);
    }
    let days: BTreeSet<i32> = stands.iter().map(|stands| stands.measure.day).collect();
    let day = |day: i32| MeasureQuery { from_day: Some(day), to_day: Some(day + 1), ..whole.clone() };
    queries.extend(days.into_iter().map(|of| (format!("day {of}"), day(of))));
    queries.insert("everything".to_owned(), whole.clone());
    for (name, query) in &queries {
        let expected = cells_of(stands.iter().filter(|stands| is_of(query, stands)));
        assert_eq!(told(database, query).await, expected, "{when}, {name}");
    }
    rows_are_what_stands(database, &whole, &stands, when).await;
}

/// The shipments behind each metric. Parts of a sum have no rows of their own.
async fn rows_are_what_stands(database: &Database, whole: &MeasureQuery, stands: &[Stands], when: &str) {
    for metric in Metric::ALL.iter().copied().filter(|metric| metric.shape() != Shape::Sum) {
        let rows = database.measured_rows(whole, metric, &[], None, usize::MAX >> 1).await.expect("rows");
        let told: BTreeSet<(String, Measure)> = rows.into_iter().map(|row| (row.reference, row.measure)).collect();
        let expected = stands.iter().filter(|stands| stands.measure.metric == metric);
        let expected: BTreeSet<_> = expected.map(|stands| (stands.shipment.clone(), stands.measure)).collect();
        assert_eq!(told, expected, "{when}, {}", metric.code());
    }
}

fn is_of(query: &MeasureQuery, Stands { place: [region, unit, carrier, mode, customer], measure, .. }: &Stands) -> bool {
    let is = |asked: &Option<String>, name: &String| asked.as_ref().is_none_or(|asked| asked == name);
    let here = is(&query.region, region) && is(&query.business_unit, unit) && is(&query.carrier, carrier);
    here && is(&query.mode, mode) && is(&query.customer, customer) && query.counts(measure.day)
}

fn cells_of<'s>(stands: impl Iterator<Item = &'s Stands>) -> Cells {
    let mut of = Cells::new();
    for Stands { measure, .. } in stands {
        let mut add = |bin, n| *of.entry((measure.metric, week_of(measure.day), bin)).or_default() += n;
        cells::fold_into(&Entry { measure: *measure, back: false }, &mut add);
    }
    of.retain(|_, n| *n != 0);
    of
}

async fn told(database: &Database, query: &MeasureQuery) -> Cells {
    let mut told = Cells::new();
    for (metric, weeks) in database.measured(query, Metric::ALL).await.expect("figures").metrics {
        for (monday, week) in weeks {
            week.iter().for_each(|(bin, n)| *told.entry((metric, monday, bin)).or_default() += n);
        }
    }
    told.retain(|_, n| *n != 0);
    told
}
