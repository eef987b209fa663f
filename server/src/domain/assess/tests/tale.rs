//! A shipment's tale: canonical events, read as intake reads them, folded, and looked at.

use crate::domain::{
    assess::{Assessment, Inputs, assess},
    event::{CanonicalEvent, EventType, Limits, ReadTerms, SubjectKind, read},
    exception::{DETECTORS, ExceptionKind, Sign},
    folding::Folding,
    order::{OrderFlags, OrderState},
    policy::Policy,
    readiness::{Condition, HoldKind, conditions},
    shipment::{Hearing, ShipmentState},
    time::Instant,
};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 2026-03-02T00:00:00Z, a Monday: minute 0 of every tale.
const MONDAY: i64 = 1_772_409_600;

/// Minutes of so many hours.
pub(super) const fn hours(hours: i64) -> i64 {
    hours * 60
}

/// The instant of a minute of the tale.
pub(super) fn instant(minute: i64) -> Instant {
    Instant(MONDAY * Instant::SECOND).plus(minute * Instant::MINUTE)
}

/// The same as in an event.
pub(super) fn rfc3339(minute: i64) -> String {
    let time = DateTime::from_timestamp_micros(instant(minute).0).expect("a time");
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Money as in an event.
pub(super) fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// What was told so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Tale {
    events: Vec<(i64, CanonicalEvent)>,
    /// TOML, joined when it is looked at.
    policy: String,
    waivers: Vec<HoldKind>,
    history: bool,
}

impl Tale {
    /// Nothing yet. Customer `C-1` has a contract that asks for a delivery and rated charges.
    pub(super) fn new() -> Self {
        Self { policy: "[[contracts]]\ncustomer = \"C-1\"\n".into(), ..Self::default() }
    }

    /// The same for old data.
    pub(super) fn old() -> Self {
        Self { history: true, ..Self::new() }
    }

    /// The contract asks for a signed POD.
    pub(super) fn signed_contract(self) -> Self {
        self.contract("pod = \"signed\"")
    }

    /// The contract asks for this.
    pub(super) fn contract(mut self, terms: &str) -> Self {
        self.policy = format!("[[contracts]]\ncustomer = \"C-1\"\n{terms}\n");
        self
    }

    /// The policy says this before its contracts.
    pub(super) fn policy(mut self, toml: &str) -> Self {
        self.policy = format!("{toml}\n{}", self.policy);
        self
    }

    /// A person waived it.
    pub(super) fn waived(mut self, kind: HoldKind) -> Self {
        self.waivers.push(kind);
        self
    }

    /// From the order to the books, as it should be: with a signed POD an hour after the delivery.
    pub(super) fn healthy() -> Self {
        Self::new()
            .signed_contract()
            .with_order("order.released", "SO-1", -60, json!({}))
            .with(
                "shipment.planned",
                0,
                json!({
                    "orders": ["SO-1"], "promised_at": rfc3339(hours(72)), "freight_cost": usd("900.00"), "business_unit": "B1"
                }),
            )
            .with("tender.sent", 60, json!({ "carrier": "DHL" }))
            .with("tender.accepted", 120, json!({ "carrier": "DHL" }))
            .told("shipment.dispatched", hours(20))
            .told("shipment.in_transit", hours(40))
            .told("shipment.delivered", hours(50))
            .with("pod.received", hours(51), json!({ "signed_by": "A. Ortiz" }))
            .with(
                "charges.rated",
                hours(52),
                json!({
                    "total": usd("1000.00"),
                    "charges": [{ "code": "base", "amount": usd("900.00") }, { "code": "liftgate", "amount": usd("100.00") }]
                }),
            )
            .with("accrual.created", hours(53), json!({ "amount": usd("900.00") }))
            .with("invoice.released", hours(60), json!({ "number": "INV-1", "amount": usd("1005.00") }))
            .with("erp_posting.succeeded", hours(61), json!({ "document": "51001" }))
            .with("carrier_invoice.received", hours(240), json!({ "number": "F-1", "amount": usd("910.00") }))
    }

    /// One more event of the shipment, at that minute, with no more data than it needs.
    pub(super) fn told(self, kind: &str, minute: i64) -> Self {
        self.with(kind, minute, least(kind))
    }

    /// The same with data. Every event but a carrier's names the customer.
    pub(super) fn with(mut self, kind: &str, minute: i64, data: Value) -> Self {
        let mut data = data;
        if data.get("customer").is_none() {
            data["customer"] = json!("C-1");
        } else if data["customer"].is_null() {
            data.as_object_mut().expect("an object").remove("customer");
        }
        self.push(kind, "SH-1", minute, data);
        self
    }

    /// The last event is this source's.
    pub(super) fn by(mut self, source: &str) -> Self {
        self.events.last_mut().expect("something was told").1.source = source.to_owned();
        self
    }

    /// An event of which only the day is known.
    pub(super) fn on_day(self, kind: &str, minute: i64) -> Self {
        let mut data = least(kind);
        data["precision"] = json!("day");
        self.with(kind, minute, data)
    }

    /// An event of an order.
    pub(super) fn with_order(mut self, kind: &str, order: &str, minute: i64, data: Value) -> Self {
        self.push(kind, order, minute, data);
        self
    }

    /// Customer `C-1042` of the contracts' examples, whose contract asks for this.
    pub(super) fn of_examples(terms: &str) -> Self {
        Self { policy: format!("[[contracts]]\ncustomer = \"C-1042\"\n{terms}\n"), ..Self::default() }
    }

    /// An event as it stands in a contract's example, at that minute.
    pub(super) fn example(self, event_type: EventType, minute: i64) -> Self {
        self.example_but(event_type, minute, |_| {})
    }

    /// The same with a change.
    pub(super) fn example_but(mut self, event_type: EventType, minute: i64, change: impl FnOnce(&mut Value)) -> Self {
        let mut event: Value = serde_json::from_str(event_type.example()).expect("an example is JSON");
        event["id"] = json!(format!("{}-{}", event["id"].as_str().expect("has one"), self.events.len()));
        (event["time"], event["recordedtime"]) = (json!(rfc3339(minute)), json!(rfc3339(minute)));
        change(&mut event);
        self.read(minute, &event);
        self
    }

    /// What was told of one of several shipments, and of all orders.
    pub(super) fn shipment(&self, reference: &str) -> Self {
        let of = |event: &CanonicalEvent| event.event_type.subject_kind() == SubjectKind::Order || event.subject == reference;
        let events = self.events.iter().filter(|(_, event)| of(event)).cloned().collect();
        Self { events, ..self.clone() }
    }

    fn push(&mut self, kind: &str, subject: &str, minute: i64, data: Value) {
        let event = json!({
            "specversion": "1.0", "id": format!("e{}", self.events.len()), "source": "test",
            "type": format!("com.waybill.{kind}.v1"), "subject": subject,
            "time": rfc3339(minute), "recordedtime": rfc3339(minute), "data": data
        });
        self.read(minute, &event);
    }

    fn read(&mut self, minute: i64, event: &Value) {
        let terms = ReadTerms { now: instant(hours(24 * 365)), limits: Limits::DEFAULT };
        let event = read(event.to_string().as_bytes(), &terms).unwrap_or_else(|refusal| panic!("{}: {event}", refusal.reason));
        self.events.push((minute, event));
    }

    /// The same, all of it written down at that minute.
    pub(super) fn recorded_at(&self, minute: i64) -> Self {
        let mut tale = self.clone();
        tale.events.iter_mut().for_each(|(_, event)| event.recorded_time = Some(instant(minute)));
        tale
    }

    /// What was told up to that minute.
    pub(super) fn until(&self, minute: i64) -> Self {
        let events = self.events.iter().filter(|(at, _)| *at <= minute).cloned().collect();
        Self { events, ..self.clone() }
    }

    /// The same without the events of this kind.
    pub(super) fn without(&self, kind: &str) -> Self {
        let name = format!("com.waybill.{kind}.v1");
        let events = self.events.iter().filter(|(_, event)| event.event_type.name() != name).cloned().collect();
        Self { events, ..self.clone() }
    }

    /// Everything believed of the shipment: folded forwards and backwards, which must agree.
    pub(super) fn state(&self) -> ShipmentState {
        let fold = |events: &mut dyn Iterator<Item = &(i64, CanonicalEvent)>| {
            let mut state = ShipmentState::default();
            let folding = Folding::of(&self.configured());
            for (minute, event) in events.filter(|(_, event)| event.event_type.subject_kind() == SubjectKind::Shipment) {
                let recorded_at = instant(*minute);
                state.apply(event, &Hearing { recorded_at, history: self.history, folding: &folding });
            }
            state
        };
        let state = fold(&mut self.events.iter());
        assert_eq!(state, fold(&mut self.events.iter().rev().chain(self.events.first())));
        state
    }

    fn orders(&self, state: &ShipmentState) -> OrderFlags {
        let mut orders: BTreeMap<&str, OrderState> = BTreeMap::new();
        for (minute, event) in self.events.iter().filter(|(_, event)| event.event_type.subject_kind() == SubjectKind::Order) {
            orders.entry(&event.subject).or_default().apply(event, instant(*minute));
        }
        OrderFlags::of(state.orders.iter().map(|name| (name.as_str(), orders.get(name.as_str()))))
    }

    fn configured(&self) -> Policy {
        let policy: Policy = toml::from_str(&self.policy).unwrap_or_else(|error| panic!("{error}: {}", self.policy));
        assert_eq!(policy.problems(), Vec::<String>::new());
        policy
    }

    fn inputs<T>(&self, minute: i64, ask: impl FnOnce(&Inputs<'_>) -> T) -> T {
        let state = self.state();
        let policy = self.configured();
        let orders = self.orders(&state);
        ask(&Inputs { state: &state, orders: &orders, waivers: &self.waivers, policy: &policy, now: instant(minute) })
    }

    /// What it comes to at that minute.
    pub(super) fn look(&self, minute: i64) -> Assessment {
        self.inputs(minute, assess)
    }

    /// Codes of what is found then.
    pub(super) fn kinds(&self, minute: i64) -> Vec<&'static str> {
        self.look(minute).findings.iter().map(|finding| finding.kind.code()).collect()
    }

    /// What holds it then.
    pub(super) fn holds(&self, minute: i64) -> Vec<&'static str> {
        self.look(minute).holds.iter().map(HoldKind::code).collect()
    }

    /// The checklist.
    pub(super) fn conditions(&self, minute: i64) -> Vec<Condition> {
        self.inputs(minute, conditions)
    }

    /// What the detector of this kind answers then.
    pub(super) fn sign(&self, kind: ExceptionKind, minute: i64) -> Answer {
        self.inputs(minute, |inputs| {
            let found = assess(inputs).findings.into_iter().find(|finding| finding.kind == kind);
            let case = crate::domain::assess::Case::of(inputs);
            let detect = DETECTORS.iter().find(|(detected, _)| *detected == kind).expect("has a detector").1;
            match (found, detect(&case)) {
                (Some(finding), _) => Answer::Found(minutes(finding.since), finding.detail),
                (None, Sign::Due(at)) => Answer::Due(minutes(at)),
                (None, _) => Answer::Clear,
            }
        })
    }
}

/// As little as the contract of such an event asks for.
fn least(kind: &str) -> Value {
    match kind {
        "shipment.planned" => json!({ "freight_cost": usd("900.00") }),
        "charges.rated" => json!({ "total": usd("1000.00") }),
        "freight_charge.approved" => json!({ "total": usd("900.00") }),
        "accrual.created" | "accrual.reversed" => json!({ "amount": usd("900.00") }),
        "carrier_invoice.received" => json!({ "number": "F-1", "amount": usd("900.00") }),
        "delivery_exception.raised" | "delivery_exception.cleared" => json!({ "code": "damaged" }),
        "vehicle.broke_down" | "vehicle.maintenance_alerted" => json!({ "vehicle": "TRK-1" }),
        "case.created" | "case.resolved" => json!({ "number": "CS-1" }),
        "dispute.opened" | "dispute.resolved" => json!({ "number": "DP-1", "reason": "rate" }),
        "temperature.assessed" => json!({ "compliant": true }),
        _ => json!({}),
    }
}

/// What a detector answers, in minutes of the tale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Clear,
    Due(i64),
    Found(i64, String),
}

/// Found since then, for this cause.
pub(super) fn found(since: i64, detail: &str) -> Answer {
    Answer::Found(since, detail.to_owned())
}

/// Every row's tale comes to what the row says.
pub(super) fn table(kind: ExceptionKind, rows: impl IntoIterator<Item = (&'static str, Tale, i64, Answer)>) {
    for (name, tale, minute, answer) in rows {
        assert_eq!(tale.sign(kind, minute), answer, "{}: {name}", kind.code());
    }
}

fn minutes(at: Instant) -> i64 {
    at.since(instant(0)).div_euclid(Instant::MINUTE)
}
