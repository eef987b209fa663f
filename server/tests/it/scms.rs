//! A real file, taken in and asked for, against a plain computation over its rows.
//!
//! `data/flat/scms_excerpt.csv` are whole shipments out of the "Supply Chain Shipment Pricing Data" that USAID published as public domain
//! (data.usaid.gov/HIV-AIDS/Supply-Chain-Shipment-Pricing-Data/a3rc-nmf6). With `WAYBILL_SCMS_CSV` naming the whole file, that one is
//! looked at as well.

use crate::support::app::{App, Ask};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;
use waybill_server::{
    domain::{
        access::{Actor, Environment, Role, Scope},
        event::{Limits, ReadTerms},
        measure::{LATE, Metric, NO_PROMISE, ON_TIME},
    },
    intake::flat::run::{BATCH, Import},
    service::{imports::Imports, intake::StoreIntake},
    store::{
        figures::{FiguresStore, FoldStore, MeasureQuery},
        shipments::Sight,
    },
};

/// What the rows say of a file, by the shortest way.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    on_time: i64,
    late: i64,
    recorded_before: u64,
    /// Days until half, three quarters, nine tenths, nineteen twentieths were recorded.
    recorded: [i64; 4],
    freight: i64,
}

/// `05-Sept-06` as days.
fn day(text: &str) -> chrono::NaiveDate {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = text.trim().split('-');
    let mut next = || parts.next().expect("day, month, year");
    let (day, month, year) = (next(), next(), next());
    let month = MONTHS.iter().position(|name| month.starts_with(name)).expect("a month") + 1;
    let year = 2000 + year.parse::<i32>().expect("a year") % 100;
    chrono::NaiveDate::from_ymd_opt(year, month as u32, day.parse().expect("a day")).expect("a date")
}

fn said(file: &Path) -> Said {
    let bytes = std::fs::read(file).expect("the file");
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).into_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().expect("names").clone();
    let column = |name: &str| heads.iter().position(|head| head == name).expect("the column");
    let [number, scheduled, delivered, recorded, freight] =
        ["ASN/DN #", "Scheduled Delivery Date", "Delivered to Client Date", "Delivery Recorded Date", "Freight Cost (USD)"]
            .map(column);
    let mut shipments: BTreeMap<String, Vec<csv::StringRecord>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("a row");
        shipments.entry(row[number].trim().to_owned()).or_default().push(row);
    }
    let mut said = Said { on_time: 0, late: 0, recorded_before: 0, recorded: [0; 4], freight: 0 };
    let mut took = Vec::new();
    for rows in shipments.values() {
        let days = |at: usize| rows.iter().map(move |row| day(&row[at]));
        let promised = days(scheduled).min().expect("a row");
        let came = days(delivered).max().expect("a row");
        let told = days(recorded).max().expect("a row");
        *(if came <= promised { &mut said.on_time } else { &mut said.late }) += 1;
        match (told - came).num_days() {
            ..0 => said.recorded_before += 1,
            days => took.push(days),
        }
        let amounts = rows.iter().filter_map(|row| row[freight].trim().parse::<f64>().ok());
        said.freight += amounts.map(|amount| (amount * 100.0).round() as i64).sum::<i64>();
    }
    took.sort_unstable();
    said.recorded = [50, 75, 90, 95].map(|percent| took[(took.len() * percent).div_ceil(100) - 1]);
    said
}

/// Takes the file in, and asks.
async fn told(file: &Path) -> Said {
    let app = App::start().await;
    let import = Import {
        actor: &Actor::system("import", Environment::Live),
        file: file.to_owned(),
        mapping: include_str!("../../mappings/scms.toml"),
        mode: None,
        terms: ReadTerms { now: app.clock.now(), limits: Limits::DEFAULT },
        rejects: None,
        intake: &StoreIntake::new(Arc::new(app.database.clone())),
        imports: Some(&Imports::new(Arc::new(app.database.clone()), app.clock.clone())),
        batch: BATCH,
        progress: &|_| {},
        stop: CancellationToken::new(),
    };
    let summary = import.run().await.expect("runs");
    assert!(summary.complete, "{summary}");
    while app.database.fold_measures(10_000).await.expect("folds") > 0 {}
    let query = MeasureQuery::all_of(Sight { environment: Environment::Live, scope: Scope::ALL });
    let metric = Metric::DeliveredAgainstPromise;
    let measured = app.database.measured(&query, &[metric]).await.expect("figures");
    let count = |bin| measured.metrics[&metric].values().map(|week| week.count(bin)).sum::<i64>();
    assert_eq!(count(NO_PROMISE), 0);
    let cookie = app.signed_in(Role::Executive).await;
    let rate = app.send(Ask::get("/api/v1/kpis/OTD").cookie(&cookie)).await.json();
    let told = (rate["n"].as_i64(), rate["value"]["part"].as_i64(), &rate["left_out"]);
    assert_eq!(told, (Some(count(ON_TIME) + count(LATE)), Some(count(ON_TIME)), &serde_json::json!([])), "{rate}");
    let kpi = app.send(Ask::get("/api/v1/kpis/K21").cookie(&cookie)).await.json();
    let days = |name: &str| (kpi["value"]["percentiles"][name].as_f64().expect("hours") / 24.0).round() as i64;
    let left_out = kpi["left_out"].as_array().expect("reasons").iter().filter_map(|out| out["count"].as_u64()).sum();
    let (freight,): (i64,) =
        waybill_server::store::sql::query_as("SELECT sum(freight_minor) FROM shipments WHERE freight_currency = 'USD'")
            .fetch_one(&app.database.read)
            .await
            .expect("a sum");
    Said {
        on_time: count(ON_TIME),
        late: count(LATE),
        recorded_before: left_out,
        recorded: ["p50", "p75", "p90", "p95"].map(days),
        freight,
    }
}

#[tokio::test]
async fn a_real_file_says_what_its_rows_say() {
    let excerpt = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/flat/scms_excerpt.csv");
    let plain = said(&excerpt);
    assert!(plain.late > 10 && plain.on_time > 40 && plain.freight > 0, "{plain:?}");
    assert_eq!(told(&excerpt).await, plain);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "asks the one who runs the test, not a setting")]
async fn the_whole_real_file_says_what_its_rows_say() {
    let Some(file) = std::env::var_os("WAYBILL_SCMS_CSV").map(PathBuf::from) else {
        eprintln!("SKIPPED: WAYBILL_SCMS_CSV does not name the whole file; only the excerpt is looked at");
        return;
    };
    let plain = said(&file);
    eprintln!("{plain:?}");
    assert_eq!(told(&file).await, plain);
}
