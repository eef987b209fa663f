//! Every form of the pages, refused: a browser without JavaScript is led back to the page, which says why.

use crate::{
    access,
    acts::{attach, delivered},
    support::app::{App, Ask},
};
use axum::http::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;
use waybill_server::domain::{access::Role, time::Instant};

/// A form that is refused: its pattern, where it is posted, the page that it stands on, and what that says then.
struct Refused {
    pattern: &'static str,
    path: String,
    page: String,
    why: &'static str,
}

/// One of each that there is.
struct World {
    app: App,
    cookie: String,
    shipment: String,
    exception: String,
    item: String,
    job: String,
}

impl World {
    async fn new() -> Self {
        let app = App::start().await;
        let cookie = app.signed_in(Role::Admin).await;
        let shipment = delivered(&app, "S-1").await;
        attach(&app, &cookie, &shipment, &[("file", "pod.pdf", "application/pdf", "%PDF-1.7 x")]).await;
        let secret = app.key("carrier", &["carrier/*"]).await;
        let send = |body: String| {
            Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json").body(&body)
        };
        let word = json!({ "specversion": "1.0", "id": "w1", "source": "carrier/acme", "subject": "S-1", "data": { "code": "XB" },
            "type": "com.waybill.shipment.status_reported.v1", "time": "2026-05-28T19:30:00Z" });
        app.send(send(word.to_string())).await;
        let item = app.send(send("{\"specversion\":\"1.0\",".into())).await.json();
        let item = item["results"][0]["quarantine_id"].as_str().expect("kept").to_owned();
        let list = app.send(Ask::get("/api/v1/exceptions?view=list&kind=unknown_code").own().cookie(&cookie)).await.json();
        let exception = list["items"][0]["id"].as_str().expect("found").to_owned();
        let job = json!({ "action": "assign", "assignee": "me", "filter": {} });
        let job = app.send(Ask::post("/api/v1/exceptions/bulk").own().cookie(&cookie).json(job)).await.json();
        let job = job["id"].as_str().expect("prepared").to_owned();
        Self { app, cookie, shipment, exception, item, job }
    }

    fn forms(&self) -> Vec<Refused> {
        let form = |pattern, path: String, page: &str, why| Refused { pattern, path, page: page.to_owned(), why };
        let shipment = format!("/shipments/{}", self.shipment);
        let exception = format!("/exceptions/{}", self.exception);
        let job = format!("/exceptions/bulk/{}", self.job);
        let item = format!("/quarantine/{}", self.item);
        vec![
            form("/shipments/{id}/acts", format!("{shipment}/acts"), &shipment, "action"),
            form("/shipments/{id}/acts/{act}/undo", format!("{shipment}/acts/1/undo"), &shipment, "urlencoded"),
            form("/shipments/{id}/documents", format!("{shipment}/documents"), &shipment, "multipart/form-data"),
            form("/exceptions/act", "/exceptions/act".into(), "/exceptions?view=list", "action: assign, comment, snooze"),
            form("/exceptions/undo", "/exceptions/undo".into(), &exception, "Choose at least one exception."),
            form("/exceptions/{id}/map", format!("{exception}/map"), &exception, "meaning"),
            form("/exceptions/bulk/prepare", "/exceptions/bulk/prepare".into(), "/exceptions", "action: assign, comment"),
            form("/exceptions/bulk/turn", "/exceptions/bulk/turn".into(), &job, "turn: start, pause, cancel or undo"),
            form("/quarantine/{id}/fix", format!("{item}/fix"), &exception, "version: the number"),
            form("/quarantine/{id}/replay", format!("{item}/replay"), &exception, "version: the number"),
            form(
                "/configuration/{section}",
                "/configuration/expectations".into(),
                "/configuration/expectations",
                "replaces: a version",
            ),
        ]
    }

    /// Posts it and reads the page that it leads to.
    async fn posted(&self, form: &Refused, ask: Ask) -> String {
        self.app.clock.advance(Instant::MINUTE);
        let answer = self.app.send(ask.page().own().cookie(&self.cookie)).await;
        let location = answer.header("location").to_owned();
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", form.pattern, answer.text);
        assert!(location.starts_with(&form.page) && location.contains("flash="), "{}: {location}", form.pattern);
        let page = self.app.send(Ask::get(&location).page().cookie(&self.cookie)).await;
        assert_eq!(page.status, StatusCode::OK, "{location}");
        page.text
    }
}

#[tokio::test]
async fn every_form_that_is_refused_leads_back_to_its_page_which_says_why() {
    let world = World::new().await;
    let forms = world.forms();
    let tried: BTreeSet<_> = forms.iter().map(|form| form.pattern).collect();
    assert_eq!(tried, access::forms(), "every form of the pages is tried here");
    for form in &forms {
        let referrer = format!("http://waybill.test{}", form.page);
        let ask = || Ask::post(&form.path).with("referer", &referrer);
        // Nothing that it takes; as what it does not take, where it takes nothing as well.
        let page = match form.why {
            "urlencoded" => world.posted(form, ask().json(json!({}))).await,
            _ => world.posted(form, ask().form(&[("replaces", "x"), ("back", &form.page)])).await,
        };
        assert!(page.contains("Nothing was ") && page.contains(form.why), "{}: {}", form.pattern, form.why);
    }
}

#[tokio::test]
async fn a_refused_form_leads_nowhere_else_and_what_may_not_be_is_a_problem() {
    let world = World::new().await;
    let path = format!("/exceptions/{}/map", world.exception);
    for referrer in ["http://evil.example/elsewhere", "http://waybill.test//evil.example", "not an address"] {
        let ask = Ask::post(&path).page().own().cookie(&world.cookie).with("referer", referrer);
        let answer = world.app.send(ask.form(&[("meaning", "delivered"), ("reason", "")])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert!(answer.header("location").starts_with(&format!("/exceptions/{}?flash=", world.exception)), "{referrer}");
    }
    let viewer = world.app.signed_in(Role::Viewer).await;
    let answer = world.app.send(Ask::post(&path).page().own().cookie(&viewer).form(&[("meaning", "delivered")])).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = world.app.send(Ask::post("/exceptions/nothing/map").page().own().cookie(&world.cookie).form(&[])).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
