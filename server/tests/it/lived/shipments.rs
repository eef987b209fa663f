//! What happened to shipments on their way to the invoice, counted from what was sent, from what was put in, and from what people did
//! here: K10 and K11, a second, plain way.

use super::{App, BTreeMap, Instant, figures::Ledger};
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

fn at(event: &Value, name: &str) -> i64 {
    let text = event[name].as_str().expect("a time");
    chrono::DateTime::parse_from_rfc3339(text).expect("RFC 3339").timestamp_micros()
}

fn earliest(held: Option<i64>, at: i64) -> Option<i64> {
    Some(held.map_or(at, |held| held.min(at)))
}

impl Ledger {
    /// People put their hands on what is newest.
    pub(super) async fn touch(&mut self, app: &App, now: Instant) {
        let newest: Vec<(String, i64, String)> = query_as(
            "SELECT id, version, subject FROM exceptions WHERE state = 'open' AND shipment_id IS NOT NULL
             ORDER BY detected_at DESC, subject, kind LIMIT 3",
        )
        .fetch_all(&app.database.read)
        .await
        .expect("exceptions");
        let act = Act {
            sight: Sight { environment: Environment::Live, scope: Scope::ALL },
            actor: "user:ben".into(),
            what: Deed::Assign(format!("ben{}", now.0)),
            on: newest.iter().map(|(id, version, _)| (id.clone(), *version)).collect(),
            note: String::new(),
            may_waive: false,
            now,
        };
        app.database.act_on_exceptions(act).await.expect("acts");
        self.touches.extend(newest.into_iter().map(|(.., subject)| (subject, now.0)));
    }

    /// What counts of all that was sent, by shipment: the last record of an id, unless its source took it back.
    fn ways(&self) -> BTreeMap<&str, Way> {
        let back: BTreeSet<(&str, &str)> = self
            .bodies
            .iter()
            .flat_map(|((source, _), bodies)| bodies.iter().map(move |body| (source, body)))
            .filter(|(_, body)| body["type"] == "com.waybill.event.retracted.v1")
            .filter_map(|(source, body)| Some((&**source, body["data"]["retracts"].as_str()?)))
            .collect();
        let mut ways: BTreeMap<&str, (Way, i64)> = BTreeMap::new();
        for (_, bodies) in self.bodies.iter().filter(|((source, id), _)| !back.contains(&(&**source, &**id))) {
            let first = &bodies[0];
            let event = bodies.iter().fold(
                first,
                |held, body| {
                    if at(held, "recordedtime") < at(body, "recordedtime") { body } else { held }
                },
            );
            let (way, recorded) = ways.entry(event["subject"].as_str().expect("a subject")).or_insert((Way::default(), i64::MIN));
            let happened = at(event, "time");
            match (event["type"].as_str().expect("a type"), event["data"]["code"].as_str()) {
                ("com.waybill.shipment.dispatched.v1", _)
                | ("com.waybill.shipment.status_reported.v1", Some("dispatched" | "loaded")) => {
                    way.dispatched = earliest(way.dispatched, happened);
                }
                ("com.waybill.shipment.delivered.v1", _) if at(event, "recordedtime") > *recorded => {
                    (way.delivered, *recorded) = (Some(happened), at(event, "recordedtime"));
                }
                ("com.waybill.invoice.released.v1", _) => way.invoiced = earliest(way.invoiced, happened),
                _ => {}
            }
        }
        ways.into_iter().map(|(subject, (way, _))| (subject, way)).collect()
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
                let found = found.map(|(found, _)| *found).min();
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
