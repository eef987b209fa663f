//! One format of times: what stands where.

use super::TimeStyle;
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use std::collections::BTreeMap;

/// One format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format(Vec<Token>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Day,
    Month,
    MonthName,
    Year,
    ShortYear,
    Hour,
    Hour12,
    Minute,
    Second,
    Fraction,
    HalfDay,
    Offset,
    Space,
    Literal(char),
    ExcelSerial,
    UnixSeconds,
    UnixMillis,
}

/// What a text says, piece by piece.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) day: Option<u32>,
    pub(super) month: Option<u32>,
    pub(super) year: Option<i32>,
    pub(super) hour: Option<u32>,
    pub(super) minute: Option<u32>,
    pub(super) second: Option<u32>,
    pub(super) micro: u32,
    pub(super) afternoon: Option<bool>,
    pub(super) offset: Option<i32>,
    /// Given whole: instant, or local time, or local day.
    pub(super) utc: Option<DateTime<Utc>>,
    pub(super) local: Option<NaiveDateTime>,
    pub(super) local_day: Option<NaiveDate>,
}

impl Format {
    /// Whether a text of this format may tell the hour.
    pub(super) fn may_have_hour(&self) -> bool {
        let hour =
            |t: &Token| matches!(t, Token::Hour | Token::Hour12 | Token::ExcelSerial | Token::UnixSeconds | Token::UnixMillis);
        self.0.iter().any(hour)
    }

    /// Reads a format such as `%d-%b-%y`; the problem in words otherwise.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "excel-serial" => return Ok(Self(vec![Token::ExcelSerial])),
            "unix" => return Ok(Self(vec![Token::UnixSeconds])),
            "unix-ms" => return Ok(Self(vec![Token::UnixMillis])),
            "iso" => return Self::parse("%Y-%m-%dT%H:%M:%S%f%z"),
            _ => {}
        }
        let mut tokens = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '%' => match chars.next() {
                    Some('d') => Token::Day,
                    Some('m') => Token::Month,
                    Some('b') => Token::MonthName,
                    Some('Y') => Token::Year,
                    Some('y') => Token::ShortYear,
                    Some('H') => Token::Hour,
                    Some('I') => Token::Hour12,
                    Some('M') => Token::Minute,
                    Some('S') => Token::Second,
                    Some('f') => Token::Fraction,
                    Some('p') => Token::HalfDay,
                    Some('z') => Token::Offset,
                    Some('%') => Token::Literal('%'),
                    Some(other) => return Err(format!("%{other} is none of %d %m %b %Y %y %H %I %M %S %f %p %z %%")),
                    None => return Err("ends in %".into()),
                },
                c if c.is_whitespace() => Token::Space,
                c => Token::Literal(c),
            });
        }
        let has = |token| tokens.contains(&token);
        let year = has(Token::Year) || has(Token::ShortYear);
        let month = has(Token::Month) || has(Token::MonthName);
        if !(year && month && has(Token::Day)) {
            return Err("needs a year (%Y or %y), a month (%m or %b) and a day (%d)".into());
        }
        Ok(Self(tokens))
    }

    pub(super) fn read(&self, text: &str, style: &TimeStyle) -> Option<Parts> {
        let mut parts = Parts::default();
        let mut rest = text;
        for token in &self.0 {
            rest = take(*token, rest, &mut parts, style)?;
        }
        rest.is_empty().then_some(parts)
    }
}

/// Takes up to `most` digits, at least `least`.
fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

fn take<'t>(token: Token, text: &'t str, parts: &mut Parts, style: &TimeStyle) -> Option<&'t str> {
    let field = |slot: &mut Option<u32>, least, most| {
        let (value, rest) = number(text, least, most)?;
        *slot = Some(value);
        Some(rest)
    };
    match token {
        Token::Day => field(&mut parts.day, 1, 2),
        Token::Month => field(&mut parts.month, 1, 2),
        Token::Hour | Token::Hour12 => field(&mut parts.hour, 1, 2),
        Token::Minute => field(&mut parts.minute, 2, 2),
        Token::Second => field(&mut parts.second, 2, 2),
        Token::Year => {
            let (year, rest) = number(text, 4, 4)?;
            parts.year = Some(i32::try_from(year).ok()?);
            Some(rest)
        }
        Token::ShortYear => {
            let (year, rest) = number(text, 2, 2)?;
            let from = style.short_years_from;
            parts.year = Some(from + (i32::try_from(year).ok()? - from).rem_euclid(100));
            Some(rest)
        }
        Token::MonthName => {
            let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
            parts.month = Some(month(&text[..end].to_lowercase(), &style.months)?);
            let rest = &text[end..];
            // Some write the abbreviation's full stop.
            Some(rest.strip_prefix('.').unwrap_or(rest))
        }
        Token::Fraction => {
            let Some(rest) = text.strip_prefix(['.', ',']) else { return Some(text) };
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let micros = format!("{:0<6}", &rest[..digits.min(6)]);
            parts.micro = micros.parse().ok()?;
            (digits > 0).then(|| &rest[digits..])
        }
        Token::HalfDay => {
            let half = text.get(..2)?.to_ascii_lowercase();
            parts.afternoon = Some(match half.as_str() {
                "am" => false,
                "pm" => true,
                _ => return None,
            });
            Some(&text[2..])
        }
        Token::Offset => offset(text, parts),
        Token::Space => {
            let rest = text.trim_start();
            (rest.len() < text.len()).then_some(rest)
        }
        Token::Literal(c) => text.strip_prefix(c),
        Token::ExcelSerial => excel(text, parts).then_some(""),
        Token::UnixSeconds => unix(text, 1_000_000, parts).then_some(""),
        Token::UnixMillis => unix(text, 1_000, parts).then_some(""),
    }
}

fn month(name: &str, more: &BTreeMap<String, u32>) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Some(number) = more.get(name) {
        return Some(*number);
    }
    // Any abbreviation of three letters and more: Jun, June, Sep, Sept.
    let at = NAMES.iter().position(|full| name.len() >= 3 && full.starts_with(name))?;
    u32::try_from(at + 1).ok()
}

fn offset<'t>(text: &'t str, parts: &mut Parts) -> Option<&'t str> {
    if let Some(rest) = text.strip_prefix(['Z', 'z']) {
        parts.offset = Some(0);
        return Some(rest);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, rest) = number(text.strip_prefix(['+', '-'])?, 2, 2)?;
    let (minutes, rest) = number(rest.strip_prefix(':').unwrap_or(rest), 2, 2)?;
    parts.offset = Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?);
    Some(rest)
}

/// Days since the last day of 1899, as spreadsheets count (their 29 February 1900 lies before any freight).
fn excel(text: &str, parts: &mut Parts) -> bool {
    let (days, fraction) = text.split_once('.').map_or((text, None), |(d, f)| (d, Some(f)));
    let plain = |s: &str| !s.is_empty() && s.len() <= 12 && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(days) || days.len() > 6 || fraction.is_some_and(|f| !plain(f)) {
        return false;
    }
    let Some(day) = days
        .parse()
        .ok()
        .filter(|d| *d >= 61)
        .and_then(|d| NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(d)))
    else {
        return false;
    };
    match fraction.filter(|f| f.bytes().any(|b| b != b'0')) {
        None => parts.local_day = Some(day),
        Some(fraction) => {
            let padded = format!("{fraction:0<12}");
            let seconds = padded.parse::<i64>().map_or(0, |f| (f * 86_400 + 500_000_000_000) / 1_000_000_000_000);
            parts.local = Some(day.and_time(NaiveTime::MIN) + Duration::seconds(seconds));
        }
    }
    true
}

fn unix(text: &str, micros: i64, parts: &mut Parts) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || digits.len() > 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let at = text.parse::<i64>().ok().and_then(|n| n.checked_mul(micros)).and_then(DateTime::from_timestamp_micros);
    parts.utc = at;
    at.is_some()
}
