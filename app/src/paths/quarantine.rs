//! Addresses of quarantine.

use super::{encoded, present, told, with_query};
use crate::model::{QuarantineFilter, QuarantineOutcome};

/// The Quarantine list without a filter.
pub const QUARANTINE: &str = "/quarantine";

/// The Quarantine list over a filter.
pub fn quarantine(filter: &QuarantineFilter) -> String {
    with_query(QUARANTINE, &quarantine_pairs(filter))
}

/// One quarantined item.
pub fn quarantine_item(id: &str) -> String {
    format!("{QUARANTINE}/{}", encoded(id))
}

/// Where the form posts to that fixes and replays an item.
pub fn quarantine_fix(id: &str) -> String {
    format!("{}/fix", quarantine_item(id))
}

/// Where the form posts to that replays an item as it is.
pub fn quarantine_replay(id: &str) -> String {
    format!("{}/replay", quarantine_item(id))
}

/// One quarantined item, with a word on what a replay came to.
pub fn quarantine_outcome(id: &str, outcome: &QuarantineOutcome) -> String {
    let flash = match outcome {
        QuarantineOutcome::Accepted { .. } => "accepted",
        QuarantineOutcome::Duplicate => "duplicate",
        QuarantineOutcome::Refused { .. } => "refused",
    };
    with_query(&quarantine_item(id), &[("flash", flash)])
}

/// One quarantined item, just given up.
pub fn quarantine_discarded(id: &str) -> String {
    with_query(&quarantine_item(id), &[("flash", "discarded")])
}

/// The Quarantine list's filter from its query.
pub fn quarantine_filter(get: impl Fn(&str) -> Option<String>) -> QuarantineFilter {
    let get = told(get);
    QuarantineFilter { state: get("state"), source: get("source"), code: get("code"), after: get("after") }
}

fn quarantine_pairs(filter: &QuarantineFilter) -> Vec<(&'static str, &str)> {
    present([("state", &filter.state), ("source", &filter.source), ("code", &filter.code), ("after", &filter.after)])
}
