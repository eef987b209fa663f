//! What a person is shown to follow, they may follow; and what an address says that nobody asks is refused.

use crate::support::{
    app::{App, Ask},
    told::told,
};
use std::collections::BTreeSet;
use waybill_server::domain::{access::Role, metric::Kpi};

/// Addresses of ours that a page leads to.
fn links(html: &str) -> BTreeSet<String> {
    let main = html.split_once("<main").map_or("", |(_, main)| main);
    let hrefs = main.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.starts_with('/')).map(|href| href.replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn a_viewer_is_led_nowhere_that_is_refused() {
    let app = App::start().await;
    told(&app, 120).await;
    let cookie = app.signed_in(Role::Viewer).await;
    let figures = Kpi::ALL.iter().map(|kpi| format!("/kpis/{}", kpi.code()));
    let pages = ["/", "/home", "/trends", "/kpis", "/definitions", "/kpis/K1/rows", "/shipments"].map(str::to_owned);
    let (mut followed, mut refused) = (BTreeSet::new(), Vec::new());
    for page in pages.into_iter().chain(figures) {
        let answer = app.send(Ask::get(&page).page().cookie(&cookie)).await;
        assert_eq!(answer.status, 200, "{page}");
        for href in links(&answer.text) {
            if !followed.insert(href.clone()) {
                continue;
            }
            let status = app.send(Ask::get(&href).page().cookie(&cookie)).await.status;
            if status != 200 {
                refused.push(format!("{page} leads to {href}: {status}"));
            }
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(followed.len() > 150, "{}", followed.len());
    // Whoever may see exceptions is led to them.
    let lead = app.signed_in(Role::Finance).await;
    for figure in ["/kpis/K8", "/kpis/K9"] {
        let leads = async |cookie: &str| {
            let page = app.send(Ask::get(figure).page().cookie(cookie)).await;
            links(&page.text).iter().any(|href| href.starts_with(&format!("{figure}/rows")))
        };
        assert!(leads(&lead).await && !leads(&cookie).await, "{figure}");
    }
}

#[tokio::test]
async fn pages_and_files_refuse_what_they_are_not_asked() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    for path in crate::access::pages() {
        let mark = if path.contains('?') { '&' } else { '?' };
        let answer = app.send(Ask::get(&format!("{path}{mark}nonsense=1")).cookie(&cookie)).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (422, "invalid"), "{path}");
        assert!(answer.json()["detail"].as_str().is_some_and(|why| why.starts_with("nonsense: ")), "{path}: {}", answer.text);
        let empty = app.send(Ask::get(&format!("{path}{mark}nonsense=")).cookie(&cookie)).await;
        assert_ne!(empty.status, 422, "{path}: a field left empty says nothing");
    }
    let page = app.send(Ask::get("/kpis?carrier=A&carrier=B").page().cookie(&cookie)).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("carrier: is told more than once") && page.text.contains("<h1>"), "{}", page.text);
}
