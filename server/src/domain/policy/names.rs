//! Carriers and charges by one name each, whatever others call them.

use crate::domain::source;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// Its code: the one name by which facts know it.
    pub code: String,
    /// As people call it; the code if empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What others call it, in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// All carriers. Written as a list; kept by code, with their aliases in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Carrier>", into = "Vec<Carrier>")]
pub struct Carriers {
    list: Vec<Carrier>,
    codes: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
}

impl From<Vec<Carrier>> for Carriers {
    fn from(list: Vec<Carrier>) -> Self {
        let codes = list.iter().map(|carrier| carrier.code.clone()).collect();
        let mut aliases = BTreeMap::new();
        for carrier in &list {
            for alias in carrier.aliases.iter().chain([&carrier.code]) {
                aliases.entry(alias.to_lowercase()).or_insert_with(|| carrier.code.clone());
            }
        }
        Self { list, codes, aliases }
    }
}

impl From<Carriers> for Vec<Carrier> {
    fn from(carriers: Carriers) -> Self {
        carriers.list
    }
}

impl Carriers {
    /// Whether any is configured: then a carrier that is not among them is unknown.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether this is a carrier's code.
    pub fn know(&self, code: &str) -> bool {
        self.codes.contains(code)
    }

    /// The code of the carrier that is called so otherwise.
    pub(crate) fn of_alias(&self, name: &str) -> Option<&str> {
        if self.know(name) {
            return None;
        }
        self.aliases.get(&name.to_lowercase()).map(String::as_str)
    }

    pub(super) fn problems(&self, problems: &mut Vec<String>) {
        let mut whose: BTreeMap<String, &str> = BTreeMap::new();
        for carrier in &self.list {
            let code = carrier.code.as_str();
            for name in carrier.aliases.iter().chain([&carrier.code]) {
                if name.is_empty() || name.trim() != name {
                    problems.push(format!("carriers: {name:?} of {code} is no name"));
                }
            }
            let names: BTreeSet<_> = carrier.aliases.iter().chain([&carrier.code]).map(|name| name.to_lowercase()).collect();
            for name in names {
                if let Some(other) = whose.insert(name.clone(), code) {
                    problems.push(format!("carriers: {name} is {other} and {code}"));
                }
            }
        }
    }
}

/// What some sources call charges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeMap {
    /// Whose words: a source, or a beginning that ends in `*`.
    pub sources: String,
    /// Our code for each of theirs.
    pub codes: BTreeMap<String, String>,
}

/// Our code for a source's: of the first map that covers it and knows the code.
pub(crate) fn charge_code<'m>(maps: &'m [ChargeMap], source: &str, code: &str) -> Option<&'m str> {
    let covering = maps.iter().filter(|map| source::covers(&map.sources, source));
    covering.filter_map(|map| map.codes.get(code)).next().map(String::as_str)
}

pub(super) fn charge_problems(maps: &[ChargeMap], problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for map in maps {
        if let Some(problem) = source::problem(&map.sources) {
            problems.push(format!("charge_maps: {:?} {problem}", map.sources));
        }
        if map.codes.iter().any(|(theirs, ours)| theirs.is_empty() || ours.is_empty()) {
            problems.push(format!("charge_maps: a code of {} is empty", map.sources));
        }
        if !seen.insert(&map.sources) {
            problems.push(format!("charge_maps: {} stands there twice", map.sources));
        }
    }
}
