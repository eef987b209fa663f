//! Addresses of exceptions, and of work on many of them.

use super::{encoded, present, told, with_query};
use crate::model::ExceptionFilter;

/// The Exceptions without a filter.
pub const EXCEPTIONS: &str = "/exceptions";
/// Where every form that acts on exceptions posts to.
pub const EXCEPTIONS_ACT: &str = "/exceptions/act";
/// Where the form posts to that takes back what was done with exceptions.
pub const EXCEPTIONS_UNDO: &str = "/exceptions/undo";
/// The latest jobs over many exceptions.
pub const BULK: &str = "/exceptions/bulk";
/// Where forms that prepare a job post to.
pub const BULK_PREPARE: &str = "/exceptions/bulk/prepare";
/// Where forms that start, pause, cancel or undo a job post to.
pub const BULK_TURN: &str = "/exceptions/bulk/turn";

/// The Exceptions over a filter.
pub fn exceptions(filter: &ExceptionFilter) -> String {
    with_query(EXCEPTIONS, &exception_pairs(filter))
}

/// One exception.
pub fn exception(id: &str) -> String {
    format!("{EXCEPTIONS}/{}", encoded(id))
}

/// A filter over the Exceptions as a query: what a job over all that match is prepared from.
pub fn exceptions_query(filter: &ExceptionFilter) -> String {
    let filter = ExceptionFilter { after: None, ..filter.clone() };
    exceptions(&filter).split_once('?').map_or_else(String::new, |(_, query)| query.to_owned())
}

/// Causes over a filter as a file of comma-separated values.
#[cfg(feature = "ssr")]
pub fn exception_groups_csv(filter: &ExceptionFilter) -> String {
    let filter = ExceptionFilter { view: None, cause: None, after: None, ..filter.clone() };
    with_query(&format!("{EXCEPTIONS}/groups/csv"), &exception_pairs(&filter))
}

/// A job over many exceptions.
pub fn bulk_job(id: &str) -> String {
    format!("{BULK}/{}", encoded(id))
}

/// A part of a job's set.
pub fn bulk_items(id: &str, result: Option<&str>, after: Option<&str>) -> String {
    with_query(&bulk_job(id), &[("result", result.unwrap_or_default()), ("after", after.unwrap_or_default())])
}

/// A job with which something else has happened than its page showed.
pub fn bulk_late(id: &str) -> String {
    with_query(&bulk_job(id), &[("late", "1")])
}

/// The Exceptions again, with a word on why a job was not prepared: the field that is missing or wrong.
pub fn bulk_refused(query: &str, field: &str) -> String {
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("refused="));
    let pairs: Vec<_> = kept.map(str::to_owned).chain([format!("refused={}", encoded(field))]).collect();
    format!("{EXCEPTIONS}?{}", pairs.join("&"))
}

/// Where the form posts to that maps the unknown code of an exception.
pub fn exception_map(id: &str) -> String {
    format!("{}/map", exception(id))
}

/// The Exceptions' filter from its query.
pub fn exception_filter(get: impl Fn(&str) -> Option<String>) -> ExceptionFilter {
    let get = told(get);
    ExceptionFilter {
        queue: get("queue"),
        kind: get("kind"),
        state: get("state"),
        cause: get("cause"),
        assignee: get("assignee"),
        region: get("region"),
        business_unit: get("business_unit"),
        snoozed: get("snoozed"),
        view: get("view"),
        after: get("after"),
    }
}

fn exception_pairs(filter: &ExceptionFilter) -> Vec<(&'static str, &str)> {
    present([
        ("queue", &filter.queue),
        ("kind", &filter.kind),
        ("state", &filter.state),
        ("cause", &filter.cause),
        ("assignee", &filter.assignee),
        ("region", &filter.region),
        ("business_unit", &filter.business_unit),
        ("snoozed", &filter.snoozed),
        ("view", &filter.view),
        ("after", &filter.after),
    ])
}
