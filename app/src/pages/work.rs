use crate::pages::served::ServedPage;

mod filter;
mod page;
mod rows;

/// A list of work: what waits for somebody, for how long, for how much money, and whose move it is.
pub(super) const PAGE: ServedPage =
    ServedPage { path: "/work/{list}", title: "Work", topics: "shipments exceptions", body: page::body };
