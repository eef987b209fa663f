use crate::pages::served::ServedPage;

mod page;

/// One order: its shipments, its flags, its own events.
pub(super) const PAGE: ServedPage =
    ServedPage { path: "/orders/{reference}", title: "Order", topics: "shipments", body: page::body };
