//! Tables of pages as files: each has all that its table has and no more, whatever the filter is.

use crate::support::{
    app::{App, Ask},
    csv::{hundredths, lines},
    told::told,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use waybill_server::domain::{metric::Kpi, policy::Party};

type Line = BTreeMap<String, String>;

async fn file(app: &App, cookie: &str, path: &str) -> Vec<Line> {
    let answer = app.send(Ask::get(path).cookie(cookie)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"waybill-"), "{path}");
    lines(&answer.text)
}

async fn kpi(app: &App, cookie: &str, path: &str) -> Value {
    app.send(Ask::get(&format!("/api/v1/kpis/{path}")).cookie(cookie)).await.json()
}

/// Whole numbers of a column, added up.
fn sum(lines: &[Line], column: &str) -> u64 {
    lines.iter().map(|line| line[column].parse::<u64>().unwrap_or_else(|_| panic!("{column}: {line:?}"))).sum()
}

/// Money by currency: the columns whose names are one.
fn money(lines: &[Line]) -> BTreeMap<String, i64> {
    let currency = |name: &str| name.len() == 3 && name.bytes().all(|letter| letter.is_ascii_uppercase());
    let mut money = BTreeMap::new();
    for (name, amount) in lines.iter().flatten().filter(|(name, amount)| currency(name) && !amount.is_empty()) {
        *money.entry(name.clone()).or_default() += hundredths(amount);
    }
    money.retain(|_, sum| *sum != 0);
    money
}

fn money_of(kpi: &Value) -> BTreeMap<String, i64> {
    let sums = kpi["value"]["money"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sum =
        |sum: &Value| (sum["currency"].as_str().expect("a code").to_owned(), hundredths(sum["amount"].as_str().expect("told")));
    sums.iter().map(sum).collect()
}

#[tokio::test]
async fn the_file_of_a_card_adds_up_to_its_figure() {
    let app = App::start().await;
    let cookie = told(&app, 220).await;
    let row = app.send(Ask::get("/api/v1/kpis/K25/rows").cookie(&cookie)).await.json()["items"][0].clone();
    let region = row["region"].as_str().expect("told");
    for filter in [String::new(), format!("region={region}")] {
        let card = async |name: &str| file(&app, &cookie, &format!("/overview/{name}/csv?{filter}")).await;
        let figure = async |id: &str| kpi(&app, &cookie, &format!("{id}?{filter}")).await;
        let (cash, unbilled) = (card("cash").await, figure("K25").await);
        assert_eq!((Some(sum(&cash, "shipments")), money(&cash)), (unbilled["n"].as_u64(), money_of(&unbilled)), "{filter}");
        let sets: BTreeSet<&str> = cash.iter().map(|line| &*line["held_by"]).collect();
        assert_eq!(sets.len(), cash.len(), "each once");
        let (proof, awaiting) = (card("proof").await, figure("K6").await);
        assert_eq!(Some(sum(&proof, "shipments")), awaiting["value"]["part"].as_u64(), "{filter}");
        let (erp, backlog) = (card("erp").await, figure("K7").await);
        assert_eq!((Some(sum(&erp, "invoices")), money(&erp)), (backlog["n"].as_u64(), money_of(&backlog)), "{filter}");
        let (causes, open) = (card("causes").await, figure("K8").await);
        assert_eq!(Some(sum(&causes, "exceptions")), open["n"].as_u64(), "{filter}");
        assert!(!filter.is_empty() || causes.len() > 8, "also those that the page cuts: {causes:?}");
        assert!(sum(&card("pipeline").await, "shipments") > 0 && !card("sources").await.is_empty());
    }
}

#[tokio::test]
async fn home_and_a_shipment_are_files() {
    let app = App::start().await;
    let cookie = told(&app, 60).await;
    let home = file(&app, &cookie, "/home/csv").await;
    let page = app.send(Ask::get("/home").cookie(&cookie)).await.text;
    assert!(home.len() > 3 && home.iter().all(|line| page.contains(&line["what"])), "{home:?}");
    let id = file(&app, &cookie, "/shipments/csv").await[0]["id"].clone();
    let page = app.send(Ask::get(&format!("/shipments/{id}")).cookie(&cookie)).await.text;
    let policy = waybill_server::simulate::policy();
    let named = |party: &Party| page.contains(&format!("{} ({})", party.name.replace('&', "&amp;"), party.code));
    assert!(policy.customers.list().iter().any(named), "its customer by name and code: {page}");
    let timeline = format!("/shipments/{id}/csv");
    assert!(page.contains(&timeline), "{page}");
    let events = file(&app, &cookie, &timeline).await;
    assert_eq!(events.len(), page.matches("<tr id=\"event-").count(), "{events:?}");
    assert!(events.iter().all(|line| !line["event"].is_empty() && line["occurred"].ends_with('Z')), "{events:?}");
    let facts = file(&app, &cookie, &app::paths::table_csv(&format!("/shipments/{id}"), "Facts as a table")).await;
    let recorded = |line: &Line| line["Recorded there"].ends_with('Z') && page.contains(&line["Source that won"]);
    assert!(!facts.is_empty() && facts.iter().all(recorded), "{facts:?}");
}

#[tokio::test]
async fn figures_their_parts_and_what_they_mean_are_files() {
    let app = App::start().await;
    let cookie = told(&app, 120).await;
    let named = |lines: &[Line]| lines.iter().map(|line| line["figure"].clone()).collect::<Vec<_>>();
    let all: Vec<String> = Kpi::ALL.iter().map(|kpi| kpi.code().to_owned()).collect();
    assert_eq!(named(&file(&app, &cookie, "/kpis/csv").await), all);
    assert_eq!(named(&file(&app, &cookie, "/definitions/csv").await), all);
    let unbilled = kpi(&app, &cookie, "K25").await;
    let parts = file(&app, &cookie, "/kpis/K25/parts/csv").await;
    assert_eq!(Some(parts.len()), unbilled["parts"].as_array().map(Vec::len));
    let ages = parts.iter().filter(|line| line["name"].ends_with(" h") || line["name"].ends_with(" d")).cloned();
    assert_eq!(money(&ages.collect::<Vec<_>>()), money_of(&unbilled), "ages have all of it");
    let causes = file(&app, &cookie, "/exceptions/groups/csv?view=list&after=x").await;
    let page = app.send(Ask::get("/api/v1/exceptions").cookie(&cookie)).await.json();
    assert_eq!(Some(sum(&causes, "exceptions")), page["total"].as_u64());
}

#[tokio::test]
async fn a_chart_that_is_saved_has_its_looks_and_leads_nowhere() {
    let app = App::start().await;
    let cookie = told(&app, 120).await;
    for (path, target) in [("/kpis/K1/svg?target=24", true), ("/kpis/K1/svg", false), ("/trends/stages/svg", false)] {
        let answer = app.send(Ask::get(path).cookie(&cookie)).await;
        assert!(answer.status == 200 && answer.header("content-disposition").contains(".svg"), "{path}");
        let drawn = answer.text.split_once("</style>").expect("looks").1;
        assert!(drawn.contains("<text") && !drawn.contains("href"), "{path}: {drawn}");
        assert_eq!(drawn.contains(r#"class="target""#), target, "{path}: {drawn}");
    }
    // Of a count there is none, nor of a share of whose past the number alone is kept.
    for id in ["K25", "K16"] {
        let page = app.send(Ask::get(&format!("/kpis/{id}")).page().cookie(&cookie)).await.text;
        assert!(
            page.contains("By week") && !page.contains("class=\"chart\"") && !page.contains(&format!("/kpis/{id}/svg")),
            "{id}: {page}"
        );
        assert_eq!(app.send(Ask::get(&format!("/kpis/{id}/svg")).cookie(&cookie)).await.status, 404, "{id}");
    }
    let trends = app.send(Ask::get("/trends").page().cookie(&cookie)).await.text;
    let bars = trends.matches(r#"<a class="stage" href="/kpis/K1/rows"#).count();
    assert_eq!(bars, 7, "six stages and the whole lead to their rows");
}
