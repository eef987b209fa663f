//! Saying what a source's word means, or who a carrier is: one more code in the status maps, one more name among the carriers, as a
//! version of the policy like any other.

use super::{MOST, Policies, PolicyError, PolicyVersion, invalid};
use crate::{
    domain::{
        access::{Actor, Permission},
        policy::{self, Carrier, Meaning, Policy, StatusMap},
        time::Instant,
    },
    service::words::Words,
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
        let known = |policy: &Policy| told(&policy.status_maps, (source, code)).map(|meaning| meaning.code().to_owned());
        let map = |policy: &mut Policy| {
            map(&mut policy.status_maps, (source, code), meaning);
            Ok(())
        };
        self.say(actor, (code, meaning.code()), reason, known, map).await
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
        let known = |policy: &Policy| {
            let carriers = &policy.carriers;
            if carriers.know(unknown) { Some(unknown.to_owned()) } else { carriers.of_alias(unknown).map(Into::into) }
        };
        let add = |policy: &mut Policy| {
            let mut carriers = Vec::from(std::mem::take(&mut policy.carriers));
            name(&mut carriers, unknown, code)?;
            policy.carriers = carriers.into();
            Ok(())
        };
        self.say(actor, (unknown, code), reason, known, add).await
    }

    /// Says what a word means that nobody knew. If somebody was faster it is done where they said the same, and refused with their words
    /// where they said something else: what is in force is changed on the configuration's page, by who saw it.
    async fn say(
        &self,
        actor: &Actor,
        (word, meaning): (&str, &str),
        reason: &str,
        known: impl Fn(&Policy) -> Option<String>,
        add: impl FnOnce(&mut Policy) -> Result<(), PolicyError>,
    ) -> Result<PolicyVersion, PolicyError> {
        let current = self.store.policy(actor.environment).await?;
        match known(&current.policy) {
            Some(is) if is == meaning => return Ok(current),
            Some(is) => {
                let versions = self.store.policies(actor.environment, None, MOST).await?;
                let first = first_with(&versions, |policy| known(policy).as_ref() == Some(&is));
                return Err(PolicyError::Conflict(taken(word, &is, first, actor)));
            }
            None => {}
        }
        let mut policy = Policy::clone(&current.policy);
        add(&mut policy)?;
        self.replace(actor, current.version, policy, reason).await
    }
}

/// The version since which it is so without a break, the latest first; none if that is further back than what is given.
fn first_with(versions: &[PolicyVersion], so: impl Fn(&Policy) -> bool) -> Option<&PolicyVersion> {
    let since = versions.iter().take_while(|version| so(&version.policy)).count();
    let first = versions.get(since.checked_sub(1)?)?;
    (since < versions.len() || first.version == 1).then_some(first)
}

/// Who was faster, and with what.
fn taken(word: &str, meaning: &str, first: Option<&PolicyVersion>, actor: &Actor) -> String {
    let rest = "Nothing was changed; if that is wrong, change it in the configuration.";
    let Some(PolicyVersion { version, actor: by, reason, at, .. }) = first else {
        return format!("“{word}” is “{meaning}” already. {rest}");
    };
    let by = by.strip_prefix("user:").unwrap_or(by);
    let at = Words::new(actor, *at).as_of().local;
    format!("{by} said on {at} that “{word}” is “{meaning}” (version {version}: “{reason}”). {rest}")
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

/// What the code means in the maps that always counted: what one says that begins on a day is said of what was reported from then on.
fn told(maps: &[StatusMap], (source, code): (&str, &str)) -> Option<Meaning> {
    let open: Vec<StatusMap> = maps.iter().filter(|map| map.from.is_none()).cloned().collect();
    policy::meaning(&open, source, Instant(0), code)
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
    use crate::{domain::event::EventType, service::policy::read_toml};

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

    #[test]
    fn a_code_is_told_by_any_map_that_always_counted() {
        let maps = read_toml(FILE).expect("reads").status_maps;
        assert_eq!(told(&maps, ("carrier/acme", "A")), Some(Meaning::Event(EventType::ShipmentLoaded)));
        assert_eq!(told(&maps, ("carrier/acme", "B")), None, "that map begins on a day");
    }
}
