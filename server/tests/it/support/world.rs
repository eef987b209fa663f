//! A shipper with systems that send events, people who look and act, and time that passes.

use super::app::{Answer, App, Ask};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::{
    domain::{
        access::{Actor, Environment, Role},
        account::role_code,
        time::Instant,
    },
    service::policy::read_toml,
    store::timers::TimerStore,
};

const TERMS: &str = "[[contracts]]\ncustomer = \"*\"\nname = \"Terms\"\npod = \"signed\"\npod_grace = 4\n";

/// A shipper with systems that send events, and a finance lead who looks.
pub(crate) struct World {
    pub(crate) app: App,
    secret: String,
    lead: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        let app = App::start().await;
        let policy = read_toml(TERMS).expect("a policy");
        let system = Actor::system("test", Environment::Live);
        app.edge.policies.put(&system, 0, policy, "terms").await.expect("it is put in force");
        let secret = app.key("systems", &["*"]).await;
        let lead = app.person(Role::FinanceLead).await;
        Self { app, secret, lead }
    }

    /// Time passes, and whose time has come is looked at.
    pub(crate) async fn pass(&self, minutes: i64) {
        self.app.clock.advance(minutes * Instant::MINUTE);
        while self.app.database.look_again(100).await.expect("looks") > 0 {}
    }

    /// Some system says what happens now; the outcome.
    pub(crate) async fn say(&self, source: &str, id: &str, subject: &str, what: &str, data: Value) -> String {
        let time = chrono::DateTime::from_timestamp_micros(self.app.clock.now().0).expect("a time").to_rfc3339();
        let event = json!({
            "specversion": "1.0", "id": id, "source": source, "type": format!("com.waybill.{what}.v1"), "subject": subject,
            "time": time, "data": data,
        });
        self.send(&event).await
    }

    async fn send(&self, event: &Value) -> String {
        let ask = Ask::post("/api/v1/events").key(&self.secret).with("content-type", "application/cloudevents+json");
        let answer = self.app.send(ask.body(&event.to_string())).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let outcome = answer.json()["results"][0]["outcome"].as_str().expect("an outcome").to_owned();
        assert_ne!(outcome, "quarantined", "{}", answer.text);
        outcome
    }

    /// A session of the lead: an earlier one may have ended with the time that passed.
    pub(crate) async fn lead(&self) -> String {
        self.app.session(&self.lead).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.app.send(Ask::get(path).own().cookie(&self.lead().await)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    /// Waybill's id of what goes by this name.
    pub(crate) async fn id(&self, name: &str) -> String {
        let found = self.get(&format!("/api/ui/search?q={name}")).await;
        let hits = found["hits"].as_array().expect("hits");
        assert_eq!(hits.len(), 1, "{name}: {found}");
        hits[0]["shipment_id"].as_str().expect("an id").to_owned()
    }

    pub(crate) async fn verdict(&self, name: &str) -> String {
        let readiness = self.get(&format!("/api/v1/shipments/{}/readiness", self.id(name).await)).await;
        readiness["verdict"].as_str().expect("a verdict").to_owned()
    }

    pub(crate) async fn stage(&self, name: &str) -> String {
        let detail = self.get(&format!("/api/ui/shipment?id={}", self.id(name).await)).await;
        detail["row"]["stage"].as_str().expect("a stage").to_owned()
    }

    /// Open exceptions as (kind, shipment), by queue or all.
    pub(crate) async fn open(&self, queue: &str) -> Vec<(String, String)> {
        let list = self.get(&format!("/api/v1/exceptions?view=list&snoozed=yes&queue={queue}")).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rows = list["items"].as_array().expect("rows");
        let mut rows: Vec<_> = rows.iter().map(|row| (text(&row["kind"]), text(&row["shipment"][1]))).collect();
        rows.sort();
        rows
    }

    pub(crate) async fn dispatched(&self, subject: &str) {
        let terms = json!({ "customer": "C-1", "carrier": "PRRE", "mode": "road", "region": "EU", "business_unit": "Parts" });
        self.say("tms", &format!("{subject}-dispatched"), subject, "shipment.dispatched", terms).await;
        self.pass(60).await;
    }

    pub(crate) async fn delivered(&self, subject: &str) {
        let signed = json!({ "signed_by": "M. Okafor" });
        self.say("carrier", &format!("{subject}-delivered"), subject, "shipment.delivered", signed).await;
        self.pass(1).await;
    }

    pub(crate) async fn rated(&self, subject: &str, lines: &[(&str, &str)]) {
        let lines: Vec<_> = lines.iter().map(|(code, amount)| json!({ "code": code, "amount": eur(amount) })).collect();
        let total: f64 = lines
            .iter()
            .map(|line| line["amount"]["amount"].as_str().and_then(|a| a.parse::<f64>().ok()).expect("a number"))
            .sum();
        let data = json!({ "total": eur(&format!("{total:.2}")), "charges": lines });
        self.say("rating", &format!("{subject}-rated"), subject, "charges.rated", data).await;
        let accrued = json!({ "amount": eur("900.00") });
        self.say("rating", &format!("{subject}-accrued"), subject, "accrual.created", accrued).await;
        self.pass(1).await;
    }

    pub(crate) async fn proven(&self, subject: &str) {
        let signed = json!({ "signed_by": "M. Okafor" });
        self.say("pod-app", &format!("{subject}-pod"), subject, "pod.received", signed).await;
        self.pass(1).await;
    }

    /// What a person of this role is answered: their session is new, since time passes.
    pub(crate) async fn post(&self, role: Role, path: &str, body: Value) -> Answer {
        let name = role_code(role);
        let cookie = if role == Role::FinanceLead { self.lead().await } else { self.app.session(name).await };
        self.app.send(Ask::post(path).own().cookie(&cookie).json(body)).await
    }

    /// The exception of this kind on this shipment, open or over, as the API tells it.
    pub(crate) async fn exception(&self, kind: &str, shipment: &str) -> Value {
        for state in ["", "verified", "waived"] {
            let list = self.get(&format!("/api/v1/exceptions?view=list&snoozed=yes&kind={kind}&state={state}")).await;
            let rows = list["items"].as_array().expect("rows");
            if let Some(row) = rows.iter().find(|row| row["shipment"][1] == shipment) {
                return self.get(&format!("/api/v1/exceptions/{}", row["id"].as_str().expect("an id"))).await;
            }
        }
        panic!("no {kind} on {shipment}")
    }

    /// Codes of the conditions that are not met.
    pub(crate) async fn unmet(&self, name: &str) -> Vec<String> {
        let readiness = self.get(&format!("/api/v1/shipments/{}/readiness", self.id(name).await)).await;
        let conditions = readiness["conditions"].as_array().expect("conditions");
        let unmet = conditions.iter().filter(|condition| condition["met"] == json!(false));
        unmet.map(|condition| condition["code"].as_str().expect("a code").to_owned()).collect()
    }

    /// A page as the lead reads it.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.app.send(Ask::get(path).page().cookie(&self.lead().await)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.text
    }
}

pub(crate) fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

pub(crate) fn none() -> Vec<(String, String)> {
    Vec::new()
}
