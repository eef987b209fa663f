//! Fields of a plan.

use super::{
    super::{
        date::{Format, TimeStyle},
        locate::MappingError,
        mapping::{FieldTable, KindName, OneOrMore, RefersSpec, Take, Unmapped},
        number::NumberStyle,
        reference::Pattern,
        template::{Form, Pick, Template},
        value::{Case, Kind, Rounding},
    },
    KeyCheck, Maker,
};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// A named value of a row.
#[derive(Debug)]
pub struct Field {
    /// Name.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// What it is.
    pub kind: Kind,
    /// Money: its currency.
    pub currency: Option<Template>,
    /// A row without it is wrong.
    pub required: bool,
    /// What it is when it is not there.
    pub default: Option<String>,
    /// Words that mean "no value", and why.
    pub absent: BTreeMap<String, String>,
    /// Words and what they mean.
    pub map: BTreeMap<String, String>,
    /// What happens to a word that `map` lacks.
    pub unmapped: Unmapped,
    /// Keys of `map` and `absent` are in small letters, and words are compared so.
    pub ignore_case: bool,
    /// Texts that point to other rows.
    pub refers: Vec<Refers>,
}

/// Where a field comes from.
#[derive(Debug)]
pub enum Source {
    /// A column, by its position in the plan.
    Column(usize),
    /// Other fields.
    Template(Template),
}

/// A text that points to another row.
#[derive(Debug)]
pub struct Refers {
    /// How it looks.
    pub pattern: Pattern,
    /// Columns of the other row, by position in the plan, and the templates of what they hold.
    pub at: Vec<(usize, Vec<PatternPart>)>,
    /// What is taken from there.
    pub take: Take,
}

/// A part of what a column of the other row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternPart {
    /// Text.
    Text(String),
    /// What the pattern caught under this name.
    Caught(usize),
}

impl Field {
    /// Fields that it is made of.
    pub fn needs(&self) -> impl Iterator<Item = usize> {
        let source = match &self.source {
            Source::Template(template) => Some(template),
            Source::Column(_) => None,
        };
        source.into_iter().chain(&self.currency).flat_map(Template::slots).map(|slot| slot.field)
    }
}

/// Keys that only some kinds take.
const KEYS: [KeyCheck; 17] = [
    ("case", |t| t.case != Case::Keep, |k| matches!(k, Kind::Text(_))),
    ("formats", |t| !t.formats.0.is_empty(), is_time),
    ("short_years_from", |t| t.short_years_from.is_some(), is_time),
    ("months", |t| !t.months.is_empty(), is_time),
    ("time_zone", |t| t.time_zone.is_some(), is_time),
    ("ambiguous", |t| t.ambiguous != Default::default(), is_time),
    ("decimal_mark", |t| t.decimal_mark.is_some(), is_number),
    ("thousands_mark", |t| t.thousands_mark.is_some(), is_number),
    ("strip", |t| !t.strip.0.is_empty(), is_number),
    ("accounting", |t| t.accounting, is_number),
    ("round", |t| t.round.is_some(), is_fraction),
    ("digits", |t| t.digits.is_some(), is_fraction),
    ("currency", |t| t.currency.is_some(), |k| matches!(k, Kind::Money(..))),
    ("yes", |t| !t.yes.0.is_empty(), |k| matches!(k, Kind::Truth(..))),
    ("no", |t| !t.no.0.is_empty(), |k| matches!(k, Kind::Truth(..))),
    ("unmapped", |t| t.unmapped != Unmapped::Reject && t.map.is_empty(), |_| false),
    ("digits", |t| t.digits.is_some() && t.round.is_none(), |_| false),
];

fn is_time(kind: &Kind) -> bool {
    matches!(kind, Kind::Time(_))
}

fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Integer(_) | Kind::Decimal(..) | Kind::Money(..))
}

fn is_fraction(kind: &Kind) -> bool {
    matches!(kind, Kind::Decimal(..) | Kind::Money(..))
}

impl Maker<'_> {
    pub(super) fn kind(&self, name: &str, table: &FieldTable) -> Result<Kind, MappingError> {
        let numbers = || NumberStyle {
            decimal_mark: table.decimal_mark.unwrap_or('.'),
            thousands_mark: table.thousands_mark,
            strip: table.strip.0.clone(),
            accounting: table.accounting,
        };
        let rounding = if table.round.is_some() { Rounding::HalfUp(table.digits) } else { Rounding::Refuse };
        if table.decimal_mark.unwrap_or('.') == table.thousands_mark.unwrap_or('\0') {
            return Err(self.at(&format!("fields.{name}.thousands_mark"), "is the same as the decimal mark"));
        }
        let kind = match table.kind {
            KindName::Text => Kind::Text(table.case),
            KindName::Integer => Kind::Integer(numbers()),
            KindName::Decimal => Kind::Decimal(numbers(), rounding),
            KindName::Money => Kind::Money(numbers(), rounding),
            KindName::Time => Kind::Time(Box::new(self.time_style(name, table)?)),
            KindName::Truth => {
                let words = |given: &OneOrMore, usual: &[&str]| match given.0.as_slice() {
                    [] => usual.iter().map(|w| (*w).to_owned()).collect(),
                    given => given.to_vec(),
                };
                Kind::Truth(words(&table.yes, &["yes", "y", "true", "1"]), words(&table.no, &["no", "n", "false", "0"]))
            }
        };
        match KEYS.iter().find(|(_, given, fits)| given(table) && !fits(&kind)) {
            None => Ok(kind),
            Some((key, ..)) => {
                let problem = match *key {
                    "unmapped" => "means nothing without `map`".to_owned(),
                    "digits" if is_fraction(&kind) => "means nothing without `round`".to_owned(),
                    _ => "does not go with this field's `kind`".to_owned(),
                };
                Err(self.at(&format!("fields.{name}.{key}"), problem))
            }
        }
    }

    fn time_style(&self, name: &str, table: &FieldTable) -> Result<TimeStyle, MappingError> {
        let key = |key: &str| format!("fields.{name}.{key}");
        if table.formats.0.is_empty() {
            return Err(self.at(&key("formats"), "a time needs `formats`, such as [\"%Y-%m-%d\"]"));
        }
        let formats =
            table.formats.0.iter().map(|format| {
                Format::parse(format).map_err(|problem| self.at(&key("formats"), format!("\"{format}\": {problem}")))
            });
        let (zone_key, zone) = match &table.time_zone {
            Some(zone) => (key("time_zone"), zone),
            None => ("time_zone".to_owned(), &self.mapping.time_zone),
        };
        let zone: Tz = zone.parse().map_err(|_| self.at(&zone_key, format!("`{zone}` is no IANA time zone")))?;
        if table.months.values().any(|month| !(1..=12).contains(month)) {
            return Err(self.at(&key("months"), "months are numbered from 1 to 12"));
        }
        Ok(TimeStyle {
            formats: formats.collect::<Result<_, _>>()?,
            short_years_from: table.short_years_from.unwrap_or(1970),
            months: table.months.iter().map(|(name, month)| (name.to_lowercase(), *month)).collect(),
            zone,
            ambiguous: table.ambiguous,
        })
    }

    pub(super) fn field(&mut self, at: usize, name: &str, table: &FieldTable) -> Result<Field, MappingError> {
        let key = |key: &str| format!("fields.{name}.{key}");
        if name.contains(['{', '}', '|', '=', '!']) {
            return Err(self.at(&format!("fields.{name}"), "a field's name must not hold any of { } | = !"));
        }
        let source = match (&table.column, &table.value) {
            (Some(column), None) => Source::Column(self.column(column)),
            (None, Some(value)) => Source::Template(self.plain(&key("value"), value)?),
            _ => return Err(self.at(&format!("fields.{name}"), "needs either `column` or `value`")),
        };
        let currency = match (&table.currency, &self.kinds[at]) {
            (Some(currency), _) => Some(self.plain(&key("currency"), currency)?),
            (None, Kind::Money(..)) => {
                return Err(self.at(&format!("fields.{name}"), "money needs `currency`: a code, or \"{field}\""));
            }
            (None, _) => None,
        };
        let fold = |words: &BTreeMap<String, String>| {
            let word = |w: &String| if table.ignore_case { w.trim().to_lowercase() } else { w.trim().to_owned() };
            words.iter().map(|(k, v)| (word(k), v.clone())).collect()
        };
        let mut refers = Vec::new();
        for (index, spec) in table.refers.iter().enumerate() {
            refers.push(self.refers(&format!("fields.{name}.refers[{index}]"), spec)?);
        }
        Ok(Field {
            name: name.to_owned(),
            source,
            kind: self.kinds[at].clone(),
            currency,
            required: table.required,
            default: table.default.clone(),
            absent: fold(&table.absent.0),
            map: fold(&table.map),
            unmapped: table.unmapped,
            ignore_case: table.ignore_case,
            refers,
        })
    }

    /// A template within one row: nothing to pick.
    fn plain(&self, key: &str, text: &str) -> Result<Template, MappingError> {
        let template = self.template(key, text)?;
        if template.slots().any(|slot| slot.pick != Pick::Same || slot.form == Form::Reason) {
            return Err(self.at(key, "looks at one row only: pick and `reason` belong in events"));
        }
        Ok(template)
    }

    fn refers(&mut self, key: &str, spec: &RefersSpec) -> Result<Refers, MappingError> {
        let pattern = Pattern::parse(&spec.pattern).map_err(|problem| self.at(&format!("{key}.pattern"), problem))?;
        if spec.r#where.is_empty() {
            return Err(self.at(&format!("{key}.where"), "needs at least one column"));
        }
        let mut at = Vec::new();
        for (column, template) in &spec.r#where {
            let caught = Template::parse(template, &|name| pattern.name(name))
                .map_err(|problem| self.at(&format!("{key}.where"), problem.replace("field", "name in the pattern")))?;
            let parts = caught.parts.into_iter().map(|part| match part {
                super::super::template::Part::Text(text) => PatternPart::Text(text),
                super::super::template::Part::Slot(slot) => PatternPart::Caught(slot.field),
            });
            at.push((self.column(column), parts.collect()));
        }
        Ok(Refers { pattern, at, take: spec.take })
    }
}
