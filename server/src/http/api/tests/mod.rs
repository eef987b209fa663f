//! The routes against an intake that does as it is told.

mod described;
mod events;
mod stream;

use super::{Door, Room, described, events as routes};
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Environment, Forbidden, Grants, Scope},
        event::Limits,
        ids::QuarantineId,
        receipt::{Inbound, IntakeTerms, Receipt},
        time::Instant,
    },
    service::intake::{Intake, IntakeError},
    shutdown::Shutdown,
};
use async_trait::async_trait;
use axum::{
    Extension, Router,
    body::Body,
    http::{Request, Response, StatusCode},
};
use http_body_util::BodyExt;
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tower::ServiceExt;

/// What the fake does next time, instead of taking the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Take,
    Busy,
    Forbid,
    Fail,
}

/// An intake that takes everything, unless its script says otherwise.
#[derive(Default)]
struct Fake {
    script: Mutex<VecDeque<Turn>>,
    taken: Mutex<Vec<(IntakeTerms, Vec<Inbound>)>>,
}

#[async_trait]
impl Intake for Fake {
    async fn submit(&self, _: &Actor, terms: IntakeTerms, items: Vec<Inbound>) -> Result<Vec<Receipt>, IntakeError> {
        if items.is_empty() {
            // Asked only whether the sender may send at all.
            let forbids = self.script.lock().expect("alive").front() == Some(&Turn::Forbid);
            return if forbids { Err(Forbidden.into()) } else { Ok(Vec::new()) };
        }
        match self.script.lock().expect("alive").pop_front().unwrap_or(Turn::Take) {
            Turn::Take => {}
            Turn::Busy => return Err(IntakeError::Busy { retry_after: Duration::from_millis(1500) }),
            Turn::Forbid => return Err(Forbidden.into()),
            Turn::Fail => return Err(IntakeError::Unavailable(anyhow::anyhow!("disk full at /secret/place"))),
        }
        let mut taken = self.taken.lock().expect("alive");
        let before: usize = taken.iter().map(|(_, items)| items.len()).sum();
        let receipts = items.iter().enumerate().map(|(index, item)| match item {
            Inbound::Event(_) => Receipt::Accepted { seq: i64::try_from(before + index + 1).expect("few") },
            Inbound::Refused(refusal) => Receipt::Quarantined {
                quarantine_id: QuarantineId(format!("q-{}", before + index + 1)),
                code: refusal.code.into(),
                reason: refusal.reason.clone(),
                place: refusal.place.clone(),
            },
        });
        let receipts = receipts.collect();
        taken.push((terms, items));
        Ok(receipts)
    }
}

impl Fake {
    fn with(script: impl IntoIterator<Item = Turn>) -> Arc<Self> {
        Arc::new(Self { script: Mutex::new(script.into_iter().collect()), taken: Mutex::default() })
    }

    fn sizes(&self) -> Vec<usize> {
        self.taken.lock().expect("alive").iter().map(|(_, items)| items.len()).collect()
    }

    fn ids(&self) -> Vec<String> {
        let taken = self.taken.lock().expect("alive");
        let id = |item: &Inbound| match item {
            Inbound::Event(event) => event.id.clone(),
            Inbound::Refused(refusal) => refusal.event_id.clone().unwrap_or_default(),
        };
        taken.iter().flat_map(|(_, items)| items.iter().map(id)).collect()
    }

    fn terms(&self) -> IntakeTerms {
        self.taken.lock().expect("alive")[0].0
    }
}

fn open(fake: &Arc<Fake>) -> Router {
    // 2026-03-10T12:00:00Z
    open_as(door(fake, Clock::standing(Instant(1_773_144_000 * Instant::SECOND))))
}

fn open_as(door: Door) -> Router {
    let actor = Actor {
        name: "key:test".into(),
        grants: Grants::Sources(vec!["*".into()]),
        scope: Scope::ALL,
        environment: Environment::Sandbox,
        time_zone: "UTC".into(),
    };
    routes(door).layer(Extension(Arc::new(actor)))
}

fn door(fake: &Arc<Fake>, clock: Clock) -> Door {
    Door { intake: fake.clone(), clock, limits: Limits::DEFAULT, room: Room::NEAR, shutdown: Shutdown::new() }
}

fn event(id: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/wms","type":"com.waybill.shipment.loaded.v1","subject":"SH-1","time":"2026-03-09T14:05:00Z","data":{{"seal":"S-1"}}}}"#
    )
}

fn post(path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let request = headers.iter().fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
    request.body(body.into()).expect("a request")
}

async fn send(router: Router, request: Request<Body>) -> Response<Body> {
    router.oneshot(request).await.expect("routers answer")
}

async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.expect("whole").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("text")
}

async fn json(response: Response<Body>) -> Value {
    serde_json::from_str(&text(response).await).expect("JSON")
}

/// The status and the code of a problem.
async fn problem(response: Response<Body>) -> (StatusCode, String) {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let status = response.status();
    (status, json(response).await["code"].as_str().expect("a code").to_owned())
}
