//! From the URL's filter to what the store is asked.

use super::super::{period::invalid, text::choose};
use crate::{
    domain::time::Instant,
    store::{
        exceptions::{Assignee, ExceptionQuery, RankCursor},
        shipments::Sight,
    },
};
use app::{
    error::AppError,
    model::{ExceptionFilter, ExceptionKind, ExceptionState, Queue},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Reads the filter; a value that means nothing is told by its field. `reader` is the sign-in name that `me` stands for.
pub fn read(filter: &ExceptionFilter, sight: Sight, reader: &str, now: Instant) -> Result<ExceptionQuery, AppError> {
    let assignee = match given(&filter.assignee).as_deref() {
        None => None,
        Some("nobody") => Some(Assignee::Nobody),
        Some("me") => Some(Assignee::Named(reader.to_owned())),
        Some(name) => Some(Assignee::Named(name.to_owned())),
    };
    let snoozed = match given(&filter.snoozed).as_deref() {
        None | Some("no") => false,
        Some("yes") => true,
        Some(_) => return Err(invalid("snoozed", "Choose yes or no.")),
    };
    Ok(ExceptionQuery {
        sight,
        queue: code(&filter.queue, Queue::from_code, "queue", || choose(Queue::ALL.iter().map(|queue| queue.code())))?,
        kind: code(&filter.kind, ExceptionKind::from_code, "kind", kinds)?,
        state: code(&filter.state, ExceptionState::from_code, "state", || {
            choose(ExceptionState::ALL.iter().map(|state| state.code()))
        })?,
        cause: cause(&filter.cause)?,
        assignee,
        region: given(&filter.region),
        business_unit: given(&filter.business_unit),
        snoozed,
        now,
    })
}

/// Whether rows are wanted instead of groups.
pub fn wants_rows(filter: &ExceptionFilter) -> Result<bool, AppError> {
    match given(&filter.view).as_deref() {
        Some("list") => Ok(true),
        None | Some("groups") => Ok(false),
        Some(_) => Err(invalid("view", "Choose groups or list.")),
    }
}

fn given(value: &Option<String>) -> Option<String> {
    value.clone().filter(|value| !value.is_empty())
}

fn code<T>(
    value: &Option<String>,
    read: fn(&str) -> Option<T>,
    field: &'static str,
    allowed: impl Fn() -> String,
) -> Result<Option<T>, AppError> {
    given(value).map(|code| read(&code).ok_or_else(|| invalid(field, &allowed()))).transpose()
}

fn kinds() -> String {
    choose(ExceptionKind::ALL.iter().map(|kind| kind.code()))
}

/// A cause begins with its kind. Whether there is one is for the list to tell.
fn cause(value: &Option<String>) -> Result<Option<String>, AppError> {
    let cause = given(value);
    let kind = cause.as_ref().map(|cause| cause.split_once(':').and_then(|(kind, _)| ExceptionKind::from_code(kind)));
    match kind {
        Some(None) => Err(invalid("cause", &format!("A cause is a kind, a colon, and words. {}", kinds()))),
        _ => Ok(cause),
    }
}

/// The place after the last row.
pub fn write_cursor(cursor: &RankCursor) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{}.{}", cursor.as_of.0, cursor.score, cursor.row))
}

/// Reads a cursor; an empty one is none.
pub fn read_cursor(text: Option<&str>) -> Result<Option<RankCursor>, AppError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let cursor = || {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = plain.splitn(3, '.');
        let as_of = Instant(parts.next()?.parse().ok()?);
        Some(RankCursor { as_of, score: parts.next()?.parse().ok()?, row: parts.next()?.parse().ok()? })
    };
    cursor().map(Some).ok_or_else(|| invalid("after", "This page's address is damaged; begin at the first page."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Environment, Scope};

    fn sight() -> Sight {
        Sight { environment: Environment::Live, scope: Scope::ALL }
    }

    #[test]
    fn me_is_the_reader_and_nobody_is_nobody() {
        for (given, meant) in [
            (None, None),
            (Some(""), None),
            (Some("nobody"), Some(Assignee::Nobody)),
            (Some("me"), Some(Assignee::Named("amira".into()))),
            (Some("ben"), Some(Assignee::Named("ben".into()))),
        ] {
            let filter = ExceptionFilter { assignee: given.map(Into::into), ..ExceptionFilter::default() };
            assert_eq!(read(&filter, sight(), "amira", Instant(0)).expect("reads").assignee, meant);
        }
    }

    #[test]
    fn a_value_that_means_nothing_is_told_by_its_field() {
        let wrong = |filter: ExceptionFilter| match read(&filter, sight(), "amira", Instant(0)) {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        let filter = ExceptionFilter::default;
        assert_eq!(wrong(ExceptionFilter { queue: Some("x".into()), ..filter() }), "queue");
        assert_eq!(wrong(ExceptionFilter { kind: Some("x".into()), ..filter() }), "kind");
        for wrong_cause in ["x", "x:y", ":", "pod_missing"] {
            assert_eq!(wrong(ExceptionFilter { cause: Some(wrong_cause.into()), ..filter() }), "cause");
        }
        assert_eq!(wrong(ExceptionFilter { state: Some("x".into()), ..filter() }), "state");
        assert_eq!(wrong(ExceptionFilter { snoozed: Some("x".into()), ..filter() }), "snoozed");
        assert!(wants_rows(&ExceptionFilter { view: Some("x".into()), ..filter() }).is_err());
    }

    #[test]
    fn a_cursor_comes_back_and_a_damaged_one_is_told() {
        let cursor = RankCursor { as_of: Instant(7), score: -5, row: 90 };
        assert_eq!(read_cursor(Some(&write_cursor(&cursor))).expect("whole"), Some(cursor));
        assert_eq!(read_cursor(Some("")).expect("empty"), None);
        assert!(read_cursor(Some("Ny4x")).is_err());
    }
}
