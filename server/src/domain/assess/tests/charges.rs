//! Charges and costs.

use super::tale::{Answer::*, Tale, found, table, usd};
use crate::domain::exception::ExceptionKind as Kind;
use serde_json::json;

const H: i64 = 60;

#[test]
fn rate_mismatch() {
    let rated = || Tale::new().with("charges.rated", 0, json!({ "total": usd("1000.00") }));
    let invoiced = |amount: &str| rated().with("invoice.generated", H, json!({ "amount": usd(amount), "number": "INV-1" }));
    let euros = json!({ "amount": { "amount": "5000.00", "currency": "EUR" }, "number": "INV-1" });
    table(
        Kind::RateMismatch,
        [
            ("the same", invoiced("1000.00"), 2 * H, Clear),
            ("within two per cent", invoiced("1020.00"), 2 * H, Clear),
            ("beyond", invoiced("1020.50"), 2 * H, found(H, "too high")),
            ("too little", invoiced("900.00"), 2 * H, found(H, "too low")),
            (
                "corrected",
                invoiced("900.00").with("invoice.released", 5 * H, json!({ "amount": usd("1000.00"), "number": "INV-1" })),
                6 * H,
                Clear,
            ),
            ("rated anew", invoiced("900.00").with("charges.rated", 5 * H, json!({ "total": usd("905.00") })), 6 * H, Clear),
            ("another currency cannot be compared", rated().with("invoice.generated", H, euros), 2 * H, Clear),
            (
                "an invoice for many",
                rated().with(
                    "invoice.released",
                    H,
                    json!({ "amount": usd("88000.00"), "number": "INV-1", "consolidation": "RUN-7" }),
                ),
                2 * H,
                Clear,
            ),
            ("nobody says how much", rated().told("invoice.generated", H), 2 * H, Clear),
            ("not rated", Tale::new().with("invoice.generated", H, json!({ "amount": usd("9.00") })), 2 * H, Clear),
            ("a wide tolerance", invoiced("900.00").policy("tolerances = { invoice = { percent = 10.0 } }"), 2 * H, Clear),
        ],
    );
}

#[test]
fn accessorial_unusual() {
    let rated = |code: &str, amount: &str| {
        Tale::new().with(
            "charges.rated",
            0,
            json!({
                "total": usd("1000.00"),
                "charges": [{ "code": "base", "amount": usd("500.00") }, { "code": code, "amount": usd(amount) }]
            }),
        )
    };
    let known = "charge_codes = [\"base\", \"fuel\", \"liftgate\"]";
    let usual = json!({ "total": usd("1000.00"), "charges": [{ "code": "base", "amount": usd("1000.00") }] });
    table(
        Kind::AccessorialUnusual,
        [
            ("usual", rated("liftgate", "100.00").policy(known), H, Clear),
            ("a code that nobody knows", rated("moon_toll", "1.00").policy(known), H, found(0, "moon_toll")),
            ("every code is known", rated("moon_toll", "1.00"), H, Clear),
            ("a large share", rated("detention", "401.00"), H, found(0, "large share")),
            ("at the border", rated("detention", "400.00"), H, Clear),
            ("fuel is no accessorial", rated("fuel", "500.00"), H, Clear),
            ("rated anew", rated("moon_toll", "1.00").policy(known).with("charges.rated", 3 * H, usual), 4 * H, Clear),
            ("rated anew in one sum", rated("detention", "401.00").told("charges.rated", 3 * H), 4 * H, Clear),
            ("approved", rated("detention", "401.00").told("freight_charge.approved", 3 * H), 4 * H, Clear),
            (
                "approved before it was rated",
                rated("detention", "401.00").told("freight_charge.approved", -H),
                4 * H,
                found(0, "large share"),
            ),
            ("billed", rated("detention", "401.00").told("invoice.released", 3 * H), 4 * H, Clear),
            ("one sum", Tale::new().told("charges.rated", 0).policy(known), H, Clear),
        ],
    );
}

#[test]
fn charges_incomplete() {
    let delivered = || Tale::new().told("shipment.delivered", 0);
    let asked = || delivered().contract("dispatched = true\nloaded = true\ntemperature = true");
    let of = |customer: serde_json::Value| Tale::new().with("shipment.delivered", 0, json!({ "customer": customer }));
    table(
        Kind::ChargesIncomplete,
        [
            ("not yet", delivered(), 23 * H, Due(24 * H)),
            ("no charges", delivered(), 24 * H, found(24 * H, "charges")),
            ("rated", delivered().told("charges.rated", 30 * H), 31 * H, Clear),
            ("the contract asks for none", delivered().contract("charges = false"), 31 * H, Clear),
            ("no contract", of(json!("C-9")), 31 * H, found(24 * H, "contract, charges")),
            (
                "the default contract will do",
                of(json!("C-9")).contract("[[contracts]]\ncustomer = \"*\""),
                31 * H,
                found(24 * H, "charges"),
            ),
            ("the customer is not known", of(json!(null)), 31 * H, found(24 * H, "customer, charges")),
            (
                "a confirmation is missing",
                asked().told("charges.rated", H),
                31 * H,
                found(24 * H, "dispatch confirmation, loading confirmation, temperature"),
            ),
            (
                "confirmed",
                asked()
                    .told("charges.rated", H)
                    .told("shipment.dispatched", -H)
                    .told("shipment.loaded", -H)
                    .told("temperature.assessed", H),
                31 * H,
                Clear,
            ),
            (
                "goods that got warm are told as that",
                asked().told("charges.rated", H).told("shipment.dispatched", -H).told("shipment.loaded", -H).with(
                    "temperature.assessed",
                    H,
                    json!({ "compliant": false }),
                ),
                31 * H,
                Clear,
            ),
            ("billed all the same", of(json!("C-9")).told("invoice.released", 30 * H), 31 * H, Clear),
            ("not delivered", Tale::new().told("shipment.dispatched", 0), 900 * H, Clear),
            ("a proof says that it was", Tale::new().told("pod.received", 0), 31 * H, found(24 * H, "charges")),
            ("nothing is expected", delivered().policy("expectations = { charges_within = 0 }"), 900 * H, Clear),
        ],
    );
}

#[test]
fn carrier_invoice_mismatch() {
    let accrued = |amount: &str| Tale::new().with("accrual.created", 0, json!({ "amount": usd(amount) }));
    let invoiced =
        |tale: Tale, amount: &str| tale.with("carrier_invoice.received", H, json!({ "number": "F-1", "amount": usd(amount) }));
    let planned = || Tale::new().told("shipment.planned", 0);
    let euros = json!({ "number": "F-1", "amount": { "amount": "1.00", "currency": "EUR" } });
    table(
        Kind::CarrierInvoiceMismatch,
        [
            ("as accrued", invoiced(accrued("900.00"), "900.00"), 2 * H, Clear),
            ("within five per cent", invoiced(accrued("900.00"), "945.00"), 2 * H, Clear),
            ("beyond", invoiced(accrued("900.00"), "946.00"), 2 * H, found(H, "too high")),
            ("too little", invoiced(accrued("900.00"), "500.00"), 2 * H, found(H, "too low")),
            ("small sums may differ by more", invoiced(accrued("100.00"), "125.00"), 2 * H, Clear),
            ("as planned", invoiced(planned(), "910.00"), 2 * H, Clear),
            ("not as planned", invoiced(planned(), "1910.00"), 2 * H, found(H, "too high")),
            (
                "the accrual knows better than the plan",
                invoiced(planned().with("accrual.created", 10, json!({ "amount": usd("1900.00") })), "1910.00"),
                2 * H,
                Clear,
            ),
            (
                "approved",
                invoiced(accrued("900.00"), "1500.00").with("freight_charge.approved", 5 * H, json!({ "total": usd("1500.00") })),
                6 * H,
                Clear,
            ),
            (
                "something less was approved before",
                invoiced(accrued("900.00").with("freight_charge.approved", 30, json!({ "total": usd("950.00") })), "1500.00"),
                2 * H,
                found(H, "too high"),
            ),
            (
                "corrected",
                invoiced(accrued("900.00"), "1500.00").with(
                    "carrier_invoice.received",
                    9 * H,
                    json!({ "number": "F-2", "amount": usd("900.00") }),
                ),
                10 * H,
                Clear,
            ),
            ("no cost known: it may still come", invoiced(Tale::new(), "900.00"), 2 * H, Due(25 * H)),
            ("it did not", invoiced(Tale::new(), "900.00"), 25 * H, found(25 * H, "no expected cost")),
            ("it did", invoiced(Tale::new(), "900.00").told("accrual.created", 20 * H), 25 * H, Clear),
            ("another currency cannot be compared", accrued("900.00").with("carrier_invoice.received", H, euros), 2 * H, Clear),
        ],
    );
}

#[test]
fn accrual_missing() {
    let delivered = || Tale::new().with("shipment.delivered", 10 * H, json!({ "business_unit": "RETAIL", "carrier": "DHL" }));
    let dispatched = || Tale::new().with("shipment.dispatched", 0, json!({ "business_unit": "RETAIL", "carrier": "DHL" }));
    let retail = "expectations = { accrual_on_by_unit = { RETAIL = \"dispatch\" } }";
    table(
        Kind::AccrualMissing,
        [
            ("not yet", delivered(), 11 * H, Due(34 * H)),
            ("none", delivered(), 34 * H, found(34 * H, "DHL")),
            ("accrued", delivered().told("accrual.created", 30 * H), 40 * H, Clear),
            ("accrued at dispatch already", delivered().told("accrual.created", 0), 40 * H, Clear),
            ("the carrier's invoice is there", delivered().told("carrier_invoice.received", 30 * H), 40 * H, Clear),
            ("not delivered", dispatched(), 90 * H, Clear),
            ("this unit accrues at dispatch", dispatched().policy(retail), 90 * H, found(24 * H, "DHL")),
            ("cancelled on the way", dispatched().policy(retail).told("shipment.cancelled", H), 90 * H, Clear),
            ("nothing is expected", delivered().policy("expectations = { accrual_within = 0 }"), 90 * H, Clear),
            ("nobody accrues", delivered().policy("expectations = { accrual_on = \"never\" }"), 90 * H, Clear),
        ],
    );
}
