//! Texts that point to another row, such as "See ASN-93 (ID#:1281)".

use super::{
    mapping::Take,
    plan::{Field, PatternPart, Plan, Refers},
    row::Read,
    value::{Bad, Cell, Value},
};
use std::collections::{HashMap, HashSet};

/// How such a text looks: plain text with names in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Text before each name, and after the last one.
    texts: Vec<String>,
    names: Vec<String>,
}

impl Pattern {
    /// Reads a pattern such as `See {asn} (ID#:{id})`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut texts, mut names) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("has a { without its }")?;
            if !names.is_empty() && before.is_empty() {
                return Err("needs text between two names, or where one ends would be a guess".into());
            }
            texts.push(before.to_owned());
            names.push(name.trim().to_owned());
            rest = after;
        }
        if names.is_empty() {
            return Err("needs at least one name in braces".into());
        }
        if texts[0].trim().is_empty() && rest.trim().is_empty() && names.len() == 1 {
            return Err("is nothing but a name, so any text would fit".into());
        }
        texts.push(rest.to_owned());
        Ok(Self { texts, names })
    }

    /// Position of a name.
    pub fn name(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// What stands at the names, if the text looks so.
    pub fn caught<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let mut rest = text.trim().strip_prefix(self.texts[0].as_str())?;
        let mut caught = Vec::with_capacity(self.names.len());
        for (index, after) in self.texts[1..].iter().enumerate() {
            let last = index + 1 == self.names.len();
            let end = if last {
                rest.len().checked_sub(after.len()).filter(|_| rest.ends_with(after.as_str()))?
            } else {
                rest.find(after.as_str())?
            };
            let value = rest[..end].trim();
            if value.is_empty() {
                return None;
            }
            caught.push(value);
            rest = &rest[end + after.len()..];
        }
        Some(caught)
    }
}

/// Which row is meant: what its columns hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey(String);

impl Refers {
    /// The row that a text points to, if it looks so.
    pub fn target(&self, text: &str) -> Option<RowKey> {
        let caught = self.pattern.caught(text)?;
        let wanted = self.at.iter().map(|(_, parts)| {
            parts
                .iter()
                .map(|part| match part {
                    PatternPart::Text(text) => text.as_str(),
                    PatternPart::Caught(at) => caught[*at],
                })
                .collect::<String>()
        });
        Some(RowKey(wanted.collect::<Vec<_>>().join("\u{1f}")))
    }

    /// The key of a row, given what its columns hold.
    fn key(&self, cell: &dyn Fn(usize) -> String) -> RowKey {
        RowKey(self.at.iter().map(|(column, _)| cell(*column)).collect::<Vec<_>>().join("\u{1f}"))
    }
}

/// The rows that others point to: nothing else is kept.
#[derive(Debug, Default)]
pub struct Index {
    wanted: HashSet<(usize, RowKey)>,
    found: HashMap<(usize, RowKey), Target>,
}

#[derive(Debug)]
struct Target {
    read: Read,
    rows: u32,
}

impl Index {
    /// Notes what a row points to.
    pub fn want(&mut self, field: usize, read: &Read) {
        if let Read::Refers { key, .. } = read {
            self.wanted.insert((field, key.clone()));
        }
    }

    /// Whether any row points to another.
    pub fn is_wanted(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// Keeps a row's values if another row points to it.
    pub fn keep(&mut self, plan: &Plan, cell: &dyn Fn(usize) -> String, reads: &[Read]) {
        for &at in &plan.early {
            for refers in &plan.fields[at].refers {
                let key = (at, refers.key(cell));
                if self.wanted.contains(&key) {
                    let target = self.found.entry(key).or_insert_with(|| Target { read: reads[at].clone(), rows: 0 });
                    target.rows += 1;
                }
            }
        }
    }

    /// Follows a reference to its end.
    pub fn resolve(&self, at: usize, field: &Field, read: &Read, row: u64, column: &str) -> Cell {
        let (first, mut key, mut take) = match read {
            Read::Cell(cell) => return cell.clone(),
            Read::Refers { raw, key, take } => (raw, key, *take),
        };
        let bad = |code, reason: String| Cell::Bad(Bad { raw: first.clone(), row, column: column.to_owned(), code, reason });
        let mut seen = HashSet::new();
        loop {
            if !seen.insert(key) {
                return bad("reference_cycle", "points to a row that points back".into());
            }
            let target = match self.found.get(&(at, key.clone())) {
                None => return bad("reference_dangling", "points to a row that the file does not hold".into()),
                Some(target) if target.rows > 1 => {
                    return bad("reference_ambiguous", format!("points to {} rows at once", target.rows));
                }
                Some(target) => target,
            };
            match &target.read {
                Read::Refers { key: next, take: then, .. } => {
                    key = next;
                    // Along a chain nothing is taken as soon as one link takes nothing.
                    take = if *then == Take::Nothing { Take::Nothing } else { take };
                }
                Read::Cell(Cell::Absent(reason)) => return Cell::Absent(reason.clone()),
                Read::Cell(_) if take == Take::Nothing => return Cell::Absent(None),
                Read::Cell(Cell::Present(value)) => return Cell::Present(value.clone()),
                Read::Cell(Cell::Bad(there)) => {
                    let reason = format!("points to row {}, whose {} {}", there.row, field.name, there.reason);
                    return bad("reference_bad", reason);
                }
            }
        }
    }
}

impl Read {
    /// The value, if it is there without looking elsewhere.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Cell(Cell::Present(value)) => Some(value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_catch_names() {
        let pattern = Pattern::parse("See {asn} (ID#:{id})").expect("good");
        assert_eq!(pattern.caught("See ASN-93 (ID#:1281)"), Some(vec!["ASN-93", "1281"]));
        assert_eq!(pattern.caught(" See DN 3 (x) (ID#:7) "), Some(vec!["DN 3 (x)", "7"]));
        for text in ["See ASN-93", "see ASN-93 (ID#:1281)", "See  (ID#:1)", "See A (ID#:1) or so", "812.50", ""] {
            assert_eq!(pattern.caught(text), None, "{text}");
        }
    }

    #[test]
    fn patterns_that_would_guess_are_refused() {
        for bad in ["{id}", "See it", "See {a}{b}", "See {a"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
