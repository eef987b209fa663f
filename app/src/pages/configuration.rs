use crate::pages::served::ServedPage;

mod draft;
mod history;
mod page;
mod section;

/// The policy in force: its sections, and who changed what.
pub(super) const PAGE: ServedPage = ServedPage { path: "/configuration", title: "Configuration", topics: "", body: page::body };

/// One section: what it says, and how another one is put in force. It holds still: somebody may be writing in it.
pub(super) const SECTION: ServedPage =
    ServedPage { path: "/configuration/{section}", title: "Configuration", topics: "", body: section::body };
