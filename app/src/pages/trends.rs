use crate::pages::served::ServedPage;

mod page;
mod side;

/// Figures week by week, and against another period or carrier.
pub(super) const PAGE: ServedPage = ServedPage { path: "/trends", title: "Trends", topics: "shipments", body: page::body };
