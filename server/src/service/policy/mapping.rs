//! Saying what a source's word means, or who a carrier is: one more code in the status maps, one more name among the carriers, as a
//! version of the policy like any other.

use super::{Policies, PolicyError, PolicyVersion, invalid};
use crate::domain::{
    access::{Actor, Permission},
    policy::{Carrier, Meaning, Policy, StatusMap},
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
        actor.require(Permission::MapCodes)?;
        let meaning = Meaning::try_from(meaning.to_owned()).map_err(|problem| invalid("meaning", problem))?;
        let current = self.store.policy(actor.environment).await?;
        let mut policy = Policy::clone(&current.policy);
        map(&mut policy.status_maps, (source, code), meaning);
        self.replace(actor, current.version, policy, reason).await
    }

    /// Says which carrier a name is that nobody configured. Its shipments are folded anew within minutes, and their exceptions end by
    /// that.
    pub async fn name_carrier(
        &self,
        actor: &Actor,
        unknown: &str,
        code: &str,
        reason: &str,
    ) -> Result<PolicyVersion, PolicyError> {
        actor.require(Permission::MapCodes)?;
        let current = self.store.policy(actor.environment).await?;
        let mut policy = Policy::clone(&current.policy);
        let mut carriers = Vec::from(std::mem::take(&mut policy.carriers));
        name(&mut carriers, unknown, code)?;
        policy.carriers = carriers.into();
        self.replace(actor, current.version, policy, reason).await
    }
}

/// Makes the name another one of the carrier with this code, or, if both are the same, a carrier of its own.
fn name(carriers: &mut Vec<Carrier>, name: &str, code: &str) -> Result<(), PolicyError> {
    if let Some(known) = carriers.iter_mut().find(|carrier| carrier.code == code) {
        known.aliases.push(name.to_owned());
        return Ok(());
    }
    if name != code {
        return Err(invalid("meaning", format!("{code} is no carrier: choose one that is configured, or {name} itself")));
    }
    carriers.push(Carrier { code: code.to_owned(), name: String::new(), aliases: Vec::new() });
    Ok(())
}

/// Adds the code to the open-ended map of exactly this source, made if there is none. What codes mean is looked up one by one, in the
/// map that began last first: no map knew this one when it was reported, so this map says it then. What other maps say, to other
/// sources or from a later day on, stays as it is.
fn map(maps: &mut Vec<StatusMap>, (source, code): (&str, &str), meaning: Meaning) {
    match maps.iter_mut().find(|map| map.sources == source && map.from.is_none()) {
        Some(own) => drop(own.codes.insert(code.to_owned(), meaning)),
        None => {
            let codes = BTreeMap::from([(code.to_owned(), meaning)]);
            maps.push(StatusMap { sources: source.to_owned(), from: None, codes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{event::EventType, policy, time::Instant},
        service::policy::read_toml,
    };

    /// 2026-01-01 and a month before and after.
    const YEAR: Instant = Instant(1_767_225_600_000_000);
    const BEFORE: Instant = Instant(YEAR.0 - 30 * Instant::DAY);
    const AFTER: Instant = Instant(YEAR.0 + 30 * Instant::DAY);

    const FILE: &str = r#"
        [[status_maps]]
        sources = "carrier/*"
        codes = { A = "loaded" }
        [[status_maps]]
        sources = "carrier/acme"
        from = "2026-01-01"
        codes = { B = "delivered" }
    "#;

    fn mapped(codes: &[(&str, &str)]) -> Vec<StatusMap> {
        let mut maps = read_toml(FILE).expect("reads").status_maps;
        codes.iter().for_each(|code| map(&mut maps, *code, Meaning::Ignore));
        assert_eq!(Policy { status_maps: maps.clone(), ..Policy::default() }.problems(), Vec::<String>::new());
        policy::in_order(&maps)
    }

    #[test]
    fn a_code_of_one_source_says_nothing_of_the_others() {
        let maps = mapped(&[("carrier/acme", "C"), ("carrier/acme", "D"), ("pod/app", "C")]);
        assert_eq!(maps.len(), 4, "one of its own for each source");
        for at in [BEFORE, AFTER] {
            assert_eq!(policy::meaning(&maps, "carrier/acme", at, "C"), Some(Meaning::Ignore));
            assert_eq!(policy::meaning(&maps, "carrier/acme", at, "D"), Some(Meaning::Ignore));
            assert_eq!(policy::meaning(&maps, "carrier/other", at, "C"), None);
            for source in ["carrier/acme", "carrier/other"] {
                assert_eq!(policy::meaning(&maps, source, at, "A"), Some(Meaning::Event(EventType::ShipmentLoaded)), "{source}");
            }
        }
    }

    #[test]
    fn a_code_is_known_when_it_was_reported_and_a_later_map_keeps_its_word() {
        let maps = mapped(&[("carrier/acme", "B")]);
        assert_eq!(policy::meaning(&maps, "carrier/acme", BEFORE, "B"), Some(Meaning::Ignore), "the other map begins later");
        assert_eq!(policy::meaning(&maps, "carrier/acme", AFTER, "B"), Some(Meaning::Event(EventType::ShipmentDelivered)));
    }

    #[test]
    fn a_name_is_a_carriers_other_name_or_a_carrier_of_its_own() {
        let mut carriers = vec![Carrier { code: "ACME".into(), name: "Acme".into(), aliases: vec![] }];
        name(&mut carriers, "acme freight", "ACME").expect("an alias");
        name(&mut carriers, "XB", "XB").expect("a carrier");
        assert!(name(&mut carriers, "YB", "ZB").is_err(), "a slip makes no carrier");
        let policy = Policy { carriers: carriers.into(), ..Policy::default() };
        assert_eq!(policy.problems(), Vec::<String>::new());
        assert_eq!(policy.carriers.of_alias("Acme Freight"), Some("ACME"));
        assert!(policy.carriers.know("XB"));
    }
}
