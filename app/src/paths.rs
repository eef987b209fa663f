//! Every address of the interface, typed: a page's filter becomes a query and comes back from it unchanged.

mod exceptions;
#[cfg(feature = "ssr")]
mod figures;
mod quarantine;
mod work;

#[cfg(feature = "ssr")]
pub use exceptions::exception_groups_csv;
pub use exceptions::{
    BULK, BULK_PREPARE, BULK_TURN, EXCEPTIONS, EXCEPTIONS_ACT, EXCEPTIONS_UNDO, bulk_items, bulk_job, bulk_late, bulk_refused,
    exception, exception_filter, exception_map, exceptions, exceptions_query,
};
#[cfg(feature = "ssr")]
pub use figures::{
    DEFINITIONS, kpi, kpi_csv, kpi_filter, kpi_part, kpi_parts_csv, kpi_rows, kpi_svg, kpis, overview, overview_csv,
    overview_filter, stages_file, trend_filter, trends,
};
pub use quarantine::{
    QUARANTINE, quarantine, quarantine_discarded, quarantine_filter, quarantine_fix, quarantine_item, quarantine_outcome,
    quarantine_replay,
};
#[cfg(feature = "ssr")]
pub use work::way_back_label;
pub use work::{TABLE_CSV, csv_of, from_page, table_csv, way_back, work, work_filter};

use crate::model::{Period, ShipmentFilter};

/// The Overview without a filter.
pub const HOME: &str = "/";
/// The first page of the day.
pub const START: &str = "/home";
/// The Shipments list without a filter.
pub const SHIPMENTS: &str = "/shipments";
/// All key figures.
pub const KPIS: &str = "/kpis";
/// Trends without a filter.
pub const TRENDS: &str = "/trends";
/// The policy in force.
pub const CONFIGURATION: &str = "/configuration";
/// Search by reference.
pub const SEARCH: &str = "/search";
/// The sign-in page, and where its form posts to.
pub const SIGN_IN: &str = "/sign-in";
/// Where the sign-out form posts to.
pub const SIGN_OUT: &str = "/sign-out";
/// The stream of changes.
pub const LIVE: &str = "/live";

/// The Shipments list over a filter.
pub fn shipments(filter: &ShipmentFilter) -> String {
    with_query(SHIPMENTS, &shipment_pairs(filter))
}

/// One shipment.
pub fn shipment(id: &str) -> String {
    format!("{SHIPMENTS}/{}", encoded(id))
}

/// One event of a shipment as it came in.
pub fn raw_event(shipment: &str, seq: i64) -> String {
    format!("{}/events/{seq}", self::shipment(shipment))
}

/// A shipment's readiness for billing by itself.
pub fn readiness(shipment: &str) -> String {
    format!("{}/readiness", self::shipment(shipment))
}

/// A shipment's documents: where they are attached to.
pub fn documents(shipment: &str) -> String {
    format!("{}/documents", self::shipment(shipment))
}

/// One document of a shipment.
pub fn document(shipment: &str, document: &str) -> String {
    format!("{}/{}", documents(shipment), encoded(document))
}

/// Where the forms post to that say something of a shipment.
pub fn shipment_acts(shipment: &str) -> String {
    format!("{}/acts", self::shipment(shipment))
}

/// Where the form posts to that takes something back.
pub fn undo_act(shipment: &str, act: &str) -> String {
    format!("{}/{}/undo", shipment_acts(shipment), encoded(act))
}

/// Where a form leads back to, with the id of the words on what it came to. What is no page of ours leads to `otherwise`.
pub fn flashed(back: &str, otherwise: &str, flash: &str) -> String {
    let of = |start: &&str| back.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '/']));
    let ours = [EXCEPTIONS, SHIPMENTS, QUARANTINE, CONFIGURATION].iter().any(of) && !back.contains(char::is_control);
    let (path, query) = if ours { back.split_once('?').unwrap_or((back, "")) } else { (otherwise, "") };
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("flash="));
    let pairs: Vec<_> = kept.map(str::to_owned).chain([format!("flash={}", encoded(flash))]).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// One section of the policy.
pub fn configuration(section: &str) -> String {
    format!("{CONFIGURATION}/{}", encoded(section))
}

/// One order by its reference.
pub fn order(reference: &str) -> String {
    format!("/orders/{}", encoded(reference))
}

/// Search for a reference.
pub fn search(query: &str) -> String {
    with_query(SEARCH, &[("q", query)])
}

/// Sign-in that leads back to where the person wanted to go.
pub fn sign_in(next: &str) -> String {
    if next == HOME || next == START { SIGN_IN.into() } else { with_query(SIGN_IN, &[("next", next)]) }
}

/// The Shipments list's filter from its query.
pub fn shipment_filter(get: impl Fn(&str) -> Option<String>) -> ShipmentFilter {
    let get = told(get);
    ShipmentFilter {
        period: Period { from: get("from"), to: get("to") },
        region: get("region"),
        business_unit: get("business_unit"),
        carrier: get("carrier"),
        mode: get("mode"),
        customer: get("customer"),
        stage: get("stage"),
        timeliness: get("timeliness"),
        awaiting_pod: get("awaiting_pod"),
        week: get("week"),
        after: get("after"),
    }
}

/// An empty query parameter, as a form without JavaScript sends it, says nothing.
fn told(get: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Option<String> {
    move |key| get(key).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn shipment_pairs(filter: &ShipmentFilter) -> Vec<(&'static str, &str)> {
    present([
        ("from", &filter.period.from),
        ("to", &filter.period.to),
        ("region", &filter.region),
        ("business_unit", &filter.business_unit),
        ("carrier", &filter.carrier),
        ("mode", &filter.mode),
        ("customer", &filter.customer),
        ("stage", &filter.stage),
        ("timeliness", &filter.timeliness),
        ("awaiting_pod", &filter.awaiting_pod),
        ("week", &filter.week),
        ("after", &filter.after),
    ])
}

fn present<'a, const N: usize>(pairs: [(&'static str, &'a Option<String>); N]) -> Vec<(&'static str, &'a str)> {
    pairs.into_iter().filter_map(|(key, value)| value.as_deref().map(|value| (key, value))).collect()
}

/// A path with a query; parameters without a value are left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut separator = '?';
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(separator);
        out.push_str(key);
        out.push('=');
        out.push_str(&encoded(value));
        separator = '&';
    }
    out
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte as char);
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{ExceptionFilter, QuarantineFilter};
    use std::collections::HashMap;

    fn decoded(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let hex = [rest.next().expect("two digits"), rest.next().expect("two digits")];
                let hex = std::str::from_utf8(&hex).expect("ascii");
                bytes.push(u8::from_str_radix(hex, 16).expect("hex"));
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).expect("utf-8")
    }

    pub(super) fn query_of(href: &str) -> HashMap<String, String> {
        let query = href.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        pairs.filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), decoded(v))).collect()
    }

    #[test]
    fn a_shipment_filter_survives_the_address() {
        let filter = ShipmentFilter {
            period: Period { from: Some("2026-01-01".into()), to: Some("2026-02-01".into()) },
            region: Some("Côte d'Ivoire".into()),
            business_unit: Some("A&B = C?".into()),
            carrier: Some("50% / x+y #1".into()),
            mode: Some("air".into()),
            customer: Some("C & A".into()),
            stage: Some("in_transit".into()),
            timeliness: Some("overdue".into()),
            awaiting_pod: Some("0-4h".into()),
            week: Some("2026-W07".into()),
            after: Some("eyJhIjoxfQ==".into()),
        };
        let query = query_of(&shipments(&filter));
        assert_eq!(shipment_filter(|key| query.get(key).cloned()), filter);
    }

    #[test]
    fn a_quarantine_filter_survives_the_address() {
        let filter = QuarantineFilter {
            state: Some("resolved".into()),
            source: Some("wms/eu-1".into()),
            code: Some("money_invalid".into()),
            after: Some("x".into()),
        };
        let query = query_of(&quarantine(&filter));
        assert_eq!(quarantine_filter(|key| query.get(key).cloned()), filter);
    }

    #[test]
    fn an_exception_filter_survives_the_address() {
        let filter = ExceptionFilter {
            queue: Some("finance".into()),
            kind: Some("pod_missing".into()),
            state: Some("claimed".into()),
            cause: Some("pod_missing|A&B = C?".into()),
            assignee: Some("me".into()),
            region: Some("Côte d'Ivoire".into()),
            business_unit: Some("50% / x".into()),
            snoozed: Some("yes".into()),
            view: Some("list".into()),
            after: Some("eyJhIjoxfQ==".into()),
        };
        let query = query_of(&exceptions(&filter));
        assert_eq!(exception_filter(|key| query.get(key).cloned()), filter);
    }

    #[test]
    fn a_form_leads_back_to_our_own_pages_only_with_one_word_on_what_it_came_to() {
        assert_eq!(flashed("/exceptions?view=list&flash=old", "/", "a1"), "/exceptions?view=list&flash=a1");
        assert_eq!(flashed("/shipments/01", "/", "a1"), "/shipments/01?flash=a1");
        for back in ["", "//evil.example", "https://evil.example/shipments", "/shipmentsx", "/shipments/\r\nset-cookie: x"] {
            assert_eq!(flashed(back, "/shipments/01", "a1"), "/shipments/01?flash=a1", "{back}");
        }
    }

    #[test]
    fn what_a_form_leaves_empty_says_nothing() {
        let filter = shipment_filter(|key| (key == "region" || key == "mode").then(|| " ".to_owned()));
        assert_eq!(filter, ShipmentFilter::default());
        assert_eq!(shipments(&filter), "/shipments");
    }

    #[test]
    fn signing_in_leads_back() {
        assert_eq!(sign_in("/"), "/sign-in");
        assert_eq!(sign_in("/shipments?stage=planned"), "/sign-in?next=%2Fshipments%3Fstage%3Dplanned");
    }
}
