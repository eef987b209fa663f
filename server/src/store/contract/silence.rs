//! Sources that should speak and do not, and the hours in which people answer.

use super::{
    acting,
    tell::tell,
    working::TODAY,
    world::{LIVE, World},
};
use crate::{
    domain::{
        exception::{ExceptionKind, Queue},
        policy::Policy,
        receipt::IntakeTerms,
        time::Instant,
    },
    store::exceptions::{ExceptionQuery, ExceptionRecord},
};

const SOURCES: &str = r#"
[[sources]]
match = "tms*"
name = "Planning"
cadence_hours = 4
owner = "logistics"
[[sources]]
match = "gate/north"
name = "North gate"
cadence_hours = 6
"#;

fn policy(toml: &str) -> Policy {
    toml::from_str(toml).expect("a policy")
}

async fn rows(world: &World, kind: ExceptionKind) -> Vec<ExceptionRecord> {
    let query = ExceptionQuery { kind: Some(kind), ..acting::all(world) };
    acting::list(world, &query).await
}

/// Names of those that are told as silent now.
async fn silent(world: &World) -> Vec<String> {
    world.store().watch_sources().await.expect("looks");
    let mut names: Vec<_> = rows(world, ExceptionKind::SourceSilent).await.into_iter().map(|row| row.subject).collect();
    names.sort();
    names
}

pub(crate) async fn a_silent_source_is_told_and_speaks_again(world: &World) {
    let speak = async |id: &str, terms| {
        world.send_as(terms, &[tell("shipment.planned", id, "SH-1").at(TODAY - 60)]).await;
    };
    speak("e1", LIVE).await;
    world.put_policy(policy(SOURCES)).await;
    assert_eq!(silent(world).await, Vec::<String>::new());
    world.clock.advance(4 * Instant::HOUR - Instant::SECOND);
    assert_eq!(silent(world).await, Vec::<String>::new());
    world.clock.advance(Instant::SECOND);
    assert_eq!(silent(world).await, ["Planning"]);
    assert_eq!(world.store().watch_sources().await.expect("looks"), 0, "told once");
    assert_eq!(rows(world, ExceptionKind::SourceSilent).await[0].queue, Queue::Logistics);
    // Who was never heard of is silent since it is expected, also if the policy changes meanwhile.
    world.clock.advance(Instant::HOUR);
    world.put_policy(policy(&format!("[expectations]\npod_grace = 9\n{SOURCES}"))).await;
    world.clock.advance(Instant::HOUR);
    assert_eq!(silent(world).await, ["North gate", "Planning"]);
    // An import of old data is no word of it.
    speak("e2", IntakeTerms { history: true, ..LIVE }).await;
    assert_eq!(silent(world).await, ["North gate", "Planning"]);
    speak("e3", LIVE).await;
    assert_eq!(silent(world).await, ["North gate"]);
    world.clock.advance(4 * Instant::HOUR);
    assert_eq!(silent(world).await, ["North gate", "Planning"], "silent again");
    world.put_policy(Policy::default()).await;
    assert_eq!(silent(world).await, Vec::<String>::new(), "nobody expects it any more");
}

pub(crate) async fn who_works_by_a_calendar_has_its_hours(world: &World) {
    // NOW is Friday, 2026-03-20T12:00:00Z; the dispute has 48 hours.
    let calendar = r#"
        [owners.service]
        name = "Customer service"
        calendar = "office"
        [[calendars]]
        name = "office"
        time_zone = "Etc/UTC"
        from = "08:00"
        until = "16:00"
    "#;
    world.send(&[tell("shipment.planned", "e1", "SH-1").at(TODAY - 60)]).await;
    let disputed = tell("dispute.opened", "e2", "SH-1").at(TODAY).data(serde_json::json!({ "number": "D-1" }));
    world.send(&[disputed]).await;
    let due = async || {
        let rows = rows(world, ExceptionKind::Disputed).await;
        rows[0].due_at.since(rows[0].detected_at) / Instant::HOUR
    };
    assert_eq!(due().await, 48, "around the clock");
    world.put_policy(policy(calendar)).await;
    while world.store().look_again(50).await.expect("looks") > 0 {}
    // Four hours on Friday, forty from Monday to Friday, four on the Monday after.
    assert_eq!(due().await, 10 * 24, "office hours, also for what was there");
    world.put_policy(Policy::default()).await;
    while world.store().look_again(50).await.expect("looks") > 0 {}
    assert_eq!(due().await, 48);
}
