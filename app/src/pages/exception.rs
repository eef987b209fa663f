use crate::pages::served::ServedPage;

mod actions;
mod fitting;
mod page;

/// One exception: what it is, what makes it go away, and what a person can do about it.
pub(super) const PAGE: ServedPage =
    ServedPage { path: "/exceptions/{id}", title: "Exception", topics: "exceptions", body: page::body };
