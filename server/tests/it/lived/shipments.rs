//! What happened to shipments on their way to the invoice, counted from what was sent, from what was put in, and from what people did
//! here: K10 and K11, a second, plain way.

use super::{App, BTreeMap, Instant, figures::Ledger};
use crate::support::csv::hundredths;
use serde_json::Value;
use std::collections::BTreeSet;
use waybill_server::{
    domain::access::{Environment, Scope},
    store::{
        exceptions::{Act, Deed, ExceptionStore},
        shipments::Sight,
        sql::query_as,
    },
};

/// When a shipment was first dispatched, was delivered as it was last said, and was first invoiced.
#[derive(Debug, Default)]
struct Way {
    dispatched: Option<i64>,
    delivered: Option<i64>,
    invoiced: Option<i64>,
}

/// A figure: how many there are, and how many of them count.
type Told = (u64, u64);

pub(super) fn at(event: &Value, name: &str) -> i64 {
    let text = event[name].as_str().expect("a time");
    chrono::DateTime::parse_from_rfc3339(text).expect("RFC 3339").timestamp_micros()
}

/// What an event tells, in our words.
pub(super) fn kind(event: &Value) -> &str {
    let kind = event["type"].as_str().expect("a type").trim_start_matches("com.waybill.").trim_end_matches(".v1");
    match event["data"]["code"].as_str() {
        Some("dispatched" | "loaded") if kind == "shipment.status_reported" => "shipment.dispatched",
        _ => kind,
    }
}

fn earliest(held: Option<i64>, at: i64) -> Option<i64> {
    Some(held.map_or(at, |held| held.min(at)))
}

impl Ledger {
    /// People put their hands on what is newest.
    pub(super) async fn touch(&mut self, app: &App, now: Instant) {
        let newest: Vec<(String, i64, String, String)> = query_as(
            "SELECT id, version, subject, kind FROM exceptions WHERE state = 'open' AND shipment_id IS NOT NULL
             ORDER BY detected_at DESC, subject, kind LIMIT 3",
        )
        .fetch_all(&app.database.read)
        .await
        .expect("exceptions");
        let act = Act {
            sight: Sight { environment: Environment::Live, scope: Scope::ALL },
            actor: "user:ben".into(),
            what: Deed::Assign(format!("ben{}", now.0)),
            on: newest.iter().map(|(id, version, ..)| (id.clone(), *version)).collect(),
            note: String::new(),
            may_waive: false,
            now,
        };
        app.database.act_on_exceptions(act).await.expect("acts");
        for (.., subject, kind) in newest {
            let spells = self.spells.get_mut(&(kind, subject.clone())).expect("it was put in");
            spells.last_mut().expect("it came").given = true;
            self.touches.push((subject, now.0));
        }
    }

    /// People accept the silence of whom it is newest.
    pub(super) async fn waive(&mut self, app: &App, now: Instant) {
        let newest: Vec<(String, i64, String)> = query_as(
            "SELECT id, version, subject FROM exceptions WHERE state = 'open' AND kind = 'status_stale'
             ORDER BY detected_at DESC, subject LIMIT 1",
        )
        .fetch_all(&app.database.read)
        .await
        .expect("exceptions");
        let act = Act {
            sight: Sight { environment: Environment::Live, scope: Scope::ALL },
            actor: "user:ben".into(),
            what: Deed::Waive,
            on: newest.iter().map(|(id, version, _)| (id.clone(), *version)).collect(),
            note: "on the phone all is well".into(),
            may_waive: true,
            now,
        };
        app.database.act_on_exceptions(act).await.expect("acts");
        for (.., subject) in newest {
            let spells = self.spells.get_mut(&("status_stale".to_owned(), subject.clone())).expect("it was put in");
            spells.last_mut().expect("it came").waived = Some(now.0);
            self.touches.push((subject, now.0));
        }
    }

    /// What counts of all that was sent, by what it is about: the last record of an id, unless its source took it back.
    pub(super) fn counts(&self) -> BTreeMap<&str, Vec<&Value>> {
        let back: BTreeSet<(&str, &str)> = self
            .bodies
            .iter()
            .flat_map(|((source, _), bodies)| bodies.iter().map(move |body| (source, body)))
            .filter(|(_, body)| body["type"] == "com.waybill.event.retracted.v1")
            .filter_map(|(source, body)| Some((&**source, body["data"]["retracts"].as_str()?)))
            .collect();
        let mut told: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for (_, bodies) in self.bodies.iter().filter(|((source, id), _)| !back.contains(&(&**source, &**id))) {
            let later = |held, body| if at(held, "recordedtime") < at(body, "recordedtime") { body } else { held };
            let event = bodies.iter().fold(&bodies[0], later);
            told.entry(event["subject"].as_str().expect("a subject")).or_default().push(event);
        }
        told
    }

    fn ways(&self) -> BTreeMap<&str, Way> {
        let way = |events: Vec<&Value>| {
            let (mut way, mut recorded) = (Way::default(), i64::MIN);
            for event in events {
                let happened = at(event, "time");
                match kind(event) {
                    "shipment.dispatched" => way.dispatched = earliest(way.dispatched, happened),
                    "shipment.delivered" if at(event, "recordedtime") > recorded => {
                        (way.delivered, recorded) = (Some(happened), at(event, "recordedtime"));
                    }
                    "invoice.released" => way.invoiced = earliest(way.invoiced, happened),
                    _ => {}
                }
            }
            way
        };
        self.counts().into_iter().map(|(subject, events)| (subject, way(events))).collect()
    }

    /// How many are on their way: they left or were loaded, and nothing later was told.
    pub(super) fn under_way(&self, is_asked: impl Fn(&str) -> bool) -> u64 {
        const MOVES: [&str; 8] = [
            "shipment.dispatched",
            "shipment.loaded",
            "shipment.picked_up",
            "shipment.departed",
            "warehouse.departed",
            "shipment.in_transit",
            "shipment.partially_delivered",
            "shipment.refused",
        ];
        const OVER: [&str; 4] = ["shipment.delivered", "invoice.released", "erp_posting.succeeded", "shipment.cancelled"];
        let moves = |events: &[&Value]| {
            let last = |of: &[&str]| events.iter().filter(|event| of.contains(&kind(event))).map(|event| at(event, "time")).max();
            let proof = last(&["pod.received", "pod.validated"]);
            let proven = proof.is_some_and(|proof| last(&["pod.rejected"]).is_none_or(|rejected| rejected < proof));
            last(&MOVES).is_some() && last(&OVER).is_none() && !proven
        };
        self.counts().iter().filter(|(subject, events)| is_asked(subject) && moves(events)).count() as u64
    }

    /// The money that waits for what has something wrong, each shipment's once: hundredths by currency. What is invoiced, else what is
    /// rated, else what the freight costs, as it was told last.
    pub(super) fn at_stake(&self, is_asked: impl Fn(&str) -> bool) -> BTreeMap<String, i64> {
        let open = self.spells.iter().filter(|(_, spells)| spells.iter().any(|spell| spell.over().is_none()));
        let open: BTreeSet<&str> = open.map(|((_, subject), _)| &**subject).filter(|subject| is_asked(subject)).collect();
        let counts = self.counts();
        let mut money = BTreeMap::new();
        for events in open.iter().filter_map(|subject| counts.get(subject)) {
            let told = |of: &[(&str, &str)]| {
                let named = |event: &&Value| of.iter().find(|(start, _)| kind(event).starts_with(start)).map(|(_, name)| *name);
                let told = events.iter().filter_map(|event| Some((at(event, "recordedtime"), &event["data"][named(event)?])));
                told.filter(|(_, money)| !money.is_null()).max_by_key(|(recorded, _)| *recorded).map(|(_, money)| money)
            };
            let cost = [("freight_charge.approved", "total"), ("", "freight_cost")];
            let told = told(&[("invoice.", "amount")]).or_else(|| told(&[("charges.rated", "total")])).or_else(|| told(&cost));
            if let Some(told) = told {
                let currency = told["currency"].as_str().expect("a currency").to_owned();
                *money.entry(currency).or_default() += hundredths(told["amount"].as_str().expect("an amount"));
            }
        }
        money.retain(|_, sum| *sum != 0);
        money
    }

    /// Delivered, and of these those with something wrong before the invoice. Then invoiced, and of these those that nobody touched since
    /// the dispatch, and since the delivery.
    pub(super) fn quality(&self, is_asked: impl Fn(&str) -> bool, inside: impl Fn(i64) -> bool) -> [Told; 3] {
        let mut told = [(0, 0); 3];
        let mut count = |place: usize, counts: bool| {
            let (n, of): &mut Told = &mut told[place];
            (*n, *of) = (*n + 1, *of + u64::from(counts));
        };
        for (subject, Way { dispatched, delivered, invoiced }) in self.ways().into_iter().filter(|(subject, _)| is_asked(subject))
        {
            if delivered.is_some_and(&inside) {
                let found = self.spells.iter().filter(|((_, of), _)| of == subject).filter_map(|(_, spells)| spells.first());
                let found = found.map(|spell| spell.found).min();
                count(0, found.is_some_and(|found| invoiced.is_none_or(|invoiced| found < invoiced)));
            }
            let Some(invoiced) = invoiced.filter(|at| inside(*at)) else { continue };
            for (place, start) in [(1, dispatched), (2, delivered)] {
                let touched = |start: i64| self.touches.iter().any(|(of, at)| of == subject && (start..=invoiced).contains(at));
                if let Some(start) = start.filter(|start| *start <= invoiced) {
                    count(place, !touched(start));
                }
            }
        }
        told
    }
}

/// What a figure says, and what its part of this code says.
pub(super) fn said(kpi: &Value, part: Option<&str>) -> Told {
    let of = match part {
        None => kpi,
        Some(code) => kpi["parts"].as_array().expect("parts").iter().find(|part| part["code"] == code).expect("the part"),
    };
    (of["n"].as_u64().expect("a count"), of["value"]["part"].as_u64().expect("a count"))
}
