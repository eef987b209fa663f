//! Payloads: templates and trees of them over a group's rows.

use super::{
    super::{
        group::{Broken, Picked, pick},
        plan::Node,
        row::{RowCells, formed_text},
        template::{Form, Part, Slot, Template},
        value::{Cell, Kind, Value},
    },
    Making, escaped,
};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// A slot over the rows.
enum Filled {
    Value(Json, String),
    Absent,
    Bad(Json, String),
}

impl Making<'_> {
    /// A part of the payload; `None` where nothing of it is known.
    pub(super) fn node(&mut self, node: &Node, pointer: &str, order: &[usize]) -> Option<Json> {
        match node {
            Node::Constant(value) => Some(value.clone()),
            Node::Template(template) => self.template(template, pointer),
            Node::Object(entries) => {
                let mut object = Map::new();
                let mut alive = entries.iter().all(|(_, node)| matches!(node, Node::Constant(_)));
                for (name, node) in entries {
                    let value = self.node(node, &format!("{pointer}/{}", escaped(name)), order);
                    alive |= value.is_some() && !matches!(node, Node::Constant(_));
                    object.extend(value.map(|value| (name.clone(), value)));
                }
                alive.then_some(Json::Object(object))
            }
            Node::List(nodes) => {
                let mut list = Vec::new();
                for node in nodes {
                    let value = self.node(node, &format!("{pointer}/{}", list.len()), order);
                    list.extend(value);
                }
                (!list.is_empty()).then_some(Json::Array(list))
            }
            Node::Each(node) => self.each(node, pointer, order),
            Node::Join(templates, with) => {
                let texts: Vec<String> = templates
                    .iter()
                    .filter_map(|template| self.template(template, pointer))
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                    .collect();
                (!texts.is_empty()).then(|| json!(texts.join(with)))
            }
        }
    }

    /// One entry for each row: in the group's order, or sorted where it has none, so that the file's order does not matter.
    fn each(&mut self, node: &Node, pointer: &str, order: &[usize]) -> Option<Json> {
        let mut rows: Vec<&Arc<RowCells>> = self.rows.iter().collect();
        rows.sort_by(|a, b| {
            order.iter().map(|f| rank(&a.cells[*f]).cmp(&rank(&b.cells[*f]))).find(|o| o.is_ne()).unwrap_or(a.line.cmp(&b.line))
        });
        let mut list = Vec::new();
        for row in rows {
            let mut alone =
                Making { bound: self.bound, rows: std::slice::from_ref(row), broken: self.broken, draft: super::Draft::new() };
            let value = alone.node(node, &format!("{pointer}/{}", list.len()), order);
            self.draft.origins.append(&mut alone.draft.origins);
            self.draft.bads.append(&mut alone.draft.bads);
            self.draft.places.append(&mut alone.draft.places);
            list.extend(value);
        }
        if order.is_empty() {
            list.sort_by_cached_key(Json::to_string);
        }
        (!list.is_empty()).then_some(Json::Array(list))
    }

    /// A template; alone, a field keeps its type.
    pub(super) fn template(&mut self, template: &Template, pointer: &str) -> Option<Json> {
        if let Some(slot) = template.only_slot() {
            return match self.slot(slot, pointer) {
                Filled::Value(value, _) | Filled::Bad(value, _) => Some(value),
                Filled::Absent => None,
            };
        }
        let mut out = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Slot(slot) => match self.slot(slot, pointer) {
                    Filled::Value(_, text) | Filled::Bad(_, text) => out.push_str(&text),
                    Filled::Absent => return None,
                },
            }
        }
        Some(json!(out))
    }

    fn slot(&mut self, slot: &Slot, pointer: &str) -> Filled {
        let picked = pick(self.rows, slot.field, slot.pick, self.broken);
        if slot.form == Form::Reason {
            return match picked {
                Picked::Absent(reasons) if !reasons.is_empty() => {
                    let text = reasons.join("; ");
                    Filled::Value(json!(text), text)
                }
                _ => Filled::Absent,
            };
        }
        match picked {
            Picked::One(value, row) => {
                self.origin(pointer, row, slot.field);
                let text = formed_text(&value, slot.form);
                let wire = if slot.form == Form::Whole { value.wire() } else { json!(text) };
                Filled::Value(wire, text)
            }
            Picked::Many(values, row) => {
                self.origin(pointer, row, slot.field);
                let texts: Vec<String> = values.iter().map(|value| formed_text(value, slot.form)).collect();
                let wire = values.iter().zip(&texts);
                let wire = wire.map(|(value, text)| if slot.form == Form::Whole { value.wire() } else { json!(text) }).collect();
                Filled::Value(Json::Array(wire), texts.join(", "))
            }
            Picked::Absent(_) => Filled::Absent,
            Picked::Bad(shown, bad) => {
                self.bad(bad, slot.field, pointer);
                let text = shown.join(", ");
                let wire = match &shown[..] {
                    [one] => self.in_place(slot, one),
                    several => json!(several),
                };
                Filled::Bad(wire, text)
            }
        }
    }

    /// A bad text in the shape that its value would have, so that mending it is replacing the text.
    fn in_place(&self, slot: &Slot, shown: &str) -> Json {
        let field = &self.bound.plan.fields[slot.field];
        if !matches!(field.kind, Kind::Money(..)) || slot.form != Form::Whole {
            return json!(shown);
        }
        let known = self.rows.iter().find_map(|row| match &row.cells[slot.field] {
            Cell::Present(Value::Money(currency, _)) => Some(currency.code().to_owned()),
            _ => None,
        });
        let written = || {
            field.currency.as_ref().and_then(|template| match template.parts.as_slice() {
                [Part::Text(code)] => Some(code.clone()),
                [Part::Slot(slot)] => match pick(self.rows, slot.field, slot.pick, Broken::Skip) {
                    Picked::One(value, _) => Some(value.text()),
                    _ => None,
                },
                _ => None,
            })
        };
        json!({ "amount": shown, "currency": known.or_else(written).unwrap_or_default() })
    }
}

/// For sorting: rows without a value first.
fn rank(cell: &Cell) -> Option<&Value> {
    match cell {
        Cell::Present(value) => Some(value),
        _ => None,
    }
}
