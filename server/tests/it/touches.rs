//! What counts as a touch in K11: one shipment for each thing that people do here, invoiced afterwards.

use crate::{
    acts::{attach, call, delivered},
    support::app::{App, Ask},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use waybill_server::{
    domain::{
        access::{Environment, Role, Scope},
        time::Instant,
    },
    store::{
        exceptions::{Act, Deed, ExceptionStore},
        shipments::Sight,
        sql::query_as,
        timers::TimerStore,
    },
};

fn now(app: &App) -> String {
    let at = chrono::DateTime::from_timestamp_micros(app.clock.now().0).expect("a time");
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Tells something of a shipment now.
async fn tell(app: &App, secret: &str, reference: &str, kind: &str, data: Value) -> Value {
    app.clock.advance(Instant::MINUTE);
    let event = json!({
        "specversion": "1.0", "id": format!("{reference}-{kind}"), "source": "billing", "subject": reference,
        "type": format!("com.waybill.{kind}.v1"), "time": now(app), "data": data,
    });
    let ask = Ask::post("/api/v1/events").key(secret).with("content-type", "application/cloudevents+json");
    app.send(ask.body(&event.to_string())).await.json()["results"][0].clone()
}

/// Does this with the exception of a shipment.
async fn deed(app: &App, reference: &str, what: Deed) {
    app.clock.advance(Instant::MINUTE);
    let (id, version): (String, i64) = query_as(
        "SELECT id, version FROM exceptions WHERE subject = $1 AND state IN ('open', 'claimed') AND kind = 'pod_missing'",
    )
    .bind(reference)
    .fetch_one(&app.database.read)
    .await
    .expect("its exception");
    let act = Act {
        sight: Sight { environment: Environment::Live, scope: Scope::ALL },
        actor: "user:ben".into(),
        what,
        on: vec![(id, version)],
        note: "as agreed".into(),
        may_waive: true,
        now: app.clock.now(),
    };
    app.database.act_on_exceptions(act).await.expect("acts");
}

/// References behind a part of K11.
async fn behind(app: &App, cookie: &str, part: &str) -> BTreeSet<String> {
    let page = app.send(Ask::get(&format!("/api/v1/kpis/K11/rows?part={part}")).cookie(cookie)).await.json();
    let rows = page["items"].as_array().unwrap_or_else(|| panic!("{part}: {page}"));
    rows.iter().map(|row| row["reference"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn every_kind_of_hand_is_a_touch_and_nothing_else_is() {
    let app = App::start().await;
    let secret = app.key("billing", &["billing"]).await;
    let untouched = ["NOBODY", "LOOKED", "VALIDATED", "APPROVED", "COMMENTED", "CLAIMED", "SNOOZED"];
    let touched = ["ATTACHED", "CORRECTED", "REJECTED", "UNDONE", "ASSIGNED", "WAIVED", "MENDED"];
    let mut ids = std::collections::BTreeMap::new();
    for reference in untouched.into_iter().chain(touched) {
        ids.insert(reference, delivered(&app, reference).await);
    }
    // Some POD is overdue by then.
    app.clock.advance(3 * Instant::DAY);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    let (finance, lead) = (app.signed_in(Role::Finance).await, app.signed_in(Role::FinanceLead).await);
    let integration = app.signed_in(Role::Integration).await;
    let acts = |reference: &str| format!("/api/v1/shipments/{}/acts", ids[reference]);
    let well = |answer: crate::support::app::Answer| {
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{}", answer.text);
        answer
    };

    well(app.send(Ask::get(&format!("/shipments/{}", ids["LOOKED"])).page().cookie(&finance)).await);
    for reference in ["VALIDATED", "REJECTED"] {
        tell(&app, &secret, reference, "pod.received", json!({})).await;
    }
    well(call(&app, &finance, &acts("VALIDATED"), json!({ "action": "validate_pod" })).await);
    let approval = json!({ "action": "approve_charges", "amount": "812.50", "currency": "EUR" });
    well(call(&app, &lead, &acts("APPROVED"), approval.clone()).await);
    deed(&app, "COMMENTED", Deed::Comment).await;
    deed(&app, "CLAIMED", Deed::Claim).await;
    deed(&app, "SNOOZED", Deed::Snooze(app.clock.now().plus(Instant::DAY))).await;

    well(attach(&app, &finance, &ids["ATTACHED"], &[("file", "pod.pdf", "application/pdf", "%PDF-1.7 a note")]).await);
    let correction = json!({ "action": "correct", "field": "carrier", "value": "UPS", "note": "it was them" });
    well(call(&app, &finance, &acts("CORRECTED"), correction).await);
    let rejection = json!({ "action": "reject_pod", "reason": "illegible", "note": "black" });
    well(call(&app, &finance, &acts("REJECTED"), rejection).await);
    let approved = well(call(&app, &lead, &acts("UNDONE"), approval).await).json()["id"].as_str().expect("an id").to_owned();
    well(call(&app, &lead, &format!("{}/{approved}/undo", acts("UNDONE")), json!({})).await);
    deed(&app, "ASSIGNED", Deed::Assign("ben".into())).await;
    deed(&app, "WAIVED", Deed::Waive).await;
    let broken =
        tell(&app, &secret, "MENDED", "charges.rated", json!({ "total": { "amount": "a lot", "currency": "EUR" } })).await;
    let item = broken["quarantine_id"].as_str().unwrap_or_else(|| panic!("kept: {broken}"));
    let body = json!({
        "specversion": "1.0", "id": "mended", "source": "billing", "subject": "MENDED", "type": "com.waybill.charges.rated.v1",
        "time": now(&app), "data": { "total": { "amount": "12.00", "currency": "EUR" } },
    });
    let fix = json!({ "version": 1, "body": body.to_string(), "reason": "words for a number" });
    well(call(&app, &integration, &format!("/api/v1/quarantine/{item}/fix"), fix).await);

    for reference in untouched.into_iter().chain(touched) {
        let invoice = json!({ "number": format!("I-{reference}"), "amount": { "amount": "90.00", "currency": "EUR" } });
        let told = tell(&app, &secret, reference, "invoice.released", invoice).await;
        assert_eq!(told["outcome"], "accepted", "{told}");
    }
    // What is done after the invoice is no touch on the way to it.
    let late = json!({ "action": "correct", "field": "carrier", "value": "UPS", "note": "it was them" });
    well(call(&app, &finance, &acts("NOBODY"), late).await);

    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    for part in ["", "untouched_from_delivery:"] {
        assert_eq!(behind(&app, &finance, &format!("{part}share")).await, names(&untouched), "{part}");
        assert_eq!(behind(&app, &finance, &format!("{part}rest")).await, names(&touched), "{part}");
    }
    let kpi = app.send(Ask::get("/api/v1/kpis/K11").cookie(&finance)).await.json();
    assert_eq!((kpi["n"].as_u64(), kpi["value"]["part"].as_u64()), (Some(14), Some(7)), "{kpi}");
}
