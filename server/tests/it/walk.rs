//! Behind every number of the Overview, of Trends and of the figures are as many rows as it says, with as much money: every link that
//! carries its number is followed and its rows are counted, under several filters and in two scopes.

use crate::{
    figures::busiest_lane,
    support::{
        app::{App, Ask},
        csv::{self, hundredths},
        told::told,
    },
};
use app::model::WorkList;
use chrono::{Days, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use waybill_server::{
    domain::{
        access::{Environment, Role, Scope},
        account::ROLES,
        metric::Kpi,
    },
    store::figures::FoldStore,
};

/// A number on a page: where it leads, what it says, and its money by currency in hundredths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Number {
    href: String,
    n: u64,
    money: Option<Money>,
}

type Money = BTreeMap<String, i64>;

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// `1250.50 EUR; 7.00 USD`.
fn money(text: &str) -> Money {
    let sums = text.split("; ").filter(|sum| !sum.is_empty());
    sums.map(|sum| sum.split_once(' ').expect("an amount and its currency"))
        .map(|(amount, code)| (code.to_owned(), hundredths(amount)))
        .collect()
}

/// Every number of a page that leads to its rows.
fn numbers(html: &str) -> BTreeSet<Number> {
    let tags = html.split('<').filter(|tag| tag.starts_with("a ") && tag.contains(" data-n=\""));
    let number = |tag: &str| Number {
        href: attribute(tag, "href").expect("leads somewhere").replace("&amp;", "&"),
        n: attribute(tag, "data-n").and_then(|n| n.parse().ok()).expect("a number"),
        money: attribute(tag, "data-money").map(money),
    };
    tags.map(number).collect()
}

/// The rows behind an address, from its file: how many, and their money.
async fn behind(app: &App, cookie: &str, href: &str) -> (u64, Money) {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let answer = app.send(Ask::get(&format!("{path}/csv?{query}")).cookie(cookie)).await;
    assert_eq!(answer.status, 200, "{href}: {}", answer.text);
    assert!(!answer.header("content-disposition").contains("first"), "{href} has too many rows for this test");
    let lines = csv::lines(&answer.text);
    let mut money = Money::new();
    for line in &lines {
        if let (Some(amount), Some(code)) = (line.get("amount"), line.get("currency"))
            && !code.is_empty()
        {
            *money.entry(code.clone()).or_default() += hundredths(amount);
        }
    }
    money.retain(|_, sum| *sum != 0);
    (lines.len() as u64, money)
}

/// Follows every number of a page; answers how many there were.
async fn walk(app: &App, cookie: &str, page: &str) -> usize {
    let answer = app.send(Ask::get(page).cookie(cookie)).await;
    assert_eq!(answer.status, 200, "{page}: {}", answer.text);
    let numbers = numbers(&answer.text);
    for Number { href, n, money } in &numbers {
        let (rows, sums) = behind(app, cookie, href).await;
        assert_eq!(rows, *n, "{page}: behind {href}");
        if let Some(money) = money {
            assert_eq!(sums, *money, "{page}: behind {href}");
        }
    }
    numbers.len()
}

/// A period from a Thursday to a Wednesday, five weeks at most: it cuts its first week and its last.
fn cuts_weeks(first: &str) -> String {
    let first: NaiveDate = first.parse().expect("a day");
    let thursday = first.week(Weekday::Mon).first_day() + Days::new(3);
    format!("from={thursday}&to={}", thursday + Days::new(27))
}

#[tokio::test]
async fn behind_every_number_of_a_page_are_as_many_rows_with_as_much_money() {
    let app = App::start().await;
    let all = told(&app, 220).await;
    let scope = Scope { regions: Some(vec!["EMEA".into(), "APAC".into()]), business_units: None };
    let person = app.person_in("pia", Role::Executive, scope, Environment::Live).await;
    let scoped = app.session(&person).await;
    let row = app.send(Ask::get("/api/v1/kpis/K1/rows").cookie(&all)).await.json()["items"][0].clone();
    let value = |name: &str| row[name].as_str().expect("told").to_owned();
    let day = value("day");
    let filters = [
        String::new(),
        format!("region={}", value("region")),
        format!("carrier={}", value("carrier")),
        format!("mode={}&region={}", value("mode"), value("region")),
        format!("customer={}", value("customer")),
        format!("from={day}"),
        format!("business_unit={}", value("business_unit")),
        busiest_lane(&app).await,
    ];
    let cut = cuts_weeks(&day);
    let mut walked = 0;
    for folded in [false, true] {
        for (cookie, filter) in
            filters.iter().map(|filter| (&all, filter)).chain([(&scoped, &filters[0]), (&scoped, &filters[2])])
        {
            // What waits on a lane is asked of the figures: the Overview has no lanes.
            let has_lane = filter.starts_with("origin");
            let overview = if has_lane { 10 } else { walk(&app, cookie, &format!("/?{filter}")).await };
            let trends = walk(&app, cookie, &format!("/trends?{filter}&vs_carrier={}", value("carrier"))).await;
            let figures = walk(&app, cookie, &format!("/kpis?{filter}")).await;
            assert!(overview >= 10 && trends >= 5 && figures >= 10, "{filter}: {overview}, {trends}, {figures}");
            walked += overview + trends + figures;
        }
        for cookie in [&all, &scoped] {
            let mut cards = walk(&app, cookie, &format!("/trends?{cut}")).await;
            // The filters of a carrier and of a lane go other ways to their rows than all there is.
            for filter in [&cut, &filters[2], &filters[7]] {
                for kpi in Kpi::ALL {
                    cards += walk(&app, cookie, &format!("/kpis/{}?{filter}", kpi.code())).await;
                }
            }
            assert!(cards > 40, "{cut}: {cards}");
            walked += cards;
        }
        if !folded {
            app.database.fold_measures(u32::MAX).await.expect("folds");
        }
    }
    assert!(walked > 800, "{walked}");
}

/// Cards of a first page, causes, queues and the parts of lists of work, for who works there and who sees a part of it.
#[tokio::test]
async fn behind_every_number_of_a_first_page_and_of_a_list_of_work_are_as_many_rows() {
    let app = App::start().await;
    let executive = told(&app, 220).await;
    let scope = Scope { regions: Some(vec!["EMEA".into()]), business_units: None };
    let (mut homes, mut lists) = (0, 0);
    for (name, role) in ROLES {
        let person = app.person_in(&format!("{name}-emea"), role, scope.clone(), Environment::Live).await;
        let own = if role == Role::Executive { executive.clone() } else { app.signed_in(role).await };
        for cookie in [own, app.session(&person).await] {
            homes += walk(&app, &cookie, "/home").await;
        }
    }
    let cookie = app.session("admin").await;
    for page in ["/exceptions", "/exceptions?queue=finance", "/exceptions?region=EMEA&snoozed=yes"] {
        lists += walk(&app, &cookie, page).await;
    }
    for list in WorkList::ALL {
        lists += walk(&app, &cookie, list.path()).await + walk(&app, &cookie, &format!("{}?region=EMEA", list.path())).await;
    }
    assert!(homes > 60 && lists > 40, "{homes} on first pages, {lists} over lists");
}
