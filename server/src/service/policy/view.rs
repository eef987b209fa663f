//! The policy in words, for the Configuration page.

use super::{Change, changes, flat};
use crate::{
    domain::policy::{BillOn, BillingContract, PodRule, Policy},
    service::words::Words,
    store::config::PolicyVersion,
};
use app::model::{ContractRow, PolicyStep, PolicyValue, PolicyView};
use chrono::NaiveDate;

/// Changes that are told of a version.
const TOLD: usize = 20;

/// The page: the latest version of the history is the one in force.
pub fn describe(current: &PolicyVersion, history: &[PolicyVersion], may_change: bool, words: Words) -> PolicyView {
    let built_in = flat(&Policy::default());
    let values = flat(&current.policy).into_iter().filter(|(path, _)| !path.starts_with("contracts")).map(|(path, value)| {
        let changed = built_in.get(&path) != Some(&value);
        PolicyValue { path, value, changed }
    });
    PolicyView {
        version: current.version,
        contracts: contracts(&current.policy),
        values: values.collect(),
        history: steps(history, words),
        toml: toml::to_string(&*current.policy).unwrap_or_default(),
        may_change,
        as_of: words.as_of(),
    }
}

fn steps(history: &[PolicyVersion], words: Words) -> Vec<PolicyStep> {
    let built_in = PolicyVersion::built_in();
    let before = history.iter().skip(1).chain(std::iter::once(&built_in));
    let step = |(version, before): (&PolicyVersion, &PolicyVersion)| PolicyStep {
        version: version.version,
        at: words.instant(version.at),
        actor: version.actor.strip_prefix("user:").unwrap_or(&version.actor).to_owned(),
        reason: version.reason.clone(),
        // The oldest of a full page has its predecessor on the next.
        changes: match before.version + 1 == version.version {
            true => first(TOLD, changes(&before.policy, &version.policy).iter()),
            false => Vec::new(),
        },
    };
    history.iter().zip(before).map(step).collect()
}

/// The first of them in words, and how many more there are.
pub fn first<'c>(most: usize, changes: impl Iterator<Item = &'c Change>) -> Vec<String> {
    let mut rest = changes.map(told);
    let mut all: Vec<String> = rest.by_ref().take(most).collect();
    let more = rest.count();
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all
}

/// A change in words.
pub fn told(Change { path, old, new }: &Change) -> String {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(absent)".into());
    format!("{path}: {} → {}", side(old), side(new))
}

/// Billing contracts in words.
pub fn contracts(policy: &Policy) -> Vec<ContractRow> {
    policy.contracts.iter().map(contract).collect()
}

fn contract(contract: &BillingContract) -> ContractRow {
    let day = |day: NaiveDate| day.format("%-d %b %Y").to_string();
    let covers = match (contract.from, contract.until) {
        (None, None) => "always".into(),
        (Some(from), None) => format!("from {}", day(from)),
        (None, Some(until)) => format!("until {}", day(until)),
        (Some(from), Some(until)) => format!("{} to {}", day(from), day(until)),
    };
    let pod = match contract.pod {
        PodRule::None => None,
        PodRule::Received => Some("POD received"),
        PodRule::Signed => Some("POD signed"),
        PodRule::Validated => Some("POD validated"),
    };
    let conditions = [
        Some(if contract.bill_on == BillOn::Dispatch { "Billed on dispatch" } else { "Billed on delivery" }),
        contract.dispatched.then_some("Dispatch confirmed"),
        contract.loaded.then_some("Loading confirmed"),
        pod,
        contract.temperature.then_some("Temperature kept"),
        contract.exceptions_cleared.then_some("No open delivery exception"),
        contract.charges.then_some("Charges rated"),
        contract.approval.then_some("Charges approved"),
    ];
    ContractRow {
        customer: contract.customer.clone(),
        name: contract.label().to_owned(),
        covers,
        conditions: conditions.into_iter().flatten().map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            access::{Actor, Environment},
            time::Instant,
        },
        service::policy::read_toml,
    };
    use std::sync::Arc;

    fn version(version: i64, text: &str) -> PolicyVersion {
        let policy = Arc::new(read_toml(text).expect("a policy"));
        PolicyVersion { version, policy, actor: "user:amira".into(), reason: "because".into(), at: Instant(version) }
    }

    #[test]
    fn changes_beyond_the_first_are_counted() {
        let change = |n: u32| Change { path: format!("p{n}"), old: None, new: Some("1".into()) };
        let changes: Vec<Change> = (0..5).map(change).collect();
        assert_eq!(first(5, changes.iter()).len(), 5);
        assert_eq!(first(2, changes.iter())[2], "and 3 more");
    }

    #[test]
    fn the_page_tells_what_each_version_changed() {
        let first = version(1, "[[contracts]]\ncustomer = \"*\"\npod = \"signed\"\nfrom = \"2026-01-01\"");
        let second = version(2, "[expectations]\npod_grace = 12");
        let words = Words::new(&Actor::system("test", Environment::Live), Instant(0));
        let page = describe(&second, &[second.clone(), first.clone()], true, words);
        assert_eq!((page.version, page.contracts.len(), page.history.len()), (2, 0, 2));
        assert!(page.history[0].changes.contains(&"expectations.pod_grace: 24 → 12".to_owned()), "{:?}", page.history[0]);
        assert_eq!(page.history[0].actor, "amira");
        let grace = page.values.iter().find(|value| value.path == "expectations.pod_grace").expect("told");
        assert!(grace.changed && grace.value == "12");
        let page = describe(&first, std::slice::from_ref(&first), false, words);
        assert_eq!(page.contracts[0].covers, "from 1 Jan 2026");
        assert!(page.contracts[0].conditions.contains(&"POD signed".to_owned()));
        assert!(read_toml(&page.toml).is_ok_and(|policy| policy == *first.policy), "what is shown can be put in force again");
    }
}
