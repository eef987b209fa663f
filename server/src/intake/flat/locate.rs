//! Where in a TOML text a key stands, so that every complaint names key and line.

use std::{fmt, ops::Range};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What is wrong with a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MappingError {
    /// Line of the TOML file, when known.
    pub line: Option<usize>,
    /// Key, as `events[0].data.mode`; empty for the file as a whole.
    pub key: String,
    /// In words.
    pub problem: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.problem)
    }
}

/// An error at a key of this text.
pub(super) fn at_key(text: &str, key: &str, problem: impl Into<String>) -> MappingError {
    let span = DeTable::parse(text).ok().and_then(|table| find(table.get_ref(), key));
    MappingError { line: span.map(|s| line(text, s.start)), key: key.to_owned(), problem: problem.into() }
}

/// An error of the TOML reader, with the key that stands there.
pub(super) fn at_span(text: &str, error: &toml::de::Error) -> MappingError {
    let start = error.span().map(|span| span.start);
    let key = start.and_then(|at| {
        let table = DeTable::parse(text).ok()?;
        let mut best = String::new();
        deepest(table.get_ref(), at, String::new(), &mut best);
        Some(best)
    });
    MappingError {
        line: start.map(|at| line(text, at)),
        key: key.unwrap_or_default(),
        problem: error.message().trim().to_owned(),
    }
}

fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1
}

/// Takes `events[0].data.mode` apart. Keys with dots are not found as such; their table is.
fn find(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    let mut here: Option<Range<usize>> = None;
    let mut table = Some(table);
    let mut rest = key;
    while let Some(within) = table {
        // The longest key of the table that begins the path: keys may hold dots themselves.
        let found = within
            .iter()
            .filter(|(k, _)| rest.strip_prefix(k.get_ref().as_ref()).is_some_and(|r| r.is_empty() || r.starts_with(['.', '['])))
            .max_by_key(|(k, _)| k.get_ref().len());
        let Some((name, value)) = found else { break };
        rest = &rest[name.get_ref().len()..];
        here = Some(name.span());
        let mut value: &Spanned<DeValue<'_>> = value;
        while let Some((index, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            let Some(item) = index.parse::<usize>().ok().and_then(|i| value.get_ref().as_array()?.get(i)) else { return here };
            value = item;
            rest = after;
            here = Some(item.span());
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
        table = value.get_ref().as_table();
        if rest.is_empty() {
            break;
        }
    }
    here
}

fn deepest(table: &DeTable<'_>, at: usize, path: String, best: &mut String) {
    for (name, value) in table.iter() {
        let path = if path.is_empty() { name.get_ref().to_string() } else { format!("{path}.{}", name.get_ref()) };
        if name.span().contains(&at) {
            best.clone_from(&path);
        }
        inside(value, at, path, best);
    }
}

fn inside(value: &Spanned<DeValue<'_>>, at: usize, path: String, best: &mut String) {
    let table = value.get_ref().as_table();
    if value.span().contains(&at) && path.len() > best.len() {
        best.clone_from(&path);
    }
    if let Some(table) = table {
        deepest(table, at, path, best);
    } else if let Some(array) = value.get_ref().as_array() {
        for (index, item) in array.iter().enumerate() {
            inside(item, at, format!("{path}[{index}]"), best);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name = \"x\"\n\n[[events]]\ntype = \"a\"\n[events.data]\nmode = \"{m}\"\nlist = [\n  \"{b}\",\n]\n[[events]]\ntype = \"b\"\n";

    #[test]
    fn keys_have_lines() {
        let line = |key: &str| at_key(TEXT, key, "").line;
        assert_eq!(line("name"), Some(1));
        assert_eq!(line("events[0].type"), Some(4));
        assert_eq!(line("events[0].data.mode"), Some(6));
        assert_eq!(line("events[0].data.list[0]"), Some(8));
        assert_eq!(line("events[1].type"), Some(11));
        assert_eq!(line("events[1].subject"), Some(10));
        assert_eq!(line("source"), None);
    }

    #[test]
    fn errors_of_the_reader_name_the_key() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Events {
            events: Vec<Event>,
        }
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Event {
            r#type: u32,
        }
        let error = toml::from_str::<Events>(TEXT).expect_err("a text is no number");
        let error = at_span(TEXT, &error);
        assert_eq!((error.line, error.key.as_str()), (Some(4), "events[0].type"));
    }
}
