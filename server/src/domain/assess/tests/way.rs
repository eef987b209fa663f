//! Between the plan and the handover.

use super::tale::{Answer::*, Tale, found, rfc3339, table};
use crate::domain::exception::ExceptionKind as Kind;
use serde_json::json;

const H: i64 = 60;

#[test]
fn status_stale() {
    let left = || Tale::new().with("shipment.dispatched", 0, json!({ "carrier": "DHL", "mode": "road" }));
    let at_sea = || Tale::new().with("shipment.departed", 0, json!({ "carrier": "MERD", "mode": "ocean" }));
    table(
        Kind::StatusStale,
        [
            ("not yet", left(), 10 * H, Due(36 * H)),
            ("silent for longer than the cadence", left(), 36 * H, found(36 * H, "DHL")),
            ("a word refreshes it", left().told("shipment.in_transit", 30 * H), 40 * H, Due(66 * H)),
            ("telemetry is a word", left().told("telemetry.recorded", 30 * H), 40 * H, Due(66 * H)),
            ("an invoice is none", left().told("invoice.generated", 30 * H), 40 * H, found(36 * H, "DHL")),
            ("a missed check-in is none", left().told("check_in.missed", 30 * H), 40 * H, found(36 * H, "DHL")),
            ("an old word told late does not refresh", left().told("shipment.picked_up", -H), 40 * H, found(36 * H, "DHL")),
            ("ships say less", at_sea(), 300 * H, Due(336 * H)),
            ("but not nothing", at_sea(), 336 * H, found(336 * H, "MERD")),
            ("a day is its end", Tale::new().on_day("shipment.dispatched", 0), 24 * H, Due(60 * H - 1)),
            ("gone when it is delivered", left().told("shipment.delivered", 50 * H), 90 * H, Clear),
            ("gone when a proof comes", left().told("pod.received", 50 * H), 90 * H, Clear),
            ("gone when it is refused: told as that", left().told("shipment.refused", 20 * H), 90 * H, Clear),
            ("gone when it comes back", left().told("shipment.returned", 20 * H), 90 * H, Clear),
            ("gone when it is cancelled", left().told("shipment.cancelled", 20 * H), 90 * H, Clear),
            ("what has not left cannot be stale", Tale::new().told("shipment.planned", 0), 900 * H, Clear),
            ("nothing is expected", left().policy("expectations = { cadence = 0 }"), 900 * H, Clear),
        ],
    );
}

#[test]
fn tender_rejected() {
    let rejected = |minute| Tale::new().told("shipment.planned", 0).with("tender.rejected", minute, json!({ "carrier": "BLTX" }));
    table(
        Kind::TenderRejected,
        [
            ("found at once", rejected(H), H, found(H, "BLTX")),
            ("asking another is no yes", rejected(H).told("tender.sent", 2 * H), 3 * H, found(H, "BLTX")),
            ("gone when another accepts", rejected(H).told("tender.accepted", 3 * H), 4 * H, Clear),
            ("gone when freight is booked", rejected(H).told("freight.booked", 3 * H), 4 * H, Clear),
            ("gone when a vehicle is assigned", rejected(H).told("vehicle.assigned", 3 * H), 4 * H, Clear),
            ("gone when it leaves", rejected(H).told("shipment.dispatched", 3 * H), 4 * H, Clear),
            (
                "another said yes before",
                rejected(5 * H).with("tender.accepted", 2 * H, json!({ "carrier": "DHL" })),
                6 * H,
                Clear,
            ),
            (
                "the one that said yes takes it back",
                rejected(5 * H).with("tender.accepted", 2 * H, json!({ "carrier": "BLTX" })),
                6 * H,
                found(5 * H, "BLTX"),
            ),
            ("accepted only", Tale::new().told("tender.accepted", 0), 90 * H, Clear),
        ],
    );
}

#[test]
fn execution_trouble() {
    let left = || Tale::new().told("shipment.dispatched", 0);
    let broken = || left().told("vehicle.broke_down", 5 * H);
    let warm = || left().with("temperature.assessed", 30 * H, json!({ "compliant": false }));
    let missed = || left().told("stop.missed", 5 * H);
    let refused = || left().with("shipment.refused", 30 * H, json!({ "reason": "damaged" }));
    let partial = || left().told("shipment.partially_delivered", 30 * H);
    let raised = || left().told("shipment.delivered", 30 * H).told("delivery_exception.raised", 35 * H);
    table(
        Kind::ExecutionTrouble,
        [
            ("nothing happened", left(), 90 * H, Clear),
            ("a breakdown", broken(), 6 * H, found(5 * H, "breakdown")),
            ("another vehicle took over", broken().told("load.reassigned", 8 * H), 9 * H, Clear),
            ("it moves on", broken().told("shipment.in_transit", 8 * H), 9 * H, Clear),
            ("it moved before", broken().told("shipment.in_transit", 4 * H), 9 * H, found(5 * H, "breakdown")),
            ("a maintenance alert is no trouble yet", left().told("vehicle.maintenance_alerted", 5 * H), 6 * H, Clear),
            ("goods got warm", warm(), 31 * H, found(30 * H, "temperature not kept")),
            ("assessed anew", warm().told("temperature.assessed", 32 * H), 33 * H, Clear),
            ("warm and billed: told as billed too early, if it was", warm().told("invoice.released", 32 * H), 33 * H, Clear),
            ("a missed stop", missed(), 6 * H, found(5 * H, "stop missed")),
            ("the stop is made later", missed().told("stop.completed", 7 * H), 8 * H, Clear),
            ("it is delivered", missed().told("shipment.delivered", 30 * H), 31 * H, Clear),
            ("a missed check-in", left().told("check_in.missed", 5 * H), 6 * H, found(5 * H, "check-in missed")),
            ("refused", refused(), 31 * H, found(30 * H, "refused: damaged")),
            ("delivered at the second try", refused().told("shipment.delivered", 60 * H), 61 * H, Clear),
            (
                "delivered and then refused",
                left().told("shipment.delivered", 20 * H).told("shipment.refused", 30 * H),
                31 * H,
                found(30 * H, "refused"),
            ),
            ("sent back", refused().told("shipment.returned", 60 * H), 61 * H, Clear),
            ("delivered in part", partial(), 31 * H, found(30 * H, "delivered in part")),
            ("the rest came", partial().told("shipment.delivered", 60 * H), 61 * H, Clear),
            ("a delivery exception", raised(), 36 * H, found(35 * H, "delivery exception: damaged")),
            ("cleared", raised().told("delivery_exception.cleared", 40 * H), 41 * H, Clear),
            (
                "cleared, and raised again",
                raised().told("delivery_exception.cleared", 40 * H).told("delivery_exception.raised", 44 * H),
                45 * H,
                found(44 * H, "delivery exception: damaged"),
            ),
            (
                "a day's breakdown, an hour's delivery",
                left().on_day("vehicle.broke_down", 5 * H).told("shipment.in_transit", 9 * H),
                30 * H,
                Clear,
            ),
        ],
    );
}

#[test]
fn late_past_promise() {
    let promised = |when: &str| Tale::new().with("shipment.planned", 0, json!({ "promised_at": when, "carrier": "DHL" }));
    let at_48 = || promised(&rfc3339(48 * H));
    table(
        Kind::LatePastPromise,
        [
            ("not yet", at_48(), 48 * H, Due(48 * H)),
            ("a moment later", at_48(), 48 * H + 1, found(48 * H, "DHL")),
            ("a day lasts until it ends", promised("2026-03-04"), 3 * 24 * H - 1, Due(3 * 24 * H)),
            ("and not longer", promised("2026-03-04"), 3 * 24 * H, found(3 * 24 * H - 1, "DHL")),
            ("no promise", Tale::new().told("shipment.planned", 0), 900 * H, Clear),
            ("gone when delivered, late as it is", at_48().told("shipment.delivered", 60 * H), 61 * H, Clear),
            ("a proof says that it arrived", at_48().told("pod.received", 60 * H), 61 * H, Clear),
            ("a part is not all", at_48().told("shipment.partially_delivered", 40 * H), 61 * H, found(48 * H, "DHL")),
            ("refused: it was there", at_48().told("shipment.refused", 40 * H), 61 * H, Clear),
            ("sent back", at_48().told("shipment.returned", 40 * H), 61 * H, Clear),
            ("cancelled on the way", at_48().told("shipment.dispatched", H).told("shipment.cancelled", 40 * H), 61 * H, Clear),
            (
                "promised anew",
                at_48().with("shipment.planned", 50 * H, json!({ "promised_at": rfc3339(90 * H) })),
                61 * H,
                Due(90 * H),
            ),
        ],
    );
}

#[test]
fn unassigned() {
    let planned = || Tale::new().with("shipment.planned", 0, json!({ "mode": "road" }));
    table(
        Kind::Unassigned,
        [
            ("not yet", planned(), 23 * H, Due(24 * H)),
            ("nobody has it", planned(), 24 * H, found(24 * H, "road")),
            ("asked, and no answer", planned().told("tender.sent", 2 * H), 24 * H, found(24 * H, "road")),
            ("rejected: told as that", planned().told("tender.rejected", 2 * H), 24 * H, Clear),
            ("gone when accepted", planned().told("tender.accepted", 30 * H), 31 * H, Clear),
            ("gone when booked", planned().told("freight.booked", 30 * H), 31 * H, Clear),
            ("gone when it gets a vehicle", planned().told("vehicle.assigned", 30 * H), 31 * H, Clear),
            ("gone when it leaves", planned().told("shipment.dispatched", 30 * H), 31 * H, Clear),
            ("the plan names the carrier", Tale::new().with("shipment.planned", 0, json!({ "carrier": "DHL" })), 90 * H, Clear),
            ("never planned that we know of", Tale::new().told("tender.sent", 0), 90 * H, Clear),
            ("nothing is expected", planned().policy("expectations = { assign_within = 0 }"), 90 * H, Clear),
        ],
    );
}
