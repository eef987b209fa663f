//! What senders tell, by name: the same name is the same message. After `+` it says what is wrong with an event that was told before it.

use crate::kill::event;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Of so many events one is told of again.
const ONE_OF: usize = 10;

/// What a message is to the event before the `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// That event.
    Event,
    /// A later record of it, which counts.
    Amended,
    /// It is taken back.
    Retracted,
    /// The same record with another body.
    Conflict,
    /// An event of its own, of a type that nobody knows.
    Unknown,
}

const KINDS: [(Kind, &str); 4] =
    [(Kind::Amended, "amended"), (Kind::Retracted, "retracted"), (Kind::Conflict, "conflict"), (Kind::Unknown, "unknown")];

fn kind(name: &str) -> (&str, Kind) {
    let Some((event, what)) = name.split_once('+') else { return (name, Kind::Event) };
    let (kind, _) = KINDS.iter().find(|(_, word)| *word == what).expect("one of them");
    (event, *kind)
}

/// What is told after the `n`th event, of that name, was answered for; most are left as they are.
pub(crate) fn after(n: usize, name: &str) -> Option<String> {
    let (_, word) = KINDS[n / ONE_OF % KINDS.len()];
    n.is_multiple_of(ONE_OF).then(|| format!("{name}+{word}"))
}

/// The same where nothing tells which of two messages comes first: of two bodies of one record the first would count.
pub(crate) fn after_in_any_order(n: usize, name: &str) -> Option<String> {
    after(n, name).filter(|name| kind(name).1 != Kind::Conflict)
}

/// The message of a name.
pub(crate) fn message(name: &str) -> Value {
    let (of, kind) = kind(name);
    let (mut told, other) = (event(of), event(name));
    match kind {
        Kind::Event => {}
        Kind::Amended => {
            (told["time"], told["data"]) = (other["time"].clone(), other["data"].clone());
            told["recordedtime"] = "2026-03-11T08:00:00Z".into();
        }
        Kind::Conflict => {
            told["data"] = other["data"].clone();
            told["data"]["customer"] = "another".into();
        }
        Kind::Retracted => {
            (told["id"], told["type"]) = (name.into(), "com.waybill.event.retracted.v1".into());
            told["data"] = json!({ "retracts": of, "reason": "wrong_shipment" });
        }
        Kind::Unknown => (told["id"], told["type"]) = (name.into(), "com.waybill.shipment.beamed_up.v1".into()),
    }
    told
}

/// Whether this can be the answer. Known already: it was taken, and the answer did not come.
pub(crate) fn is_answer(name: &str, outcome: &str) -> bool {
    match kind(name).1 {
        Kind::Event | Kind::Retracted => matches!(outcome, "accepted" | "duplicate"),
        Kind::Amended => matches!(outcome, "amended" | "duplicate"),
        Kind::Conflict => outcome == "conflict",
        Kind::Unknown => outcome == "quarantined",
    }
}

/// The ids of the records that are kept of these, in order.
pub(crate) fn stored(sent: &BTreeSet<String>) -> Vec<&str> {
    let record = |name| match kind(name) {
        (of, Kind::Event | Kind::Amended) => Some(of),
        (_, Kind::Retracted) => Some(name),
        (_, Kind::Conflict | Kind::Unknown) => None,
    };
    let mut stored: Vec<&str> = sent.iter().filter_map(|name| record(name)).collect();
    stored.sort_unstable();
    stored
}

/// What is in quarantine of these, in order: whose, how it stands, code and id, and what came.
pub(crate) fn quarantined(sent: &BTreeSet<String>) -> Vec<String> {
    let item = |name: &String| match kind(name) {
        (of, Kind::Conflict) => Some(format!("live|open|conflict|{of} {}", message(name))),
        (_, Kind::Unknown) => Some(format!("live|open|type_unknown|{name} {}", message(name))),
        _ => None,
    };
    let mut items: Vec<String> = sent.iter().filter_map(item).collect();
    items.sort_unstable();
    items
}
