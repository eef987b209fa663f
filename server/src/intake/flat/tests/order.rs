//! The order of a file's rows tells nothing.

use super::{PARCELS, PARCELS_MAPPING, came};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The rows, with the one that holds a line end whole.
fn rows() -> (String, Vec<String>) {
    let text = PARCELS.replace("\"two\nlines\"", "two lines");
    let mut lines = text.lines().map(str::to_owned);
    (lines.next().expect("a header"), lines.collect())
}

/// Codes and raw bytes, without the row numbers in reasons.
fn kept(came: &super::Came) -> BTreeSet<(&'static str, Vec<u8>)> {
    came.refused.iter().filter(|r| r.code != "row_malformed").map(|r| (r.code, r.raw.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_of_rows_gives_the_same_events_and_facts(rows in Just(rows().1).prop_shuffle()) {
        let (header, in_order) = self::rows();
        let file = |rows: &[String]| format!("{header}\n{}\n", rows.join("\n"));
        let (one, other) = (came(PARCELS_MAPPING, file(&in_order).as_bytes()), came(PARCELS_MAPPING, file(&rows).as_bytes()));
        let events = |came: &super::Came| came.events.iter().map(|e| (e.id.clone(), e.json.clone())).collect::<BTreeSet<_>>();
        prop_assert_eq!(events(&one), events(&other));
        prop_assert_eq!(one.facts(), other.facts());
        let raws = |came: &super::Came| kept(came).into_iter().map(|(_, raw)| raw).collect::<BTreeSet<_>>();
        prop_assert_eq!(raws(&one), raws(&other));
    }
}

#[test]
fn rows_twice_in_a_file_are_seen_by_their_references() {
    let mapping = PARCELS_MAPPING;
    let doubled = PARCELS.replace("5,P-3,", "4,P-3,O-2,Kilima Air,N/A,,1-Mar-07,,,7,,1,\n5,P-3,");
    let came = came(mapping, doubled.as_bytes());
    assert!(came.rejects.iter().any(|r| r.code == "reference_ambiguous" && r.column == "Freight (USD)"), "{:?}", came.rejects);
}
