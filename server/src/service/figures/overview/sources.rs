//! How sources are, and the business that waits for what they are set to tell.

use super::{Page, answer, tallies::tally};
use crate::{
    domain::{
        access::Permission,
        fact::Domain,
        policy::Policy,
        readiness::{HoldKind, Holds},
        source,
        time::Instant,
    },
    service::words,
    store::{
        figures::{StockSum, Waits, Why},
        standing::Heard,
    },
};
use app::{
    error::AppError,
    model::{QuarantineFilter, SourceHealth, SourceState, Tally},
    paths,
};
use std::{cmp::Reverse, collections::BTreeMap};

/// One source, or several that are looked after as one.
#[derive(Default)]
struct Group<'g> {
    heard: Vec<&'g Heard>,
    /// Microseconds within which it speaks.
    cadence: Option<i64>,
}

impl Page<'_> {
    /// Those in trouble first, then those for which most waits; how many are not shown, and how many are left out, since they only ever
    /// told old data. What waits is of all the filter's business.
    pub(super) async fn sources(
        &self,
        unbilled: &Waits,
        backlog: &Waits,
    ) -> Result<(Option<Vec<SourceHealth>>, usize, usize), AppError> {
        if self.actor.require(Permission::ReadExceptions).is_err() {
            return Ok((None, 0, 0));
        }
        let environment = self.asked.query.sight.environment;
        let policy = self.store.policy(environment).await.map_err(answer)?.policy;
        let heard = self.store.heard(environment).await.map_err(answer)?;
        let (groups, old) = groups(&policy, &heard);
        let mut all: Vec<SourceHealth> =
            groups.into_iter().map(|(name, group)| self.source(name, &group, &policy, (unbilled, backlog))).collect();
        let blocked = |source: &SourceHealth| source.blocks.as_ref().map_or(0, |tally| tally.n);
        all.sort_by_cached_key(|one| (one.state != SourceState::Silent, Reverse(blocked(one)), one.name.clone()));
        let further = all.len().saturating_sub(self.shown.sources);
        all.truncate(self.shown.sources);
        Ok((Some(all), further, old))
    }

    fn source(&self, name: &str, group: &Group<'_>, policy: &Policy, (unbilled, backlog): (&Waits, &Waits)) -> SourceHealth {
        let last = group.heard.iter().filter_map(|heard| heard.last).max();
        // It may have spoken since this page began to be read.
        let silent_for = last.map(|last| self.words.now.since(last).max(0));
        let state = match group.cadence {
            None => SourceState::Unwatched,
            Some(cadence) if silent_for.is_some_and(|silent| silent <= cadence) => SourceState::Speaks,
            Some(_) => SourceState::Silent,
        };
        SourceHealth {
            name: name.to_owned(),
            state,
            last: last.map(|last| self.words.instant(last)),
            ago: silent_for.map(words::duration),
            quarantined: self.quarantined_of(group),
            blocks: self.blocks(group, policy, unbilled, backlog),
        }
    }

    /// What of it lies in Quarantine, for whom that is: it has no region, so only for those who see all.
    fn quarantined_of(&self, group: &Group<'_>) -> Option<Vec<Tally>> {
        let may_read = self.actor.require(Permission::ReadQuarantine).is_ok() && self.asked.query.sight.scope.holds(None, None);
        let tally = |one: &&Heard| {
            let filter = QuarantineFilter { source: Some(one.name.clone()), ..QuarantineFilter::default() };
            Tally { label: one.name.clone(), n: one.quarantined, href: paths::quarantine(&filter), ..Tally::default() }
        };
        may_read.then(|| group.heard.iter().filter(|one| one.quarantined > 0).map(tally).collect())
    }

    /// What waits for a fact of a domain that is set to be theirs.
    fn blocks(&self, group: &Group<'_>, policy: &Policy, unbilled: &Waits, backlog: &Waits) -> Option<Tally> {
        let owns = |domain: Domain| {
            let owners = policy.ownership.0.get(&domain).map_or(&[][..], Vec::as_slice);
            group.heard.iter().any(|heard| owners.iter().any(|owner| source::covers(owner, &heard.name)))
        };
        if owns(Domain::Settlement) {
            let waits = tally("wait for the ERP's word".into(), backlog.sums.iter().filter(|sum| sum.why == Why::NoWord));
            return Some(waits.leading_to(self.rows(super::Key::K7, Some("state:no_word".into())))).filter(|tally| tally.n > 0);
        }
        let kinds: Vec<HoldKind> =
            [Domain::Execution, Domain::Billing].into_iter().filter(|domain| owns(*domain)).flat_map(told_by).copied().collect();
        let mut wanted = Holds::NONE;
        kinds.into_iter().for_each(|kind| wanted.insert(kind));
        let held = |sum: &&StockSum| matches!(sum.why, Why::Holds(holds) if holds.bits() & wanted.bits() != 0);
        let waits = tally("wait for what it tells".into(), unbilled.sums.iter().filter(held));
        let part = Some(format!("any:{}", wanted.bits()));
        Some(waits.leading_to(self.rows(super::Key::K25, part))).filter(|tally| tally.n > 0)
    }
}

/// Holds that end with a fact of a domain.
fn told_by(domain: Domain) -> &'static [HoldKind] {
    match domain {
        Domain::Execution => &[HoldKind::NotDispatched, HoldKind::NotLoaded, HoldKind::NotDelivered],
        Domain::Billing => &[HoldKind::ChargesMissing, HoldKind::ApprovalMissing],
        Domain::Commercial | Domain::Planning | Domain::Settlement => &[],
    }
}

/// Sources by the name under which they are looked after, else by their own, and how many are left out. Those that are expected and never
/// spoke are among them.
fn groups<'g>(policy: &'g Policy, heard: &'g [Heard]) -> (BTreeMap<&'g str, Group<'g>>, usize) {
    let mut old = 0;
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for terms in policy.sources.iter().filter(|terms| terms.cadence_hours > 0) {
        groups.entry(&terms.name).or_default().cadence = Some(i64::from(terms.cadence_hours) * Instant::HOUR);
    }
    for one in heard {
        let terms = policy.sources.iter().find(|terms| terms.covers(&one.name));
        // Who only ever told old data is not expected to go on.
        if terms.is_some() || one.last.is_some() || one.quarantined > 0 {
            groups.entry(terms.map_or(&one.name, |terms| &terms.name)).or_default().heard.push(one);
        } else {
            old += 1;
        }
    }
    (groups, old)
}
