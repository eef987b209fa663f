//! Addresses of key figures.

use super::{HOME, KPIS, TRENDS, encoded, present, told, with_query};
use crate::model::{KpiFilter, TrendFilter};

/// What they mean.
pub const DEFINITIONS: &str = "/definitions";

/// The Overview over a filter.
pub fn overview(filter: &KpiFilter) -> String {
    with_query(HOME, &pairs(&of_overview(filter.clone())))
}

/// A card of the Overview as a file of comma-separated values.
pub fn overview_csv(card: &str, filter: &KpiFilter) -> String {
    with_query(&format!("/overview/{}/csv", encoded(card)), &pairs(&of_overview(filter.clone())))
}

/// The Overview's filter from its query.
pub fn overview_filter(get: impl Fn(&str) -> Option<String>) -> KpiFilter {
    of_overview(kpi_filter(get))
}

/// Lanes are no filter of it.
fn of_overview(filter: KpiFilter) -> KpiFilter {
    KpiFilter { origin: None, destination: None, target: None, part: None, after: None, ..filter }
}

/// Trends over a filter.
pub fn trends(filter: &TrendFilter) -> String {
    with_query(TRENDS, &trend_pairs(filter))
}

/// The stages of the way from dispatch to invoice as a file, `csv` or `svg`.
pub fn stages_file(kind: &str, filter: &KpiFilter) -> String {
    with_query(&format!("{TRENDS}/stages/{}", encoded(kind)), &pairs(&KpiFilter { part: None, after: None, ..filter.clone() }))
}

/// The filter of Trends from its query.
pub fn trend_filter(get: impl Fn(&str) -> Option<String>) -> TrendFilter {
    let told = told(&get);
    TrendFilter {
        of: KpiFilter { part: None, after: None, ..kpi_filter(&get) },
        vs_from: told("vs_from"),
        vs_to: told("vs_to"),
        vs_carrier: told("vs_carrier"),
    }
}

fn trend_pairs(filter: &TrendFilter) -> Vec<(&'static str, &str)> {
    let vs = [("vs_from", &filter.vs_from), ("vs_to", &filter.vs_to), ("vs_carrier", &filter.vs_carrier)];
    pairs(&filter.of).into_iter().chain(present(vs)).collect()
}

/// All key figures over a filter.
pub fn kpis(filter: &KpiFilter) -> String {
    with_query(KPIS, &pairs(&KpiFilter { part: None, after: None, target: None, ..filter.clone() }))
}

/// One key figure over a filter.
pub fn kpi(id: &str, filter: &KpiFilter) -> String {
    with_query(&format!("{KPIS}/{}", encoded(id)), &pairs(&KpiFilter { part: None, after: None, ..filter.clone() }))
}

/// The rows behind it, or behind a part of it.
pub fn kpi_rows(id: &str, filter: &KpiFilter) -> String {
    with_query(&format!("{KPIS}/{}/rows", encoded(id)), &pairs(filter))
}

/// The rows behind a part of it: `open`, `left_out`, `p90`, `share`, or the code of one of its parts.
pub fn kpi_part(id: &str, part: &str, filter: &KpiFilter) -> String {
    kpi_rows(id, &KpiFilter { part: Some(part.to_owned()), after: None, target: None, ..filter.clone() })
}

/// Its weeks as a file of comma-separated values.
pub fn kpi_csv(id: &str, filter: &KpiFilter) -> String {
    with_query(&format!("{KPIS}/{}/csv", encoded(id)), &pairs(&KpiFilter { part: None, after: None, ..filter.clone() }))
}

/// Its parts as a file of comma-separated values.
pub fn kpi_parts_csv(id: &str, filter: &KpiFilter) -> String {
    with_query(&format!("{KPIS}/{}/parts/csv", encoded(id)), &pairs(&KpiFilter { part: None, after: None, ..filter.clone() }))
}

/// Its chart as a file.
pub fn kpi_svg(id: &str, filter: &KpiFilter) -> String {
    with_query(&format!("{KPIS}/{}/svg", encoded(id)), &pairs(&KpiFilter { part: None, after: None, ..filter.clone() }))
}

fn pairs(filter: &KpiFilter) -> Vec<(&'static str, &str)> {
    present([
        ("from", &filter.from),
        ("to", &filter.to),
        ("region", &filter.region),
        ("business_unit", &filter.business_unit),
        ("carrier", &filter.carrier),
        ("mode", &filter.mode),
        ("customer", &filter.customer),
        ("origin", &filter.origin),
        ("destination", &filter.destination),
        ("target", &filter.target),
        ("part", &filter.part),
        ("after", &filter.after),
    ])
}

/// A figure's filter from its query.
pub fn kpi_filter(get: impl Fn(&str) -> Option<String>) -> KpiFilter {
    let get = told(get);
    KpiFilter {
        from: get("from"),
        to: get("to"),
        region: get("region"),
        business_unit: get("business_unit"),
        carrier: get("carrier"),
        mode: get("mode"),
        customer: get("customer"),
        origin: get("origin"),
        destination: get("destination"),
        target: get("target"),
        part: get("part"),
        after: get("after"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_the_address() {
        let value = |text: &str| Some(text.to_owned());
        let filter = KpiFilter {
            from: value("2026-01-01"),
            to: value("2026-02-01"),
            region: value("Côte d'Ivoire"),
            business_unit: value("A&B = C?"),
            carrier: value("50% / x+y #1"),
            mode: value("air"),
            customer: value("C-1042"),
            origin: value("DE HAM"),
            destination: value("VN SGN"),
            target: value("24"),
            part: value("holds:12"),
            after: value("eyJhIjoxfQ=="),
        };
        let href = kpi_rows("K25", &filter);
        let query = super::super::tests::query_of(&href);
        assert_eq!(kpi_filter(|key| query.get(key).cloned()), filter);
        assert!(href.starts_with("/kpis/K25/rows?from=2026-01-01&"));
    }
}
