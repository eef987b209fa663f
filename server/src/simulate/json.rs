//! Writing JSON straight into a line. Everything that is written here is the simulator's own text, so nothing needs escaping;
//! a test reads every line back.

use crate::domain::time::Instant;
use chrono::{DateTime, FixedOffset, SecondsFormat};
use std::fmt::Write;

/// An object that is being written.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    empty: bool,
}

impl<'a> Object<'a> {
    /// Opens it.
    pub(crate) fn open(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, empty: true }
    }

    /// Closes it.
    pub(crate) fn close(self) {
        self.out.push('}');
    }

    fn key(&mut self, key: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// A string.
    pub(crate) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        debug_assert!(!value.contains(|c: char| c == '"' || c == '\\' || c.is_control()), "{value:?} needs escaping");
        self.key(key);
        self.out.push('"');
        self.out.push_str(value);
        self.out.push('"');
        self
    }

    /// A string, formatted.
    pub(crate) fn display(&mut self, key: &str, value: std::fmt::Arguments<'_>) -> &mut Self {
        self.key(key);
        write!(self.out, "\"{value}\"").expect("a String takes everything");
        self
    }

    /// True or false.
    pub(crate) fn flag(&mut self, key: &str, value: bool) -> &mut Self {
        self.key(key);
        self.out.push_str(if value { "true" } else { "false" });
        self
    }

    /// A time as RFC 3339, `offset` hours ahead of UTC.
    pub(crate) fn time(&mut self, key: &str, at: Instant, offset: i64) -> &mut Self {
        self.key(key);
        self.out.push('"');
        self.out.push_str(&rfc3339(at, offset));
        self.out.push('"');
        self
    }

    /// Money out of minor units with two decimals.
    pub(crate) fn money(&mut self, key: &str, minor: i64, currency: &str) -> &mut Self {
        self.object(key, |money| {
            money.display("amount", format_args!("{}.{:02}", minor / 100, minor % 100)).text("currency", currency);
        })
    }

    /// A decimal with its unit.
    pub(crate) fn quantity(&mut self, key: &str, value: std::fmt::Arguments<'_>, unit: &str) -> &mut Self {
        self.object(key, |quantity| {
            quantity.display("value", value).text("unit", unit);
        })
    }

    /// An object within.
    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) -> &mut Self {
        self.key(key);
        let mut inner = Object::open(self.out);
        fill(&mut inner);
        inner.close();
        self
    }

    /// A list of objects.
    pub(crate) fn objects<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Object<'_>, T),
    ) -> &mut Self {
        self.key(key);
        self.out.push('[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            let mut inner = Object::open(self.out);
            fill(&mut inner, item);
            inner.close();
        }
        self.out.push(']');
        self
    }

    /// A list of strings.
    pub(crate) fn texts(&mut self, key: &str, items: &[String]) -> &mut Self {
        self.key(key);
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(self.out, "{comma}\"{item}\"").expect("a String takes everything");
        }
        self.out.push(']');
        self
    }
}

/// A time as RFC 3339, `offset` hours ahead of UTC.
pub(crate) fn rfc3339(at: Instant, offset: i64) -> String {
    let utc = DateTime::from_timestamp_micros(at.0).unwrap_or_default();
    if offset == 0 {
        return utc.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    }
    let zone = i32::try_from(offset * 3600).ok().and_then(FixedOffset::east_opt).expect("the shipper's offsets are within a day");
    utc.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut line = String::new();
        let mut object = Object::open(&mut line);
        object
            .text("a", "b")
            .money("m", 123_405, "USD")
            .quantity("q", format_args!("{}.{}", 12, 5), "kg")
            .flag("f", true)
            .objects("l", [1, 2], |o, n| {
                o.display("n", format_args!("{n}"));
            })
            .texts("t", &["x".into(), "y".into()])
            .time("at", Instant(1_772_409_600_000_000), 8);
        object.close();
        let expected = r#"{"a":"b","m":{"amount":"1234.05","currency":"USD"},"q":{"value":"12.5","unit":"kg"},"f":true,"l":[{"n":"1"},{"n":"2"}],"t":["x","y"],"at":"2026-03-02T08:00:00+08:00"}"#;
        assert_eq!(line, expected);
    }
}
