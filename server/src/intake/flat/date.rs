//! Dates and times as files write them: several formats in one column, short years, odd names of months.

mod format;

use self::format::Parts;
use crate::domain::time::{Instant, Precision};
use chrono::{DateTime, Duration, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use std::collections::BTreeMap;

pub use format::Format;

/// How a column writes its times.
#[derive(Debug, Clone)]
pub struct TimeStyle {
    /// Tried in order.
    pub formats: Vec<Format>,
    /// `%y` means a year within the hundred years that begin here.
    pub short_years_from: i32,
    /// Names of months, in lower case, besides the English ones.
    pub months: BTreeMap<String, u32>,
    /// Where times without an offset, and days, are local.
    pub zone: Tz,
    /// What happens when two formats read the same text as different times.
    pub ambiguous: Ambiguous,
}

/// What happens when two formats read the same text as different times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ambiguous {
    /// The value is refused.
    #[default]
    Reject,
    /// The first format that fits wins.
    First,
}

/// A time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// For a day: its last microsecond in the column's zone.
    pub at: Instant,
    /// Point or day.
    pub precision: Precision,
    /// Offset of the zone at that moment, in seconds.
    pub offset: i32,
}

/// Why a text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTime {
    /// No format fits.
    Unreadable,
    /// A format fits, but there is no such day or hour.
    Impossible,
    /// Formats disagree.
    Ambiguous,
}

impl TimeStyle {
    /// Whether no format of the column has an hour.
    pub fn days_only(&self) -> bool {
        !self.formats.iter().any(Format::may_have_hour)
    }

    /// Reads a time.
    pub fn read(&self, text: &str) -> Result<Moment, NoTime> {
        let mut found: Option<Moment> = None;
        let mut fits = false;
        for format in &self.formats {
            let Some(parts) = format.read(text, self) else { continue };
            fits = true;
            let Some(moment) = self.moment(parts) else { continue };
            match (found, self.ambiguous) {
                (None, Ambiguous::First) => return Ok(moment),
                (None, Ambiguous::Reject) => found = Some(moment),
                (Some(other), _) if other == moment => {}
                (Some(_), _) => return Err(NoTime::Ambiguous),
            }
        }
        found.ok_or(if fits { NoTime::Impossible } else { NoTime::Unreadable })
    }

    fn moment(&self, parts: Parts) -> Option<Moment> {
        if let Some(at) = parts.utc {
            return Some(Moment { at: Instant(at.timestamp_micros()), precision: Precision::Instant, offset: 0 });
        }
        if let Some(local) = parts.local {
            return self.local(local);
        }
        if let Some(day) = parts.local_day {
            return self.end_of_day(day);
        }
        let date = NaiveDate::from_ymd_opt(parts.year?, parts.month?, parts.day?)?;
        let Some(hour) = parts.hour else { return self.end_of_day(date) };
        let hour = match parts.afternoon {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        };
        let time = NaiveTime::from_hms_micro_opt(hour, parts.minute.unwrap_or(0), parts.second.unwrap_or(0), parts.micro)?;
        match parts.offset {
            None => self.local(date.and_time(time)),
            Some(seconds) => {
                let at = FixedOffset::east_opt(seconds)?.from_local_datetime(&date.and_time(time)).single()?;
                Some(Moment { at: Instant(at.timestamp_micros()), precision: Precision::Instant, offset: seconds })
            }
        }
    }

    /// A local time; the earlier one where clocks were set back, none where they were set forward over it.
    fn local(&self, local: NaiveDateTime) -> Option<Moment> {
        let at = match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
            LocalResult::None => return None,
        };
        Some(Moment { at: Instant(at.timestamp_micros()), precision: Precision::Instant, offset: seconds_east(&at) })
    }

    /// The last microsecond of a local day. A zone may skip or repeat midnight, so it is found from the day's last hours.
    fn end_of_day(&self, day: NaiveDate) -> Option<Moment> {
        let last = day.and_hms_micro_opt(23, 59, 59, 999_999)?;
        let at = match self.zone.from_local_datetime(&last) {
            LocalResult::Single(at) | LocalResult::Ambiguous(_, at) => at,
            LocalResult::None => self.zone.from_local_datetime(&(last - Duration::hours(1))).latest()?,
        };
        Some(Moment { at: Instant(at.timestamp_micros()), precision: Precision::Day, offset: seconds_east(&at) })
    }
}

fn seconds_east(at: &DateTime<Tz>) -> i32 {
    use chrono::Offset;
    at.offset().fix().local_minus_utc()
}

impl Moment {
    /// RFC 3339 with the zone's offset, as CloudEvents' times are written.
    pub fn rfc3339(&self) -> String {
        let Some(local) = self.local() else { return String::new() };
        let micros = self.at.0.rem_euclid(Instant::SECOND) != 0;
        let format = if micros { chrono::SecondsFormat::Micros } else { chrono::SecondsFormat::Secs };
        local.to_rfc3339_opts(format, true)
    }

    /// As an event's `time`: a day's last second, because whoever mends an event by hand would write it so; that it stands for
    /// the whole day is said by the event's `precision`.
    pub fn event_time(&self) -> String {
        match self.precision {
            Precision::Instant => self.rfc3339(),
            Precision::Day => {
                self.local().map(|local| local.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).unwrap_or_default()
            }
        }
    }

    /// In a payload: a day as a day with its offset, a point as RFC 3339.
    pub fn wire(&self) -> String {
        match self.precision {
            Precision::Instant => self.rfc3339(),
            Precision::Day if self.offset == 0 => self.day(),
            Precision::Day => self.local().map(|local| local.format("%Y-%m-%d%:z").to_string()).unwrap_or_default(),
        }
    }

    /// The local day.
    pub fn day(&self) -> String {
        self.local().map(|local| local.format("%Y-%m-%d").to_string()).unwrap_or_default()
    }

    fn local(&self) -> Option<DateTime<FixedOffset>> {
        let utc = DateTime::from_timestamp_micros(self.at.0)?;
        Some(utc.with_timezone(&FixedOffset::east_opt(self.offset)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(formats: &[&str], zone: &str) -> TimeStyle {
        TimeStyle {
            formats: formats.iter().map(|f| Format::parse(f).expect("a format")).collect(),
            short_years_from: 1970,
            months: BTreeMap::from([("okt".to_owned(), 10)]),
            zone: zone.parse().expect("a zone"),
            ambiguous: Ambiguous::Reject,
        }
    }

    #[test]
    fn several_formats_in_one_column() {
        let style = style(&["%d-%b-%y", "%m/%d/%y", "%m/%d/%Y", "%Y-%m-%d %H:%M"], "UTC");
        for (text, want) in [
            ("2-Jun-06", "2006-06-02"),
            ("01-Sept-06", "2006-09-01"),
            ("7-okt-12", "2012-10-07"),
            ("8/27/14", "2014-08-27"),
            ("09/11/2014", "2014-09-11"),
            ("1-Jan-71", "1971-01-01"),
            ("1-Jan-69", "2069-01-01"),
            ("2014-03-05 06:07", "2014-03-05T06:07:00Z"),
        ] {
            assert_eq!(style.read(text).map(|m| m.wire()), Ok(want.to_owned()), "{text}");
        }
        assert_eq!(style.read("soon"), Err(NoTime::Unreadable));
        assert_eq!(style.read("30-Feb-06"), Err(NoTime::Impossible));
        assert_eq!(style.read("2-Ju-06"), Err(NoTime::Unreadable));
    }

    #[test]
    fn formats_that_disagree_are_refused_unless_the_mapping_says_otherwise() {
        let mut style = style(&["%d/%m/%Y", "%m/%d/%Y"], "UTC");
        assert_eq!(style.read("03/04/2014"), Err(NoTime::Ambiguous));
        assert_eq!(style.read("04/04/2014").map(|m| m.day()), Ok("2014-04-04".into()));
        assert_eq!(style.read("13/04/2014").map(|m| m.day()), Ok("2014-04-13".into()));
        style.ambiguous = Ambiguous::First;
        assert_eq!(style.read("03/04/2014").map(|m| m.day()), Ok("2014-04-03".into()));
    }

    #[test]
    fn a_day_ends_where_it_is() {
        let at = |zone: &str, day: &str| style(&["%Y-%m-%d"], zone).read(day).expect("a day");
        assert_eq!(at("UTC", "2014-06-02").rfc3339(), "2014-06-02T23:59:59.999999Z");
        let johannesburg = at("Africa/Johannesburg", "2014-06-02");
        assert_eq!(johannesburg.rfc3339(), "2014-06-02T23:59:59.999999+02:00");
        assert_eq!((johannesburg.wire().as_str(), johannesburg.precision), ("2014-06-02+02:00", Precision::Day));
        // Clocks go back on this day, so that its last hour is an hour later than on the day before.
        assert_eq!(at("Europe/Berlin", "2014-10-26").rfc3339(), "2014-10-26T23:59:59.999999+01:00");
    }

    #[test]
    fn hours_that_do_not_exist_or_exist_twice() {
        let berlin = style(&["%Y-%m-%d %H:%M"], "Europe/Berlin");
        assert_eq!(berlin.read("2014-03-30 02:30"), Err(NoTime::Impossible));
        assert_eq!(berlin.read("2014-10-26 02:30").map(|m| m.rfc3339()), Ok("2014-10-26T02:30:00+02:00".into()));
    }

    #[test]
    fn twelve_hours_offsets_fractions_and_serials() {
        let styles = [style(&["%m/%d/%Y %I:%M %p", "iso", "excel-serial"], "UTC"), style(&["unix-ms"], "UTC")];
        for (text, want) in [
            ("3/4/2014 12:05 am", "2014-03-04T00:05:00Z"),
            ("3/4/2014 1:05 PM", "2014-03-04T13:05:00Z"),
            ("2014-03-04T13:05:00.25+0530", "2014-03-04T13:05:00.250000+05:30"),
            ("41702", "2014-03-04"),
            ("41702.5", "2014-03-04T12:00:00Z"),
            ("1393934700000", "2014-03-04T12:05:00Z"),
        ] {
            let read = styles.iter().find_map(|style| style.read(text).ok());
            assert_eq!(read.map(|m| m.wire()).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn formats_are_checked() {
        for bad in ["%Q", "%d-%b", "%", "excel"] {
            assert!(Format::parse(bad).is_err(), "{bad}");
        }
    }
}
