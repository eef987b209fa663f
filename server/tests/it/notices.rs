//! What others are told through a real NATS server: every notice at least once, those of a shipment in their order, whoever is killed.

use crate::{
    broker::{World, told, until_told},
    kill::Server,
    replicas,
    support::{
        fleet::{ready, signal},
        nats::Nats,
    },
};
use async_nats::jetstream::{
    Context,
    consumer::{AckPolicy, pull},
};
use futures::StreamExt;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use waybill_server::{
    domain::{fact::FactKey, outward::rfc3339, shipment::ShipmentState},
    startup::Database,
    store::sql::query_as,
};

const STREAM: &str = "WAYBILL_OUT";
/// Shipments of a round.
const SHIPMENTS: usize = 12;
/// What a shipment of these tests comes to, in this order.
const WAY: [&str; 5] = ["dispatched", "delivered", "billed", "posted", "synchronised"];

fn event(shipment: &str, n: usize) -> Value {
    let (kind, data) = [
        ("shipment.dispatched", json!({ "carrier": "C1" })),
        ("shipment.delivered", json!({})),
        ("invoice.released", json!({ "number": "I-1" })),
        ("erp_posting.succeeded", json!({ "document": "D-1", "ledger": "receivable", "invoice": "I-1" })),
    ][n]
        .clone();
    json!({
        "specversion": "1.0", "source": "kill", "id": format!("{shipment}-{n}"), "type": format!("com.waybill.{kind}.v1"),
        "subject": shipment, "time": format!("2026-03-0{}T08:00:00Z", n + 1), "data": data,
    })
}

/// Everything that the stream has, in its order.
pub(crate) async fn heard(context: &Context) -> Vec<Value> {
    let stream = context.get_stream(STREAM).await.expect("made");
    let messages = stream.cached_info().state.messages;
    let consumer =
        stream.create_consumer(pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() }).await.expect("made");
    let mut heard = Vec::new();
    let mut coming = consumer.messages().await.expect("asked");
    while (heard.len() as u64) < messages {
        let message = coming.next().await.expect("more").expect("a message");
        let event: Value = serde_json::from_slice(&message.payload).expect("JSON");
        let headers = message.headers.as_ref().expect("headers");
        assert_eq!(headers.get("Nats-Msg-Id").map(|id| id.as_str()), event["id"].as_str());
        heard.push(event);
    }
    heard
}

/// The last word of a notice's type: `delivered`.
fn what(event: &Value) -> String {
    let name = event["type"].as_str().expect("text");
    name.trim_start_matches("com.waybill.").trim_start_matches("progress.").trim_end_matches(".v1").to_owned()
}

/// Each shipment's way in the order in which it was first told, and that nothing which was told later is earlier.
fn ways(heard: &[Value]) -> BTreeMap<String, Vec<String>> {
    let (mut ways, mut ids, mut last) = (BTreeMap::<String, Vec<String>>::new(), BTreeSet::new(), BTreeMap::new());
    for event in heard {
        if !ids.insert(event["id"].as_str().expect("text")) {
            continue;
        }
        let (shipment, sequence) = (event["subject"].as_str().expect("text"), event["sequence"].as_str().expect("text"));
        let before = last.insert(shipment, sequence);
        assert!(before.is_none_or(|before| before < sequence), "{shipment}: {sequence} after {before:?}");
        if event["type"].as_str().expect("text").starts_with("com.waybill.progress.") {
            assert_eq!(event["data"]["change"], "reached", "{event}");
            ways.entry(shipment.to_owned()).or_default().push(what(event));
        }
    }
    ways
}

/// What was told last of each step of a shipment, and of each exception, is what stands.
pub(crate) async fn tell_what_stands(database: &Database, heard: &[Value]) {
    let mut last = BTreeMap::<(String, &str), &Value>::new();
    for notice in heard {
        let of = match notice["data"]["exception"].as_str() {
            Some(exception) => ("exception".to_owned(), exception),
            None => (what(notice), notice["subject"].as_str().expect("text")),
        };
        let held = last.entry(of).or_insert(notice);
        if held["sequence"].as_str() < notice["sequence"].as_str() {
            *held = notice;
        }
    }
    let told = |step: &str, at: &str| -> Vec<String> {
        let stands = |told: &Value| told["data"]["change"] != "withdrawn" && what(told) != "exception.closed";
        let of_step = last.iter().filter(|((of, _), told)| of == step && stands(told));
        of_step.map(|((_, name), told)| format!("{name} {}", told["data"][at].as_str().unwrap_or_default())).collect()
    };
    let states = "SELECT reference, state FROM shipments ORDER BY reference";
    let states: Vec<(String, String)> = query_as(states).fetch_all(&database.read).await.expect("reads");
    for (step, key) in [("dispatched", FactKey::Dispatched), ("delivered", FactKey::Delivered)] {
        let at = |state: &str| serde_json::from_str::<ShipmentState>(state).expect("a state").facts.at(key);
        let stand = states.iter().filter_map(|(name, state)| Some(format!("{name} {}", rfc3339(at(state)?.0))));
        let stand: Vec<String> = stand.collect();
        assert!(stand.len() > 20, "{stand:?}");
        agree(step, &told(step, "at"), &stand);
    }
    let open = "SELECT id FROM exceptions WHERE state IN ('open', 'claimed') ORDER BY id";
    let stand: Vec<(String,)> = query_as(open).fetch_all(&database.read).await.expect("reads");
    let stand: Vec<String> = stand.into_iter().map(|(id,)| format!("{id} ")).collect();
    assert!(stand.len() > 20, "{stand:?}");
    agree("exceptions", &told("exception", ""), &stand);
}

fn agree(of: &str, told: &[String], stand: &[String]) {
    let only = |these: &[String], those: &[String]| these.iter().filter(|one| !those.contains(one)).cloned().collect::<Vec<_>>();
    assert!(told == stand, "{of}: told only {:?}, not told {:?}", only(told, stand), only(stand, told));
}

/// Waits until nothing waits to be told.
async fn until_empty(world: &World) {
    while world.count("outbox").await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_notice_is_told_in_the_order_of_its_shipment_whoever_is_killed() {
    for postgres in [None, Some(replicas::fresh_database().await)] {
        let (mut nats, world) = (Nats::start().await, World::on(postgres));
        let mut server = world.serve(&nats.url());
        until_told(&server, "ok").await;
        let mut expected = BTreeSet::new();
        for round in 0..3 {
            let shipments: Vec<String> = (0..SHIPMENTS).map(|n| format!("SH {round}.{n}")).collect();
            for step in 0..4 {
                for shipments in shipments.chunks(4) {
                    let batch: Vec<Value> = shipments.iter().map(|shipment| event(shipment, step)).collect();
                    assert_eq!(server.send(&json!(batch)).await, vec!["accepted"; batch.len()]);
                }
                match (round, step) {
                    // The broker goes away while there is something to tell, and comes back.
                    (1, 1) => nats.kill(),
                    (1, 3) => nats.begin().await,
                    // Waybill is killed while it tells.
                    (2, 1 | 3) => {
                        server.kill();
                        server = world.serve(&nats.url());
                    }
                    _ => {}
                }
            }
            expected.extend(shipments);
        }
        until_told(&server, "ok").await;
        until_empty(&world).await;
        server.kill();
        let heard = heard(&nats.client().await).await;
        let ways = ways(&heard);
        assert!(ways.keys().eq(expected.iter()), "{} shipments were told of, {} sent", ways.len(), expected.len());
        for (shipment, way) in &ways {
            assert_eq!(*way, WAY, "{shipment}");
        }
        assert!(heard.iter().any(|event| what(event) == "exception.opened"), "an exception is among it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_of_a_world_that_is_closed_and_nothing_is_lost_while_the_broker_is_away() {
    let (mut nats, world) = (Nats::absent(), World::on(None));
    let mut server = world.serve(&nats.url());
    assert_eq!(server.send(&json!([event("SH-1", 0), event("SH-1", 1)])).await, ["accepted", "accepted"]);
    assert_eq!(told(&server).await, (true, "no connection".into()));
    assert!(world.count("outbox").await >= 2);
    nats.begin().await;
    until_empty(&world).await;
    let context = nats.client().await;
    assert_eq!(ways(&heard(&context).await)["SH-1"], ["dispatched", "delivered"]);
    // A delivery that was taken back, and an exception that somebody hears of twice.
    let back = json!({
        "specversion": "1.0", "source": "kill", "id": "back", "type": "com.waybill.event.retracted.v1", "subject": "SH-1",
        "time": "2026-03-04T08:00:00Z", "data": { "retracts": "SH-1-1", "reason": "wrong_shipment" },
    });
    assert_eq!(server.send(&json!([back])).await, ["accepted"]);
    until_empty(&world).await;
    let last = heard(&context).await.into_iter().rfind(|event| what(event) == "delivered").expect("told");
    assert_eq!((&last["data"]["change"], &last["data"]["at"]), (&json!("withdrawn"), &Value::Null));
    server.kill();
    let closed = world.command().args(["broker", "close"]).output().expect("it runs");
    assert!(closed.status.success(), "{closed:?}");
    assert_eq!(world.count("outlets").await, 0);
    let mut server = world.serve_without_broker();
    assert_eq!(server.send(&json!([event("SH-2", 0)])).await, ["accepted"]);
    assert_eq!(world.count("outbox").await, 0);
    server.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_stopped_while_telling_tells_nothing_twice() {
    let (mut nats, world) = (Nats::start().await, World::on(Some(replicas::fresh_database().await)));
    let servers = [world.serve(&nats.url()), world.serve(&nats.url())];
    for server in &servers {
        until_told(server, "ok").await;
    }
    let teller = teller(&servers, None).await;
    let (stopped, other) = (&servers[teller], &servers[1 - teller]);
    // What it has to tell is on its way when it is stopped: the broker is away, and so each is told again and again.
    nats.kill();
    until_told(stopped, "no connection").await;
    for step in 0..4 {
        let batch: Vec<Value> = (0..SHIPMENTS).map(|n| event(&format!("SH-{n}"), step)).collect();
        assert_eq!(other.send(&json!(batch)).await, vec!["accepted"; SHIPMENTS]);
    }
    signal(stopped, "-STOP");
    nats.begin().await;
    // Past its lease the other one tells all of it.
    assert_eq!(self::teller(&servers, Some(teller)).await, 1 - teller);
    until_empty(&world).await;
    let before = heard(&nats.client().await).await;
    signal(stopped, "-CONT");
    until_told(stopped, "ok").await;
    // It finds out that telling is another one's, and does not take it back.
    while self::teller(&servers, None).await == teller {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let again: Vec<Value> = (0..SHIPMENTS).map(|n| event(&format!("again-{n}"), 0)).collect();
    assert_eq!(stopped.send(&json!(again)).await, vec!["accepted"; SHIPMENTS]);
    until_empty(&world).await;
    let heard = heard(&nats.client().await).await;
    assert_eq!(heard[..before.len()], before);
    let ids: BTreeSet<&str> = heard.iter().map(|event| event["id"].as_str().expect("text")).collect();
    assert_eq!(ids.len(), heard.len(), "a notice is there twice");
    for (shipment, way) in ways(&heard) {
        let expected = if shipment.starts_with("again") { &WAY[..1] } else { &WAY[..] };
        assert_eq!(way, expected, "{shipment}");
    }
}

/// Which of two tells, and is asked.
async fn teller(servers: &[Server; 2], silent: Option<usize>) -> usize {
    loop {
        for (at, server) in servers.iter().enumerate().filter(|(at, _)| Some(*at) != silent) {
            let told = ready(server.site()).await.map(|(_, told)| told["duties"].clone()).unwrap_or_default();
            if told.as_array().is_some_and(|duties| duties.iter().any(|duty| duty == "notices")) {
                return at;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
