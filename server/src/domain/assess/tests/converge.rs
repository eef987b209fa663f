//! Whatever comes in, in whatever order and however often: one state, one assessment, and no panic.

use super::tale::{hours, instant};
use crate::domain::{
    assess::{Inputs, assess, money},
    event::{CanonicalEvent, EventType, SubjectKind, reread},
    exception::{Finding, each_by_cause, waives},
    fact::FactKey,
    folding::Folding,
    order::{OrderFlags, OrderState},
    policy::{BillingContract, PodRule, Policy},
    readiness::conditions,
    shipment::{Hearing, ShipmentState},
    time::Precision,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::cmp::Ordering;

/// Any event of the contracts' examples, at any time, written down at any time, sometimes known to the day only.
fn event() -> impl Strategy<Value = CanonicalEvent> {
    let minutes = || -hours(100)..hours(300);
    (0..EventType::ALL.len(), minutes(), 0..4_i64, 0..6_u8, prop::bool::weighted(0.2)).prop_map(
        |(index, at, recorded, id, day)| {
            let mut event = reread(EventType::ALL[index].example()).expect("an example can be read");
            event.id = format!("{index}-{at}-{recorded}-{id}-{day}");
            event.source = ["owner/1", "owner/2", "other"][usize::from(id) % 3].into();
            (event.occurred_at, event.recorded_time) = (instant(at), Some(instant(hours(300) + recorded)));
            event.precision = if day { Precision::Day } else { Precision::Instant };
            for claim in &mut event.claims {
                if let crate::domain::fact::FactValue::At(at, precision) = &mut claim.value {
                    (*at, *precision) = (event.occurred_at, event.precision);
                }
            }
            event
        },
    )
}

fn cancelled(state: &ShipmentState) -> bool {
    state.facts.get(FactKey::Cancelled).is_some()
}

/// Some facts have owners, and some words a meaning.
const CONFIGURED: &str = r#"
[ownership]
execution = ["owner/1", "owner/*"]
planning = ["owner/2"]
[[status_maps]]
sources = "owner/*"
codes = { LDD = "delivered" }
"#;

fn fold(events: &[CanonicalEvent], folding: &Folding) -> (ShipmentState, OrderState) {
    let (mut shipment, mut order) = (ShipmentState::default(), OrderState::default());
    for event in events {
        match event.event_type.subject_kind() {
            SubjectKind::Shipment => shipment.apply(event, &Hearing { recorded_at: event.occurred_at, history: false, folding }),
            SubjectKind::Order => order.apply(event, event.occurred_at),
        }
    }
    (shipment, order)
}

proptest! {
    #[test]
    fn any_order_any_repetition_one_assessment(
        events in vec(event(), 0..16),
        order in vec(any::<Index>(), 16),
        again in vec(any::<Index>(), 0..6),
        now in -hours(100)..hours(900),
        pod in prop::sample::select(vec![PodRule::None, PodRule::Received, PodRule::Signed, PodRule::Validated]),
        (approval, temperature, charges) in any::<(bool, bool, bool)>(),
    ) {
        let mut other = events.clone();
        for (at, index) in order.iter().enumerate().take(events.len()) {
            other.swap(at, index.index(events.len()));
        }
        for index in again.iter().filter(|_| !events.is_empty()) {
            other.push(events[index.index(events.len())].clone());
        }
        let configured: Policy = toml::from_str(CONFIGURED).expect("a policy");
        let folding = Folding::of(&configured);
        let (state, released) = fold(&events, &folding);
        prop_assert_eq!((&state, &released), (&fold(&other, &folding).0, &fold(&other, &folding).1));

        // Written down and read again it means the same.
        let json = serde_json::to_string(&state).expect("a state is JSON");
        prop_assert_eq!(&serde_json::from_str::<ShipmentState>(&json).expect("reads"), &state);

        let mut contract = BillingContract { pod, approval, temperature, charges, ..BillingContract::of("*") };
        (contract.dispatched, contract.loaded) = (temperature, approval);
        let policy = Policy { contracts: vec![contract].into(), ..configured };
        let orders = OrderFlags::of(state.orders.iter().map(|name| (name.as_str(), Some(&released))));
        let inputs = Inputs { state: &state, orders: &orders, waivers: &[], policy: &policy, now: instant(now) };
        let assessment = assess(&inputs);
        // One of a kind, or of a kind and cause where each cause is a matter of its own.
        let are_two = |pair: &[Finding]| match pair[0].kind.cmp(&pair[1].kind) {
            Ordering::Less => true,
            Ordering::Equal => each_by_cause(pair[0].kind) && pair[0].detail != pair[1].detail,
            Ordering::Greater => false,
        };
        prop_assert!(assessment.findings.windows(2).all(are_two), "{:?}", assessment.findings);
        prop_assert!(assessment.next_at.is_none_or(|next| next > inputs.now));
        let unmet = conditions(&inputs).iter().filter(|condition| !condition.met).count();
        prop_assert!(assessment.holds.len() as usize == unmet || assessment.holds.is_empty());
        let _ = money(&state);

        // What is waived is still found: else its waiver would end, and it would be found again.
        for finding in &assessment.findings {
            let waived = assess(&Inputs { waivers: waives(finding.kind, &finding.detail), ..inputs });
            prop_assert!(waived.findings.contains(finding), "{:?} waived", finding);
        }

        // Nobody is forgotten: what was delivered is billed in the end, or somebody knows why not.
        let late = assess(&Inputs { now: instant(hours(20_000)), ..inputs });
        prop_assert_eq!(late.next_at, None);
        let delivered = state.facts.get(FactKey::Delivered).is_some() && state.facts.get(FactKey::Returned).is_none();
        let billed = [FactKey::InvoiceReleased, FactKey::ErpPosted].into_iter().any(|key| state.facts.get(key).is_some());
        prop_assert!(!delivered || billed || !late.findings.is_empty() || cancelled(&state), "held by {:?}", late.holds);
    }
}
