//! Periods as they stand in the URL: days, ISO weeks and months, all in UTC, so that a figure and its rows agree.

use crate::domain::time::Instant;
use app::{error::AppError, model::Period};
use chrono::{Datelike, NaiveDate, Weekday};

/// Half-open range of days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// First day that counts.
    pub from: Option<i32>,
    /// First day that counts no more.
    pub to: Option<i32>,
}

impl Days {
    /// Reads both ends.
    pub fn read(period: &Period) -> Result<Self, AppError> {
        let days = Self { from: read_day("from", period.from.as_deref())?, to: read_day("to", period.to.as_deref())? };
        match (days.from, days.to) {
            (Some(from), Some(to)) if from >= to => Err(invalid("to", "The period ends before it begins.")),
            _ => Ok(days),
        }
    }

    /// The instants between which the days lie.
    pub fn instants(self) -> (Option<Instant>, Option<Instant>) {
        let start = |day: i32| Instant(i64::from(day) * Instant::DAY);
        (self.from.map(start), self.to.map(start))
    }
}

/// Reads `2026-W07` or `2026-02` into its days.
pub fn read_span(code: &str) -> Result<Days, AppError> {
    let wrong = || invalid("week", "Write a week as 2026-W07 or a month as 2026-02.");
    let (year, rest) = code.split_once('-').ok_or_else(wrong)?;
    let year: i32 = year.parse().map_err(|_| wrong())?;
    let (first, end) = match rest.strip_prefix('W') {
        Some(week) => {
            let week = week.parse().map_err(|_| wrong())?;
            let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).ok_or_else(wrong)?;
            (monday, monday + chrono::Days::new(7))
        }
        None => {
            let first = NaiveDate::from_ymd_opt(year, rest.parse().map_err(|_| wrong())?, 1).ok_or_else(wrong)?;
            (first, first + chrono::Months::new(1))
        }
    };
    Ok(Days { from: Some(number(first)), to: Some(number(end)) })
}

/// The week that begins on this day: `2026-W07`, and in words.
pub fn week_name(monday: i32) -> (String, String) {
    let date = date(monday);
    let week = date.iso_week();
    (format!("{}-W{:02}", week.year(), week.week()), format!("week of {}", date.format("%-d %b %Y")))
}

/// A day as in the URL.
pub fn day_code(day: i32) -> String {
    date(day).format("%Y-%m-%d").to_string()
}

fn read_day(field: &str, text: Option<&str>) -> Result<Option<i32>, AppError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| invalid(field, "Write a day as 2026-01-31."))?;
    Ok(Some(number(date)))
}

fn number(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

fn date(day: i32) -> NaiveDate {
    NaiveDate::from_epoch_days(day).unwrap_or_default()
}

pub(super) fn invalid(field: &str, message: &str) -> AppError {
    AppError::Invalid { field: field.into(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_seven_days_and_the_name_it_was_read_from() {
        for code in ["2026-W07", "2020-W53", "2021-W01"] {
            let days = read_span(code).expect("a week");
            assert_eq!(days.to.zip(days.from).map(|(to, from)| to - from), Some(7));
            assert_eq!(week_name(days.from.expect("told")).0, code);
        }
    }

    #[test]
    fn a_month_reaches_to_the_next() {
        let days = read_span("2024-02").expect("a month");
        assert_eq!(days.to.zip(days.from).map(|(to, from)| to - from), Some(29));
    }

    #[test]
    fn nonsense_is_told_by_field() {
        for code in ["", "2026", "2026-W60", "2026-13", "x-W01"] {
            assert!(matches!(read_span(code), Err(AppError::Invalid { field, .. }) if field == "week"), "{code}");
        }
        let period = Period { from: Some("2026-02-30".into()), to: None };
        assert!(matches!(Days::read(&period), Err(AppError::Invalid { field, .. }) if field == "from"));
    }
}
