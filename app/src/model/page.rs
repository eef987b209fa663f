use super::Moment;
use serde::{Deserialize, Serialize};

/// One keyset page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Opaque cursor of the following page; none on the last.
    pub next: Option<String>,
    /// Rows that match the filter and that the viewer may see; none where counting would cost more than the page.
    pub total: Option<u64>,
    /// When this was read.
    pub as_of: Moment,
}

/// A half-open range of days in the viewer's zone, as in the URL: `2026-01-01` to `2026-02-01`, each end optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Period {
    /// First day that counts, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// First day that counts no more, `YYYY-MM-DD`.
    pub to: Option<String>,
}

impl Period {
    /// The shortest that has all of these, whose ends are told, in it.
    pub fn around<'p>(periods: impl IntoIterator<Item = &'p Self>) -> Option<Self> {
        let ends = periods.into_iter().filter_map(|period| Some((period.from.clone()?, period.to.clone()?)));
        // Days are written so that their order is that of their letters.
        let (from, to) = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        Some(Self { from: Some(from), to: Some(to) })
    }

    /// For reading, both ends inside: `2 May 2006 to 14 Sep 2015`; none for all days.
    pub fn words(&self) -> Option<String> {
        match (self.from.as_deref(), self.to.as_deref()) {
            (Some(from), Some(to)) => match day_before(to) {
                Some(last) if last == from => Some(day_words(from)),
                Some(last) => Some(format!("{} to {}", day_words(from), day_words(&last))),
                None => Some(format!("from {from}, before {to}")),
            },
            (Some(from), None) => Some(format!("from {}", day_words(from))),
            (None, Some(to)) => Some(format!("before {}", day_words(to))),
            (None, None) => None,
        }
    }
}

/// `2 May 2006` for `2006-05-02`; anything else as it is.
pub fn day_words(day: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    match split(day) {
        Some((year, month @ 1..=12, day)) => format!("{day} {} {year}", MONTHS[usize::from(month) - 1]),
        _ => day.to_owned(),
    }
}

/// The calendar day before, or none if it is no day.
fn day_before(day: &str) -> Option<String> {
    let (mut year, mut month, mut day) = split(day)?;
    if day > 1 {
        day -= 1;
    } else {
        (year, month) = if month > 1 { (year, month - 1) } else { (year.checked_sub(1)?, 12) };
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        day = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
    }
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn split(day: &str) -> Option<(u16, u8, u8)> {
    let mut parts = day.splitn(3, '-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// One value a filter can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// As in the URL.
    pub value: String,
    /// As a person reads it.
    pub label: String,
}

/// The places that filters offer: only those that the viewer's scope holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceChoices {
    /// Regions in scope.
    pub regions: Vec<Choice>,
    /// Business units in scope.
    pub business_units: Vec<Choice>,
}

/// The values that the filters of a list offer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterChoices {
    /// Regions and business units.
    pub places: PlaceChoices,
    /// Carriers seen.
    pub carriers: Vec<Choice>,
    /// Modes seen.
    pub modes: Vec<Choice>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(from: Option<&str>, to: Option<&str>) -> Option<String> {
        Period { from: from.map(Into::into), to: to.map(Into::into) }.words()
    }

    #[test]
    fn a_period_names_its_last_day() {
        assert_eq!(words(Some("2006-05-02"), Some("2015-09-15")).as_deref(), Some("2 May 2006 to 14 Sep 2015"));
        assert_eq!(words(Some("2024-02-01"), Some("2024-03-01")).as_deref(), Some("1 Feb 2024 to 29 Feb 2024"));
        assert_eq!(words(Some("2023-02-01"), Some("2023-03-01")).as_deref(), Some("1 Feb 2023 to 28 Feb 2023"));
        assert_eq!(words(Some("2025-12-31"), Some("2026-01-01")).as_deref(), Some("31 Dec 2025"));
    }

    #[test]
    fn an_open_end_is_told() {
        assert_eq!(words(Some("2026-01-05"), None).as_deref(), Some("from 5 Jan 2026"));
        assert_eq!(words(None, Some("2026-01-05")).as_deref(), Some("before 5 Jan 2026"));
        assert_eq!(words(None, None), None);
    }

    #[test]
    fn the_period_around_some_has_all_of_their_days() {
        let days = |from: &str, to: &str| Period { from: Some(from.into()), to: Some(to.into()) };
        let all = [days("2026-02-02", "2026-02-09"), Period::default(), days("2025-12-29", "2026-02-05")];
        assert_eq!(Period::around(&all), Some(days("2025-12-29", "2026-02-09")));
        assert_eq!(Period::around(&[]), None);
    }

    #[test]
    fn what_is_no_day_stays_as_it_is() {
        assert_eq!(day_words("yesterday"), "yesterday");
        assert_eq!(words(Some("a"), Some("b")).as_deref(), Some("from a, before b"));
    }
}
