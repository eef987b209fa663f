//! Drafts of events: CloudEvents JSON out of a group's rows, with whatever is wrong shown in its place.

mod payload;

use super::{
    date::Moment,
    group::{Broken, Picked, pick},
    plan::EventRule,
    row::{Bound, RowCells},
    template::Slot,
    value::{Bad, Kind, Value},
};
use crate::domain::time::Precision;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// An event as far as it could be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The event.
    pub json: Map<String, Json>,
    /// Where its values come from.
    pub origins: Vec<Origin>,
    /// What stands in it that cannot be right, or is missing.
    pub bads: Vec<Bad>,
    /// JSON pointers to what cannot be right.
    pub places: Vec<String>,
}

/// Where a value of an event comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// JSON pointer in the event.
    pub pointer: String,
    /// Line of the file.
    pub row: u64,
    /// Column.
    pub column: String,
}

/// Whether bad values are shown or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The whole event, with bad values in their places: ready for quarantine if there are any.
    Whole,
    /// What the good rows say for sure, so that one broken row does not hold up the others.
    Sure,
}

/// What partial events' ids begin with. It sorts before any letter or digit, so that at equal record times the whole event,
/// once its broken row is fixed, outweighs the partial one.
pub const PARTIAL: &str = "!partial:";

/// Drafts the event of a rule over the rows of one group; `None` where its conditions do not hold.
pub fn draft(bound: &Bound, rule: &EventRule, rows: &[Arc<RowCells>], aim: Aim) -> Option<Draft> {
    let holds = rule.when.iter().all(|condition| condition.holds(rows.iter().map(|row| &row.cells[condition.field])));
    if !holds || rows.is_empty() {
        return None;
    }
    let mut making =
        Making { bound, rows, broken: if aim == Aim::Whole { Broken::Show } else { Broken::Skip }, draft: Draft::new() };
    making.envelope(rule, aim);
    if aim == Aim::Sure {
        making.broken = Broken::Drop;
    }
    making.data(rule);
    Some(making.draft)
}

struct Making<'m> {
    bound: &'m Bound,
    rows: &'m [Arc<RowCells>],
    broken: Broken,
    draft: Draft,
}

impl Draft {
    fn new() -> Self {
        Self { json: Map::new(), origins: Vec::new(), bads: Vec::new(), places: Vec::new() }
    }

    /// A text of the envelope.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.json.get(name)?.as_str()
    }

    /// As bytes.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.json).expect("a JSON object with text keys is always writable")
    }
}

impl Making<'_> {
    fn envelope(&mut self, rule: &EventRule, aim: Aim) {
        self.set("specversion", json!("1.0"));
        self.set("source", json!(self.bound.plan.source));
        self.set("type", json!(rule.event_type.name()));
        for (name, template) in [("id", &rule.id), ("subject", &rule.subject)] {
            match self.template(template, &format!("/{name}")) {
                Some(Json::String(text)) if name == "id" && aim == Aim::Sure => self.set(name, json!(format!("{PARTIAL}{text}"))),
                Some(Json::String(text)) => self.set(name, json!(text)),
                Some(other) => self.set(name, other),
                None => {
                    let field = template.slots().next().map(|slot| slot.field);
                    self.missing(field, name);
                }
            }
        }
        if let Some(template) = &rule.sequence
            && let Some(sequence) = self.template(template, "/sequence")
        {
            let text = sequence.as_str().map_or_else(|| sequence.to_string(), str::to_owned);
            self.set("sequence", json!(text));
        }
        if let Some(moment) = self.time(&rule.time, "time", true) {
            self.set("time", json!(moment.event_time()));
            if moment.precision == Precision::Day {
                self.set("data", json!({ "precision": "day" }));
            }
        } else if self.day_only(&rule.time) {
            self.set("data", json!({ "precision": "day" }));
        }
        if let Some(slot) = &rule.recordedtime
            && let Some(moment) = self.time(slot, "recordedtime", false)
        {
            self.set("recordedtime", json!(moment.rfc3339()));
        }
    }

    fn data(&mut self, rule: &EventRule) {
        let mut data = match self.draft.json.remove("data") {
            Some(Json::Object(data)) => data,
            _ => Map::new(),
        };
        for (name, node) in &rule.data {
            let order = rule.group.map(|group| self.bound.plan.groups[group].order.as_slice()).unwrap_or_default();
            if let Some(value) = self.node(node, &format!("/data/{}", escaped(name)), order) {
                data.insert(name.clone(), value);
            }
        }
        self.set("data", Json::Object(data));
    }

    fn set(&mut self, name: &str, value: Json) {
        self.draft.json.insert(name.to_owned(), value);
    }

    fn time(&mut self, slot: &Slot, name: &str, needed: bool) -> Option<Moment> {
        match pick(self.rows, slot.field, slot.pick, self.broken) {
            Picked::One(Value::Time(moment), row) => {
                self.origin(&format!("/{name}"), row, slot.field);
                Some(moment)
            }
            Picked::Bad(shown, mut bad) => {
                self.set(name, json!(shown.join(" | ")));
                bad.reason.push_str("; in the event it is written like 2026-03-01T23:59:59Z");
                self.bad(bad, slot.field, &format!("/{name}"));
                None
            }
            _ => {
                if needed {
                    self.missing(Some(slot.field), name);
                }
                None
            }
        }
    }

    fn day_only(&self, slot: &Slot) -> bool {
        matches!(&self.bound.plan.fields[slot.field].kind, Kind::Time(style) if style.days_only())
    }

    fn missing(&mut self, field: Option<usize>, name: &str) {
        if self.draft.json.contains_key(name) {
            return;
        }
        let row = self.rows.first().map_or(0, |row| row.line);
        let column = field.map(|field| self.bound.column_of(field).to_owned()).unwrap_or_default();
        let reason = format!("has no value, and the event needs one for its {name}");
        self.draft.bads.push(Bad { raw: String::new(), row, column, code: "value_missing", reason });
    }

    fn bad(&mut self, mut bad: Bad, field: usize, pointer: &str) {
        self.draft.places.push(pointer.to_owned());
        if bad.column.is_empty() {
            self.bound.column_of(field).clone_into(&mut bad.column);
        }
        if !self.draft.bads.contains(&bad) {
            self.draft.bads.push(bad);
        }
    }

    fn origin(&mut self, pointer: &str, row: u64, field: usize) {
        let column = self.bound.column_of(field).to_owned();
        self.draft.origins.push(Origin { pointer: pointer.to_owned(), row, column });
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
