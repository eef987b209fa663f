//! What pages and files are asked by their addresses. Whatever else an address says is refused by its name: who has typed or pasted
//! `carier=DHL` must not take all carriers for one. A field that a form left empty says nothing, whatever it is called.

use super::Problem;
use app::paths;
use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{cell::RefCell, collections::BTreeSet};

/// Around every page and every file.
pub(super) async fn known(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let pattern = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).filter(|_| reads);
    let query = request.uri().query().unwrap_or_default();
    match pattern.and_then(|pattern| refusal(pattern, query)) {
        Some(why) => Problem::invalid(why).into_response(),
        None => next.run(request).await,
    }
}

/// What is wrong with a query, if anything is.
fn refusal(pattern: &str, query: &str) -> Option<String> {
    // Server functions read their own arguments.
    if query.is_empty() || pattern.starts_with("/api/") {
        return None;
    }
    let known = names(pattern);
    let mut told = BTreeSet::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if value.trim().is_empty() {
            continue;
        }
        if !known.iter().any(|known| *known == name) {
            let all = if known.is_empty() { "nothing is".to_owned() } else { format!("known are {}", known.join(", ")) };
            return Some(format!("{name}: is not asked here; {all}"));
        }
        if !told.insert(name.clone()) {
            return Some(format!("{name}: is told more than once"));
        }
    }
    None
}

/// The names that an address of this pattern may say. What has no line here is asked nothing.
fn names(pattern: &str) -> Vec<String> {
    let figures = |without: &[&str]| {
        let names = of(|get| drop(paths::kpi_filter(get)));
        names.into_iter().filter(|name| !without.contains(&&**name)).collect()
    };
    let with = |names: Vec<String>, more: &[&str]| names.into_iter().chain(these(more)).collect();
    match pattern {
        "/sign-in" => these(&["next", "error"]),
        "/" | "/overview/{card}/csv" => figures(&["origin", "destination", "target", "part", "after"]),
        "/shipments" | "/shipments/csv" => of(|get| drop(paths::shipment_filter(get))),
        "/shipments/{id}" | "/shipments/{id}/readiness" | "/exceptions/{id}" => these(&["back", "flash"]),
        "/orders/{reference}" => these(&["back"]),
        "/search" => these(&["q"]),
        "/exceptions" => with(of(|get| drop(paths::exception_filter(get))), &["refused", "flash"]),
        "/exceptions/csv" | "/exceptions/groups/csv" => of(|get| drop(paths::exception_filter(get))),
        "/exceptions/bulk/{id}" => these(&["result", "after", "late", "flash"]),
        "/exceptions/bulk/{id}/csv" => these(&["result"]),
        "/work/{list}" | "/work/{list}/csv" => of(|get| drop(paths::work_filter(get))),
        "/configuration" => these(&["flash"]),
        "/configuration/{section}" => these(&["q", "page", "put", "flash"]),
        "/configuration/{section}/csv" => these(&["q"]),
        "/quarantine" => with(of(|get| drop(paths::quarantine_filter(get))), &["flash"]),
        "/quarantine/csv" => of(|get| drop(paths::quarantine_filter(get))),
        // The last two tell of a form that was posted without scripts and not taken.
        "/quarantine/{id}" => these(&["flash", "__path", "__err"]),
        "/kpis" | "/kpis/csv" => figures(&["target", "part", "after"]),
        "/kpis/{id}" | "/kpis/{id}/csv" | "/kpis/{id}/svg" | "/kpis/{id}/parts/csv" => figures(&["part", "after"]),
        "/kpis/{id}/rows" | "/kpis/{id}/rows/csv" => figures(&[]),
        "/trends" => {
            let names = of(|get| drop(paths::trend_filter(get)));
            names.into_iter().filter(|name| name != "part" && name != "after").collect()
        }
        "/trends/stages/{kind}" => figures(&["part", "after"]),
        "/tables/csv" => these(&["of", "table"]),
        _ => Vec::new(),
    }
}

fn these(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// The names that a filter is read by, as it asks for them.
fn of(read: impl FnOnce(&dyn Fn(&str) -> Option<String>)) -> Vec<String> {
    let names = RefCell::new(Vec::new());
    read(&|name| {
        names.borrow_mut().push(name.to_owned());
        None
    });
    names.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_or_told_twice_is_refused_by_its_name() {
        for (pattern, query, name) in [
            ("/kpis", "carier=DHL", "carier"),
            ("/kpis", "carrier=DHL&carrier=PRRE", "carrier"),
            ("/kpis", "target=24", "target"),
            ("/", "origin=DE", "origin"),
            ("/overview/{card}/csv", "destination=VN", "destination"),
            ("/definitions", "region=EMEA", "region"),
            ("/home", "x=1", "x"),
            ("/shipments", "%63arier=a", "carier"),
            ("/no/such/pattern", "a=b", "a"),
        ] {
            let why = refusal(pattern, query).unwrap_or_else(|| panic!("{pattern}?{query} is taken"));
            assert!(why.starts_with(&format!("{name}: ")), "{why}");
        }
    }

    #[test]
    fn what_is_asked_is_taken_and_an_empty_field_says_nothing() {
        for (pattern, query) in [
            ("/kpis/{id}", "target=24&carrier=DHL&mode="),
            ("/trends", "vs_carrier=PRRE&from=2026-01-01&origin=DE"),
            ("/kpis/csv", "origin=DE&destination=VN"),
            ("/shipments", "nonsense=&carrier=&carrier=DHL"),
            ("/kpis/{id}/rows", "part=p90&after=x"),
            ("/api/ui/{*path}", "anything=1"),
            ("/home", ""),
        ] {
            assert_eq!(refusal(pattern, query), None, "{pattern}?{query}");
        }
    }
}
