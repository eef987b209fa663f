use crate::pages::served::ServedPage;

mod cash;
mod page;
mod papers;
mod pipeline;
mod sources;
mod tally;

/// What waits, for how much money, and what holds it.
pub(super) const PAGE: ServedPage =
    ServedPage { path: "/", title: "Overview", topics: "shipments exceptions quarantine", body: page::body };
