//! What stands beside what waits, where the invented shipper has too few: more carriers than are told one by one, and work that changes
//! hands.

use super::*;
use serde_json::json;
use waybill_server::store::{
    exceptions::{Act, Deed, ExceptionStore},
    timers::TimerStore,
};

/// Deliveries without a POD: of the first of fourteen carriers fourteen, of the last one; each an hour older than the one before.
async fn deliver(app: &App) -> Vec<(String, i64)> {
    let key = app.key("tms", &["tms"]).await;
    let (mut lines, mut told) = (String::new(), Vec::new());
    for carrier in 0..14_i64 {
        for _ in carrier..14 {
            let hours = told.len() as i64 + 1;
            let time = Instant(app.clock.now().0 - hours * Instant::HOUR);
            let time = chrono::DateTime::from_timestamp_micros(time.0).expect("a time").to_rfc3339();
            let carrier = format!("C+{carrier}:");
            let event = json!({ "specversion": "1.0", "source": "tms", "id": format!("e{hours}"), "subject": format!("S-{hours}"),
                "type": "com.waybill.shipment.delivered.v1", "time": time, "data": { "carrier": carrier, "region": "EMEA" } });
            lines += &format!("{event}\n");
            told.push((carrier, hours));
        }
    }
    app.send(Ask::post("/api/v1/events:stream").key(&key).lines(&lines)).await;
    told
}

fn part(kpi: &Value, code: &str) -> Value {
    let part = kpi["parts"].as_array().expect("parts").iter().find(|part| part["code"] == code);
    part.unwrap_or_else(|| panic!("{code} is a part of {kpi}")).clone()
}

#[tokio::test]
async fn ten_carriers_are_told_one_by_one_and_the_others_together_with_all_their_ages() {
    let app = App::start().await;
    let told = deliver(&app).await;
    let cookie = app.signed_in(Role::Executive).await;
    let kpi = get(&app, &cookie, "/api/v1/kpis/K6").await;
    assert_eq!(kpi["value"]["part"].as_u64(), Some(told.len() as u64), "{kpi}");
    let of = |carrier: usize| told.iter().filter(|(of, _)| *of == format!("C+{carrier}:")).count() as u64;
    for carrier in 0..10 {
        assert_eq!(part(&kpi, &format!("carrier:C+{carrier}:"))["n"].as_u64(), Some(of(carrier)), "{kpi}");
    }
    let others = (10..14).map(of).sum();
    assert_eq!(part(&kpi, "other_carriers")["n"].as_u64(), Some(others), "{kpi}");
    let all = rows(&app, &cookie, "K6", "part=other_carriers").await;
    assert_eq!(all, others);
    assert_eq!(rows(&app, &cookie, "K6", "part=carrier:C%2B3:").await, of(3));
    // The clock stands, and each is an hour older than the one before.
    for (name, share) in [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)] {
        let exact = (share * told.len() as f64).ceil();
        let age = part(&kpi, "p90")["value"]["percentiles"][name].as_f64().expect("hours");
        assert!((age - exact).abs() < 0.1, "{name}: {age} instead of {exact}");
        assert_eq!(rows(&app, &cookie, "K6", &format!("part={name}")).await, told.len() as u64 - exact as u64 + 1, "{name}");
    }
    let oldest = get(&app, &cookie, "/api/v1/kpis/K6/rows?part=oldest").await;
    assert_eq!(oldest["items"].as_array().map(Vec::len), Some(1), "{oldest}");
    assert_eq!(oldest["items"][0]["reference"], format!("S-{}", told.len()), "{oldest}");
    // Of few there is no percentile, and all of them are behind it.
    let few = get(&app, &cookie, "/api/v1/kpis/K6?carrier=C%2B0:").await;
    let age = part(&few, "p90");
    assert_eq!((age["n"].as_u64(), age["value"]["percentiles"].is_null()), (Some(14), true), "{few}");
    assert_eq!(rows(&app, &cookie, "K6", "carrier=C%2B0:&part=p90").await, 14);
    // The file and the page tell the same.
    let file = app.send(Ask::get("/kpis/K6/parts/csv").cookie(&cookie)).await;
    let lines = csv::lines(&file.text);
    let line = lines.iter().find(|line| line["name"] == "p90 of the age, by nearest rank").expect("a line");
    let hours: f64 = line["p90_hours"].parse().expect("hours");
    assert!((hours - (told.len() as f64 * 0.9).ceil()).abs() < 0.1, "{line:?}");
    let page = app.send(Ask::get("/kpis/K6").page().cookie(&cookie)).await.text;
    assert!(page.contains("carrier C+0:") && page.contains("all other carriers together"), "{page}");
}

#[tokio::test]
async fn work_that_is_given_to_somebody_is_nobodys_no_more() {
    let app = App::start().await;
    deliver(&app).await;
    app.clock.advance(60 * Instant::DAY);
    while app.database.look_again(500).await.expect("looks") > 0 {}
    let cookie = app.signed_in(Role::Executive).await;
    let before = get(&app, &cookie, "/api/v1/kpis/K8").await;
    let nobodys = part(&before, "nobodys")["n"].as_u64().expect("a count");
    assert!(nobodys > 50 && before["n"].as_u64() == Some(nobodys), "{before}");
    let oldest = get(&app, &cookie, "/api/v1/kpis/K8/rows?part=oldest_nobodys").await;
    let ids: Vec<String> =
        oldest["items"].as_array().expect("rows").iter().filter_map(|row| row["id"].as_str()).map(Into::into).collect();
    assert_eq!(part(&before, "oldest_nobodys")["n"].as_u64(), Some(ids.len() as u64).filter(|n| *n > 0), "{before}");
    let (version,): (i64,) = query_as("SELECT version FROM exceptions WHERE id = $1")
        .bind(ids[0].clone())
        .fetch_one(&app.database.read)
        .await
        .expect("it is there");
    let act = Act {
        sight: Sight { environment: Environment::Live, scope: Scope::ALL },
        actor: "user:ben".into(),
        what: Deed::Assign("ben".into()),
        on: vec![(ids[0].clone(), version)],
        note: String::new(),
        may_waive: false,
        now: app.clock.now(),
    };
    app.database.act_on_exceptions(act).await.expect("acts");
    let after = get(&app, &cookie, "/api/v1/kpis/K8").await;
    assert_eq!(after["n"], before["n"], "it is open as before: {after}");
    assert_eq!(part(&after, "nobodys")["n"].as_u64(), Some(nobodys - 1), "{after}");
    assert_eq!(rows(&app, &cookie, "K8", "part=nobodys").await, nobodys - 1);
}
