//! Sources: what they are called, whose they are, how often they speak, and whether a person types what they say.

use crate::domain::source;
use app::model::Queue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest time that a source may be silent: a year.
const MAX_HOURS: u32 = 8_784;

/// A source, or several of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceTerms {
    /// Its name, or a beginning that ends in `*`.
    #[serde(rename = "match")]
    pub matches: String,
    /// As people call it.
    pub name: String,
    /// Whose it is: who is told of its silence; the kind's queue if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Queue>,
    /// Hours within which it speaks; 0 expects nothing.
    #[serde(default)]
    pub cadence_hours: u32,
    /// A person types what it says: a spreadsheet, a portal.
    #[serde(default)]
    pub manual: bool,
}

impl SourceTerms {
    /// Whether this is about a source.
    pub fn covers(&self, source: &str) -> bool {
        source::covers(&self.matches, source)
    }
}

pub(super) fn problems(sources: &[SourceTerms], problems: &mut Vec<String>) {
    let (mut names, mut matches) = (BTreeSet::new(), BTreeSet::new());
    for terms in sources {
        let name = &terms.name;
        if let Some(problem) = source::problem(&terms.matches) {
            problems.push(format!("sources: {:?} {problem}", terms.matches));
        }
        if name.is_empty() || name.trim() != name || name.chars().count() > 60 {
            problems.push(format!("sources: {name:?} is no name of one to 60 characters"));
        }
        if !names.insert(name) {
            problems.push(format!("sources: two are called {name}"));
        }
        if !matches.insert(&terms.matches) {
            problems.push(format!("sources: {} stands there twice", terms.matches));
        }
        if terms.cadence_hours > MAX_HOURS {
            problems.push(format!("sources: {name} may be silent for longer than a year"));
        }
    }
}
