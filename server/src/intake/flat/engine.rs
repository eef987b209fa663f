//! The mapping at work on a file: a first reading counts each group's rows and notes what is referred to, a second one, if
//! anything is, keeps those values, and the last one makes events. Only open groups and what is referred to are in memory.

use super::{
    decode::Lines,
    emit::{Aim, Draft, Origin, draft},
    plan::{FilePlan, Plan},
    record::{Row, Rows},
    reference::Index,
    reject::Reject,
    row::{Bound, Read as FieldRead, RowCells},
    value::Cell,
};
use crate::domain::receipt::Refusal;
use std::{
    collections::{BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read},
    sync::Arc,
};

/// Places in an event that a refusal names.
const PLACES: usize = 6;

/// Something for the one door.
#[derive(Debug, Clone, PartialEq)]
pub enum Made {
    /// An event, still to be read by the domain, and where its values come from.
    Event(Vec<u8>, Vec<Origin>),
    /// What could not become an event as it stands.
    Refused(Box<Refusal>),
}

/// What a row or its group came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// For the one door, in order.
    pub made: Vec<Made>,
    /// For people.
    pub rejects: Vec<Reject>,
    /// Groups that were completed.
    pub groups: u64,
    /// The row was passed over by the mapping's conditions.
    pub passed_over: bool,
}

/// The rows after the header.
pub struct DataRows<R> {
    rows: Rows<R>,
    comment: Option<String>,
}

/// Rows, and the names of their columns.
pub type Opened<R> = (DataRows<R>, Vec<String>);

/// Opens a file's rows and finds its header; the problem in words otherwise.
pub fn open<R: Read>(input: R, file: &FilePlan) -> io::Result<Result<Opened<R>, String>> {
    let mut rows = Rows::new(Lines::new(input, file.encoding), file.marks);
    let mut header = file.columns.clone();
    for at in 1..=file.header {
        match rows.next_row()? {
            Some(Row { cells: Ok(cells), .. }) => header = cells,
            Some(Row { line, cells: Err(_) }) if at == file.header => {
                return Ok(Err(format!("the header in line {line} cannot be read")));
            }
            Some(_) => {}
            None => return Ok(Err(format!("the file ends before its header in row {}", file.header))),
        }
    }
    Ok(Ok((DataRows { rows, comment: file.comment.clone() }, header)))
}

impl<R: Read> DataRows<R> {
    /// The next row.
    pub fn next_row(&mut self) -> io::Result<Option<Row>> {
        loop {
            let row = self.rows.next_row()?;
            let comment = |start: &String| match &row {
                Some(Row { cells: Ok(cells), .. }) => cells[0].trim_start().starts_with(start.as_str()),
                _ => false,
            };
            if !self.comment.as_ref().is_some_and(comment) {
                return Ok(row);
            }
        }
    }
}

/// A mapping at work.
pub struct Engine {
    bound: Bound,
    index: Index,
    /// For each group of the plan: how many rows each has. Two keys with one hash only delay each other to the end.
    counts: Vec<HashMap<u64, u32>>,
    open: Vec<HashMap<Vec<String>, Open>>,
}

#[derive(Default)]
struct Open {
    rows: Vec<Arc<RowCells>>,
}

impl Engine {
    /// A plan over a file with this header; the problem in words otherwise.
    pub fn new(plan: Plan, header: Vec<String>) -> Result<Self, String> {
        let groups = plan.groups.len();
        Ok(Self {
            bound: Bound::new(plan, header)?,
            index: Index::default(),
            counts: vec![HashMap::new(); groups],
            open: (0..groups).map(|_| HashMap::new()).collect(),
        })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.bound.plan
    }

    /// First reading.
    pub fn count(&mut self, row: &Row) {
        let Some(reads) = self.reads(row, &self.bound.plan.early) else { return };
        if !self.counts_in(&reads) {
            return;
        }
        for (at, read) in reads.iter().enumerate() {
            self.index.want(at, read);
        }
        for group in 0..self.counts.len() {
            if let Some(key) = self.key(group, |field| read_cell(&reads[field])) {
                *self.counts[group].entry(hash(&key)).or_default() += 1;
            }
        }
    }

    /// Whether the second reading is needed.
    pub fn has_references(&self) -> bool {
        self.index.is_wanted()
    }

    /// Second reading.
    pub fn keep(&mut self, row: &Row) {
        let (Some(reads), Ok(cells)) = (self.reads(row, &self.bound.plan.early), &row.cells) else { return };
        let bound = &self.bound;
        self.index.keep(&bound.plan, &|column| bound.cell(cells, column).to_owned(), &reads);
    }

    /// Last reading.
    pub fn take(&mut self, row: &Row) -> Outcome {
        let mut outcome = Outcome::default();
        let Some(reads) = self.reads(row, &self.bound.plan.order) else {
            self.malformed(row, &mut outcome);
            return outcome;
        };
        if !self.counts_in(&reads) {
            outcome.passed_over = true;
            return outcome;
        }
        let cells = Arc::new(self.bound.resolve(row.line, &reads, &self.index));
        let bads: BTreeSet<Reject> = cells
            .cells
            .iter()
            .filter_map(|cell| match cell {
                Cell::Bad(bad) => Some(Reject::from(bad)),
                _ => None,
            })
            .collect();
        outcome.rejects.extend(bads);
        self.emit(None, std::slice::from_ref(&cells), &mut outcome);
        for group in 0..self.open.len() {
            let Some(key) = self.key(group, |field| Some(&cells.cells[field])) else {
                // Without a key the row stands alone.
                self.emit(Some(group), std::slice::from_ref(&cells), &mut outcome);
                continue;
            };
            let expected = self.counts[group].get(&hash(&key)).copied().unwrap_or(1);
            let open = self.open[group].entry(key.clone()).or_default();
            open.rows.push(Arc::clone(&cells));
            if open.rows.len() >= expected as usize {
                let rows = self.open[group].remove(&key).unwrap_or_default().rows;
                self.close(group, rows, &mut outcome);
            }
        }
        outcome
    }

    /// Ends the last reading: closes what is still open.
    pub fn finish(&mut self) -> Outcome {
        let mut outcome = Outcome::default();
        for group in 0..self.open.len() {
            let mut left: Vec<Open> = std::mem::take(&mut self.open[group]).into_values().collect();
            left.sort_by_key(|open| open.rows.first().map(|row| row.line));
            for open in left {
                self.close(group, open.rows, &mut outcome);
            }
        }
        outcome
    }

    /// A well-formed row's fields.
    fn reads(&self, row: &Row, order: &[usize]) -> Option<Vec<FieldRead>> {
        let cells = row.cells.as_ref().ok()?;
        (cells.len() >= self.bound.header.len() && cells[self.bound.header.len()..].iter().all(|c| c.trim().is_empty()))
            .then(|| self.bound.read(row.line, cells, order))
    }

    fn counts_in(&self, reads: &[FieldRead]) -> bool {
        self.bound.plan.rows.iter().all(|condition| condition.holds(read_cell(&reads[condition.field]).into_iter()))
    }

    fn key<'c>(&self, group: usize, cell: impl Fn(usize) -> Option<&'c Cell>) -> Option<Vec<String>> {
        let part = |field: &usize| match cell(*field) {
            Some(Cell::Present(value)) => Some(value.text()),
            _ => None,
        };
        self.bound.plan.groups[group].by.iter().map(part).collect()
    }

    fn close(&self, group: usize, mut rows: Vec<Arc<RowCells>>, outcome: &mut Outcome) {
        let order = &self.bound.plan.groups[group].order;
        if !order.is_empty() {
            rows.sort_by_cached_key(|row| {
                let value = |field: &usize| match &row.cells[*field] {
                    Cell::Present(value) => Some(value.clone()),
                    _ => None,
                };
                (order.iter().map(value).collect::<Vec<_>>(), row.line)
            });
        }
        outcome.groups += 1;
        self.emit(Some(group), &rows, outcome);
    }

    fn emit(&self, group: Option<usize>, rows: &[Arc<RowCells>], outcome: &mut Outcome) {
        for rule in self.bound.plan.events.iter().filter(|rule| rule.group == group) {
            let Some(whole) = draft(&self.bound, rule, rows, Aim::Whole) else { continue };
            if whole.bads.is_empty() {
                outcome.made.push(Made::Event(whole.bytes(), whole.origins));
                continue;
            }
            if rows.len() > 1
                && let Some(sure) = draft(&self.bound, rule, rows, Aim::Sure).filter(|draft| draft.bads.is_empty())
            {
                outcome.made.push(Made::Event(sure.bytes(), sure.origins));
            }
            // Bad cells are told row by row; what only shows in the group is told here.
            let cells = |bad: &&super::value::Bad| {
                !rows
                    .iter()
                    .any(|row| row.cells.iter().any(|cell| matches!(cell, Cell::Bad(b) if b.row == bad.row && b.raw == bad.raw)))
            };
            outcome.rejects.extend(whole.bads.iter().filter(cells).map(Reject::from));
            outcome.made.push(Made::Refused(Box::new(refusal(&whole))));
        }
    }

    fn malformed(&self, row: &Row, outcome: &mut Outcome) {
        let (value, reason) = match &row.cells {
            Err(broken) => (broken.text.clone(), broken.reason.to_owned()),
            Ok(cells) => {
                let reason = format!("the row has {} cells, the header has {}", cells.len(), self.bound.header.len());
                (cells.join(" | "), reason)
            }
        };
        let reject = Reject {
            row: row.line,
            column: String::new(),
            value: value.chars().take(200).collect(),
            code: "row_malformed",
            reason,
        };
        let raw = match &row.cells {
            Err(broken) => serde_json::json!({ "mapping": self.bound.plan.name, "row": row.line, "line": broken.text }),
            Ok(cells) => serde_json::json!({ "mapping": self.bound.plan.name, "row": row.line, "cells": cells }),
        };
        outcome.made.push(Made::Refused(Box::new(Refusal {
            raw: raw.to_string().into_bytes(),
            code: reject.code,
            reason: reject.reason.clone(),
            place: Some(reject.place()),
            source: Some(self.bound.plan.source.clone()),
            event_id: None,
            event_type: None,
            subject: None,
        })));
        outcome.rejects.push(reject);
    }
}

fn read_cell(read: &FieldRead) -> Option<&Cell> {
    match read {
        FieldRead::Cell(cell) => Some(cell),
        FieldRead::Refers { .. } => None,
    }
}

fn hash(key: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// The quarantine's view of a draft: the event with the bad value in place, so that mending it is all that is left to do.
fn refusal(draft: &Draft) -> Refusal {
    let first = &draft.bads[0];
    let reject = Reject::from(first);
    let shown: String = first.raw.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = match draft.bads.len() {
        1 => String::new(),
        more => format!(" (and {} more)", more - 1),
    };
    let places: Vec<&str> = draft.places.iter().take(PLACES).map(String::as_str).collect();
    let places = if places.is_empty() { String::new() } else { format!("; in the event: {}", places.join(", ")) };
    let what = if shown.is_empty() { String::new() } else { format!("\"{shown}\" ") };
    let text = |name: &str| draft.text(name).map(str::to_owned);
    Refusal {
        raw: draft.bytes(),
        code: first.code,
        reason: format!("{}: {what}{}{more}{places}", reject.place(), first.reason),
        place: Some(reject.place()),
        source: text("source"),
        event_id: text("id"),
        event_type: text("type"),
        subject: text("subject"),
    }
}
