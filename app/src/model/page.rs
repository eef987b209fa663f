use super::Moment;
use serde::{Deserialize, Serialize};

/// One keyset page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Opaque cursor of the following page; none on the last.
    pub next: Option<String>,
    /// Rows that match the filter and that the viewer may see; none where counting would cost more than the page.
    pub total: Option<u64>,
    /// When this was read.
    pub as_of: Moment,
}

/// A half-open range of days in the viewer's zone, as in the URL: `2026-01-01` to `2026-02-01`, each end optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day that counts, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// First day that counts no more, `YYYY-MM-DD`.
    pub to: Option<String>,
}

/// One value a filter can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// As in the URL.
    pub value: String,
    /// As a person reads it.
    pub label: String,
}

/// The values that the filters of a page offer: only those that the viewer's scope holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterChoices {
    /// Regions in scope.
    pub regions: Vec<Choice>,
    /// Business units in scope.
    pub business_units: Vec<Choice>,
    /// Carriers seen.
    pub carriers: Vec<Choice>,
    /// Modes seen.
    pub modes: Vec<Choice>,
}
