//! Addresses of lists of work.

use super::{present, told, with_query};
use crate::model::{WorkFilter, WorkList};

/// A list of work over a filter.
pub fn work(list: WorkList, filter: &WorkFilter) -> String {
    with_query(list.path(), &pairs(filter))
}

fn pairs(filter: &WorkFilter) -> Vec<(&'static str, &str)> {
    present([
        ("hold", &filter.hold),
        ("age", &filter.age),
        ("region", &filter.region),
        ("business_unit", &filter.business_unit),
        ("carrier", &filter.carrier),
        ("customer", &filter.customer),
        ("mode", &filter.mode),
        ("sort", &filter.sort),
        ("after", &filter.after),
    ])
}

/// A list's filter from its query.
pub fn work_filter(get: impl Fn(&str) -> Option<String>) -> WorkFilter {
    let get = told(get);
    WorkFilter {
        hold: get("hold"),
        age: get("age"),
        region: get("region"),
        business_unit: get("business_unit"),
        carrier: get("carrier"),
        customer: get("customer"),
        mode: get("mode"),
        sort: get("sort"),
        after: get("after"),
    }
}

/// The file of comma-separated values of the list at this address: the same query, without a page's cursor.
pub fn csv_of(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after=")).collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{path}/csv{mark}{}", kept.join("&"))
}

/// Where any table of any page is a file.
pub const TABLE_CSV: &str = "/tables/csv";

/// The table of this name on the page at this address, as a file of comma-separated values.
pub fn table_csv(page: &str, table: &str) -> String {
    with_query(TABLE_CSV, &[("of", page), ("table", table)])
}

/// An address that names the page it was come from, for the way back.
pub fn from_page(path: &str, back: &str) -> String {
    with_query(path, &[("back", back)])
}

/// The way back, if it leads to a list of ours.
pub fn way_back(back: Option<String>) -> Option<String> {
    let lists = ["/work/", "/exceptions", "/home", "/orders/", "/kpis/"];
    back.filter(|back| lists.iter().any(|list| back.starts_with(list)) && !back.contains(['\\', '\n', '\r']))
}

/// The name of the page that a way back leads to.
#[cfg(feature = "ssr")]
pub fn way_back_label(back: &str) -> &'static str {
    let path = back.split_once('?').map_or(back, |(path, _)| path);
    match path.split('/').nth(1) {
        Some("work") => WorkList::ALL.iter().find(|list| list.path() == path).map_or("Work", |list| list.label()),
        Some("exceptions") => "Exceptions",
        Some("orders") => "Order",
        Some("kpis") => "Behind the figure",
        _ => "Home",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_the_address() {
        let value = |text: &str| Some(text.to_owned());
        let filter = WorkFilter {
            hold: value("pod_missing"),
            age: value("4-24h"),
            region: value("Côte d'Ivoire"),
            business_unit: value("A&B = C?"),
            carrier: value("50% / x+y #1"),
            customer: value("C-1042"),
            mode: value("air"),
            sort: value("value"),
            after: value("eyJhIjoxfQ=="),
        };
        let href = work(WorkList::Unbilled, &filter);
        let query = super::super::tests::query_of(&href);
        assert_eq!(work_filter(|key| query.get(key).cloned()), filter);
        assert!(href.starts_with("/work/unbilled?hold=pod_missing&"));
    }

    #[test]
    fn the_file_of_a_list_is_of_the_same_filter_and_of_no_page() {
        assert_eq!(csv_of("/shipments"), "/shipments/csv");
        assert_eq!(csv_of("/shipments?after=x"), "/shipments/csv");
        assert_eq!(csv_of("/exceptions?kind=a%26b&after=x&view=list"), "/exceptions/csv?kind=a%26b&view=list");
    }

    #[test]
    fn the_way_back_leads_to_lists_of_ours_alone() {
        for ours in ["/work/unbilled?hold=x", "/exceptions?view=list", "/home"] {
            assert_eq!(way_back(Some(ours.into())).as_deref(), Some(ours));
        }
        for other in ["//evil.example/work/", "https://evil.example", "javascript:alert(1)", "/sign-out", "/work/\\evil"] {
            assert_eq!(way_back(Some(other.into())), None, "{other}");
        }
    }
}
