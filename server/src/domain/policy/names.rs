//! Carriers, customers and charges by one name each, whatever others call them.

use crate::domain::source;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A carrier or a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its code: the one name by which facts know it.
    pub code: String,
    /// As people call it; the code if empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What others call it, in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// A carrier.
pub type Carrier = Party;

/// All carriers, or all customers. Written as a list; kept by code, with their aliases in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Party>", into = "Vec<Party>")]
pub struct Parties {
    list: Vec<Party>,
    codes: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
}

/// All carriers.
pub type Carriers = Parties;
/// All customers.
pub type Customers = Parties;

impl From<Vec<Party>> for Parties {
    fn from(list: Vec<Party>) -> Self {
        let codes = list.iter().map(|party| party.code.clone()).collect();
        let mut aliases = BTreeMap::new();
        for party in &list {
            for alias in party.aliases.iter().chain([&party.code]) {
                aliases.entry(alias.to_lowercase()).or_insert_with(|| party.code.clone());
            }
        }
        Self { list, codes, aliases }
    }
}

impl From<Parties> for Vec<Party> {
    fn from(parties: Parties) -> Self {
        parties.list
    }
}

impl Parties {
    /// Whether none is configured. If any is, a carrier that is not among them is unknown.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Each of them, in the order of the file.
    pub fn list(&self) -> &[Party] {
        &self.list
    }

    /// Whether this is the code of one.
    pub fn know(&self, code: &str) -> bool {
        self.codes.contains(code)
    }

    /// What people call the one with this code, where that is other than the code.
    pub fn name(&self, code: &str) -> Option<&str> {
        let party = self.list.iter().find(|party| party.code == code)?;
        Some(party.name.as_str()).filter(|name| !name.is_empty() && *name != code)
    }

    /// The code of the one that is called so otherwise.
    pub(crate) fn of_alias(&self, name: &str) -> Option<&str> {
        if self.know(name) {
            return None;
        }
        self.aliases.get(&name.to_lowercase()).map(String::as_str)
    }

    pub(super) fn problems(&self, section: &str, problems: &mut Vec<String>) {
        let mut whose: BTreeMap<String, &str> = BTreeMap::new();
        for party in &self.list {
            let code = party.code.as_str();
            for name in party.aliases.iter().chain([&party.code]) {
                if name.is_empty() || name.trim() != name {
                    problems.push(format!("{section}: {name:?} of {code} is no name"));
                }
            }
            let names: BTreeSet<_> = party.aliases.iter().chain([&party.code]).map(|name| name.to_lowercase()).collect();
            for name in names {
                if let Some(other) = whose.insert(name.clone(), code) {
                    problems.push(format!("{section}: {name} is {other} and {code}"));
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
