//! What the simulator says that intake should answer is what intake answers.

use crate::support::app::{App, Ask};
use waybill_server::simulate::{Manifest, Options, Simulation};

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
