//! Times as people write them.

use crate::domain::access::Actor;
use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

/// The zone that a person lives in; one that nobody knows reads UTC.
pub(super) fn zone(actor: &Actor) -> Tz {
    actor.time_zone.parse().unwrap_or(Tz::UTC)
}

/// A date and a time, as a browser's field or a hand writes them: the person's own, unless they carry their offset. An hour that the
/// clocks skip is no time; of an hour that comes twice the first is meant.
pub(super) fn time(text: &str, actor: &Actor) -> Option<DateTime<FixedOffset>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time);
    }
    let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Some(zone(actor).from_local_datetime(&local).earliest()?.fixed_offset())
}
