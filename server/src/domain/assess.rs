//! What a shipment's state means now: what holds it from billing, what is wrong with it, and when to look again.
//!
//! A pure function of what is known, what is configured and the time. Nobody sets a status: an exception is there because its
//! finding is, and goes away when the effect is seen.

use super::{
    event::Reference,
    exception::{DETECTORS, ExceptionKind, Finding, Sign},
    fact::FactKey,
    money::Money,
    order::OrderFlags,
    policy::Policy,
    readiness::{HoldKind, Holds, holds, ready_at},
    shipment::ShipmentState,
    time::Instant,
};

mod case;
#[cfg(test)]
mod tests;

pub(crate) use case::Case;

/// Everything that decides.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The shipment.
    pub state: &'a ShipmentState,
    /// The orders that it names, folded.
    pub orders: &'a OrderFlags,
    /// Conditions that a person waived for it.
    pub waivers: &'a [HoldKind],
    /// What is configured.
    pub policy: &'a Policy,
    /// The time.
    pub now: Instant,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessment {
    /// What holds it from billing: every unmet condition that nobody waived.
    pub holds: Holds,
    /// What it waits for without being held.
    pub clocks: Clocks,
    /// What is wrong, in the order of the kinds: at most one of a kind, or of a kind and cause where each cause is a matter of its own.
    pub findings: Vec<Finding>,
    /// What will be wrong then if nothing else comes.
    pub due: Vec<(ExceptionKind, Instant)>,
    /// The earliest of these: the time to look again.
    pub next_at: Option<Instant>,
}

/// Clocks that run though nothing holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clocks {
    /// Not billed: since when every condition is met that an invoice asks for. One that is blocked itself was ready before.
    pub ready_at: Option<Instant>,
    /// Delivered, a proof asked for, and none has ever come, billed or not.
    pub unproven: bool,
}

impl Clocks {
    fn of(case: &Case<'_>, holds: Holds) -> Self {
        let free = !case.is_billed() && holds.iter().all(|hold| hold == HoldKind::InvoiceBlocked);
        let none = case.inputs.state.proven_at.is_none() && !case.has(FactKey::PodRejected);
        Self {
            ready_at: free.then(|| ready_at(case, Instant(i64::MAX))).flatten().map(|(at, _)| at),
            unproven: case.has(FactKey::Delivered) && none && case.wants_pod(),
        }
    }
}

/// Decides. Old data and shipments that were called off are nobody's work: nothing holds them and nothing is wrong.
pub fn assess(inputs: &Inputs<'_>) -> Assessment {
    if !inputs.state.watched {
        return Assessment::default();
    }
    let case = Case::of(inputs);
    if !case.is_work() {
        return Assessment::default();
    }
    let holds = holds(&case);
    let mut assessment = Assessment { holds, clocks: Clocks::of(&case, holds), ..Assessment::default() };
    for (kind, detect) in DETECTORS {
        match detect(&case) {
            Sign::Clear => {}
            Sign::Due(at) => {
                assessment.due.push((*kind, at));
                assessment.next_at = Some(assessment.next_at.map_or(at, |next| next.min(at)));
            }
            Sign::Found { since, detail } => {
                assessment.findings.push(Finding { kind: *kind, detail: detail.into_owned(), since });
            }
            Sign::Each(causes) => {
                let finding = |(since, detail): (Instant, String)| Finding { kind: *kind, detail, since };
                assessment.findings.extend(causes.into_iter().map(finding));
            }
        }
    }
    assessment
}

/// The money that waits for a shipment: what is invoiced, else what is rated, else what the freight costs. An invoice that
/// covers several shipments says nothing about one of them.
pub fn money(state: &ShipmentState) -> Option<Money> {
    let told = |key| state.facts.money(key);
    let invoiced = || told(FactKey::InvoiceAmount).filter(|_| !is_consolidated(state));
    invoiced().or_else(|| told(FactKey::ChargesTotal)).or_else(|| told(FactKey::FreightCost))
}

/// Whether its invoice covers other shipments too.
pub(crate) fn is_consolidated(state: &ShipmentState) -> bool {
    state.references.iter().any(|Reference { scheme, .. }| scheme == "consolidation")
}
