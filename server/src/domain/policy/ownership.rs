//! Systems of record: whose word counts about what.

use crate::domain::{
    desk::DESK,
    fact::{Domain, Ranks},
    source,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// For each domain the sources that own it, the greatest first, as names or beginnings that end in `*`. A domain that is not named
/// is owned by nobody: there the latest word counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ownership(pub BTreeMap<Domain, Vec<String>>);

impl Ownership {
    /// What this source's word weighs. The first owner's weighs most, and people's corrections as much; others' nothing.
    pub fn ranks(&self, source: &str) -> Ranks {
        Ranks::of(|domain| {
            let owners = self.0.get(&domain).map_or(&[][..], Vec::as_slice);
            let place = owners.iter().position(|owner| source == DESK || source::covers(owner, source));
            place.and_then(|place| i32::try_from(owners.len() - place).ok()).unwrap_or_default()
        })
    }

    /// Whether nothing is owned by anybody.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(Vec::is_empty)
    }

    pub(super) fn problems(&self, problems: &mut Vec<String>) {
        for (domain, owners) in &self.0 {
            for (at, owner) in owners.iter().enumerate() {
                if let Some(problem) = source::problem(owner) {
                    problems.push(format!("ownership: {}: {owner:?} {problem}", domain.code()));
                }
                if owners[..at].contains(owner) {
                    problems.push(format!("ownership: {}: {owner:?} stands there twice", domain.code()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_owner_weighs_most_and_a_correction_as_much() {
        let ownership: Ownership =
            serde_json::from_str(r#"{"execution":["dispatch/*","wms/*"],"billing":["billing/main"]}"#).expect("reads");
        for (source, execution, billing) in
            [("dispatch/eu", 2, 0), ("wms/1", 1, 0), ("billing/main", 0, 1), ("carrier/acme", 0, 0), (DESK, 2, 1)]
        {
            let wanted = Ranks::of(|domain| match domain {
                Domain::Execution => execution,
                Domain::Billing => billing,
                _ => 0,
            });
            assert_eq!(ownership.ranks(source), wanted, "{source}");
        }
        assert!(serde_json::from_str::<Ownership>(r#"{"proof":["x"]}"#).is_err(), "no such domain");
    }
}
