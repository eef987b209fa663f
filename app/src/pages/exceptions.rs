use crate::pages::served::ServedPage;

mod bulk;
mod filter;
mod groups;
mod page;
mod rows;

/// What went wrong, whose move it is, and how much money waits: by cause, or one by one.
pub(super) const PAGE: ServedPage =
    ServedPage { path: "/exceptions", title: "Exceptions", topics: "exceptions", body: page::body };
