//! What holds each shipment of a simulated month, and what is wrong with it, worked out a second time from plain lists of events, by the
//! rules as people say them.

use super::{
    found::Folded,
    plain::{Plain, World},
    *,
};
use crate::domain::assess::{Inputs, assess};
use std::collections::BTreeSet;

type Codes = BTreeSet<&'static str>;

/// The kinds that are plain enough to be told twice.
const PLAIN: [&str; 13] = [
    "pod_missing",
    "pod_incomplete",
    "charges_incomplete",
    "not_invoiced",
    "posting_failed",
    "posting_missing",
    "duplicate",
    "disputed",
    "order_changed",
    "order_unknown",
    "late_past_promise",
    "status_stale",
    "premature_invoice",
];

/// Holds that somebody has in these months. Disputes come after the invoice, and exceptions on the way are cleared before it: of those
/// it is told that they hold nobody.
const ASKED: [&str; 9] = [
    "charges_missing",
    "contract_missing",
    "invoice_blocked",
    "not_delivered",
    "order_blocked",
    "order_cancelled",
    "pod_missing",
    "pod_unchecked",
    "temperature_unproven",
];

#[test]
fn every_shipment_is_held_and_troubled_as_plain_rules_say() {
    let policy = policy();
    let (mut held, mut wrong, mut differ) = (Codes::new(), Codes::new(), Vec::new());
    for seed in [1, 2, 3] {
        let options = Options::days(1_500, 30, NOON);
        let world = World::of(seed, options);
        let plain: BTreeMap<String, Plain<'_>> = world.each().map(|plain| (plain.reference.clone(), plain)).collect();
        let folded = Folded::of(seed, options);
        let mut shipments = 0;
        for (reference, state, orders) in folded.each() {
            let inputs = Inputs { state, orders: &orders, waivers: &[], policy: &policy, now: options.until };
            let seen = assess(&inputs);
            let told = &plain[reference];
            let holds: Codes = seen.holds.iter().map(|hold| hold.code()).collect();
            let kinds = seen.findings.iter().map(|finding| finding.kind.code()).filter(|kind| PLAIN.contains(kind));
            let (kinds, plainly) = (kinds.collect::<Codes>(), (told.holds(), told.wrong(options.until.0)));
            if (&holds, &kinds) != (&plainly.0, &plainly.1) {
                differ.push(format!("seed {seed}, {reference}: {holds:?} {kinds:?}, plainly {plainly:?}"));
            }
            held.extend(holds);
            wrong.extend(kinds);
            shipments += 1;
        }
        assert_eq!(shipments, plain.len(), "every shipment");
    }
    assert!(differ.is_empty(), "{} shipments:\n{}", differ.len(), differ[..differ.len().min(40)].join("\n"));
    assert_eq!((held, wrong), (ASKED.into(), PLAIN.into()), "and each of them was somebody's");
}
