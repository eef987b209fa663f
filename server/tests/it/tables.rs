//! Every table of every page can be saved: below it stands a link to a file that has its rows.

use crate::support::{
    app::{App, Ask},
    csv::lines,
    told::told,
};
use serde_json::json;
use std::collections::BTreeSet;
use waybill_server::domain::{access::Role, metric::Kpi};

/// Pages without a table: what people fill in or read as text.
const WITHOUT: [&str; 4] = ["/sign-in", "/shipments/{id}/events/{seq}", "/quarantine/{id}", "/definitions"];

/// A table of a page: its rows, and what leads to its file.
struct Shown {
    rows: usize,
    file: Option<String>,
    /// The page shows a part of it.
    cut: bool,
}

fn tables(html: &str) -> Vec<Shown> {
    let main = html.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).expect("a page").0;
    let table = |from: &str| {
        let (table, below) = from.split_once("</table>").expect("a table ends");
        let body = table.split_once("<tbody").map_or("", |(_, body)| body.split("</tbody>").next().unwrap_or_default());
        let links = below.split("<a ").skip(1).filter_map(|tag| tag.split('>').next()).filter(|tag| tag.contains("download"));
        let mut hrefs = links.filter_map(|tag| tag.split_once("href=\"")?.1.split('"').next());
        let file = hrefs.find(|href| href.contains("csv")).map(|href| href.replace("&amp;", "&"));
        let next = below.contains("rel=\"next\"");
        let cut = next || file.as_ref().is_some_and(|file| file.starts_with("/overview/"));
        Shown { rows: body.matches("<tr").count(), file, cut }
    };
    main.split("<table").skip(1).map(table).collect()
}

/// Follows the file of every table of a page; answers how many tables there were.
async fn walk(app: &App, cookie: &str, page: &str) -> usize {
    let answer = app.send(Ask::get(page).cookie(cookie)).await;
    assert_eq!(answer.status, 200, "{page}: {}", answer.text);
    let tables = tables(&answer.text);
    for (at, Shown { rows, file, cut }) in tables.iter().enumerate() {
        let file = file.as_ref().unwrap_or_else(|| panic!("table {at} of {page} has no file"));
        let saved = app.send(Ask::get(file).cookie(cookie)).await;
        assert_eq!(saved.status, 200, "{page}: {file}: {}", saved.text);
        assert!(saved.header("content-disposition").contains(".csv"), "{file}");
        let saved = lines(&saved.text).len();
        assert!(saved == *rows || (*cut && saved >= *rows), "{page}: {file} has {saved} rows, the table has {rows}");
    }
    tables.len()
}

/// The first address on a page that begins so.
async fn first(app: &App, cookie: &str, page: &str, begin: &str) -> String {
    let html = app.send(Ask::get(page).cookie(cookie)).await.text;
    let begin = format!("href=\"{begin}");
    let rest = html.split_once(&begin).unwrap_or_else(|| panic!("{page} has no {begin}")).1;
    let id = rest.split(['"', '?', '/']).next().expect("an id");
    format!("{}{id}", begin.trim_start_matches("href=\""))
}

#[tokio::test]
async fn every_table_of_every_page_is_a_file_with_its_rows() {
    let app = App::start().await;
    told(&app, 160).await;
    let cookie = app.signed_in(Role::Admin).await;
    let unread = json!([{ "specversion": "1.0", "id": "1", "source": "x", "type": "com.waybill.no.v1", "subject": "S" }]);
    let key = app.key("odd", &["*"]).await;
    app.send(Ask::post("/api/v1/events").key(&key).json(unread)).await;
    let job = json!({ "action": "assign", "assignee": "me", "filter": {} });
    let job = app.send(Ask::post("/api/v1/exceptions/bulk").own().cookie(&cookie).json(job)).await.json()["id"].clone();
    let shipment = first(&app, &cookie, "/work/unbilled", "/shipments/").await;
    let order = first(&app, &cookie, &shipment, "/orders/").await;
    let exception = first(&app, &cookie, "/exceptions?view=list&kind=pod_missing", "/exceptions/0").await;
    let readiness = format!("{shipment}/readiness");
    let job = format!("/exceptions/bulk/{}", job.as_str().expect("prepared"));
    let figures: Vec<String> = Kpi::ALL.iter().map(|kpi| format!("/kpis/{}", kpi.code())).collect();
    let figure_rows: Vec<String> = figures.iter().map(|figure| format!("{figure}/rows")).collect();
    let listed = app.send(Ask::get("/configuration").cookie(&cookie)).await.text;
    let sections = listed.split("href=\"/configuration/").skip(1).filter_map(|rest| rest.split('"').next());
    let sections: BTreeSet<String> = sections.map(|section| format!("/configuration/{section}")).collect();
    let of = |paths: &[&str]| paths.iter().map(ToString::to_string).collect::<Vec<String>>();
    // Pages of a pattern, and how many tables they have together at least.
    let pages: [(&str, Vec<String>, usize); 19] = [
        ("/", of(&["/", "/?mode=road"]), 6),
        ("/home", of(&["/home"]), 1),
        ("/shipments", of(&["/shipments"]), 1),
        ("/shipments/{id}", of(&[&shipment]), 4),
        ("/shipments/{id}/readiness", of(&[&readiness]), 2),
        ("/search", of(&["/search?q=S"]), 1),
        ("/orders/{reference}", of(&[&order]), 1),
        ("/exceptions", of(&["/exceptions", "/exceptions?view=list"]), 2),
        ("/exceptions/{id}", of(&[&exception]), 1),
        ("/exceptions/bulk", of(&["/exceptions/bulk"]), 1),
        ("/exceptions/bulk/{id}", of(&[&job]), 1),
        ("/work/{list}", of(&["/work/unbilled", "/work/pod", "/work/unassigned", "/work/orders"]), 2),
        ("/configuration", of(&["/configuration"]), 1),
        ("/configuration/{section}", sections.into_iter().collect(), 5),
        ("/quarantine", of(&["/quarantine"]), 1),
        ("/kpis", of(&["/kpis"]), 1),
        ("/kpis/{id}", figures, 20),
        ("/kpis/{id}/rows", figure_rows, 10),
        ("/trends", of(&["/trends", "/trends?vs_carrier=PRRE"]), 5),
    ];
    let hydrated = leptos_axum::generate_route_list(app::app::App);
    let hydrated = hydrated.iter().map(|page| page.path().to_owned()).filter(|path| path != app::app::ANY);
    for pattern in hydrated.chain(app::app::served_pages().map(str::to_owned)) {
        let walked = pages.iter().any(|(walked, ..)| *walked == pattern);
        assert_ne!(walked, WITHOUT.contains(&&*pattern), "{pattern} is walked, or is said to have no table");
    }
    for (pattern, paths, least) in &pages {
        let mut found = 0;
        for path in paths {
            found += walk(&app, &cookie, path).await;
        }
        assert!(found >= *least, "{pattern} shows {found} tables");
    }
}

#[tokio::test]
async fn a_table_is_no_more_than_its_reader_sees_of_its_page() {
    let app = App::start().await;
    told(&app, 160).await;
    let (admin, viewer) = (app.signed_in(Role::Admin).await, app.signed_in(Role::Viewer).await);
    let shipment = first(&app, &admin, "/work/unbilled", "/shipments/").await;
    let conditions = app::paths::table_csv(&format!("{shipment}/readiness"), "Conditions for billing");
    let systems = app::paths::table_csv(&shipment, "Systems as a table");
    for (cookie, path, status) in
        [(&admin, &conditions, 200), (&admin, &systems, 200), (&viewer, &conditions, 403), (&viewer, &systems, 200)]
    {
        assert_eq!(app.send(Ask::get(path).cookie(cookie)).await.status, status, "{path}");
    }
    for (path, status) in [
        (app::paths::table_csv("/no/such/page", "Found"), 404),
        (app::paths::table_csv("//evil.example/home", "Found"), 422),
        ("/tables/csv?of=/home".to_owned(), 422),
        ("/tables/csv?of=/home&table=x&more=y".to_owned(), 422),
    ] {
        assert_eq!(app.send(Ask::get(&path).cookie(&admin)).await.status, status, "{path}");
    }
}
