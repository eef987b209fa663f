//! A mapping that has been checked: every name resolved, every template read, every rule known to make sense.

mod event;
mod field;

use super::{
    decode,
    locate::{MappingError, at_key},
    mapping::{FieldTable, Mapping, Mode},
    record::Marks,
    template::{Form, Pick, Slot, Template},
    value::Kind,
};
use encoding_rs::Encoding;
use std::collections::BTreeMap;

pub use event::{EventRule, Node};
pub use field::{Field, PatternPart, Refers, Source};

/// What runs.
#[derive(Debug)]
pub struct Plan {
    /// The mapping's name.
    pub name: String,
    /// CloudEvents source.
    pub source: String,
    /// Old data or news.
    pub mode: Mode,
    /// How the file is written.
    pub file: FilePlan,
    /// Conditions on rows.
    pub rows: Vec<Condition>,
    /// Fields; templates hold positions in this list.
    pub fields: Vec<Field>,
    /// Positions of the fields that are used, each after those that it needs.
    pub order: Vec<usize>,
    /// Of these, what the first readings of a file need: what groups and filters rows, and what may refer to other rows.
    pub early: Vec<usize>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Events.
    pub events: Vec<EventRule>,
    /// Columns that are used, by name; fields hold positions in this list.
    pub columns: Vec<String>,
}

/// How the file is written.
#[derive(Debug, Clone)]
pub struct FilePlan {
    /// Encoding, unless a byte order mark says otherwise.
    pub encoding: &'static Encoding,
    /// What sets cells apart.
    pub marks: Marks,
    /// Row of the header among the rows that are not blank, counted from one; zero for none.
    pub header: u64,
    /// Names of the columns of a file without a header.
    pub columns: Vec<String>,
    /// Rows whose first cell begins so are passed over.
    pub comment: Option<String>,
}

/// Rows that belong together.
#[derive(Debug)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Fields that its rows share.
    pub by: Vec<usize>,
    /// Fields that put its rows in order.
    pub order: Vec<usize>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// On which field.
    pub field: usize,
    /// What.
    pub test: Test,
}

/// What a condition asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// There is a value.
    Present,
    /// There is none.
    Absent,
    /// The value is this.
    Is(String),
    /// There is a value and it is not this.
    IsNot(String),
}

/// What the parts of a plan are made with: names to positions, and complaints with a line.
pub(super) struct Maker<'m> {
    text: &'m str,
    mapping: &'m Mapping,
    names: BTreeMap<&'m str, usize>,
    kinds: Vec<Kind>,
    columns: Vec<String>,
}

impl Plan {
    /// Reads a mapping and checks it.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        Self::new(&Mapping::parse(text)?, text)
    }

    /// Checks a mapping; `text` is its TOML.
    pub fn new(mapping: &Mapping, text: &str) -> Result<Self, MappingError> {
        let names = mapping.fields.keys().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let mut maker = Maker { text, mapping, names, kinds: Vec::new(), columns: Vec::new() };
        maker.text_of("name", &mapping.name)?;
        maker.text_of("source", &mapping.source)?;
        let file = maker.file()?;
        for (name, spec) in &mapping.fields {
            let kind = maker.kind(name, &spec.0)?;
            maker.kinds.push(kind);
        }
        let fields = mapping
            .fields
            .iter()
            .enumerate()
            .map(|(at, (name, spec))| maker.field(at, name, &spec.0))
            .collect::<Result<_, _>>()?;
        let rows = maker.conditions("rows.when", &mapping.rows.when.0)?;
        let groups = mapping
            .groups
            .iter()
            .map(|(name, spec)| {
                let by = maker.names_of(&format!("groups.{name}.by"), &spec.by.0)?;
                if by.is_empty() {
                    return Err(maker.at(&format!("groups.{name}.by"), "needs at least one field"));
                }
                let order = maker.names_of(&format!("groups.{name}.order"), &spec.order.0)?;
                Ok(Group { name: name.clone(), by, order })
            })
            .collect::<Result<_, _>>()?;
        if mapping.events.is_empty() {
            return Err(maker.at("events", "needs at least one event"));
        }
        let events = (0..mapping.events.len()).map(|at| maker.event(at)).collect::<Result<_, _>>()?;
        let mut plan = Self {
            name: mapping.name.clone(),
            source: mapping.source.clone(),
            mode: mapping.mode,
            file,
            rows,
            fields,
            order: Vec::new(),
            early: Vec::new(),
            groups,
            events,
            columns: std::mem::take(&mut maker.columns),
        };
        plan.order = plan.in_order(&plan.used(), &maker)?;
        plan.early = plan.in_order(&plan.used_early(), &maker)?;
        plan.check_references(&maker)?;
        Ok(plan)
    }

    fn used(&self) -> Vec<usize> {
        let conditions = self.events.iter().flat_map(|e| &e.when).map(|c| c.field);
        let order = self.groups.iter().flat_map(|g| &g.order).copied();
        let slots = self.events.iter().flat_map(EventRule::slots).map(|slot| slot.field);
        self.used_early().into_iter().chain(conditions).chain(order).chain(slots).collect()
    }

    fn used_early(&self) -> Vec<usize> {
        let conditions = self.rows.iter().map(|c| c.field);
        let groups = self.groups.iter().flat_map(|g| &g.by).copied();
        let refers = (0..self.fields.len()).filter(|at| !self.fields[*at].refers.is_empty());
        conditions.chain(groups).chain(refers).collect()
    }

    /// These fields, each after those that it needs.
    fn in_order(&self, fields: &[usize], maker: &Maker<'_>) -> Result<Vec<usize>, MappingError> {
        let mut order = Vec::new();
        let mut state = vec![0_u8; self.fields.len()];
        for &field in fields {
            self.visit(field, &mut state, &mut order, maker)?;
        }
        Ok(order)
    }

    fn visit(&self, at: usize, state: &mut [u8], order: &mut Vec<usize>, maker: &Maker<'_>) -> Result<(), MappingError> {
        const BEGUN: u8 = 1;
        const DONE: u8 = 2;
        let field = &self.fields[at];
        match state[at] {
            DONE => return Ok(()),
            BEGUN => return Err(maker.at(&format!("fields.{}", field.name), "is made of itself")),
            _ => state[at] = BEGUN,
        }
        for needed in field.needs() {
            self.visit(needed, state, order, maker)?;
        }
        state[at] = DONE;
        order.push(at);
        Ok(())
    }

    /// Rows are counted and put in groups before references are resolved, so what they go by must not be one.
    fn check_references(&self, maker: &Maker<'_>) -> Result<(), MappingError> {
        let refers = |field: &usize| !self.fields[*field].refers.is_empty();
        let by = self.groups.iter().flat_map(|group| group.by.iter()).chain(self.rows.iter().map(|c| &c.field));
        let needed = self.fields.iter().flat_map(Field::needs).collect::<Vec<_>>();
        match by.chain(&needed).find(|field| refers(field)) {
            None => Ok(()),
            Some(field) => {
                let key = format!("fields.{}.refers", self.fields[*field].name);
                Err(maker.at(&key, "a field that refers to other rows cannot group or filter rows, nor make another field"))
            }
        }
    }
}

impl Maker<'_> {
    pub(super) fn at(&self, key: &str, problem: impl Into<String>) -> MappingError {
        at_key(self.text, key, problem)
    }

    fn text_of(&self, key: &str, value: &str) -> Result<(), MappingError> {
        if value.trim().is_empty() { Err(self.at(key, "must not be empty")) } else { Ok(()) }
    }

    fn column(&mut self, name: &str) -> usize {
        self.columns.iter().position(|column| column == name).unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    fn names_of(&self, key: &str, names: &[String]) -> Result<Vec<usize>, MappingError> {
        names
            .iter()
            .map(|name| self.names.get(name.as_str()).copied().ok_or_else(|| self.at(key, format!("there is no field `{name}`"))))
            .collect()
    }

    fn file(&self) -> Result<FilePlan, MappingError> {
        let file = &self.mapping.file;
        let encoding = decode::encoding(&file.encoding)
            .ok_or_else(|| self.at("file.encoding", format!("`{}` is no encoding that is known", file.encoding)))?;
        let mut quotes = file.quote.chars();
        let quote = match (quotes.next(), quotes.next()) {
            (quote, None) => quote,
            _ => return Err(self.at("file.quote", "must be one character, or empty for none")),
        };
        if quote == Some(file.delimiter) {
            return Err(self.at("file.quote", "is the same as the delimiter"));
        }
        if (file.header == 0) == file.columns.is_empty() {
            let problem = "either the file has a header row, or `header = 0` and `columns` names its columns";
            return Err(self.at("file.header", problem));
        }
        Ok(FilePlan {
            encoding,
            marks: Marks { delimiter: file.delimiter, quote },
            header: file.header,
            columns: file.columns.clone(),
            comment: file.comment.clone(),
        })
    }

    pub(super) fn template(&self, key: &str, text: &str) -> Result<Template, MappingError> {
        let template = Template::parse(text, &|name| self.names.get(name).copied()).map_err(|problem| self.at(key, problem))?;
        for slot in template.slots() {
            self.check_slot(key, slot)?;
        }
        Ok(template)
    }

    fn check_slot(&self, key: &str, slot: &Slot) -> Result<(), MappingError> {
        let kind = &self.kinds[slot.field];
        let numeric = matches!(kind, Kind::Integer(_) | Kind::Decimal(..) | Kind::Money(..));
        let problem = match (slot.pick, slot.form) {
            (Pick::Sum, _) if !numeric => "`sum` needs a number or money",
            (_, Form::Amount | Form::Currency) if !matches!(kind, Kind::Money(..)) => "`amount` and `currency` need money",
            (_, Form::Day) if !matches!(kind, Kind::Time(_)) => "`day` needs a time",
            (Pick::Count, Form::Amount | Form::Currency | Form::Day | Form::Slug) => "`count` is a whole number",
            _ => return Ok(()),
        };
        Err(self.at(key, problem))
    }

    fn conditions(&self, key: &str, texts: &[String]) -> Result<Vec<Condition>, MappingError> {
        texts
            .iter()
            .map(|text| {
                let (name, test) = match text.split_once("!=") {
                    Some((name, word)) => (name.trim(), Test::IsNot(word.trim().to_owned())),
                    None => match (text.split_once('='), text.trim().strip_prefix('!')) {
                        (Some((name, word)), _) => (name.trim(), Test::Is(word.trim().to_owned())),
                        (None, Some(name)) => (name.trim(), Test::Absent),
                        (None, None) => (text.trim(), Test::Present),
                    },
                };
                let field = self.names_of(key, &[name.to_owned()])?[0];
                Ok(Condition { field, test })
            })
            .collect()
    }
}

/// Whether a key of the TOML belongs to this kind of field; see [`field`].
type KeyCheck = (&'static str, fn(&FieldTable) -> bool, fn(&Kind) -> bool);
