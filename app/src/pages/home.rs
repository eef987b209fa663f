use crate::pages::served::ServedPage;

mod page;

/// The first page of the day: what waits for the reader's team.
pub(super) const PAGE: ServedPage = ServedPage { path: "/home", title: "Home", topics: "shipments exceptions", body: page::body };
