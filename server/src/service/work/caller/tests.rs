use super::*;
use crate::domain::{
    access::{Actor, Environment},
    exception::{ExceptionKind, Queue},
    fact::{Fact, FactValue, Facts, Standing},
    readiness::HoldKind,
};
use app::model::{ExceptionState, Severity};
use std::sync::Arc;

const DAY: i64 = Instant::DAY;
/// 20 March 2026, 12:00 UTC.
const NOW: Instant = Instant(1_774_008_000 * Instant::SECOND);

fn words() -> Words {
    Words::new(&Actor::system("test", Environment::Live), NOW)
}

fn state(times: &[(K, i64)], texts: &[(K, &str)]) -> ShipmentState {
    let standing = Arc::new(Standing {
        rank: 0,
        told_at: NOW,
        sequence: None,
        source: "tms".into(),
        event_id: "e1".into(),
        received_at: None,
    });
    let fact = |value| Fact { value, standing: Arc::clone(&standing) };
    let times = times.iter().map(|(key, ago)| (*key, fact(FactValue::At(NOW.plus(-ago), Precision::Instant))));
    let texts = texts.iter().map(|(key, text)| (*key, fact(FactValue::Text((*text).into()))));
    ShipmentState {
        facts: Facts(times.chain(texts).collect()),
        first_at: Some(NOW.plus(-9 * DAY)),
        last_at: Some(NOW.plus(-DAY / 2)),
        watched: true,
        ..ShipmentState::default()
    }
}

fn told(state: &ShipmentState, holds: &[HoldKind]) -> Vec<String> {
    let known = Known { state, holds: Some(holds.iter().copied().collect()), exceptions: None };
    tell(&known, words())
}

/// Times, as microseconds before now; texts; holds; and the words that come of them.
type Said<'s> = (&'s [(K, i64)], &'s [(K, &'s str)], &'s [HoldKind], &'s [&'s str]);

#[test]
fn each_state_has_its_words() {
    let cases: &[Said] = &[
        (
            &[(K::Dispatched, 2 * DAY), (K::PromisedAt, -DAY)],
            &[(K::Carrier, "DHL"), (K::Mode, "road")],
            &[],
            &[
                "It is on its way with DHL by road since it left on 18 Mar 2026, 12:00. The last word of it is 12 h old.",
                "It is promised for 21 Mar 2026, 12:00.",
                "There is no invoice yet; it comes after the delivery.",
            ],
        ),
        (
            &[(K::Dispatched, 2 * DAY), (K::PromisedAt, DAY), (K::EstimatedAt, -DAY)],
            &[],
            &[],
            &[
                "It is on its way since it left on 18 Mar 2026, 12:00. The last word of it is 12 h old.",
                "It was promised for 19 Mar 2026, 12:00, is 1 d late, and is expected on 21 Mar 2026, 12:00.",
                "There is no invoice yet; it comes after the delivery.",
            ],
        ),
        (
            &[(K::Delivered, DAY), (K::PromisedAt, 2 * DAY)],
            &[],
            &[HoldKind::PodMissing, HoldKind::ChargesMissing],
            &[
                "It was delivered on 19 Mar 2026, 12:00. The proof of delivery is not in yet.",
                "That was 1 d later than promised (18 Mar 2026, 12:00).",
                "There is no invoice yet: POD missing, charges missing.",
            ],
        ),
        (
            &[(K::Delivered, 2 * DAY), (K::PodReceived, DAY), (K::PromisedAt, DAY), (K::InvoiceReleased, DAY), (K::ErpPosted, 0)],
            &[(K::SignedBy, "M. Silva"), (K::InvoiceNumber, "INV-7")],
            &[],
            &[
                "It was delivered on 18 Mar 2026, 12:00; M. Silva signed for it.",
                "That was in time; it was promised for 19 Mar 2026, 12:00.",
                "The invoice INV-7 went out on 19 Mar 2026, 12:00 and is in the books.",
            ],
        ),
        (&[(K::Planned, 3 * DAY), (K::Cancelled, DAY)], &[], &[], &["It was cancelled on 19 Mar 2026, 12:00."]),
        (
            &[(K::Planned, 3 * DAY)],
            &[(K::CarrierName, "Maersk")],
            &[],
            &[
                "It is planned with Maersk and has not left yet.",
                "No delivery date was promised.",
                "There is no invoice yet; it comes after the delivery.",
            ],
        ),
        (
            &[(K::Dispatched, 3 * DAY), (K::Refused, DAY)],
            &[],
            &[],
            &[
                "The consignee refused it on 19 Mar 2026, 12:00, and it was not delivered since.",
                "No delivery date was promised.",
                "There is no invoice yet; it comes after the delivery.",
            ],
        ),
        (
            &[(K::Delivered, DAY), (K::PodReceived, DAY)],
            &[],
            &[],
            &["It was delivered on 19 Mar 2026, 12:00.", "There is no invoice yet; nothing holds it."],
        ),
    ];
    for (times, texts, holds, words) in cases {
        assert_eq!(told(&state(times, texts), holds), *words);
    }
}

fn exception(kind: ExceptionKind, detail: &str, assignee: &str) -> ExceptionRecord {
    ExceptionRecord {
        id: String::new(),
        kind,
        cause: String::new(),
        detail: detail.into(),
        state: ExceptionState::Open,
        severity: Severity::High,
        queue: Queue::Logistics,
        shipment_id: None,
        subject: String::new(),
        customer: String::new(),
        carrier: String::new(),
        region: String::new(),
        business_unit: String::new(),
        money: None,
        detected_at: NOW.plus(-2 * DAY),
        since: NOW,
        due_at: NOW,
        snoozed_until: None,
        closed_at: None,
        assignee: assignee.into(),
        reopens: 0,
        rank: 0,
        version: 1,
    }
}

#[test]
fn what_is_wrong_is_told_with_who_is_on_it() {
    let none = trouble(&[], words());
    assert_eq!(none, "Nothing is known to be wrong with it.");
    let three = [
        exception(ExceptionKind::PodMissing, "DHL", "ben"),
        exception(ExceptionKind::LatePastPromise, "", ""),
        exception(ExceptionKind::Disputed, "", ""),
    ];
    assert_eq!(
        trouble(&three, words()),
        "What is wrong: POD missing (DHL) for 2 d, ben of Logistics has it; Past its promise for 2 d, with Logistics, nobody has \
         taken it yet; and 1 more."
    );
}

#[test]
fn who_may_not_see_exceptions_hears_nothing_of_them() {
    let state = state(&[(K::Delivered, DAY)], &[]);
    let told = tell(&Known { state: &state, holds: None, exceptions: None }, words());
    assert_eq!(told, ["It was delivered on 19 Mar 2026, 12:00. The proof of delivery is not in yet."]);
}
