//! Saying what a source's word means: one more code in the status maps, as a version of the policy like any other.

use super::{Policies, PolicyError, PolicyVersion, invalid};
use crate::domain::{
    access::{Actor, Permission},
    policy::{Meaning, Policy, StatusMap},
    source,
};
use std::collections::BTreeMap;

impl Policies {
    /// Maps a source's code to a meaning. Shipments on which the code was reported are folded anew within minutes, and their
    /// exceptions end by that. Who looks after what comes in may do this, beside those who may change the whole policy.
    pub async fn map_code(
        &self,
        actor: &Actor,
        (source, code): (&str, &str),
        meaning: &str,
        reason: &str,
    ) -> Result<PolicyVersion, PolicyError> {
        actor.require(Permission::FixQuarantine).or_else(|_| actor.require(Permission::ChangeConfig))?;
        let meaning = Meaning::try_from(meaning.to_owned()).map_err(|problem| invalid("meaning", problem))?;
        let current = self.store.policy(actor.environment).await?;
        let mut policy = Policy::clone(&current.policy);
        map(&mut policy.status_maps, (source, code), meaning);
        self.replace(actor, current.version, policy, reason).await
    }
}

/// Adds the code to the map that counts first for the source; to one of its own if there is none.
fn map(maps: &mut Vec<StatusMap>, (source, code): (&str, &str), meaning: Meaning) {
    let covering = maps.iter_mut().filter(|map| source::covers(&map.sources, source));
    // Of those that begin on one day the first in the file counts first.
    let latest = covering.reduce(|one, other| if other.from > one.from { other } else { one });
    match latest {
        Some(map) => drop(map.codes.insert(code.to_owned(), meaning)),
        None => {
            let codes = BTreeMap::from([(code.to_owned(), meaning)]);
            maps.push(StatusMap { sources: source.to_owned(), from: None, codes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::policy::read_toml;

    #[test]
    fn a_code_goes_to_the_map_that_counts_first() {
        let file = r#"
            [[status_maps]]
            sources = "carrier/*"
            codes = { A = "loaded" }
            [[status_maps]]
            sources = "carrier/acme"
            from = "2026-01-01"
            codes = { B = "delivered" }
        "#;
        for (source, code, place) in [("carrier/acme", "C", 1), ("carrier/other", "A", 0), ("pod/app", "C", 2)] {
            let mut maps = read_toml(file).expect("reads").status_maps;
            map(&mut maps, (source, code), Meaning::Ignore);
            assert_eq!(maps[place].codes.get(code), Some(&Meaning::Ignore), "{source}");
            assert_eq!(maps.len(), if place == 2 { 3 } else { 2 });
        }
    }
}
