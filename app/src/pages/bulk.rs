use crate::pages::served::ServedPage;

mod items;
mod list;
mod page;

/// A job over many exceptions: what it is about before it is started, how far it has come, what became of each.
pub(super) const PAGE: ServedPage =
    ServedPage { path: "/exceptions/bulk/{id}", title: "Bulk job", topics: "exceptions", body: page::body };

/// The latest jobs.
pub(super) const LIST: ServedPage =
    ServedPage { path: "/exceptions/bulk", title: "Bulk jobs", topics: "exceptions", body: list::body };
