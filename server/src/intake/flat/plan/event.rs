//! Events of a plan.

use super::{
    super::{
        locate::MappingError,
        template::{Form, Pick, Slot, Template},
        value::Kind,
    },
    Condition, Maker,
};
use crate::domain::event::{EventType, data::schema};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// An event that comes of a row or a group.
#[derive(Debug)]
pub struct EventRule {
    /// CloudEvents type.
    pub event_type: EventType,
    /// One event for each of this group; without it, one for each row.
    pub group: Option<usize>,
    /// Conditions.
    pub when: Vec<Condition>,
    /// CloudEvents id.
    pub id: Template,
    /// Subject.
    pub subject: Template,
    /// Time: a time field.
    pub time: Slot,
    /// `recordedtime`: a time field.
    pub recordedtime: Option<Slot>,
    /// `sequence`.
    pub sequence: Option<Template>,
    /// Payload.
    pub data: Vec<(String, Node)>,
}

/// A part of a payload.
#[derive(Debug)]
pub enum Node {
    /// The same for all.
    Constant(Json),
    /// Of fields.
    Template(Template),
    /// An object; left out when all its fields are absent.
    Object(Vec<(String, Node)>),
    /// A list; entries whose fields are absent are left out.
    List(Vec<Node>),
    /// A list with one entry for each row.
    Each(Box<Node>),
    /// Texts with something between them; absent ones are left out.
    Join(Vec<Template>, String),
}

impl EventRule {
    /// All its fields.
    pub fn slots(&self) -> Vec<&Slot> {
        let mut slots: Vec<&Slot> = self.id.slots().chain(self.subject.slots()).chain([&self.time]).collect();
        slots.extend(&self.recordedtime);
        slots.extend(self.sequence.iter().flat_map(Template::slots));
        for (_, node) in &self.data {
            node.slots(&mut slots);
        }
        slots
    }
}

impl Node {
    /// All its fields.
    pub fn slots<'n>(&'n self, into: &mut Vec<&'n Slot>) {
        match self {
            Self::Constant(_) => {}
            Self::Template(template) => into.extend(template.slots()),
            Self::Object(entries) => entries.iter().for_each(|(_, node)| node.slots(into)),
            Self::List(nodes) => nodes.iter().for_each(|node| node.slots(into)),
            Self::Each(node) => node.slots(into),
            Self::Join(templates, _) => into.extend(templates.iter().flat_map(Template::slots)),
        }
    }
}

/// The fields that an event type's contract names.
fn contract_fields(event_type: EventType) -> BTreeSet<String> {
    let schema = schema(event_type);
    let properties = schema.as_value().get("properties").and_then(Json::as_object);
    properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect()
}

impl Maker<'_> {
    pub(super) fn event(&self, at: usize) -> Result<EventRule, MappingError> {
        let spec = &self.mapping.events[at];
        let key = |key: &str| format!("events[{at}].{key}");
        let event_type = EventType::from_name(&spec.r#type)
            .ok_or_else(|| self.at(&key("type"), format!("`{}` is no event type that is known", spec.r#type)))?;
        let group = match &spec.group {
            None => None,
            Some(name) => Some(
                self.mapping
                    .groups
                    .keys()
                    .position(|group| group == name)
                    .ok_or_else(|| self.at(&key("group"), format!("there is no group `{name}`")))?,
            ),
        };
        let time_slot = |name: &str, text: &str| {
            let template = self.template(&key(name), text)?;
            match template.only_slot() {
                Some(slot)
                    if matches!(self.kinds[slot.field], Kind::Time(_))
                        && slot.form == Form::Whole
                        && !matches!(slot.pick, Pick::Collect | Pick::Count) =>
                {
                    Ok(slot.clone())
                }
                _ => Err(self.at(&key(name), "must be one time field, such as \"{delivered}\" or \"{delivered|max}\"")),
            }
        };
        let named = contract_fields(event_type);
        if let Some(stray) = spec.data.keys().find(|name| !named.contains(*name) && !spec.extra.0.contains(*name)) {
            let problem = format!(
                "is no field of {}, and would mean nothing; if it should be kept beside the others, name it in `extra`",
                event_type.name()
            );
            return Err(self.at(&key(&format!("data.{stray}")), problem));
        }
        let data = self.entries(&key("data"), &spec.data)?;
        let rule = EventRule {
            event_type,
            group,
            when: self.conditions(&key("when"), &spec.when.0)?,
            id: self.template(&key("id"), &spec.id)?,
            subject: self.template(&key("subject"), &spec.subject)?,
            time: time_slot("time", &spec.time)?,
            recordedtime: spec.recordedtime.as_deref().map(|text| time_slot("recordedtime", text)).transpose()?,
            sequence: spec.sequence.as_deref().map(|text| self.template(&key("sequence"), text)).transpose()?,
            data,
        };
        if rule.id.slots().next().is_none() {
            return Err(self.at(&key("id"), "is the same for all rows, so that all but one would be taken for repetitions"));
        }
        let ordered = group.is_some_and(|g| !self.mapping.groups.values().nth(g).is_none_or(|s| s.order.0.is_empty()));
        if group.is_some() && !ordered && rule.slots().iter().any(|s| matches!(s.pick, Pick::First | Pick::Last)) {
            let problem = "`first` and `last` need the group's `order`, or the file's order would change what is believed";
            return Err(self.at(&format!("events[{at}]"), problem));
        }
        Ok(rule)
    }

    fn entries(&self, key: &str, table: &toml::Table) -> Result<Vec<(String, Node)>, MappingError> {
        table.iter().map(|(name, value)| Ok((name.clone(), self.node(&format!("{key}.{name}"), value)?))).collect()
    }

    fn node(&self, key: &str, value: &toml::Value) -> Result<Node, MappingError> {
        use toml::Value;
        Ok(match value {
            Value::String(text) => {
                let template = self.template(key, text)?;
                if template.slots().next().is_none() {
                    Node::Constant(json!(text.replace("{{", "{").replace("}}", "}")))
                } else {
                    Node::Template(template)
                }
            }
            Value::Integer(number) => Node::Constant(json!(number)),
            Value::Boolean(truth) => Node::Constant(json!(truth)),
            Value::Datetime(time) => Node::Constant(json!(time.to_string())),
            Value::Float(_) => return Err(self.at(key, "write decimals as text, such as \"1.5\"")),
            Value::Array(list) => Node::List(
                list.iter().enumerate().map(|(at, item)| self.node(&format!("{key}[{at}]"), item)).collect::<Result<_, _>>()?,
            ),
            Value::Table(table) => match (table.get("each"), table.get("join")) {
                (Some(each), None) if table.len() == 1 => Node::Each(Box::new(self.node(&format!("{key}.each"), each)?)),
                (None, Some(join)) => self.join(key, join, table)?,
                _ => Node::Object(self.entries(key, table)?),
            },
        })
    }

    fn join(&self, key: &str, join: &toml::Value, table: &toml::Table) -> Result<Node, MappingError> {
        let wrong = || self.at(key, "`join` is a list of texts, and `with` a text");
        if table.keys().any(|name| name != "join" && name != "with") {
            return Err(wrong());
        }
        let with = table.get("with").map_or(Some("; "), toml::Value::as_str).ok_or_else(wrong)?;
        let texts = join.as_array().ok_or_else(wrong)?;
        let templates = texts
            .iter()
            .enumerate()
            .map(|(at, text)| self.template(&format!("{key}.join[{at}]"), text.as_str().ok_or_else(wrong)?))
            .collect::<Result<_, _>>()?;
        Ok(Node::Join(templates, with.to_owned()))
    }
}
