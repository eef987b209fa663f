//! Decimal numbers as files write them, exact: no float is ever made.

use std::{cmp::Ordering, fmt};

/// How a column writes its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberStyle {
    /// Between whole and fraction.
    pub decimal_mark: char,
    /// Between groups of three digits, if the column groups them.
    pub thousands_mark: Option<char>,
    /// Texts to take away first: `$`, `kg`, `USD`.
    pub strip: Vec<String>,
    /// Whether `(12.50)` means minus 12.50.
    pub accounting: bool,
}

impl Default for NumberStyle {
    fn default() -> Self {
        Self { decimal_mark: '.', thousands_mark: None, strip: Vec::new(), accounting: false }
    }
}

/// An exact decimal: `units / 10^scale`, without trailing zeros in the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i128,
    scale: u32,
}

/// More digits than any count, weight or amount of freight has.
const MAX_DIGITS: usize = 24;

impl NumberStyle {
    /// Reads a number; `None` if the text is none in this style.
    pub fn read(&self, text: &str) -> Option<Decimal> {
        let mut text = text.to_owned();
        for token in &self.strip {
            text = text.replacen(token.as_str(), "", 1);
        }
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inner) if self.accounting => (true, inner.trim()),
            _ => match text.strip_prefix(['-', '\u{2212}']) {
                Some(rest) => (true, rest.trim_start()),
                None => (false, text.strip_prefix('+').unwrap_or(text)),
            },
        };
        let (whole, fraction) = text.split_once(self.decimal_mark).unwrap_or((text, ""));
        let whole = self.ungroup(whole)?;
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() > MAX_DIGITS || !digits(&whole) || !digits(fraction) {
            return None;
        }
        if whole.is_empty() && fraction.is_empty() || text.ends_with(self.decimal_mark) {
            return None;
        }
        let units: i128 = format!("0{whole}{fraction}").parse().ok()?;
        let scale = u32::try_from(fraction.len()).ok()?;
        Some(Decimal { units: if negative { -units } else { units }, scale }.normal())
    }

    fn ungroup(&self, whole: &str) -> Option<String> {
        let Some(mark) = self.thousands_mark else { return Some(whole.to_owned()) };
        let mut groups = whole.split(mark);
        let first = groups.next().unwrap_or_default();
        let rest: Vec<&str> = groups.collect();
        let fits = rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|g| g.len() == 3);
        fits.then(|| format!("{first}{}", rest.concat()))
    }
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { units: 0, scale: 0 };

    /// Digits after the point.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// As a whole number, if it is one.
    pub fn whole(&self) -> Option<i64> {
        if self.scale == 0 { i64::try_from(self.units).ok() } else { None }
    }

    /// Rounded to so many digits after the point, halves away from zero.
    pub fn round_half_up(self, digits: u32) -> Self {
        if self.scale <= digits {
            return self;
        }
        let step = 10_i128.pow(self.scale - digits);
        let half = step / 2;
        let away = if self.units < 0 { self.units - half } else { self.units + half };
        Self { units: away / step, scale: digits }.normal()
    }

    /// The sum; `None` beyond what fits.
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let units = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Some(Self { units, scale }.normal())
    }

    /// With at least so many digits after the point.
    pub fn padded(&self, digits: u32) -> String {
        let scale = self.scale.max(digits);
        let units = self.at_scale(scale).unwrap_or(self.units).unsigned_abs();
        let sign = if self.units < 0 { "-" } else { "" };
        let all = format!("{units:0width$}", width = scale as usize + 1);
        let (whole, fraction) = all.split_at(all.len() - scale as usize);
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    fn at_scale(&self, scale: u32) -> Option<i128> {
        self.units.checked_mul(10_i128.checked_pow(scale.checked_sub(self.scale)?)?)
    }

    fn normal(mut self) -> Self {
        while self.scale > 0 && self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at_scale(scale), other.at_scale(scale)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => self.units.cmp(&other.units),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.padded(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        NumberStyle::default().read(text).map(|d| d.to_string())
    }

    #[test]
    fn plain_numbers() {
        for (text, want) in [("780.34", "780.34"), ("-3", "-3"), (" 12.500 ", "12.5"), ("007", "7"), (".5", "0.5"), ("+4", "4")] {
            assert_eq!(read(text).as_deref(), Some(want), "{text}");
        }
        for bad in ["", ".", "5.", "1e5", "1,000", "12x", "1.2.3", "NaN", "--1", "1234567890123456789012345"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn grouped_stripped_and_in_brackets() {
        let style =
            NumberStyle {
                decimal_mark: ',', thousands_mark: Some('.'), strip: vec!["€".into(), "EUR".into()], accounting: true
            };
        let read = |text: &str| style.read(text).map(|d| d.to_string());
        assert_eq!(read("€ 1.234,50").as_deref(), Some("1234.5"));
        assert_eq!(read("(12,30) EUR").as_deref(), Some("-12.3"));
        assert_eq!(read("1.23,00"), None);
        assert_eq!(read("12.345.678").as_deref(), Some("12345678"));
    }

    #[test]
    fn halves_go_away_from_zero() {
        let round = |text: &str| NumberStyle::default().read(text).map(|d| d.round_half_up(2).padded(2));
        assert_eq!(round("1.005").as_deref(), Some("1.01"));
        assert_eq!(round("-1.005").as_deref(), Some("-1.01"));
        assert_eq!(round("1.0049").as_deref(), Some("1.00"));
        assert_eq!(round("7").as_deref(), Some("7.00"));
    }

    #[test]
    fn sums_and_order_are_exact() {
        let n = |text: &str| NumberStyle::default().read(text).expect("a number");
        assert_eq!(n("0.1").plus(n("0.2")), Some(n("0.3")));
        assert!(n("0.10") == n("0.1") && n("2") > n("1.999") && n("-2") < n("-1.5"));
    }
}
