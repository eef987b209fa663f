//! What a filter offers is all there is. Where it cannot be read, neither is the page: a filter that offers less would say that there is no
//! more.

use crate::support::{
    app::{App, Ask},
    told::told,
};
use sqlx::Connection;

/// Pages whose rows and figures are read from elsewhere than what their filter offers.
const PAGES: [&str; 7] =
    ["/kpis", "/kpis/K5", "/kpis/K5?target=x", "/trends", "/exceptions", "/exceptions?view=list", "/shipments"];

#[tokio::test]
async fn a_filter_whose_choices_cannot_be_read_is_not_shown_with_fewer() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("waybill.db").display());
    let app = App::on(&url, folder, &[]).await;
    let cookie = told(&app, 120).await;
    let form = "class=\"filters\"";
    for path in PAGES {
        let page = app.send(Ask::get(path).page().cookie(&cookie)).await;
        assert!(
            page.text.contains(form) && page.text.contains("<option value=\"EMEA\""),
            "{path}: {} {}",
            page.status,
            page.text
        );
    }
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
    sqlx::query("ALTER TABLE shipment_counts RENAME TO counts_away").execute(&mut connection).await.expect("renamed");
    for path in PAGES {
        let page = app.send(Ask::get(path).page().cookie(&cookie)).await;
        assert_eq!(page.status, 500, "{path}: {}", page.text);
        assert!(page.text.contains("Something went wrong on our side"), "{path}: {}", page.text);
        let main = page.text.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).expect("a page").0;
        assert!(!main.contains(form) && !main.contains("<td"), "{path}: {main}");
    }
}
