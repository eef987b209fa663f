use crate::pages::served::ServedPage;

mod page;

/// The policy in force: what contracts ask for, what is expected by when, and who changed it.
pub(super) const PAGE: ServedPage =
    ServedPage { path: "/configuration", title: "Configuration", topics: "exceptions", body: page::body };
