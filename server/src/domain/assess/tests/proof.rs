//! Proofs of delivery.

use super::tale::{Answer::*, Tale, found, table};
use crate::domain::exception::ExceptionKind as Kind;
use serde_json::json;

const H: i64 = 60;

#[test]
fn pod_missing() {
    let delivered = || Tale::new().signed_contract().with("shipment.delivered", 0, json!({ "carrier": "DHL" }));
    table(
        Kind::PodMissing,
        [
            ("not yet", delivered(), 23 * H, Due(24 * H)),
            ("none came", delivered(), 24 * H, found(24 * H, "DHL")),
            ("gone when one comes", delivered().told("pod.received", 30 * H), 31 * H, Clear),
            ("gone when one is validated", delivered().told("pod.validated", 30 * H), 31 * H, Clear),
            ("one that is told late, from before the delivery was told", delivered().told("pod.received", -1), 31 * H, Clear),
            ("a rejected one is told as that", delivered().told("pod.rejected", 5 * H), 31 * H, Clear),
            ("billed without: told as billed too early", delivered().told("invoice.released", 5 * H), 31 * H, Clear),
            ("the contract asks for none", delivered().contract("pod = \"none\""), 90 * H, Clear),
            ("the contract is patient", delivered().contract("pod = \"received\"\npod_grace = 72"), 31 * H, Due(72 * H)),
            (
                "without a contract it is the custom",
                Tale::new().with("shipment.delivered", 0, json!({ "customer": "C-9" })),
                31 * H,
                found(24 * H, ""),
            ),
            ("not delivered", Tale::new().signed_contract().told("shipment.dispatched", 0), 90 * H, Clear),
            ("a part is not all", Tale::new().signed_contract().told("shipment.partially_delivered", 0), 90 * H, Clear),
            ("a day is its end", Tale::new().signed_contract().on_day("shipment.delivered", 5 * H), 40 * H, Due(48 * H - 1)),
            ("nothing is expected", delivered().policy("expectations = { pod_grace = 0 }"), 90 * H, Clear),
        ],
    );
}

#[test]
fn pod_incomplete() {
    let delivered = || Tale::new().signed_contract().told("shipment.delivered", 0);
    let rejected = || delivered().told("pod.received", H).with("pod.rejected", 2 * H, json!({ "reason": "illegible" }));
    let signed = || json!({ "signed_by": "A. Ortiz" });
    let lacking = || delivered().with("pod.received", H, json!({ "missing": ["signature", "date"] }));
    table(
        Kind::PodIncomplete,
        [
            ("rejected", rejected(), 3 * H, found(2 * H, "illegible")),
            ("rejected, nobody says why", delivered().told("pod.rejected", 2 * H), 3 * H, found(2 * H, "rejected")),
            ("a new one came", rejected().with("pod.received", 5 * H, signed()), 6 * H, Clear),
            ("it was validated after all", rejected().told("pod.validated", 5 * H), 6 * H, Clear),
            (
                "rejected again, and nobody says why",
                rejected().told("pod.received", 5 * H).told("pod.rejected", 6 * H),
                7 * H,
                found(6 * H, "rejected"),
            ),
            (
                "an older validation does not help",
                delivered().told("pod.validated", H).told("pod.rejected", 2 * H),
                3 * H,
                found(2 * H, "rejected"),
            ),
            ("it lacks something", lacking(), 3 * H, found(H, "signature, date")),
            ("a whole one came", lacking().with("pod.received", 5 * H, signed()), 6 * H, Clear),
            ("somebody found it good enough", lacking().told("pod.validated", 5 * H), 6 * H, Clear),
            ("billed since: told as billed too early, if it was", rejected().told("invoice.released", 5 * H), 6 * H, Clear),
            (
                "rejected after it was billed",
                delivered().told("pod.received", H).told("invoice.released", 2 * H).told("pod.rejected", 9 * H),
                10 * H,
                found(9 * H, "rejected"),
            ),
            ("nobody signed it", delivered().told("pod.received", H), 3 * H, found(H, "signature")),
            ("nobody has to", delivered().contract("pod = \"received\"").told("pod.received", H), 3 * H, Clear),
            (
                "it lacks another thing, but is signed",
                delivered().with("pod.received", H, json!({ "signed_by": "A", "missing": ["date"] })),
                3 * H,
                found(H, "date"),
            ),
            ("the contract asks for none", rejected().contract("pod = \"none\""), 3 * H, Clear),
            ("a good one", delivered().with("pod.received", H, signed()), 3 * H, Clear),
        ],
    );
}

#[test]
fn document_unreadable() {
    let read = |confidence: &str| {
        let pod = json!({ "confidence": confidence, "carrier": "DHL" });
        Tale::new().signed_contract().told("shipment.delivered", 0).with("pod.received", H, pod)
    };
    table(
        Kind::DocumentUnreadable,
        [
            ("surely read", read("0.97"), 2 * H, Clear),
            ("at the border", read("0.7"), 2 * H, Clear),
            ("hardly read", read("0.42"), 2 * H, found(H, "DHL")),
            ("nobody says how surely", Tale::new().told("pod.received", H), 2 * H, Clear),
            ("somebody looked and found it good", read("0.42").told("pod.validated", 3 * H), 4 * H, Clear),
            ("somebody looked and did not", read("0.42").told("pod.rejected", 3 * H), 4 * H, Clear),
            ("a readable one came", read("0.42").with("pod.received", 3 * H, json!({ "confidence": "0.9" })), 4 * H, Clear),
            ("a paper came that no machine read", read("0.42").told("pod.received", 3 * H), 4 * H, Clear),
            ("billed", read("0.42").told("invoice.released", 3 * H), 4 * H, Clear),
            ("more is asked for", read("0.8").policy("tolerances = { pod_confidence = 0.9 }"), 2 * H, found(H, "DHL")),
        ],
    );
}
