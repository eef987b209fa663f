//! What the simulator says that intake should answer, and what it says to be wrong in the end, is what is answered and found.

use crate::support::app::{App, Ask};
use std::collections::BTreeSet;
use waybill_server::{
    domain::{
        access::{Actor, Environment},
        time::Instant,
    },
    simulate::{Manifest, Options, Simulation, policy},
    store::timers::TimerStore,
};

#[tokio::test]
async fn every_answer_is_the_one_that_the_manifest_expects() {
    for seed in [1, 2, 3] {
        let app = App::start().await;
        let key = app.key("sim", &["*"]).await;
        let options = Options::days(250, 25, app.clock.now());
        let mut manifest = Manifest::new(seed, &options);
        let mut lines = String::new();
        for event in Simulation::new(seed, options) {
            manifest.note(&event);
            lines.push_str(&event.json);
            lines.push('\n');
        }
        let answer = app.send(Ask::post("/api/v1/events:stream").key(&key).lines(&lines)).await;
        let last: serde_json::Value = serde_json::from_str(answer.text.lines().last().expect("a summary")).expect("JSON");
        assert_eq!(last["summary"]["problem"], serde_json::Value::Null, "{last}");
        let count = |outcome: &str| last["summary"][outcome].as_u64().expect("a count");
        let expected = &manifest.expected;
        assert_eq!(
            ["accepted", "duplicate", "amended", "conflict", "quarantined"].map(count),
            [expected.accepted, expected.duplicate, expected.amended, expected.conflict, expected.quarantined],
            "seed {seed}"
        );
        assert!(expected.duplicate > 0 && expected.amended > 0 && expected.quarantined > 0, "the world is not ideal");
    }
}

/// A month as it was lived goes in by the front door, and the table of exceptions holds what was put into it: nothing is missed, and
/// nobody is alarmed for nothing.
#[tokio::test]
async fn every_trouble_of_a_month_is_an_exception_in_the_store_and_nothing_else_is() {
    let seed = 4;
    let app = App::start().await;
    let system = Actor::system("test", Environment::Live);
    app.edge.policies.put(&system, 0, policy(), "the shipper's own").await.expect("it is put in force");
    let key = app.key("sim", &["*"]).await;
    let until = app.clock.now().plus(10 * Instant::SECOND);
    let options = Options::days(600, 30, until);
    let mut manifest = Manifest::new(seed, &options);
    let mut lines = String::new();
    for event in Simulation::new(seed, options) {
        manifest.note(&event);
        lines.push_str(&event.json);
        lines.push('\n');
    }
    manifest.settle(&options);
    let answer = app.send(Ask::post("/api/v1/events:stream").key(&key).lines(&lines)).await;
    let last: serde_json::Value = serde_json::from_str(answer.text.lines().last().expect("a summary")).expect("JSON");
    assert_eq!(last["summary"]["problem"], serde_json::Value::Null, "{last}");
    // What came in bulk has settled.
    app.clock.advance(10 * Instant::SECOND);
    while app.database.look_again(500).await.expect("looks") > 0 {}

    let rows: Vec<(String, String)> = waybill_server::store::sql::query_as(
        "SELECT DISTINCT kind, subject FROM exceptions WHERE shipment_id IS NOT NULL AND state IN ('open', 'claimed')",
    )
    .fetch_all(&app.database.read)
    .await
    .expect("the table");
    let found: BTreeSet<_> = rows.into_iter().collect();
    let put = manifest.open.iter().flat_map(|(kind, shipments)| shipments.iter().map(|one| ((*kind).to_owned(), one.clone())));
    let put: BTreeSet<_> = put.collect();
    let missed: Vec<_> = put.difference(&found).collect();
    let false_alarms: Vec<_> = found.difference(&put).collect();
    assert!(missed.is_empty() && false_alarms.is_empty(), "seed {seed}: missed {missed:?}, false alarms {false_alarms:?}");
    assert!(found.len() > 50, "{}", found.len());
    of_no_shipment(&app, &manifest).await;
}

/// What is no shipment's is about what could not be taken in: one for each line that was refused or contradicts another.
async fn of_no_shipment(app: &App, manifest: &Manifest) {
    let rows: Vec<(String, String)> = waybill_server::store::sql::query_as(
        "SELECT e.kind, e.detail FROM exceptions AS e JOIN quarantine AS q ON q.id = e.subject WHERE e.shipment_id IS NULL
         UNION ALL SELECT kind, '' FROM exceptions WHERE shipment_id IS NULL AND subject NOT IN (SELECT id FROM quarantine)",
    )
    .fetch_all(&app.database.read)
    .await
    .expect("the table");
    let mut found: Vec<(String, String)> = rows;
    let mut put = Vec::new();
    for (fault, events) in &manifest.injected {
        for event in events {
            let defect = |code: &str| ("data_defect".to_owned(), format!("{code} from {}", event.source));
            match *fault {
                "contradicted" => put.push(defect("conflict")),
                "bad_money" => put.push(defect("money_invalid")),
                "future_date" => put.push(defect("time_in_future")),
                "bad_time" => put.push(defect("time_invalid")),
                "no_subject" => put.push(defect("attribute_missing")),
                // Nobody can read who sent it.
                "cut_off" => put.push(("data_defect".into(), "json_malformed".into())),
                "unknown_type" => put.push(("unknown_code".into(), "event type".into())),
                _ => {}
            }
        }
    }
    // Which type it claims to be is the simulator's whim.
    found.iter_mut().filter(|(_, detail)| detail.starts_with("event type ")).for_each(|(_, detail)| detail.truncate(10));
    found.sort();
    put.sort();
    assert_eq!(found, put);
    assert!(put.len() as u64 == manifest.expected.quarantined + manifest.expected.conflict && put.len() > 3, "{}", put.len());
}
