//! The mapping file: TOML, strict. `docs/mapping.md` explains every key.

use super::{
    date::Ambiguous,
    locate::{MappingError, at_span},
    value::Case,
};
use serde::{Deserialize, Deserializer, de};
use std::{collections::BTreeMap, fmt};

/// A mapping as it is written. [`super::plan::Plan`] is what runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Short name, for the summary and for quarantine.
    pub name: String,
    /// CloudEvents source of every event.
    pub source: String,
    /// Old data or news.
    #[serde(default)]
    pub mode: Mode,
    /// Zone of days, and of times without an offset.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// How the file is written.
    #[serde(default)]
    pub file: FileSpec,
    /// Which rows count.
    #[serde(default)]
    pub rows: RowsSpec,
    /// Named values of a row.
    pub fields: BTreeMap<String, FieldSpec>,
    /// Rows that belong together.
    #[serde(default)]
    pub groups: BTreeMap<String, GroupSpec>,
    /// What comes of a row or a group.
    pub events: Vec<EventSpec>,
}

fn utc() -> String {
    "UTC".into()
}

/// Old data or news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// No alerts, no jobs for what ended long ago.
    #[default]
    History,
    /// As if it came in now.
    Live,
}

/// How the file is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileSpec {
    /// `auto` or a label such as `windows-1252`.
    pub encoding: String,
    /// One character.
    pub delimiter: char,
    /// One character, or empty for none.
    pub quote: String,
    /// The row of the header, counted from one; zero for none.
    pub header: u64,
    /// Names of the columns of a file without a header.
    pub columns: Vec<String>,
    /// Rows whose first cell begins so are passed over.
    pub comment: Option<String>,
}

impl Default for FileSpec {
    fn default() -> Self {
        Self { encoding: "auto".into(), delimiter: ',', quote: "\"".into(), header: 1, columns: Vec::new(), comment: None }
    }
}

/// Which rows count.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowsSpec {
    /// Conditions that a row must meet; others are passed over.
    pub when: OneOrMore,
}

/// One text or several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneOrMore(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![text.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMore, A::Error> {
                let mut all = Vec::new();
                while let Some(text) = seq.next_element()? {
                    all.push(text);
                }
                Ok(OneOrMore(all))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A named value of a row.
#[derive(Debug, Clone, Default)]
pub struct FieldSpec(pub FieldTable);

impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = FieldSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column, or a table with `column` or `value`")
            }

            fn visit_str<E>(self, column: &str) -> Result<FieldSpec, E> {
                Ok(FieldSpec(FieldTable { column: Some(column.to_owned()), ..FieldTable::default() }))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<FieldSpec, A::Error> {
                FieldTable::deserialize(de::value::MapAccessDeserializer::new(map)).map(FieldSpec)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// The long form of a field.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldTable {
    /// Column that it comes from.
    pub column: Option<String>,
    /// Or a constant, or a template over other fields.
    pub value: Option<String>,
    /// What it is.
    pub kind: KindName,
    /// A row without it is wrong.
    pub required: bool,
    /// What it is when it is not there.
    pub default: Option<String>,
    /// Words that mean "no value".
    pub absent: AbsentWords,
    /// Words and what they mean.
    pub map: BTreeMap<String, String>,
    /// What happens to a word that `map` lacks.
    pub unmapped: Unmapped,
    /// `map` and `absent` take capitals and small letters for the same.
    pub ignore_case: bool,
    /// Text: how letters are written.
    pub case: Case,
    /// Time: the formats.
    pub formats: OneOrMore,
    /// Time: the first year that `%y` can mean.
    pub short_years_from: Option<i32>,
    /// Time: more names of months.
    pub months: BTreeMap<String, u32>,
    /// Time: zone, if not the mapping's.
    pub time_zone: Option<String>,
    /// Time: what happens when formats disagree.
    pub ambiguous: Ambiguous,
    /// Number: between whole and fraction.
    pub decimal_mark: Option<char>,
    /// Number: between groups of three digits.
    pub thousands_mark: Option<char>,
    /// Number: texts to take away.
    pub strip: OneOrMore,
    /// Number: brackets mean minus.
    pub accounting: bool,
    /// Number: `half-up`.
    pub round: Option<Round>,
    /// Number: digits to round to.
    pub digits: Option<u32>,
    /// Money: a code, or a template over other fields.
    pub currency: Option<String>,
    /// Yes or no: the words of each.
    pub yes: OneOrMore,
    /// See `yes`.
    pub no: OneOrMore,
    /// Texts that point to another row.
    pub refers: Vec<RefersSpec>,
}

/// What a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KindName {
    /// Text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// A decimal.
    Decimal,
    /// Money.
    Money,
    /// A point or a day in time.
    Time,
    /// Yes or no.
    Truth,
}

/// The one way of rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Round {
    /// Halves go away from zero.
    HalfUp,
}

/// What happens to a word that a field's `map` lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmapped {
    /// The value is refused.
    #[default]
    Reject,
    /// It stays as it is.
    Keep,
    /// It means "no value", and is kept as the reason.
    Absent,
}

/// Words that mean "no value": a list, or a table from word to reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbsentWords(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for AbsentWords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = AbsentWords;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of words, or a table from word to reason")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<AbsentWords, A::Error> {
                let mut words = BTreeMap::new();
                while let Some(word) = seq.next_element::<String>()? {
                    words.insert(word.clone(), word);
                }
                Ok(AbsentWords(words))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<AbsentWords, A::Error> {
                let mut words = BTreeMap::new();
                while let Some((word, reason)) = map.next_entry()? {
                    words.insert(word, reason);
                }
                Ok(AbsentWords(words))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A text that points to another row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefersSpec {
    /// Such as `See {asn} (ID#:{id})`.
    pub pattern: String,
    /// Columns of the other row and what they hold, over the pattern's names.
    pub r#where: BTreeMap<String, String>,
    /// What this row takes from it.
    pub take: Take,
}

/// What a row takes from the row that it points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// The same value: both rows have it.
    Value,
    /// Nothing: the value counts once, there.
    Nothing,
}

/// Rows that belong together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    /// Fields that rows of one group share.
    pub by: OneOrMore,
    /// Fields that put a group's rows in order, for `first`, `last` and `each`.
    #[serde(default)]
    pub order: OneOrMore,
}

/// An event that comes of a row or a group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventSpec {
    /// CloudEvents type.
    pub r#type: String,
    /// One event for each of this group; without it, one for each row.
    pub group: Option<String>,
    /// Conditions: `field`, `!field`, `field = word`, `field != word`.
    #[serde(default)]
    pub when: OneOrMore,
    /// Template of the CloudEvents id.
    pub id: String,
    /// Template of the subject.
    pub subject: String,
    /// Template of the time: one time field.
    pub time: String,
    /// Template of `recordedtime`.
    pub recordedtime: Option<String>,
    /// Template of `sequence`.
    pub sequence: Option<String>,
    /// Keys of `data` that the event's contract does not name, on purpose.
    #[serde(default)]
    pub extra: OneOrMore,
    /// Templates of the payload.
    #[serde(default)]
    pub data: toml::Table,
}

impl Mapping {
    /// Reads a mapping's TOML. What it names is checked by [`super::plan::Plan::new`].
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        toml::from_str(text).map_err(|error| at_span(text, &error))
    }
}
