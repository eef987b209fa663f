//! Behind every key figure, and behind each of its parts, are as many rows as it says: under filters, periods and scopes, whether
//! folded or not.

mod beside;
mod worded;

use crate::support::{
    app::{App, Ask},
    csv,
    told::told,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use waybill_server::{
    domain::{
        access::{Environment, Role, Scope},
        measure::{Stock, day_of},
        metric::{Kpi, ONLY_THOSE_THAT_WAIT},
        time::Instant,
    },
    store::{
        figures::{FiguresStore, FoldStore, MeasureQuery},
        shipments::Sight,
        sql::query_as,
    },
};

async fn get(app: &App, cookie: &str, path: &str) -> Value {
    let answer = app.send(Ask::get(path).cookie(cookie)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

/// Walks all pages of rows; each stands there once.
async fn rows(app: &App, cookie: &str, id: &str, query: &str) -> u64 {
    let (mut seen, mut n, mut after) = (BTreeSet::new(), 0, String::new());
    loop {
        let page = get(app, cookie, &format!("/api/v1/kpis/{id}/rows?{query}&after={after}")).await;
        for row in page["items"].as_array().expect("rows") {
            seen.insert(row["id"].as_str().expect("an id").to_owned());
            n += 1;
        }
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(seen.len() as u64, n, "{id}?{query}: each once");
    n
}

/// How many rows a figure speaks of: all of its cases, unless it says that only those can be listed that wait.
fn cases(kpi: &Value) -> u64 {
    let waits = kpi["omissions"].as_array().expect("words").contains(&ONLY_THOSE_THAT_WAIT.into());
    let n = if waits { &kpi["value"]["part"] } else { &kpi["n"] };
    n.as_u64().expect("a count")
}

/// The lane of most shipments, as a query.
pub(crate) async fn busiest_lane(app: &App) -> String {
    let (from, to): (String, String) = query_as(
        "SELECT d.origin, d.destination FROM measure_subjects AS n CROSS JOIN measure_dims AS d ON d.id = n.dims
         WHERE d.origin <> '' AND d.destination <> '' GROUP BY d.origin, d.destination ORDER BY count(*) DESC, d.origin LIMIT 1",
    )
    .fetch_one(&app.database.read)
    .await
    .expect("a lane");
    format!("origin={from}&destination={to}")
}

/// How many a figure or a part of it leaves out.
fn out_of(told: &Value) -> u64 {
    told["left_out"].as_array().into_iter().flatten().filter_map(|out| out["count"].as_u64()).sum()
}

#[tokio::test]
async fn behind_every_figure_are_as_many_rows_as_it_says() {
    let app = App::start().await;
    let all = told(&app, 220).await;
    let scope = Scope { regions: Some(vec!["EMEA".into(), "APAC".into()]), business_units: None };
    let person = app.person_in("pia", Role::Executive, scope, Environment::Live).await;
    let scoped = app.session(&person).await;
    let plain = get(&app, &all, "/api/v1/kpis/K1").await;
    let row = &get(&app, &all, "/api/v1/kpis/K25/rows").await["items"][0];
    assert!(plain["n"].as_u64() > Some(50) && row.is_object(), "there is something to look at: {plain}");
    let week = &plain["series"][1];
    let period = format!("from={}&to={}", week["from"].as_str().expect("a day"), week["to"].as_str().expect("a day"));
    let of = &get(&app, &all, "/api/v1/kpis/K1/rows").await["items"][0];
    let dimension = |name: &str| format!("{name}={}", of[name].as_str().expect("told"));
    let combined = format!("{}&{}", dimension("region"), dimension("carrier"));
    let filters = [
        String::new(),
        period,
        dimension("region"),
        dimension("carrier"),
        dimension("customer"),
        combined,
        dimension("business_unit"),
        busiest_lane(&app).await,
    ];
    let (mut walked, mut out_of_parts) = (0, BTreeSet::new());
    for folded in [false, true] {
        for (cookie, filter) in
            filters.iter().map(|filter| (&all, filter)).chain([(&scoped, &filters[0]), (&scoped, &filters[3])])
        {
            for id in Kpi::ALL.iter().map(|kpi| kpi.code()) {
                let kpi = get(&app, cookie, &format!("/api/v1/kpis/{id}?{filter}")).await;
                let n = cases(&kpi);
                assert_eq!(rows(&app, cookie, id, filter).await, n, "{id}?{filter}, folded: {folded}: {kpi}");
                walked += n;
                for part in kpi["parts"].as_array().expect("parts") {
                    let code = part["code"].as_str().expect("a code");
                    if !code.is_empty() {
                        let behind = rows(&app, cookie, id, &format!("{filter}&part={code}")).await;
                        assert_eq!(Some(behind), part["n"].as_u64(), "{id}?{filter}: {code}: {kpi}");
                        let out = out_of(part);
                        if out > 0 {
                            let behind = rows(&app, cookie, id, &format!("{filter}&part={code}:left_out")).await;
                            assert_eq!(behind, out, "{id}?{filter}: left out of {code}: {kpi}");
                            out_of_parts.insert(code.to_owned());
                        }
                    }
                }
                let out = out_of(&kpi);
                if out > 0 {
                    assert_eq!(rows(&app, cookie, id, &format!("{filter}&part=left_out")).await, out, "{id}?{filter}");
                }
            }
        }
        app.database.fold_measures(u32::MAX).await.expect("folds");
    }
    assert!(walked > 5_000, "{walked}");
    let lane = &filters[7];
    for id in ["K1", "K8", "K25"] {
        assert!(rows(&app, &all, id, lane).await > 0, "{id} of {lane}");
    }
    assert!(out_of_parts.contains("proof_to_invoice"), "what is left out of parts is looked at: {out_of_parts:?}");
}

#[tokio::test]
async fn stages_add_up_and_wrong_questions_are_told() {
    let app = App::start().await;
    let cookie = told(&app, 120).await;
    let kpi = get(&app, &cookie, "/api/v1/kpis/K1?target=48").await;
    let stages = kpi["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .filter(|part| part["code"].as_str().is_some_and(|code| code.starts_with("stage_")));
    let sum: f64 = stages.map(|part| part["value"]["mean_hours"].as_f64().expect("hours")).sum();
    let mean = kpi["value"]["mean_hours"].as_f64().expect("hours");
    assert!((sum - mean).abs() < 1e-6, "{sum} instead of {mean}");
    assert!(kpi["target"]["within"].as_u64().is_some() && kpi["known_at"].is_object(), "{kpi}");
    assert_eq!(get(&app, &cookie, "/api/v1/kpis").await["items"].as_array().map(Vec::len), Some(Kpi::ALL.len()));
    for (path, status) in [
        ("/api/v1/kpis/K99", 404),
        ("/api/v1/kpis/K1?from=yesterday", 422),
        ("/api/v1/kpis/K1?target=soon", 422),
        ("/api/v1/kpis/K1/rows?part=nothing", 422),
        ("/api/v1/kpis/K25/rows?part=age:9d", 422),
        ("/api/v1/kpis/K1/rows?part=late", 422),
        ("/api/v1/kpis/K26/rows?part=nope", 422),
        ("/api/v1/kpis/K7/rows?part=holds:0", 422),
        ("/api/v1/kpis/K7/rows?part=only", 422),
        ("/api/v1/kpis/K7/rows?part=state:foo", 422),
        ("/api/v1/kpis/K25/rows?part=state:refused", 422),
        ("/api/v1/kpis/K25/rows?part=cause:pod_missing", 422),
        ("/api/v1/kpis/K8/rows?part=only", 422),
        ("/api/v1/kpis/K1/rows?after=damaged", 422),
        ("/api/v1/kpis/K1/rows?part=share", 422),
        ("/api/v1/kpis/K11/rows?part=p90", 422),
        ("/api/v1/kpis/K11/rows?part=open", 422),
        ("/api/v1/kpis/K1?target=-1", 422),
        ("/api/v1/kpis/K11?target=101", 422),
    ] {
        assert_eq!(app.send(Ask::get(path).cookie(&cookie)).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_asked_is_refused_by_its_name() {
    let app = App::start().await;
    let cookie = told(&app, 20).await;
    for (path, name) in [
        ("/api/v1/kpis?colour=red", "colour"),
        ("/api/v1/kpis?part=late", "part"),
        ("/api/v1/kpis?target=3", "target"),
        ("/api/v1/kpis?carrier=A&carrier=B", "carrier"),
        ("/api/v1/kpis/K1?after=x", "after"),
        ("/api/v1/kpis/K1/rows?form=2026-01-01", "form"),
        ("/api/v1/exceptions?status=open", "status"),
        ("/api/v1/exceptions?kind=a&kind=b", "kind"),
        ("/api/v1/work/pod?colour=red", "colour"),
        ("/api/v1/quarantine?state=open&state=open", "state"),
    ] {
        let answer = app.send(Ask::get(path).cookie(&cookie)).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (422, "invalid"), "{path}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.starts_with(&format!("{name}: ")), "{path}: {detail}");
    }
}

#[tokio::test]
async fn what_waits_has_no_period_before_it() {
    let app = App::start().await;
    let cookie = told(&app, 120).await;
    let week = &get(&app, &cookie, "/api/v1/kpis/K1").await["series"][2];
    let period = format!("from={}&to={}", week["from"].as_str().expect("a day"), week["to"].as_str().expect("a day"));
    for kpi in Kpi::ALL {
        let (code, waits) = (kpi.code(), !kpi.contract().source.is_of_a_period());
        let told = get(&app, &cookie, &format!("/api/v1/kpis/{code}?{period}")).await;
        assert_eq!(told["previous"].is_null(), waits, "{code}: {told}");
        let omissions = told["omissions"].as_array().expect("words");
        assert_eq!(omissions.contains(&"as of now; the period does not apply".into()), waits, "{code}: {told}");
    }
}

#[tokio::test]
async fn the_backlog_drains_at_the_pace_of_exactly_seven_days() {
    let app = App::start().await;
    let cookie = told(&app, 220).await;
    let today = day_of(app.clock.now());
    let (mut came, mut went) = (0, 0);
    let (opened, closed) = Stock::ErpBacklog.metrics();
    for day in today - 6..=today {
        let all = MeasureQuery::all_of(Sight { environment: Environment::Live, scope: Scope::ALL });
        let query = MeasureQuery { from_day: Some(day), to_day: Some(day + 1), ..all };
        let rows = async |metric| app.database.measured_rows(&query, metric, &[], None, usize::MAX).await.expect("rows").len();
        (came, went) = (came + rows(opened).await, went + rows(closed).await);
    }
    assert!(came > 0 && went > 0, "{came}, {went}");
    let pace = format!("{:.1} a day came, {:.1} went", came as f64 / 7.0, went as f64 / 7.0);
    let kpi = get(&app, &cookie, "/api/v1/kpis/K7?to=2026-01-01").await;
    let parts = kpi["parts"].as_array().expect("parts");
    assert!(parts.iter().any(|part| part["label"] == format!("drain time ({pace})")), "{pace}: {kpi}");
    let overview = app.send(Ask::get("/").cookie(&cookie)).await.text;
    assert!(overview.contains(&pace), "{pace}: {overview}");
}

#[tokio::test]
async fn every_row_behind_a_figure_says_where_it_belongs() {
    let app = App::start().await;
    let cookie = told(&app, 220).await;
    let like = get(&app, &cookie, "/api/v1/kpis/K25/rows").await["items"][0].clone();
    let mut looked: BTreeMap<&str, usize> = BTreeMap::new();
    for name in ["region", "business_unit", "carrier", "mode", "customer"] {
        let wanted = like[name].as_str().filter(|wanted| !wanted.is_empty()).expect("told");
        for id in Kpi::ALL.iter().map(|kpi| kpi.code()) {
            // Here all is told at once, so that what went wrong and was mended was over when it was found.
            let part = if id == "K9" { "&part=left_out" } else { "" };
            let page = get(&app, &cookie, &format!("/api/v1/kpis/{id}/rows?{name}={wanted}{part}")).await;
            for row in page["items"].as_array().expect("rows") {
                assert_eq!(row[name], like[name], "{id}: {row}");
                *looked.entry(id).or_default() += 1;
            }
        }
    }
    for id in ["K1", "K6", "K7", "K8", "K9", "K25"] {
        assert!(looked.get(id).is_some_and(|n| *n > 5), "{id}: {looked:?}");
    }
}

#[tokio::test]
async fn an_open_period_says_which_weeks_have_cases() {
    let app = App::start().await;
    let cookie = told(&app, 120).await;
    let whole = get(&app, &cookie, "/api/v1/kpis/K1").await;
    let (weeks, covers) = (whole["series"].as_array().expect("weeks").clone(), whole["covers"].clone());
    assert_eq!(covers["from"], weeks[0]["from"], "{whole}");
    assert!(covers["to"].as_str() <= weeks[weeks.len() - 1]["to"].as_str(), "no day that has not begun: {whole}");
    let second = &weeks[1]["from"];
    let cut = get(&app, &cookie, &format!("/api/v1/kpis/K1?from={}", second.as_str().expect("a day"))).await;
    assert_eq!((&cut["covers"]["from"], &cut["covers"]["to"]), (second, &covers["to"]));
    assert!(get(&app, &cookie, "/api/v1/kpis/K25").await["covers"].is_null(), "what waits is as of now");
    assert!(get(&app, &cookie, "/api/v1/kpis/K1?to=2001-01-01").await["covers"].is_null(), "nothing was then");
}

#[tokio::test]
async fn what_nobody_moves_says_what_it_is_and_its_age_in_days() {
    let app = App::start().await;
    let cookie = told(&app, 220).await;
    let page = get(&app, &cookie, "/api/v1/kpis/K26/rows").await;
    let rows = page["items"].as_array().expect("rows");
    assert!(!rows.is_empty(), "{page}");
    for row in rows {
        let day: chrono::NaiveDate = row["day"].as_str().expect("a day").parse().expect("a date");
        let days =
            day_of(app.clock.now()) - day_of(Instant(day.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp_micros()));
        assert_eq!(row["hours"].as_f64(), Some(f64::from(days * 24)), "{row}");
        assert_eq!(row["words"], format!("{days} d: planned, nobody to move it"), "{row}");
    }
    let kpi = get(&app, &cookie, "/api/v1/kpis/K26").await;
    let edges = [0, 1, 2, 3, 7, 14, 30, i32::MAX];
    let parts = kpi["parts"].as_array().expect("parts");
    assert_eq!(parts.len(), edges.len() - 1, "{kpi}");
    for (part, days) in parts.iter().zip(edges.windows(2)) {
        let aged =
            |row: &&Value| (f64::from(days[0])..f64::from(days[1])).contains(&(row["hours"].as_f64().expect("hours") / 24.0));
        assert_eq!(part["n"].as_u64(), Some(rows.iter().filter(aged).count() as u64), "{part}: {page}");
    }
    assert_eq!(parts.iter().filter_map(|part| part["n"].as_u64()).sum::<u64>(), rows.len() as u64, "{kpi}");
}

/// Hours of all rows behind a part, from its file.
async fn hours(app: &App, cookie: &str, part: &str) -> Vec<f64> {
    let answer = app.send(Ask::get(&format!("/kpis/K1/rows/csv?{part}")).cookie(cookie)).await;
    assert_eq!(answer.status, 200, "{part}: {}", answer.text);
    csv::lines(&answer.text).iter().map(|line| line["hours"].parse().expect("hours")).collect()
}

#[tokio::test]
async fn the_rows_of_a_stage_add_up_to_its_mean_and_those_of_a_percentile_took_no_less() {
    let app = App::start().await;
    let cookie = told(&app, 220).await;
    let kpi = get(&app, &cookie, "/api/v1/kpis/K1").await;
    let n = kpi["n"].as_f64().expect("cases");
    let (mut stages, mut sum) = (0, 0.0);
    for part in kpi["parts"].as_array().expect("parts") {
        let (Some(mean), None) = (part["value"]["mean_hours"].as_f64(), part["value"].get("percentiles")) else { continue };
        let rows = hours(&app, &cookie, &format!("part={}", part["code"].as_str().expect("a code"))).await;
        let told: f64 = rows.iter().sum();
        assert!((told / n - mean).abs() < 0.001, "{part}: {told} h in {} rows", rows.len());
        (stages, sum) = (stages + 1, sum + mean);
    }
    assert_eq!(stages, 6, "{kpi}");
    assert!((sum - kpi["value"]["mean_hours"].as_f64().expect("a mean")).abs() < 0.001, "{sum}: {kpi}");
    let all = hours(&app, &cookie, "").await;
    for (name, share) in [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)] {
        let at = kpi["value"]["percentiles"][name].as_f64().expect("enough cases");
        let rows = hours(&app, &cookie, &format!("part={name}")).await;
        // A bin is 2 % wide, and all of the one that has the percentile is among them.
        assert!(rows.iter().all(|hours| *hours >= at * 0.989), "{name} {at}: {rows:?}");
        assert_eq!(rows.len(), all.iter().filter(|hours| **hours >= at * 0.99).count(), "{name}");
        assert!(rows.len() as f64 >= n * (1.0 - share), "{name}");
    }
    let few = app.send(Ask::get("/api/v1/kpis/K1/rows?part=p90&from=1999-01-01&to=1999-02-01").cookie(&cookie)).await;
    assert_eq!((few.status.as_u16(), &*few.code()), (422, "invalid"), "{}", few.text);
}

/// Each open row has waited since the start of its figure's own clock.
#[tokio::test]
async fn what_is_still_open_has_waited_since_its_clock_began() {
    let app = App::start().await;
    let cookie = told(&app, 300).await;
    let now = app.clock.now().0;
    let mut looked = 0;
    for (id, start) in [
        ("K1", "dispatched_at"),
        ("K2a", "ready_at"),
        ("K2b", "delivered_at"),
        ("K3", "delivered_at"),
        ("K4", "pod_validated_at"),
        ("K5", "delivered_at"),
        ("K9", "detected_at"),
    ] {
        let table = if id == "K9" { "exceptions" } else { "shipments" };
        let starts: Vec<(String, i64)> = query_as(format!("SELECT id, {start} FROM {table} WHERE {start} IS NOT NULL"))
            .fetch_all(&app.database.read)
            .await
            .expect("rows");
        let starts: BTreeMap<String, i64> = starts.into_iter().collect();
        let kpi = get(&app, &cookie, &format!("/api/v1/kpis/{id}")).await;
        let page = get(&app, &cookie, &format!("/api/v1/kpis/{id}/rows?part=open")).await;
        let items = page["items"].as_array().expect("rows");
        assert!(!items.is_empty() && kpi["open"] == page["total"], "{id}: {kpi}");
        for row in items {
            let hours = row["hours"].as_f64().expect("an age");
            let since = starts.get(row["id"].as_str().expect("an id")).expect("its clock has begun");
            assert!(hours >= 0.0 && (hours - (now - since) as f64 / 3.6e9).abs() < 1e-6, "{id}: {row}");
            looked += 1;
        }
    }
    let open: Vec<&str> = Kpi::ALL.iter().map(|kpi| kpi.code()).collect();
    for id in open {
        let counts = !get(&app, &cookie, &format!("/api/v1/kpis/{id}")).await["open"].is_null();
        let listed = ["K1", "K2a", "K2b", "K3", "K4", "K5", "K9"].contains(&id);
        assert_eq!(counts, listed, "{id} has open rows, and they are looked at here");
    }
    assert!(looked > 100, "{looked}");
}
