//! Between the handover and the books.

use super::tale::{Answer::*, Tale, found, table};
use crate::domain::{exception::ExceptionKind as Kind, readiness::HoldKind};
use serde_json::json;

const H: i64 = 60;

#[test]
fn premature_invoice() {
    let proven = || Tale::new().signed_contract().told("shipment.delivered", 0).told("pod.received", H);
    let bare = || Tale::new().signed_contract().told("shipment.delivered", 0);
    let checked = || proven().contract("pod = \"validated\"");
    table(
        Kind::PrematureInvoice,
        [
            ("in time", proven().told("invoice.released", 2 * H), 3 * H, Clear),
            ("not delivered", Tale::new().told("invoice.released", 2 * H), 3 * H, found(2 * H, "not delivered")),
            (
                "delivered later: early stays early",
                Tale::new().told("invoice.released", 2 * H).told("shipment.delivered", 9 * H),
                90 * H,
                found(2 * H, "not delivered"),
            ),
            (
                "told late, but delivered before",
                Tale::new().told("invoice.released", 2 * H).told("shipment.delivered", H),
                90 * H,
                Clear,
            ),
            ("a drafted one is none yet", Tale::new().told("invoice.generated", 2 * H), 3 * H, Clear),
            ("posted without an invoice", Tale::new().told("erp_posting.succeeded", 2 * H), 3 * H, found(2 * H, "not delivered")),
            ("without POD", bare().told("invoice.released", 2 * H), 3 * H, found(2 * H, "without POD")),
            (
                "POD an hour later",
                bare().told("invoice.released", 2 * H).told("pod.received", 3 * H),
                90 * H,
                found(2 * H, "without POD"),
            ),
            (
                "POD minutes later: clocks differ",
                bare().told("invoice.released", 2 * H).told("pod.received", 2 * H + 4),
                90 * H,
                Clear,
            ),
            (
                "a second copy does not make the first one late",
                proven().told("invoice.released", 2 * H).told("pod.received", 30 * H),
                90 * H,
                Clear,
            ),
            (
                "the one that was there had been rejected",
                proven().told("pod.rejected", 90).told("invoice.released", 2 * H).told("pod.received", 9 * H),
                90 * H,
                found(2 * H, "without POD"),
            ),
            ("rejected only afterwards", proven().told("invoice.released", 2 * H).told("pod.rejected", 9 * H), 90 * H, Clear),
            ("nobody checked it", checked().told("invoice.released", 2 * H), 3 * H, found(2 * H, "POD not validated")),
            ("checked", checked().told("pod.validated", 90).told("invoice.released", 2 * H), 3 * H, Clear),
            ("the delivery alone is enough", bare().contract("").told("invoice.released", 2 * H), 3 * H, Clear),
            (
                "a proof instead of the delivery's own word",
                Tale::new().told("pod.received", 0).told("invoice.released", 2 * H),
                3 * H,
                Clear,
            ),
            (
                "temperature not proven",
                bare().contract("temperature = true").told("invoice.released", 2 * H),
                3 * H,
                found(2 * H, "temperature not proven"),
            ),
            (
                "temperature kept",
                bare().contract("temperature = true").told("temperature.assessed", H).told("invoice.released", 2 * H),
                3 * H,
                Clear,
            ),
            (
                "billed at dispatch, as agreed",
                Tale::new().contract("bill_on = \"dispatch\"").told("shipment.dispatched", 0).told("invoice.released", 2 * H),
                3 * H,
                Clear,
            ),
            (
                "not even dispatched",
                Tale::new().contract("bill_on = \"dispatch\"").told("invoice.released", 2 * H),
                3 * H,
                found(2 * H, "not dispatched"),
            ),
            (
                "delivered some time that day",
                Tale::new().on_day("shipment.delivered", 0).told("invoice.released", 2 * H),
                90 * H,
                Clear,
            ),
            (
                "delivered on a later day",
                Tale::new().on_day("shipment.delivered", 30 * H).told("invoice.released", 2 * H),
                90 * H,
                found(2 * H, "not delivered"),
            ),
            (
                "no contract, but delivered",
                Tale::new().with("shipment.delivered", 0, json!({ "customer": "C-9" })).with(
                    "invoice.released",
                    2 * H,
                    json!({ "customer": "C-9" }),
                ),
                3 * H,
                Clear,
            ),
        ],
    );
}

#[test]
fn postings() {
    let invoiced = || Tale::new().told("shipment.delivered", 0).told("invoice.released", H);
    let failed = || invoiced().with("erp_posting.failed", 2 * H, json!({ "error": "period_closed" }));
    table(
        Kind::PostingFailed,
        [
            ("posted", invoiced().told("erp_posting.succeeded", 2 * H), 3 * H, Clear),
            ("refused", failed(), 3 * H, found(2 * H, "period_closed")),
            ("posted at the second try", failed().told("erp_posting.succeeded", 5 * H), 6 * H, Clear),
            (
                "refused after it was posted",
                invoiced().told("erp_posting.succeeded", 90).told("erp_posting.failed", 2 * H),
                6 * H,
                found(2 * H, ""),
            ),
            (
                "a payable is another matter",
                invoiced().with("erp_posting.failed", 2 * H, json!({ "ledger": "payable" })),
                6 * H,
                Clear,
            ),
        ],
    );
    table(
        Kind::PostingMissing,
        [
            ("not yet", invoiced(), 3 * H, Due(25 * H)),
            ("no answer", invoiced(), 25 * H, found(25 * H, "")),
            ("refused: told as that", failed(), 90 * H, Clear),
            ("posted", invoiced().told("erp_posting.succeeded", 30 * H), 90 * H, Clear),
            ("not invoiced", Tale::new().told("shipment.delivered", 0), 90 * H, Clear),
        ],
    );
}

#[test]
fn duplicate() {
    let invoice = |number: &str| json!({ "number": number });
    let one = || Tale::new().told("shipment.delivered", 0).with("invoice.released", H, invoice("INV-1"));
    let posted = |tale: Tale, document: &str, minute| tale.with("erp_posting.succeeded", minute, json!({ "document": document }));
    table(
        Kind::Duplicate,
        [
            ("one", one(), 9 * H, Clear),
            (
                "drafted, blocked and released under one number",
                one().with("invoice.generated", 30, invoice("INV-1")).with("invoice.released", 5 * H, invoice("INV-1")),
                9 * H,
                Clear,
            ),
            ("drafted under another number", one().with("invoice.generated", 30, invoice("D-1")), 9 * H, Clear),
            ("two", one().with("invoice.released", 5 * H, invoice("INV-2")), 9 * H, found(5 * H, "two invoices")),
            (
                "one for many is one",
                Tale::new().with("invoice.released", H, json!({ "number": "INV-1", "consolidation": "RUN-1" })),
                9 * H,
                Clear,
            ),
            ("posted once, told twice", posted(posted(one(), "5100", 2 * H), "5100", 3 * H), 9 * H, Clear),
            ("posted twice", posted(posted(one(), "5100", 2 * H), "5101", 3 * H), 9 * H, found(3 * H, "two documents")),
            (
                "a payable is no second receivable",
                posted(one(), "5100", 2 * H).with(
                    "erp_posting.succeeded",
                    3 * H,
                    json!({ "document": "77", "ledger": "payable" }),
                ),
                9 * H,
                Clear,
            ),
        ],
    );
}

#[test]
fn not_invoiced() {
    let ready = || {
        Tale::new().signed_contract().told("shipment.delivered", 0).told("charges.rated", 2 * H).with(
            "pod.received",
            5 * H,
            json!({ "signed_by": "A. Ortiz" }),
        )
    };
    table(
        Kind::NotInvoiced,
        [
            ("since the last condition was met", ready(), 6 * H, Due(29 * H)),
            ("nobody bills", ready(), 29 * H, found(29 * H, "")),
            ("drafted, not sent", ready().told("invoice.generated", 8 * H), 29 * H, found(29 * H, "drafted")),
            ("the billing system says ready later", ready().told("invoice.ready", 9 * H), 30 * H, Due(33 * H)),
            ("billed", ready().told("invoice.released", 40 * H), 90 * H, Clear),
            ("posted", ready().told("erp_posting.succeeded", 40 * H), 90 * H, Clear),
            ("held: told as that", ready().without("charges.rated"), 90 * H, Clear),
            (
                "held, but that was waived",
                ready().without("charges.rated").waived(HoldKind::ChargesMissing),
                90 * H,
                found(29 * H, ""),
            ),
            ("blocked: told as that", ready().told("invoice.blocked", 9 * H), 90 * H, Clear),
            ("no contract", ready().contract("until = \"2026-01-31\""), 90 * H, Clear),
            ("billed once a month", ready().contract("pod = \"signed\"\ninvoice_within = 744"), 90 * H, Due(749 * H)),
            ("nothing is expected", ready().policy("expectations = { invoice_within = 0 }"), 900 * H, Clear),
        ],
    );
}

#[test]
fn approval_delayed() {
    let blocked = || {
        Tale::new().told("shipment.delivered", 0).with("invoice.blocked", 2 * H, json!({ "blocked_by": ["credit_check", "tax"] }))
    };
    let proven = || Tale::new().contract("pod = \"validated\"").told("shipment.delivered", 0).told("pod.received", 5 * H);
    let rated = || Tale::new().contract("approval = true").told("shipment.delivered", 0).told("charges.rated", H);
    table(
        Kind::ApprovalDelayed,
        [
            ("blocked", blocked(), 3 * H, found(2 * H, "credit_check")),
            ("released", blocked().told("invoice.released", 5 * H), 6 * H, Clear),
            ("drafted anew", blocked().told("invoice.generated", 5 * H), 6 * H, Clear),
            ("drafted before", blocked().told("invoice.generated", H), 6 * H, found(2 * H, "credit_check")),
            ("blocked after its release", blocked().told("invoice.released", H), 6 * H, found(2 * H, "credit_check")),
            ("an approval is asked for", rated(), 3 * H, Due(49 * H)),
            ("it did not come", rated(), 49 * H, found(49 * H, "approval")),
            ("it came", rated().told("freight_charge.approved", 60 * H), 61 * H, Clear),
            ("nobody asks for one", rated().contract(""), 90 * H, Clear),
            ("charges are not even rated: told as that", rated().without("charges.rated"), 90 * H, Clear),
            (
                "nor are they asked for",
                rated().without("charges.rated").contract("approval = true\ncharges = false"),
                90 * H,
                found(48 * H, "approval"),
            ),
            ("a POD waits for somebody to look at it", proven(), 6 * H, Due(53 * H)),
            ("nobody did", proven(), 53 * H, found(53 * H, "POD")),
            ("somebody did", proven().told("pod.validated", 50 * H), 60 * H, Clear),
            ("rejected: told as that", proven().told("pod.rejected", 50 * H), 60 * H, Clear),
            ("billed without", proven().told("invoice.released", 50 * H), 60 * H, Clear),
        ],
    );
}

#[test]
fn disputed() {
    let disputed = || Tale::new().told("invoice.released", 0).told("dispute.opened", 2 * H);
    table(
        Kind::Disputed,
        [
            ("found", disputed(), 3 * H, found(2 * H, "rate")),
            ("resolved", disputed().told("dispute.resolved", 9 * H), 10 * H, Clear),
            (
                "opened again",
                disputed().told("dispute.resolved", 9 * H).told("dispute.opened", 20 * H),
                21 * H,
                found(20 * H, "rate"),
            ),
            (
                "resolved, told before it was opened",
                Tale::new().told("dispute.resolved", 9 * H).told("dispute.opened", 2 * H),
                10 * H,
                Clear,
            ),
        ],
    );
}
