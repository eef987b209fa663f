//! Tables and charts of pages as files.

mod figures;
mod lists;
mod overview;
mod pages;
mod shown;
mod table;

use super::{Edge, csv::Field};
use app::model::Money;
use axum::{Router, extract::Query};
use std::collections::HashMap;

/// Files, for pages.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .merge(lists::routes())
        .merge(figures::routes())
        .merge(overview::routes())
        .merge(pages::routes())
        .merge(shown::routes())
}

type Asked = Query<HashMap<String, String>>;

fn amount(money: &Option<Money>) -> [Field<'static>; 2] {
    let (amount, currency) = money.clone().map(|money| (money.amount, money.currency)).unwrap_or_default();
    [Field::Own(amount), Field::Own(currency)]
}
