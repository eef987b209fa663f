//! The pages that only the server renders.

use super::Address;
use crate::{
    components::{
        erased::{Erase, Later},
        served::Rendering,
    },
    pages,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// A page that only the server renders.
pub(crate) struct ServedPage {
    /// Its address, `{name}` where a part of it varies.
    pub(crate) path: &'static str,
    /// Its title; a body that knows better shows another `<Title>`.
    pub(crate) title: &'static str,
    /// What makes it old: topics of the live stream, separated by blanks.
    pub(crate) topics: &'static str,
    /// Reads what it shows, and shows it.
    pub(crate) body: fn(Address) -> Later,
}

/// Every served page: one line makes it known to the server's router and to the browser.
const PAGES: &[ServedPage] = &[
    // One line a page.
    pages::overview::PAGE,
    pages::home::PAGE,
    pages::work::PAGE,
    pages::order::PAGE,
    pages::exceptions::PAGE,
    pages::bulk::LIST,
    pages::bulk::PAGE,
    pages::exception::PAGE,
    pages::readiness::PAGE,
    pages::configuration::PAGE,
    pages::configuration::SECTION,
    pages::trends::PAGE,
    pages::kpis::ALL,
    pages::kpis::ONE,
    pages::kpis::ROWS,
    pages::kpis::DEFINITIONS,
];

/// The addresses of all served pages, as patterns.
pub fn patterns() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|page| page.path)
}

/// Renders the page that the address names, or says that there is none.
pub(super) fn body() -> Rendering {
    let Some((place, address)) = Address::find(patterns()) else {
        return Rendering { topics: "", view: Box::pin(async { pages::not_found() }) };
    };
    let ServedPage { title, topics, body, .. } = &PAGES[place];
    let view = body(address);
    let title = view! { <Title text=*title/> }.erased();
    Rendering { topics, view: Box::pin(async move { (title, view.await).erased() }) }
}
