use super::*;
use crate::domain::{access::Scope, money::Currency, shipment::Stage, time::Precision};
use app::model::ExceptionKind;

fn sight() -> Sight {
    Sight { environment: crate::domain::access::Environment::Live, scope: Scope::ALL }
}

fn usd(minor: i64) -> Option<Money> {
    Some(Money { minor, currency: Currency::try_from("USD".to_owned()).expect("a currency") })
}

fn share(kinds: &[HoldKind], age: usize, count: u64, money: Option<Money>) -> WorkShare {
    WorkShare { holds: kinds.iter().copied().collect(), age, count, money }
}

#[test]
fn a_value_that_means_nothing_is_told_by_its_field() {
    let wrong = |list, filter: WorkFilter| match query(list, &filter, sight(), Instant(0)) {
        Err(AppError::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let filter = WorkFilter::default;
    let x = || Some("x".to_owned());
    assert_eq!(wrong(WorkList::Unbilled, WorkFilter { hold: x(), ..filter() }), "hold");
    assert_eq!(wrong(WorkList::Unbilled, WorkFilter { age: x(), ..filter() }), "age");
    assert_eq!(wrong(WorkList::Unbilled, WorkFilter { sort: x(), ..filter() }), "sort");
    assert_eq!(wrong(WorkList::Stale, WorkFilter { hold: Some("pod_missing".into()), ..filter() }), "hold");
}

#[test]
fn a_shipment_with_two_holds_is_in_two_parts_and_counted_once() {
    let shares = [
        share(&[HoldKind::PodMissing, HoldKind::ChargesMissing], 3, 4, usd(1_000)),
        share(&[HoldKind::PodMissing], 0, 2, usd(500)),
        share(&[], 0, 1, usd(70)),
        share(&[], 5, 1, None),
    ];
    let filter = WorkFilter::default();
    let query = query(WorkList::Unbilled, &filter, sight(), Instant(0)).expect("reads");
    let parts = parts(WorkList::Unbilled, &query, &filter, &shares);
    let told: Vec<_> = parts.iter().map(|part| (part.code.as_str(), part.count, part.money[0].amount.as_str())).collect();
    assert_eq!(told, [("none", 2, "0.70"), ("pod_missing", 6, "15.00"), ("charges_missing", 4, "10.00")]);
    let fits = |hold| shares.iter().filter(|share| holds_fit(&WorkQuery { hold, ..query.clone() }, share)).count();
    assert_eq!((fits(None), fits(Some(HoldFilter::Free)), fits(Some(HoldFilter::Held(HoldKind::PodMissing)))), (4, 2, 2));
}

#[test]
fn a_list_by_age_has_a_part_for_each_age() {
    let shares = [share(&[], 0, 2, None), share(&[], 7, 3, usd(100))];
    let filter = WorkFilter { age: Some("30d-".into()), ..WorkFilter::default() };
    let query = query(WorkList::Stale, &filter, sight(), Instant(0)).expect("reads");
    let parts = parts(WorkList::Stale, &query, &filter, &shares);
    assert_eq!(parts.iter().map(|part| (part.code.as_str(), part.count)).collect::<Vec<_>>(), [("0-4h", 2), ("30d-", 3)]);
    assert_eq!(shares.iter().filter(|share| age_fits(&filter, share)).map(|share| share.count).sum::<u64>(), 3);
}

#[test]
fn it_is_the_move_of_those_who_can_release_it() {
    let record = |kinds: &[HoldKind]| WorkRecord {
        id: String::new(),
        reference: String::new(),
        stage: Stage::Delivered,
        since: (Instant(0), Precision::Instant),
        money: None,
        holds: kinds.iter().copied().collect(),
        exception: None,
        kind: None,
        carrier: String::new(),
        customer: String::new(),
        region: String::new(),
        mode: String::new(),
    };
    let both = [HoldKind::ChargesMissing, HoldKind::PodMissing, HoldKind::PodUnsigned];
    assert_eq!(moves(WorkList::Unbilled, &record(&both)), [Queue::Logistics, Queue::Finance]);
    assert_eq!(moves(WorkList::Unbilled, &record(&[])), [Queue::Finance]);
    assert_eq!(moves(WorkList::AwaitingPod, &record(&both)), [Queue::Logistics]);
    let stale = WorkRecord { kind: Some((ExceptionKind::StatusStale.code().into(), Queue::Service)), ..record(&both) };
    assert_eq!(moves(WorkList::Stale, &stale), [Queue::Service]);
}
