//! A figure that is measured anew: its page tells how far that is, and the old version until it is through.

use crate::support::{
    app::{App, Ask},
    told::told,
};
use serde_json::Value;
use sqlx::Connection;
use waybill_server::domain::{measure::Metric, metric::Kpi};

async fn kpi(app: &App, cookie: &str, kpi: Kpi) -> Value {
    app.send(Ask::get(&format!("/api/v1/kpis/{}", kpi.code())).cookie(cookie)).await.json()
}

/// As the store is while a new meaning is measured beside an old one: here the meaning of K2a takes the place of that of K2b.
#[tokio::test]
async fn a_figure_that_is_measured_anew_tells_the_old_version_and_how_far_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("waybill.db").display());
    let app = App::on(&url, folder, &[]).await;
    let cookie = told(&app, 120).await;
    let (old, new) = (kpi(&app, &cookie, Kpi::K2a).await, kpi(&app, &cookie, Kpi::K2b).await);
    assert_ne!(old["value"], new["value"], "the test tells them apart");
    let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
    let coming = "UPDATE measure_versions SET state = 'coming', follows = $1 WHERE metric = $2";
    let coming = sqlx::query(coming).bind(Metric::ReadyToInvoice as u8).bind(Metric::DeliveryToInvoice as u8);
    assert_eq!(coming.execute(&mut connection).await.expect("written").rows_affected(), 1);
    let under_way = "INSERT INTO measure_sweep (id, after, done, total, since)
        SELECT 1, '', 30, 120, known_at FROM measure_log ORDER BY seq DESC LIMIT 1";
    assert_eq!(sqlx::query(under_way).execute(&mut connection).await.expect("written").rows_affected(), 1);

    let meanwhile = kpi(&app, &cookie, Kpi::K2b).await;
    assert_eq!((&meanwhile["n"], &meanwhile["value"]), (&old["n"], &old["value"]), "the old one is told");
    let version = new["version"].as_u64().expect("a number");
    let far = format!(
        "Being rebuilt: 25 % of the shipments (30 of 120) are measured by version {version}. Until all are, version {} is told",
        version - 1
    );
    let page = app.send(Ask::get("/kpis/K2b").page().cookie(&cookie)).await.text;
    let status = page.split_once("<p role=\"status\">").expect("a status").1.split("</p>").next().unwrap_or_default();
    assert!(status.contains(&far), "{status}");
    let words = old["value"]["words"].as_str().expect("in words");
    assert!(page.contains(&format!(">{words}</a>")), "{words} is not on the page");
    for (page, tells) in [("/kpis", true), ("/trends", false), ("/kpis/K2a", false), ("/kpis/K8", false)] {
        let shown = app.send(Ask::get(page).page().cookie(&cookie)).await.text;
        assert_eq!(shown.contains("Being rebuilt"), tells, "{page}");
    }

    // It is through.
    sqlx::query("DELETE FROM measure_sweep").execute(&mut connection).await.expect("written");
    let through = sqlx::query("UPDATE measure_versions SET state = 'whole', follows = NULL WHERE metric = $1");
    through.bind(Metric::DeliveryToInvoice as u8).execute(&mut connection).await.expect("written");
    connection.close().await.expect("closes");
    assert_eq!(kpi(&app, &cookie, Kpi::K2b).await["value"], new["value"]);
    assert!(!app.send(Ask::get("/kpis/K2b").page().cookie(&cookie)).await.text.contains("Being rebuilt"));
}
