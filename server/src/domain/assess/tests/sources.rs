//! Words that nobody knows, words against each other, and times that cannot be.

use super::tale::{Answer::*, Tale, found, hours, rfc3339, table, usd};
use crate::domain::{exception::ExceptionKind as Kind, fact::FactKey, shipment::Stage};
use serde_json::json;

const H: i64 = 60;

/// Two vendors, whose words clash: what the one calls closed is over, what the other calls arrived is a delivery.
const MAPS: &str = r#"
[[status_maps]]
sources = "vendor-a/*"
codes = { planned = "planned", loaded = "loaded", "in transit" = "in_transit", delivered = "delivered", closed = "ignore" }

[[status_maps]]
sources = "vendor-b"
codes = { assigned = "assigned", dispatched = "dispatched", arrived = "delivered", "POD captured" = "pod_received", settled = "posted" }

[[status_maps]]
sources = "vendor-b"
from = "2026-03-04"
codes = { arrived = "in_transit", late = "delayed", no = "tender_rejected", broken = "exception_raised", bad = "pod_rejected" }
"#;

fn mapped() -> Tale {
    Tale::new().policy(MAPS)
}

impl Tale {
    fn says(self, source: &str, code: &str, minute: i64) -> Self {
        self.with("shipment.status_reported", minute, json!({ "code": code })).by(source)
    }
}

#[test]
fn every_word_of_either_vendor_has_its_effect() {
    for (source, code, minute, stage, told) in [
        ("vendor-a/1", "planned", 0, Stage::Planned, Some(FactKey::Planned)),
        ("vendor-a/1", "loaded", 0, Stage::InTransit, Some(FactKey::Loaded)),
        ("vendor-a/2", "in transit", 0, Stage::InTransit, Some(FactKey::InTransit)),
        ("vendor-a/2", "delivered", 0, Stage::Delivered, Some(FactKey::Delivered)),
        ("vendor-a/2", "closed", 0, Stage::Planned, None),
        ("vendor-b", "assigned", 0, Stage::Tendered, Some(FactKey::Assigned)),
        ("vendor-b", "dispatched", 0, Stage::Dispatched, Some(FactKey::Dispatched)),
        ("vendor-b", "arrived", 0, Stage::Delivered, Some(FactKey::Delivered)),
        ("vendor-b", "POD captured", 0, Stage::PodReceived, Some(FactKey::PodReceived)),
        ("vendor-b", "settled", 0, Stage::Posted, Some(FactKey::ErpPosted)),
        // The same word means something else from a day on; others go on as before.
        ("vendor-b", "arrived", 60 * H, Stage::InTransit, Some(FactKey::InTransit)),
        ("vendor-b", "dispatched", 60 * H, Stage::Dispatched, Some(FactKey::Dispatched)),
        // One vendor's word in the other's mouth, another spelling, and a word before its day.
        ("vendor-a/1", "arrived", 0, Stage::Planned, None),
        ("vendor-a/1", "Delivered", 0, Stage::Planned, None),
        ("vendor-b", "late", 0, Stage::Planned, None),
    ] {
        let state = mapped().says(source, code, minute).state();
        let milestones: Vec<_> = state.facts.0.iter().map(|(key, _)| key).filter(|key| *key != FactKey::Customer).collect();
        assert_eq!((state.stage(), milestones), (stage, told.into_iter().collect()), "{source}: {code}");
        assert_eq!(state.unmapped.is_empty(), told.is_some() || code == "closed", "{source}: {code}");
    }
}

#[test]
fn a_mapped_word_is_as_good_as_its_event() {
    let at = 60 * H;
    let reported = |code: &str| {
        let data = json!({ "code": code, "reason": "R7", "carrier": "DHL" });
        mapped().with("shipment.status_reported", at, data).by("vendor-b").state()
    };
    for (code, key, text) in [
        ("late", FactKey::ReasonCode, "R7"),
        ("broken", FactKey::DeliveryException, "R7"),
        ("bad", FactKey::PodRejectedFor, "R7"),
        ("no", FactKey::RejectedBy, "DHL"),
    ] {
        let state = reported(code);
        assert_eq!(state.facts.text(key), Some(text), "{code}");
        assert_eq!(state.facts.text(FactKey::Carrier), (code != "no").then_some("DHL"), "who said no carries nothing");
    }
    let raised = mapped().says("vendor-b", "broken", at).state();
    assert_eq!(raised.facts.text(FactKey::DeliveryException), Some("broken"), "without a reason the word is the reason");
    assert_eq!(mapped().says("vendor-b", "POD captured", 7).state().proven_at, Some(super::tale::instant(7)));
}

#[test]
fn unknown_code() {
    let left = || mapped().told("shipment.dispatched", 0);
    table(
        Kind::UnknownCode,
        [
            ("known", left().says("vendor-b", "arrived", H), 2 * H, Clear),
            ("known and no matter", left().says("vendor-a/1", "closed", H), 2 * H, Clear),
            ("unknown", left().says("vendor-b", "ARRVD", H), 2 * H, found(H, "vendor-b: ARRVD")),
            ("since the first", left().says("vendor-b", "X", 3 * H).says("vendor-b", "X", H), 4 * H, found(H, "vendor-b: X")),
            ("a source without a map", left().says("gate/1", "OUT", H), 2 * H, found(H, "gate/1: OUT")),
            ("of several the first by name", left().says("z", "1", H).says("a", "1", 2 * H), 3 * H, found(2 * H, "a: 1")),
            ("before anything is mapped", Tale::new().says("vendor-b", "arrived", H), 2 * H, found(H, "vendor-b: arrived")),
        ],
    );
    let causes = |tale: Tale| -> Vec<String> {
        let found = tale.look(4 * H).findings.into_iter().filter(|finding| finding.kind == Kind::UnknownCode);
        found.map(|finding| finding.detail).collect()
    };
    let two = left().says("z", "1", H).says("a", "1", 2 * H).says("z", "1", 3 * H);
    assert_eq!(causes(two), ["a: 1", "z: 1"], "each code waits for its own mapping");
    let silent = left().says("vendor-b", "ARRVD", 30 * H);
    assert_eq!(silent.sign(Kind::StatusStale, 40 * H), found(36 * H, ""), "an unknown word is no word of its way");
    let many = (0..40).fold(mapped(), |tale, n| tale.says("vendor-b", &format!("U{n:02}"), n));
    assert_eq!(many.state().unmapped.len(), 16);
}

/// Who owns what in the tables below.
const OWNERS: &str = r#"
[ownership]
execution = ["dispatch/*", "wms"]
commercial = ["erp"]
billing = ["billing"]
"#;

#[test]
fn source_conflict() {
    let told = |source: &str, carrier: &str, minute| {
        Tale::new().policy(OWNERS).with("shipment.planned", minute, json!({ "carrier": carrier })).by(source)
    };
    let says = |tale: Tale, source: &str, carrier: &str, minute| {
        tale.with("shipment.loaded", minute, json!({ "carrier": carrier, "customer": null })).by(source)
    };
    let owner = || told("dispatch/1", "DHL", 0);
    let delivered =
        |tale: Tale, source: &str, minute| tale.with("shipment.delivered", minute, json!({ "customer": null })).by(source);
    let invoiced = |tale: Tale, source: &str, amount: &str, minute| {
        tale.with("invoice.released", minute, json!({ "amount": usd(amount), "customer": null })).by(source)
    };
    table(
        Kind::SourceConflict,
        [
            ("another's later word", says(owner(), "tms", "UPS", H), 2 * H, found(H, "carrier: tms")),
            ("an earlier one was only the plan", says(owner(), "tms", "UPS", -H), 2 * H, Clear),
            ("the same in another case", says(owner(), "tms", "dhl", H), 2 * H, Clear),
            ("a lesser owner's", says(owner(), "wms", "UPS", H), 2 * H, found(H, "carrier: wms")),
            ("gone when the owner speaks again", says(says(owner(), "tms", "UPS", H), "dispatch/2", "DHL", 2 * H), 3 * H, Clear),
            ("gone when both say the same", says(says(owner(), "tms", "UPS", H), "tms", "DHL", 2 * H), 3 * H, Clear),
            ("gone when a person corrects it", says(says(owner(), "tms", "UPS", H), "waybill/desk", "UPS", 2 * H), 3 * H, Clear),
            ("nobody else than the owner", owner(), 2 * H, Clear),
            ("no owner has spoken", says(told("tms", "DHL", 0), "gate", "UPS", H), 2 * H, Clear),
            ("times close to each other", delivered(delivered(owner(), "wms", H), "tms", 20 * H), 30 * H, Clear),
            ("times far apart", delivered(delivered(owner(), "wms", H), "tms", 26 * H), 30 * H, found(26 * H, "delivery: tms")),
            (
                "as far as is tolerated",
                delivered(delivered(owner(), "wms", H), "tms", 26 * H).policy("[tolerances]\nconflict_hours = 25"),
                30 * H,
                Clear,
            ),
            (
                "a day holds its hours",
                delivered(owner(), "wms", H).on_day("shipment.delivered", 10 * H).by("dispatch/1").says("tms", "x", H),
                30 * H,
                Clear,
            ),
            (
                "two amounts",
                invoiced(invoiced(owner(), "billing", "100.00", 30 * H), "tms", "101.00", 31 * H),
                32 * H,
                found(31 * H, "invoice amount: tms"),
            ),
            (
                "what may happen again is no contradiction",
                owner().told("pod.received", 30 * H).by("dispatch/1").told("pod.received", 90 * H).by("tms"),
                99 * H,
                Clear,
            ),
        ],
    );
    let both = delivered(delivered(says(owner(), "tms", "UPS", H), "wms", H), "tms", 26 * H).look(30 * H);
    let both: Vec<_> = both.findings.iter().filter(|finding| finding.kind == Kind::SourceConflict).collect();
    let told: Vec<_> = both.iter().map(|finding| finding.detail.as_str()).collect();
    assert_eq!(told, ["delivery: tms", "carrier: tms"], "each contradiction is its own");
    let contested = says(owner(), "tms", "UPS", H).state();
    assert_eq!(contested.facts.text(FactKey::Carrier), Some("DHL"), "the owner's word counts");
    let unowned = Tale::new().with("shipment.planned", 0, json!({ "carrier": "DHL" })).by("dispatch/1");
    let unowned = says(unowned, "tms", "UPS", H);
    assert_eq!(unowned.state().facts.text(FactKey::Carrier), Some("UPS"), "without owners the later word counts");
    assert!(unowned.state().contests.is_empty());
}

/// One name for each carrier and each charge.
const NAMES: &str = r#"
charge_codes = ["base", "detention"]
[[carriers]]
code = "DHL"
name = "DHL Freight"
aliases = ["dhl freight gmbh"]
[[charge_maps]]
sources = "carrier/*"
codes = { DET = "detention", FRT = "base" }
"#;

#[test]
fn carriers_and_charges_have_one_name_each() {
    let told = |carrier: &str| Tale::new().policy(NAMES).with("shipment.dispatched", 0, json!({ "carrier": carrier }));
    for (name, code) in [("DHL", "DHL"), ("DHL Freight GmbH", "DHL"), ("dhl", "DHL"), ("UPS", "UPS")] {
        assert_eq!(told(name).state().facts.text(FactKey::Carrier), Some(code), "{name}");
    }
    table(
        Kind::UnknownCode,
        [
            ("by its code", told("DHL"), H, Clear),
            ("by another name", told("DHL FREIGHT GMBH"), H, Clear),
            ("none of ours", told("UPS"), H, found(0, "carrier UPS")),
            ("corrected", told("UPS").with("shipment.loaded", H, json!({ "carrier": "DHL" })), 2 * H, Clear),
            ("any, where none is configured", Tale::new().with("shipment.dispatched", 0, json!({ "carrier": "UPS" })), H, Clear),
        ],
    );
    let rated = |source: &str, codes: [&str; 2]| {
        let lines = json!([{ "code": codes[0], "amount": usd("60.00") }, { "code": codes[1], "amount": usd("40.00") }]);
        let data = json!({ "total": usd("100.00"), "charges": lines });
        Tale::new().policy(NAMES).with("charges.rated", 0, data).by(source)
    };
    for (source, codes, known, accessorials) in [
        ("carrier/acme", ["FRT", "DET"], "base\ndetention", "40.00"),
        ("carrier/acme", ["base", "DET"], "base\ndetention", "40.00"),
        ("billing", ["FRT", "DET"], "DET\nFRT", "100.00"),
    ] {
        let facts = rated(source, codes).state().facts;
        let sum = facts.money(FactKey::Accessorials).map(|money| money.decimal());
        assert_eq!((facts.text(FactKey::ChargeCodes), sum.as_deref()), (Some(known), Some(accessorials)), "{source} {codes:?}");
    }
    assert_eq!(rated("carrier/acme", ["FRT", "DET"]).sign(Kind::AccessorialUnusual, H), Clear);
    assert!(matches!(rated("billing", ["FRT", "DET"]).sign(Kind::AccessorialUnusual, H), Found(..)));
}

/// Whoever calls a customer by another number means the same one, and the contract that stands under its code.
#[test]
fn a_customer_has_one_code_whatever_others_call_it() {
    const CUSTOMERS: &str = "[[customers]]\ncode = \"C-1\"\naliases = [\"0000017\", \"acme gmbh\"]\n";
    let told = |name: &str| Tale::new().policy(CUSTOMERS).with("shipment.delivered", 0, json!({ "customer": name }));
    for (name, code) in [("C-1", "C-1"), ("0000017", "C-1"), ("Acme GmbH", "C-1"), ("C-2", "C-2")] {
        assert_eq!(told(name).state().facts.text(FactKey::Customer), Some(code), "{name}");
        let lacks = told(name).sign(Kind::ChargesIncomplete, 30 * H);
        let what = if code == "C-1" { "charges" } else { "contract, charges" };
        assert!(matches!(&lacks, Found(_, detail) if detail == what), "{name}: {lacks:?}");
    }
}

#[test]
fn manual_entry() {
    const SHEET: &str = "[[sources]]\nmatch = \"sheet/*\"\nname = \"Sheet\"\nmanual = true\n";
    let left = || Tale::new().policy(SHEET).told("shipment.dispatched", 0);
    let typed = || left().told("shipment.delivered", 2 * H).by("sheet/1");
    let corrected = |data: serde_json::Value| {
        let mut data = data;
        data["note"] = json!("the driver said so");
        left().with("shipment.corrected", 3 * H, data).by("waybill/desk")
    };
    table(
        Kind::ManualEntry,
        [
            ("told by a system", left().told("shipment.delivered", 2 * H), 9 * H, Clear),
            ("typed into a spreadsheet", typed(), 9 * H, found(2 * H, "sheet/1")),
            ("told by a system later", typed().told("shipment.delivered", 4 * H), 9 * H, Clear),
            ("an amount", left().told("charges.rated", H).by("sheet/1"), 9 * H, found(H, "sheet/1")),
            (
                "a name is no matter",
                left().with("stop.completed", H, json!({ "carrier": "DHL" })).told("shipment.in_transit", 2 * H),
                9 * H,
                Clear,
            ),
            (
                "a delivery corrected here",
                corrected(json!({ "delivered_at": rfc3339(2 * H) })),
                9 * H,
                found(3 * H, "waybill/desk"),
            ),
            ("a carrier corrected here", corrected(json!({ "carrier": "DHL" })), 9 * H, Clear),
            ("a POD validated here", left().told("pod.validated", 3 * H).by("waybill/desk"), 9 * H, Clear),
            ("charges approved here", left().told("freight_charge.approved", 3 * H).by("waybill/desk"), 9 * H, Clear),
        ],
    );
}

#[test]
fn transition_illegal() {
    let delivered = || Tale::new().told("shipment.dispatched", 0).told("shipment.delivered", 20 * H);
    let cancelled = || Tale::new().told("shipment.planned", 0).told("shipment.cancelled", 10 * H);
    table(
        Kind::TransitionIllegal,
        [
            ("as it should be", delivered(), 30 * H, Clear),
            (
                "left after it was there",
                delivered().told("warehouse.departed", 22 * H),
                30 * H,
                found(22 * H, "departed after its delivery"),
            ),
            ("loaded after it", delivered().told("shipment.loaded", 22 * H), 30 * H, found(22 * H, "loaded after its delivery")),
            (
                "picked up after it",
                delivered().told("shipment.picked_up", 22 * H),
                30 * H,
                found(22 * H, "picked up after its delivery"),
            ),
            (
                "dispatched after it",
                delivered().told("shipment.dispatched", 22 * H),
                30 * H,
                found(22 * H, "dispatched after its delivery"),
            ),
            ("clocks differ", delivered().told("shipment.departed", 20 * H + 5), 30 * H, Clear),
            ("a day is too coarse", delivered().on_day("shipment.loaded", 30 * H), 90 * H, Clear),
            ("a round goes on", delivered().told("stop.completed", 22 * H), 30 * H, Clear),
            (
                "gone when it is corrected",
                delivered().told("shipment.departed", 22 * H).told("shipment.delivered", 23 * H),
                30 * H,
                Clear,
            ),
            (
                "validated before",
                delivered().told("pod.validated", 10 * H),
                30 * H,
                found(20 * H, "delivered after its POD was validated"),
            ),
            ("received before: the driver's order", delivered().told("pod.received", 10 * H), 30 * H, Clear),
            (
                "moves although it was cancelled",
                cancelled().told("shipment.dispatched", 12 * H),
                30 * H,
                found(12 * H, "dispatched after its cancellation"),
            ),
            (
                "under way although",
                cancelled().told("shipment.in_transit", 12 * H),
                30 * H,
                found(12 * H, "in transit after its cancellation"),
            ),
            ("cancelled on its way", Tale::new().told("shipment.departed", 0).told("shipment.cancelled", H), 3 * H, Clear),
            (
                "comes back before it left",
                Tale::new().told("shipment.returned", 0).told("shipment.dispatched", hours(3)),
                9 * H,
                found(3 * H, "dispatched after its return"),
            ),
        ],
    );
}
