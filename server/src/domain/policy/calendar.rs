//! Working hours, and whose they are: by when something has to be solved.

use crate::domain::time::Instant;
use app::model::Queue;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Days that are looked through for open hours: longer nobody is away.
const DAYS: u64 = 800;

/// A week's working hours, and the days without any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// What it is called.
    pub name: String,
    /// Where its clock hangs: `Europe/Berlin`.
    pub time_zone: String,
    /// Working days: `mon` to `sun`; Monday to Friday if absent.
    #[serde(default = "weekdays")]
    pub days: Vec<Day>,
    /// When work begins, `08:00`.
    #[serde(with = "minutes")]
    pub from: NaiveTime,
    /// When it ends, `17:00`; later than `from`.
    #[serde(with = "minutes")]
    pub until: NaiveTime,
    /// Days without work.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<NaiveDate>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "a week has seven days")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    fn is(self, weekday: Weekday) -> bool {
        self as u32 == weekday.num_days_from_monday()
    }
}

fn weekdays() -> Vec<Day> {
    vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri]
}

mod minutes {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format("%H:%M"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveTime::parse_from_str(&text, "%H:%M").map_err(|_| D::Error::custom(format!("{text:?} is no time such as 08:00")))
    }
}

impl Calendar {
    /// The instant at which so many working hours have passed since `start`. Where the clock is put forward or back, an hour is
    /// still an hour that passes.
    pub fn after(&self, start: Instant, hours: u32) -> Instant {
        let mut left = i64::from(hours) * Instant::HOUR;
        let around_the_clock = start.plus(left);
        let Ok(zone) = self.time_zone.parse::<Tz>() else { return around_the_clock };
        let Some(first) = DateTime::from_timestamp_micros(start.0) else { return around_the_clock };
        let first = first.with_timezone(&zone).date_naive();
        for day in (0..DAYS).filter_map(|n| first.checked_add_days(Days::new(n))) {
            let Some((from, until)) = self.open(zone, day) else { continue };
            let from = from.max(start);
            let open = until.since(from).max(0);
            if open > 0 && left <= open {
                return from.plus(left);
            }
            left -= open;
        }
        around_the_clock
    }

    /// When this day's work begins and ends.
    fn open(&self, zone: Tz, day: NaiveDate) -> Option<(Instant, Instant)> {
        let works = self.days.iter().any(|works| works.is(day.weekday())) && !self.holidays.contains(&day);
        let at = |time: NaiveTime| {
            // A time that the clock skips is the hour after it; of a time that comes twice the first counts.
            let local = day.and_time(time);
            let later = || zone.from_local_datetime(&(local + chrono::TimeDelta::hours(1))).earliest();
            let at = zone.from_local_datetime(&local).earliest().or_else(later)?;
            Some(Instant(at.timestamp_micros()))
        };
        if works { Some((at(self.from)?, at(self.until)?)) } else { None }
    }
}

/// Who works in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// As people call them.
    pub name: String,
    /// In whose hours their time is counted; around the clock if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

pub(super) fn problems(calendars: &[Calendar], owners: &BTreeMap<Queue, Owner>, problems: &mut Vec<String>) {
    let mut names = BTreeSet::new();
    for calendar in calendars {
        let name = &calendar.name;
        if name.is_empty() || !names.insert(name.as_str()) {
            problems.push(format!("calendars: {name:?} is empty or stands there twice"));
        }
        if calendar.time_zone.parse::<Tz>().is_err() {
            problems.push(format!("calendars: {name}: {:?} is no time zone such as Europe/Berlin", calendar.time_zone));
        }
        if calendar.until <= calendar.from {
            problems.push(format!("calendars: {name}: work ends before it begins"));
        }
        if calendar.days.is_empty() {
            problems.push(format!("calendars: {name}: nobody works on any day"));
        }
    }
    for (queue, owner) in owners {
        if let Some(calendar) = owner.calendar.as_deref().filter(|calendar| !names.contains(calendar)) {
            problems.push(format!("owners: {}: there is no calendar {calendar}", queue.code()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: &str, rest: &str) -> Calendar {
        toml::from_str(&format!("name = \"c\"\ntime_zone = \"{zone}\"\n{rest}")).expect("a calendar")
    }

    fn at(text: &str) -> Instant {
        Instant(DateTime::parse_from_rfc3339(text).expect("a time").timestamp_micros())
    }

    #[test]
    fn only_working_hours_pass() {
        let office = "from = \"08:00\"\nuntil = \"17:00\"\n";
        let berlin = calendar("Europe/Berlin", &format!("{office}holidays = [\"2026-04-03\", \"2026-04-06\"]"));
        let shift = calendar("America/Chicago", "days = [\"sat\", \"sun\"]\nfrom = \"00:00\"\nuntil = \"06:00\"");
        for (what, calendar, start, hours, end) in [
            ("within a day", &berlin, "2026-03-02T09:00:00+01:00", 4, "2026-03-02T13:00:00+01:00"),
            ("before work", &berlin, "2026-03-02T03:00:00+01:00", 4, "2026-03-02T12:00:00+01:00"),
            ("after work", &berlin, "2026-03-02T20:00:00+01:00", 4, "2026-03-03T12:00:00+01:00"),
            ("to the end of the day", &berlin, "2026-03-02T08:00:00+01:00", 9, "2026-03-02T17:00:00+01:00"),
            ("over the night", &berlin, "2026-03-02T16:00:00+01:00", 4, "2026-03-03T11:00:00+01:00"),
            ("over the weekend", &berlin, "2026-03-06T16:00:00+01:00", 4, "2026-03-09T11:00:00+01:00"),
            ("summer begins on the Sunday", &berlin, "2026-03-27T16:00:00+01:00", 4, "2026-03-30T11:00:00+02:00"),
            ("over Easter", &berlin, "2026-04-02T16:00:00+02:00", 4, "2026-04-07T11:00:00+02:00"),
            ("several days", &berlin, "2026-03-02T08:00:00+01:00", 24, "2026-03-04T14:00:00+01:00"),
            ("none at all", &berlin, "2026-03-02T20:00:00+01:00", 0, "2026-03-03T08:00:00+01:00"),
            // In Chicago the clock skips 02:00 to 03:00 on 8 March and repeats 01:00 to 02:00 on 1 November 2026.
            ("an hour less that night", &shift, "2026-03-08T00:00:00-06:00", 5, "2026-03-08T06:00:00-05:00"),
            ("an hour more that night", &shift, "2026-11-01T00:00:00-05:00", 7, "2026-11-01T06:00:00-06:00"),
        ] {
            assert_eq!(calendar.after(at(start), hours), at(end), "{what}");
        }
        let skipped = calendar("America/Chicago", "days = [\"sun\"]\nfrom = \"02:30\"\nuntil = \"06:00\"");
        assert_eq!(skipped.after(at("2026-03-08T00:00:00-06:00"), 1), at("2026-03-08T04:30:00-05:00"), "begins after the gap");
        let nowhere = calendar("Nowhere/Land", office);
        assert_eq!(nowhere.after(at("2026-03-06T16:00:00Z"), 4), at("2026-03-06T20:00:00Z"), "the clock where nothing is known");
    }
}
