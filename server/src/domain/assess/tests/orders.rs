//! Shipments and their orders, cases and their shipments.

use super::tale::{Answer::*, Tale, found, table};
use crate::domain::exception::ExceptionKind as Kind;
use serde_json::json;

const H: i64 = 60;

fn order(tale: Tale, kind: &str, minute: i64) -> Tale {
    tale.with_order(&format!("order.{kind}"), "SO-1", minute, json!({}))
}

fn early() -> Tale {
    Tale::new().with("shipment.planned", 2 * H, json!({ "orders": ["SO-1"] }))
}

fn planned() -> Tale {
    order(Tale::new(), "released", 0).with("shipment.planned", 2 * H, json!({ "orders": ["SO-1"] }))
}

#[test]
fn order_changed() {
    table(
        Kind::OrderChanged,
        [
            ("nothing changed", planned(), 90 * H, Clear),
            ("changed before it was planned", order(planned(), "changed", H), 9 * H, Clear),
            ("changed after", order(planned(), "changed", 5 * H), 9 * H, found(5 * H, "changed")),
            ("planned anew", order(planned(), "changed", 5 * H).told("shipment.planned", 7 * H), 9 * H, Clear),
            (
                "changed again",
                order(order(planned(), "changed", 5 * H).told("shipment.planned", 7 * H), "changed", 8 * H),
                9 * H,
                found(8 * H, "changed"),
            ),
            ("delivered as it was", order(planned(), "changed", 5 * H).told("shipment.delivered", 30 * H), 40 * H, Clear),
            (
                "changed on the day of the plan",
                planned().with_order("order.changed", "SO-1", 5 * H, json!({ "precision": "day" })),
                40 * H,
                Clear,
            ),
            (
                "changed on a later day",
                planned().with_order("order.changed", "SO-1", 30 * H, json!({ "precision": "day" })),
                60 * H,
                found(24 * H, "changed"),
            ),
            ("another order changed", planned().with_order("order.changed", "SO-2", 5 * H, json!({})), 9 * H, Clear),
            (
                "not planned that we know of",
                order(Tale::new().with("case.created", H, json!({ "number": "1" })), "changed", 5 * H),
                9 * H,
                Clear,
            ),
            (
                "planned, as its dispatch shows",
                order(
                    order(Tale::new(), "released", 0).with("shipment.dispatched", H, json!({ "orders": ["SO-1"] })),
                    "changed",
                    5 * H,
                ),
                9 * H,
                found(5 * H, "changed"),
            ),
            ("cancelled", order(planned(), "cancelled", 5 * H), 9 * H, found(5 * H, "cancelled")),
            (
                "cancelled and delivered: somebody has to bring it back",
                order(planned(), "cancelled", 5 * H).told("shipment.delivered", 9 * H),
                10 * H,
                found(5 * H, "cancelled"),
            ),
            (
                "brought back",
                order(planned(), "cancelled", 5 * H).told("shipment.delivered", 9 * H).told("shipment.returned", 20 * H),
                30 * H,
                Clear,
            ),
            (
                "the shipment is cancelled too",
                order(planned(), "cancelled", 5 * H).told("shipment.cancelled", 6 * H),
                9 * H,
                Clear,
            ),
            ("released again", order(order(planned(), "cancelled", 5 * H), "released", 7 * H), 9 * H, Clear),
            ("blocked for credit", order(planned(), "credit_blocked", 5 * H), 9 * H, found(5 * H, "blocked for credit")),
            ("blocked before it was planned", order(early(), "credit_blocked", H), 9 * H, Clear),
            (
                "and it left all the same",
                order(early(), "credit_blocked", H).told("shipment.dispatched", 8 * H),
                9 * H,
                found(H, "blocked for credit"),
            ),
            ("released from the block", order(order(planned(), "credit_blocked", 5 * H), "released", 7 * H), 9 * H, Clear),
            ("billed", order(planned(), "credit_blocked", 5 * H).told("invoice.released", 6 * H), 9 * H, Clear),
        ],
    );
}

#[test]
fn order_unknown() {
    let named = || Tale::new().with("shipment.planned", 0, json!({ "orders": ["SO-1"] }));
    table(
        Kind::OrderUnknown,
        [
            ("it may still come", named(), H, Due(24 * H)),
            ("it did not", named(), 24 * H, found(24 * H, "")),
            ("it came", order(named(), "released", 30 * H), 31 * H, Clear),
            ("a part of it came", order(named(), "partially_released", 30 * H), 31 * H, Clear),
            ("a change is no release", order(named(), "changed", 30 * H), 31 * H, found(24 * H, "")),
            (
                "one of two",
                order(named().with("shipment.dispatched", 2 * H, json!({ "orders": ["SO-9"] })), "released", H),
                31 * H,
                found(24 * H, ""),
            ),
            ("it names none", Tale::new().told("shipment.planned", 0), 90 * H, Clear),
            ("billed", named().told("invoice.released", 2 * H), 90 * H, Clear),
        ],
    );
}

#[test]
fn case_without_context() {
    let opened = || Tale::new().told("case.created", 0);
    table(
        Kind::CaseWithoutContext,
        [
            ("something may still come", opened(), H, Due(24 * H)),
            ("nothing came", opened(), 24 * H, found(24 * H, "")),
            ("a dispute alike", Tale::new().told("dispute.opened", 0), 24 * H, found(24 * H, "")),
            ("something came", opened().told("shipment.planned", 30 * H), 31 * H, Clear),
            (
                "a notification says nothing of it",
                opened().with("notification.sent", H, json!({ "channel": "email" })),
                24 * H,
                found(24 * H, ""),
            ),
            ("settled", opened().told("case.resolved", 20 * H), 31 * H, Clear),
        ],
    );
}
