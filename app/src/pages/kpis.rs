use crate::pages::served::ServedPage;

mod all;
mod definitions;
pub(super) mod filter;
mod one;
mod parts;
mod rows;

pub(crate) use rows::asked as asked_of_a_figure;

/// All key figures: what each is, of how many cases.
pub(super) const ALL: ServedPage =
    ServedPage { path: "/kpis", title: "Key figures", topics: "shipments exceptions", body: all::body };

/// One key figure: by week, its parts, against before, and what it means.
pub(super) const ONE: ServedPage =
    ServedPage { path: "/kpis/{id}", title: "Key figure", topics: "shipments exceptions", body: one::body };

/// The rows behind a key figure.
pub(super) const ROWS: ServedPage =
    ServedPage { path: "/kpis/{id}/rows", title: "Behind the figure", topics: "shipments exceptions", body: rows::body };

/// What the key figures mean.
pub(super) const DEFINITIONS: ServedPage =
    ServedPage { path: "/definitions", title: "Definitions", topics: "", body: definitions::body };
