//! What was sent, read a second, slow and obvious way: JSON lines, lists of events, and nothing of the domain.

use super::*;
use crate::domain::{
    measure::{CONSOLIDATED, NEGATIVE, NEVER_READY, NO_START, ZERO_CHARGE},
    policy::{BillingContract, PodRule, Policy},
};
use std::collections::BTreeSet;

/// An event that counts.
pub(super) struct Line {
    pub(super) source: String,
    pub(super) kind: String,
    pub(super) at: i64,
    pub(super) recorded: i64,
    pub(super) data: Value,
}

/// A shipment as its events tell it.
pub(super) struct Plain<'w> {
    pub(super) reference: String,
    pub(super) lines: Vec<&'w Line>,
    pub(super) orders: Vec<&'w Vec<Line>>,
    pub(super) world: &'w World,
}

/// Everything that was sent.
pub(super) struct World {
    shipments: BTreeMap<String, Vec<Line>>,
    orders: BTreeMap<String, Vec<Line>>,
    pub(super) policy: Policy,
}

fn micros(value: &Value) -> i64 {
    chrono::DateTime::parse_from_rfc3339(value.as_str().expect("a time")).expect("RFC 3339").timestamp_micros()
}

impl World {
    pub(super) fn of(seed: u64, options: Options) -> Self {
        Self::under(policy(), seed, options)
    }

    /// The same under other terms.
    pub(super) fn under(policy: Policy, seed: u64, options: Options) -> Self {
        let counts = |fault: Fault| !fault.is_refused() && fault != Fault::Contradicted;
        let mut events: BTreeMap<(String, String), Value> = BTreeMap::new();
        let mut taken_back = HashSet::new();
        for event in Simulation::new(seed, options).filter(|event| event.fault.is_none_or(counts)) {
            let json: Value = serde_json::from_str(&event.json).expect("sound lines are JSON");
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let source = text(&json["source"]);
            if json["type"] == "com.waybill.event.retracted.v1" {
                taken_back.insert((source, text(&json["data"]["retracts"])));
                continue;
            }
            // The same id once more is a repetition, or, with a later record time, a correction.
            let key = (source, text(&json["id"]));
            if events.get(&key).is_none_or(|held| micros(&held["recordedtime"]) < micros(&json["recordedtime"])) {
                events.insert(key, json);
            }
        }
        let mut world = Self { shipments: BTreeMap::new(), orders: BTreeMap::new(), policy };
        for ((source, _), mut json) in events.into_iter().filter(|(key, _)| !taken_back.contains(key)) {
            let kind =
                json["type"].as_str().expect("a type").trim_start_matches("com.waybill.").trim_end_matches(".v1").to_owned();
            let kind = in_our_words(kind, &mut json["data"]);
            let subject = json["subject"].as_str().expect("a subject").to_owned();
            let (at, recorded) = (micros(&json["time"]), micros(&json["recordedtime"]));
            let line = Line { source, at, recorded, data: json["data"].take(), kind };
            let of = if line.kind.starts_with("order.") { &mut world.orders } else { &mut world.shipments };
            of.entry(subject).or_default().push(line);
        }
        world
    }

    /// What was told of an order.
    pub(super) fn order(&self, reference: &str) -> Option<&Vec<Line>> {
        self.orders.get(reference)
    }

    pub(super) fn each(&self) -> impl Iterator<Item = Plain<'_>> {
        self.shipments.iter().map(|(reference, lines)| {
            let named = lines.iter().filter_map(|line| line.data["orders"].as_array()).flatten();
            let orders: BTreeSet<&str> = named.filter_map(Value::as_str).collect();
            let orders = orders.into_iter().filter_map(|order| self.orders.get(order)).collect();
            Plain { reference: reference.clone(), lines: lines.iter().collect(), orders, world: self }
        })
    }
}

/// What a vendor's own word stands for. Planning's repetitions are not believed.
fn in_our_words(kind: String, data: &mut Value) -> String {
    if kind != "shipment.status_reported" {
        return kind;
    }
    match data["code"].as_str() {
        Some("assigned" | "planned") => "vehicle.assigned".into(),
        Some("dispatched" | "loaded") => "shipment.dispatched".into(),
        Some("sync") => {
            let said = data.as_object_mut().expect("an object").remove("carrier");
            data["carrier_repeated"] = said.unwrap_or_default();
            kind
        }
        _ => kind,
    }
}

/// A duration in milliseconds, or why there is none.
pub(super) type Span = Result<i64, i32>;

/// From each end's own millisecond.
fn span(start: Option<i64>, stop: i64) -> Span {
    match start {
        None => Err(NO_START),
        Some(start) if start > stop => Err(NEGATIVE),
        Some(start) => Ok(stop.div_euclid(1_000) - start.div_euclid(1_000)),
    }
}

impl<'w> Plain<'w> {
    pub(super) fn all<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'w Line> + 's {
        self.lines.iter().copied().filter(move |line| line.kind == kind)
    }

    pub(super) fn first(&self, kind: &str) -> Option<i64> {
        self.all(kind).map(|line| line.at).min()
    }

    pub(super) fn last(&self, kind: &str) -> Option<i64> {
        self.all(kind).map(|line| line.at).max()
    }

    /// What was written down last.
    pub(super) fn word(&self, kind: &str) -> Option<&'w Line> {
        self.all(kind).max_by_key(|line| line.recorded)
    }

    pub(super) fn text(&self, name: &str) -> String {
        let told = self.lines.iter().find_map(|line| line.data[name].as_str());
        told.unwrap_or_default().to_owned()
    }

    pub(super) fn delivered(&self) -> Option<i64> {
        self.word("shipment.delivered").map(|line| line.at)
    }

    pub(super) fn delivered_to_recorded(&self) -> Option<Span> {
        self.word("shipment.delivered").map(|line| span(Some(line.at), line.recorded))
    }

    pub(super) fn proof(&self) -> Option<i64> {
        self.first("pod.received").into_iter().chain(self.first("pod.validated")).min()
    }

    pub(super) fn stands(&self, proof: Option<i64>) -> Option<i64> {
        proof.filter(|proof| self.last("pod.rejected").is_none_or(|rejected| rejected < *proof))
    }

    pub(super) fn standing_proof(&self) -> Option<i64> {
        let latest = self.stands(self.last("pod.received").max(self.last("pod.validated")))?;
        // A rejection asks for a new one; without any, the first is the one.
        if self.last("pod.rejected").is_some() { Some(latest) } else { self.proof() }
    }

    pub(super) fn validated(&self) -> Option<i64> {
        self.stands(self.last("pod.validated"))
    }

    /// When the charges were approved.
    pub(super) fn approved(&self) -> Option<i64> {
        self.word("freight_charge.approved").map(|line| line.at)
    }

    pub(super) fn invoiced(&self) -> Option<i64> {
        self.first("invoice.released")
    }

    pub(super) fn posted(&self) -> Option<i64> {
        self.first("erp_posting.succeeded")
    }

    pub(super) fn billed(&self) -> Option<i64> {
        self.invoiced().into_iter().chain(self.posted()).min()
    }

    pub(super) fn invoice_span(&self, start: Option<i64>) -> Span {
        let invoiced = self.invoiced().expect("asked of what was invoiced");
        let amount = self.lines.iter().filter(|line| line.kind.starts_with("invoice.") && !line.data["amount"].is_null());
        match amount.max_by_key(|line| line.recorded).map(|line| line.data["amount"]["amount"].as_str().expect("an amount")) {
            Some(amount) if amount.trim_matches(['0', '.']).is_empty() => Err(ZERO_CHARGE),
            _ if self.lines.iter().any(|line| !line.data["consolidation"].is_null()) => Err(CONSOLIDATED),
            _ => span(start, invoiced),
        }
    }

    pub(super) fn posting_span(&self, start: Option<i64>) -> Span {
        span(start, self.posted().expect("asked of what was posted"))
    }

    pub(super) fn transit_span(&self, delivered: i64) -> Span {
        span(self.first("shipment.dispatched"), delivered)
    }

    pub(super) fn proof_span(&self, proof: i64) -> Span {
        span(self.delivered(), proof)
    }

    /// Transit, proof, check, rating, approval, issue: each up to the latest milestone so far, none beyond the invoice.
    pub(super) fn stages(&self) -> [i64; 6] {
        let milli = |at: i64| at.div_euclid(1_000);
        let start = milli(self.first("shipment.dispatched").expect("asked of what was dispatched"));
        let stop = milli(self.invoiced().expect("asked of what was invoiced"));
        let rated = self.word("charges.rated").map(|line| line.at);
        let milestones = [self.delivered(), self.proof(), self.validated(), rated, self.approved()];
        let mut edges = vec![start];
        for milestone in milestones {
            let before = edges[edges.len() - 1];
            edges.push(milestone.map_or(before, |at| before.max(milli(at).min(stop))));
        }
        edges.push(stop);
        std::array::from_fn(|stage| edges[stage + 1] - edges[stage])
    }

    /// Whether the milestones came in their order, none before the dispatch or after the invoice.
    pub(super) fn in_order(&self) -> bool {
        let rated = self.word("charges.rated").map(|line| line.at);
        let (start, stop) = (self.first("shipment.dispatched"), self.invoiced());
        let told = [start, self.delivered(), self.proof(), self.validated(), rated, self.approved(), stop];
        let told: Vec<i64> = told.into_iter().flatten().map(|at| at.div_euclid(1_000)).collect();
        told.is_sorted()
    }

    pub(super) fn promised(&self) -> Option<i64> {
        let told = self.lines.iter().filter(|line| !line.data["promised_at"].is_null());
        told.max_by_key(|line| line.recorded).map(|line| micros(&line.data["promised_at"]))
    }

    /// Whoever complains about a shipment does not tell whose it is.
    pub(super) fn contract(&self) -> Option<&BillingContract> {
        let told = self.lines.iter().filter(|line| !line.kind.starts_with("case.") && !line.kind.starts_with("dispute."));
        let customer = told.filter_map(|line| line.data["customer"].as_str()).next()?;
        self.world.policy.contracts.iter().find(|contract| contract.customer == customer)
    }

    pub(super) fn wants_proof(&self) -> bool {
        self.contract().is_none_or(|contract| contract.pod != PodRule::None)
    }

    pub(super) fn accepted_proof(&self) -> Option<i64> {
        match self.contract().map(|contract| contract.pod) {
            Some(PodRule::Validated) => self.validated(),
            _ => self.standing_proof(),
        }
    }

    /// A proof tells the delivery where nobody else did, unless a part is still to come.
    pub(super) fn arrived(&self) -> Option<i64> {
        let latest = self.stands(self.last("pod.received").max(self.last("pod.validated")));
        self.delivered().or(latest.filter(|_| self.first("shipment.partially_delivered").is_none()))
    }

    /// Since when one of its orders stands stopped like this: a later release of that order lifts it.
    pub(super) fn stopped(&self, kind: &str) -> Option<i64> {
        let latest = |order: &[Line], kind: &str| order.iter().filter(|line| line.kind == kind).map(|line| line.at).max();
        let of = |order: &&'_ Vec<Line>| {
            let said = latest(order, kind)?;
            latest(order, "order.released").is_none_or(|released| released <= said).then_some(said)
        };
        self.orders.iter().filter_map(of).min()
    }

    /// When the last condition was met for an invoice of this time.
    pub(super) fn ready(&self, invoiced: i64) -> Result<i64, i32> {
        let contract = self.contract().ok_or(NEVER_READY)?;
        let mut needed = vec![self.arrived(), self.word("charges.rated").map(|line| line.at)];
        match contract.pod {
            PodRule::Received => needed.push(self.standing_proof()),
            PodRule::Validated => needed.push(self.validated()),
            _ => {}
        }
        if contract.temperature {
            let kept = self.all("temperature.assessed").filter(|line| line.data["compliant"] == true);
            needed.push(kept.map(|line| line.at).max());
        }
        for (raised, cleared) in
            [("delivery_exception.raised", "delivery_exception.cleared"), ("dispute.opened", "dispute.resolved")]
        {
            if let Some(raised) = self.last(raised).filter(|raised| *raised <= invoiced) {
                needed.push(self.last(cleared).filter(|cleared| *cleared >= raised));
            } else if self.last(raised).is_none() {
                needed.extend(self.last(cleared).map(Some));
            }
        }
        let stopped = ["order.credit_blocked", "order.cancelled"].into_iter().filter_map(|kind| self.stopped(kind));
        if stopped.into_iter().any(|at| at <= invoiced) {
            return Err(NEVER_READY);
        }
        needed.into_iter().try_fold(i64::MIN, |latest, at| at.map(|at| latest.max(at))).ok_or(NEVER_READY)
    }

    pub(super) fn ready_span(&self) -> Span {
        match self.invoice_span(Some(i64::MIN / 2)) {
            Err(excluded @ (ZERO_CHARGE | CONSOLIDATED)) => Err(excluded),
            _ => {
                let invoiced = self.invoiced().expect("asked of what was invoiced");
                span(Some(self.ready(invoiced)?), invoiced)
            }
        }
    }

    pub(super) fn billed_twice(&self) -> bool {
        let different =
            |kind: &str, name: &str| self.all(kind).filter_map(|line| line.data[name].as_str()).collect::<BTreeSet<_>>().len();
        different("invoice.released", "number") > 1 || different("erp_posting.succeeded", "document") > 1
    }

    /// Told of at all, and not called off before it left, arrived or was billed.
    pub(super) fn is_work(&self) -> bool {
        let left = ["shipment.dispatched", "shipment.picked_up", "shipment.in_transit", "shipment.partially_delivered"];
        let gone = left.iter().any(|kind| self.first(kind).is_some());
        let there =
            self.delivered().is_some() || self.stands(self.last("pod.received").max(self.last("pod.validated"))).is_some();
        self.first("shipment.cancelled").is_none() || gone || there || self.billed().is_some()
    }

    /// When somebody took it on, or nobody needs to any more.
    pub(super) fn taken_on(&self) -> Option<i64> {
        const TAKEN: [&str; 10] = [
            "freight.booked",
            "tender.accepted",
            "vehicle.assigned",
            "shipment.loaded",
            "shipment.dispatched",
            "shipment.picked_up",
            "shipment.in_transit",
            "shipment.partially_delivered",
            "shipment.delivered",
            "shipment.cancelled",
        ];
        let first = TAKEN.iter().filter_map(|kind| self.last(kind)).min();
        first.or_else(|| self.billed()).or_else(|| self.stands(self.last("pod.received").max(self.last("pod.validated"))))
    }

    /// The money that waits, in minor units, with its currency: invoiced, else rated, else what the freight costs.
    pub(super) fn money(&self) -> Option<(String, i64)> {
        let told = |name: &str, kind: &str| {
            let lines = self.lines.iter().filter(|line| line.kind.starts_with(kind) && !line.data[name].is_null());
            lines.max_by_key(|line| line.recorded).map(|line| money(&line.data[name]))
        };
        told("amount", "invoice.").or_else(|| told("total", "charges.rated")).or_else(|| told("freight_cost", ""))
    }
}

fn money(value: &Value) -> (String, i64) {
    let (amount, currency) = (value["amount"].as_str().expect("an amount"), value["currency"].as_str().expect("a currency"));
    let (whole, cents) = amount.split_once('.').unwrap_or((amount, ""));
    assert!(cents.len() == 2 || cents.is_empty(), "the simulated currencies have cents: {amount} {currency}");
    (
        currency.to_owned(),
        whole.parse::<i64>().expect("digits") * if cents.is_empty() { 1 } else { 100 } + cents.parse().unwrap_or(0),
    )
}
