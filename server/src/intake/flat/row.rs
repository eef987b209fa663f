//! From a row's cells to its fields.

use super::{
    mapping::{Take, Unmapped},
    plan::{Condition, Field, Plan, Source, Test},
    reference::{Index, RowKey},
    template::{Form, Part, Template},
    value::{Bad, Case, Cell, Value},
};
use std::borrow::Cow;

/// A field before references are followed.
#[derive(Debug, Clone)]
pub enum Read {
    /// What became of it.
    Cell(Cell),
    /// It points to another row.
    Refers {
        /// As it stands.
        raw: String,
        /// Where to.
        key: RowKey,
        /// What is taken from there.
        take: Take,
    },
}

/// A row's fields, by position in the plan; those that nothing uses are absent.
#[derive(Debug)]
pub struct RowCells {
    /// Line of the file.
    pub line: u64,
    /// What became of each field.
    pub cells: Vec<Cell>,
}

/// A plan over the columns of a file.
#[derive(Debug)]
pub struct Bound {
    /// The plan.
    pub plan: Plan,
    /// Names of the file's columns.
    pub header: Vec<String>,
    /// Where each of the plan's columns stands in the file.
    positions: Vec<usize>,
}

/// Most of a value that a reason or a rejects file repeats.
const SHOWN: usize = 200;

impl Bound {
    /// Finds the plan's columns in the file's header; the problem in words otherwise.
    pub fn new(plan: Plan, header: Vec<String>) -> Result<Self, String> {
        let header: Vec<String> = header.into_iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let position = |column: &String| {
            let wanted = column.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut at = header.iter().enumerate().filter(|(_, name)| **name == wanted).map(|(at, _)| at);
            match (at.next(), at.next()) {
                (Some(at), None) => Ok(at),
                (Some(_), Some(_)) => Err(format!("the file has more than one column `{column}`")),
                (None, _) => Err(format!("the file has no column `{column}`; it has: {}", readable(&header))),
            }
        };
        let positions = plan.columns.iter().map(position).collect::<Result<_, _>>()?;
        Ok(Self { plan, header, positions })
    }

    /// What a column of the plan holds in a row.
    pub fn cell<'r>(&self, row: &'r [String], column: usize) -> &'r str {
        row[self.positions[column]].trim()
    }

    /// The name of the column that a field comes from, or its own.
    pub fn column_of(&self, field: usize) -> &str {
        let field = &self.plan.fields[field];
        match &field.source {
            Source::Column(column) => &self.plan.columns[*column],
            Source::Template(_) => &field.name,
        }
    }

    /// Reads these fields (each must come after those that it needs); others are absent.
    pub fn read(&self, line: u64, row: &[String], order: &[usize]) -> Vec<Read> {
        let mut reads: Vec<Read> = vec![Read::Cell(Cell::Absent(None)); self.plan.fields.len()];
        for &at in order {
            reads[at] = self.field(at, line, row, &reads);
        }
        reads
    }

    /// Follows the references.
    pub fn resolve(&self, line: u64, reads: &[Read], index: &Index) -> RowCells {
        let cell = |(at, read)| index.resolve(at, &self.plan.fields[at], read, line, self.column_of(at));
        RowCells { line, cells: reads.iter().enumerate().map(cell).collect() }
    }

    fn field(&self, at: usize, line: u64, row: &[String], reads: &[Read]) -> Read {
        let field = &self.plan.fields[at];
        let column = self.column_of(at);
        let raw = match &field.source {
            Source::Column(column) => Cow::Borrowed(self.cell(row, *column)),
            Source::Template(template) => match written(template, reads) {
                Ok(text) => Cow::Owned(text),
                Err(cell) => return Read::Cell(field.or_default(cell, line, column, reads)),
            },
        };
        if let Some((refers, key)) = field.refers.iter().find_map(|refers| Some((refers, refers.target(&raw)?))) {
            return Read::Refers { raw: raw.into_owned(), key, take: refers.take };
        }
        let cell = field.read(&raw, line, column, reads);
        Read::Cell(field.or_default(cell, line, column, reads))
    }
}

impl Field {
    fn read(&self, raw: &str, row: u64, column: &str, reads: &[Read]) -> Cell {
        let word = if self.ignore_case { Cow::Owned(raw.to_lowercase()) } else { Cow::Borrowed(raw) };
        if raw.is_empty() && !self.absent.contains_key("") && !self.map.contains_key("") {
            return Cell::Absent(None);
        }
        if let Some(reason) = self.absent.get(word.as_ref()) {
            return Cell::Absent((!reason.is_empty()).then(|| reason.clone()));
        }
        let bad = |(code, reason)| {
            let raw = raw.chars().take(SHOWN).collect();
            Cell::Bad(Bad { raw, row, column: column.to_owned(), code, reason })
        };
        let text = match (self.map.get(word.as_ref()), self.unmapped) {
            (Some(meant), _) => meant.as_str(),
            (None, _) if self.map.is_empty() => raw,
            (None, Unmapped::Keep) => raw,
            (None, Unmapped::Absent) => return Cell::Absent(Some(raw.to_owned())),
            (None, Unmapped::Reject) => return bad(("value_unmapped", "is none of the words that the mapping knows".into())),
        };
        match self.money_code(reads) {
            Err(cell) => cell,
            Ok(currency) => self.kind.read(text, currency.as_deref()).map_or_else(bad, Cell::Present),
        }
    }

    fn money_code(&self, reads: &[Read]) -> Result<Option<String>, Cell> {
        match &self.currency {
            None => Ok(None),
            Some(template) => match written(template, reads) {
                Ok(code) => Ok(Some(code)),
                Err(Cell::Absent(_)) => Ok(None),
                Err(cell) => Err(cell),
            },
        }
    }

    fn or_default(&self, cell: Cell, row: u64, column: &str, reads: &[Read]) -> Cell {
        match (cell, &self.default) {
            (Cell::Absent(_), Some(default)) => match self.money_code(reads) {
                Err(cell) => cell,
                Ok(currency) => match self.kind.read(default, currency.as_deref()) {
                    Ok(value) => Cell::Present(value),
                    Err((code, reason)) => {
                        let raw = default.chars().take(SHOWN).collect();
                        Cell::Bad(Bad { raw, row, column: column.to_owned(), code, reason })
                    }
                },
            },
            (Cell::Absent(word), None) if self.required => {
                let raw = word.unwrap_or_default();
                Cell::Bad(Bad { raw, row, column: column.to_owned(), code: "value_missing", reason: "must not be empty".into() })
            }
            (cell, _) => cell,
        }
    }
}

/// A template within one row; an absent or bad field makes the whole absent or bad.
fn written(template: &Template, reads: &[Read]) -> Result<String, Cell> {
    let mut out = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Slot(slot) => match &reads[slot.field] {
                Read::Cell(Cell::Present(value)) => out.push_str(&formed_text(value, slot.form)),
                Read::Cell(cell) => return Err(cell.clone()),
                Read::Refers { .. } => return Err(Cell::Absent(None)),
            },
        }
    }
    Ok(out)
}

/// A value as text, in a form.
pub fn formed_text(value: &Value, form: Form) -> String {
    match (form, value) {
        (Form::Amount, Value::Money(currency, amount)) => amount.padded(currency.digits()),
        (Form::Currency, Value::Money(currency, _)) => currency.code().to_owned(),
        (Form::Day, Value::Time(moment)) => moment.day(),
        (Form::Slug, value) => Case::Slug.of(&value.text()),
        (_, value) => value.text(),
    }
}

impl Condition {
    /// Whether the rows meet it: any of them has a value, none has one, …
    pub fn holds<'c>(&self, mut cells: impl Iterator<Item = &'c Cell>) -> bool {
        let there = |cell: &Cell| !matches!(cell, Cell::Absent(_));
        let is = |cell: &Cell, word: &str| match cell {
            Cell::Present(value) => value.text() == word,
            Cell::Bad(bad) => bad.raw == word,
            Cell::Absent(_) => false,
        };
        match &self.test {
            Test::Present => cells.any(there),
            Test::Absent => !cells.any(there),
            Test::Is(word) => cells.any(|cell| is(cell, word)),
            Test::IsNot(word) => cells.any(|cell| there(cell) && !is(cell, word)),
        }
    }
}
/// Column names for a terminal: what controls one is written out, and a file that is none is not shown whole.
fn readable(header: &[impl AsRef<str>]) -> String {
    let names: Vec<String> = header.iter().map(|name| name.as_ref().escape_debug().to_string()).collect();
    let names = names.join(", ");
    match names.char_indices().nth(400) {
        Some((end, _)) => format!("{} …", &names[..end]),
        None => names,
    }
}
