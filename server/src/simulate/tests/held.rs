//! What holds each shipment of a simulated month, and what is wrong with it, worked out a second time from plain lists of events, by the
//! rules as people say them.

use super::{
    found::Folded,
    plain::{Plain, World},
    *,
};
use crate::domain::{
    assess::{Inputs, assess},
    exception::DETECTORS,
    policy::{BillOn, BillingContract, PodRule, Policy},
    readiness::HoldKind,
};
use std::collections::BTreeSet;

type Codes = BTreeSet<&'static str>;

/// Holds that nobody has in these months, so that the other thirteen are met here: disputes come after the invoice, and exceptions on the way are cleared before it. Of those it is
/// told that they hold nobody.
const NOBODYS: [&str; 2] = ["disputed", "delivery_exception_open"];

/// The shipper's contracts, each asking for something more: between them for everything that a contract can ask for.
fn asking_for_more() -> Policy {
    let own = policy();
    let more = own.contracts.iter().enumerate().map(|(place, contract)| {
        let own = contract.clone();
        match place % 5 {
            0 => BillingContract { dispatched: true, loaded: true, ..own },
            1 => BillingContract { pod: PodRule::Signed, ..own },
            2 => BillingContract { approval: true, ..own },
            3 => BillingContract { bill_on: BillOn::Dispatch, pod: PodRule::None, ..own },
            _ => own,
        }
    });
    let contracts: Vec<_> = more.collect();
    Policy { contracts: contracts.into(), ..own }
}

/// Compares both at the end of the month; holds and kinds that somebody had.
fn compare(policy: &Policy, seeds: [u64; 3]) -> (Codes, Codes) {
    let (mut held, mut wrong, mut differ) = (Codes::new(), Codes::new(), Vec::new());
    for seed in seeds {
        let options = Options::days(1_500, 30, NOON);
        let world = World::under(policy.clone(), seed, options);
        let plain: BTreeMap<String, Plain<'_>> = world.each().map(|plain| (plain.reference.clone(), plain)).collect();
        let folded = Folded::of(seed, options);
        let mut shipments = 0;
        for (reference, state, orders) in folded.each() {
            let inputs = Inputs { state, orders: &orders, waivers: &[], policy, now: options.until };
            let seen = assess(&inputs);
            let told = &plain[reference];
            let holds: Codes = seen.holds.iter().map(|hold| hold.code()).collect();
            let kinds: Codes = seen.findings.iter().map(|finding| finding.kind.code()).collect();
            let plainly = (told.holds(), told.wrong(options.until.0));
            if (&holds, &kinds) != (&plainly.0, &plainly.1) {
                let over = |one: &Codes, other: &Codes| one.difference(other).copied().collect::<Vec<_>>();
                let more = (over(&holds, &plainly.0), over(&kinds, &plainly.1));
                let less = (over(&plainly.0, &holds), over(&plainly.1, &kinds));
                differ.push(format!("seed {seed}, {reference}: found {more:?}, only plainly {less:?}"));
            }
            held.extend(holds);
            wrong.extend(kinds);
            shipments += 1;
        }
        assert_eq!(shipments, plain.len(), "every shipment");
    }
    assert!(differ.is_empty(), "{} shipments:\n{}", differ.len(), differ[..differ.len().min(40)].join("\n"));
    (held, wrong)
}

#[test]
fn every_shipment_is_held_and_troubled_as_plain_rules_say() {
    let (_, wrong) = compare(&policy(), [1, 2, 3]);
    let all: Codes = DETECTORS.iter().map(|(kind, _)| kind.code()).collect();
    assert_eq!(wrong, all, "each of them was somebody's");
}

#[test]
fn every_hold_but_two_that_nobody_has_is_that_of_whom_plain_rules_say() {
    let (held, _) = compare(&asking_for_more(), [4, 5, 6]);
    let all: Codes = HoldKind::ALL.iter().map(|hold| hold.code()).filter(|code| !NOBODYS.contains(code)).collect();
    assert_eq!(held, all, "each of them was somebody's");
}
