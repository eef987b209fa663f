//! Lists of work.

use super::{
    tell::tell,
    working::TODAY,
    world::{World, everything},
};
use crate::{
    domain::{readiness::HoldKind, time::Instant},
    store::worklists::{HoldFilter, WorkCursor, WorkOrder, WorkQuery, WorkRecord},
};
use app::model::WorkList;
use serde_json::json;

fn all(world: &World, list: WorkList) -> WorkQuery {
    WorkQuery {
        sight: everything(),
        list,
        hold: None,
        since: (None, None),
        region: None,
        business_unit: None,
        carrier: None,
        customer: None,
        mode: None,
        order: WorkOrder::Longest,
        now: world.clock.now(),
    }
}

/// Forty deliveries of the last days at ten instants, and shipments of which nobody speaks any more.
async fn deliveries(world: &World) {
    let mut tells = Vec::new();
    for n in 0..40_i64 {
        let subject = format!("SH-{n:02}");
        let currency = ["USD", "EUR", "JPY"][usize::try_from(n % 3).expect("small")];
        let data = json!({ "carrier": format!("C{}", n % 4), "region": format!("R{}", n % 2), "mode": "road",
            "customer": "ACME", "freight_cost": { "amount": format!("{}", 100 + n), "currency": currency } });
        tells.push(tell("shipment.dispatched", &format!("d{n}"), &subject).at(TODAY - 9_000).data(data));
        if n % 5 != 4 {
            tells.push(tell("shipment.delivered", &format!("h{n}"), &subject).at(TODAY - 60 * (1 + n % 10)));
        }
        if n % 4 == 0 {
            tells.push(tell("pod.received", &format!("p{n}"), &subject).at(TODAY - 30));
        }
    }
    world.send(&tells).await;
    while world.store().look_again(100).await.expect("looks") > 0 {}
}

async fn pages(world: &World, query: &WorkQuery, size: u32) -> Vec<WorkRecord> {
    let (mut rows, mut after): (Vec<WorkRecord>, Option<WorkCursor>) = (Vec::new(), None);
    loop {
        let (page, next) = world.store().work_rows(query, after.as_ref(), size).await.expect("a page");
        rows.extend(page);
        match next {
            Some(next) => after = Some(next),
            None => return rows,
        }
    }
}

pub(crate) async fn pages_of_work_lose_nothing_in_either_order(world: &World) {
    deliveries(world).await;
    for list in WorkList::ALL {
        for order in [WorkOrder::Longest, WorkOrder::Value] {
            let query = WorkQuery { order, ..all(world, *list) };
            let whole = pages(world, &query, 100).await;
            for size in [1, 7, 40] {
                assert_eq!(pages(world, &query, size).await, whole, "{list:?} {order:?} by {size}");
            }
        }
        let whole = pages(world, &all(world, *list), 100).await;
        assert!(whole.windows(2).all(|pair| pair[0].since.0 <= pair[1].since.0), "{list:?}");
    }
    let unbilled = pages(world, &all(world, WorkList::Unbilled), 100).await;
    assert_eq!(unbilled.len(), 32);
    assert_eq!(pages(world, &all(world, WorkList::AwaitingPod), 100).await.len(), 24);
    assert_eq!(pages(world, &all(world, WorkList::Stale), 100).await.len(), 6);
    // A yen is no hundredth of anything: 130 yen of the same age come after 102 dollars.
    let valued = pages(world, &WorkQuery { order: WorkOrder::Value, ..all(world, WorkList::Unbilled) }, 100).await;
    let place = |reference: &str| valued.iter().position(|row| row.reference == reference).expect("it is there");
    let worth = |row: &WorkRecord| {
        let money = row.money.as_ref().expect("freight is known");
        (money.minor * if money.currency.digits() == 0 { 100 } else { 1 })
            * (world.clock.now().since(row.since.0) / Instant::MINUTE + 1)
    };
    assert!(valued.windows(2).all(|pair| worth(&pair[0]) >= worth(&pair[1])));
    assert!(place("SH-38") < place("SH-08"));
}

pub(crate) async fn shares_add_up_to_the_rows(world: &World) {
    deliveries(world).await;
    let ages = [0, 4 * Instant::HOUR, Instant::DAY];
    for list in WorkList::ALL {
        let places = [("R1", "C1"), ("R0", "C2")].map(|(region, carrier)| WorkQuery {
            region: Some(region.into()),
            carrier: Some(carrier.into()),
            ..all(world, *list)
        });
        let moded = WorkQuery { mode: Some("road".into()), customer: Some("ACME".into()), ..all(world, *list) };
        for query in places.into_iter().chain([all(world, *list), moded]) {
            let rows = pages(world, &query, 100).await;
            let shares = world.store().work_shares(&query, &ages).await.expect("shares");
            assert_eq!(shares.iter().map(|share| share.count).sum::<u64>(), rows.len() as u64, "{query:?}");
            let minor = |currency: &str| {
                let of = |money: &crate::domain::money::Money| (money.currency.code() == currency).then_some(money.minor);
                let told: i64 = shares.iter().filter_map(|share| share.money.as_ref().and_then(of)).sum();
                let is: i64 = rows.iter().filter_map(|row| row.money.as_ref().and_then(of)).sum();
                assert_eq!(told, is, "{currency} of {query:?}");
            };
            ["USD", "EUR", "JPY"].into_iter().for_each(minor);
            for (age, edge) in ages.iter().enumerate() {
                let next = ages.get(age + 1).map(|next| query.now.plus(1 - next));
                let since = (next, (age > 0).then(|| query.now.plus(1 - edge)));
                let of_age = pages(world, &WorkQuery { since, ..query.clone() }, 100).await.len() as u64;
                let told: u64 = shares.iter().filter(|share| share.age == age).map(|share| share.count).sum();
                assert_eq!(told, of_age, "age {age} of {query:?}");
            }
        }
    }
    let query = all(world, WorkList::Unbilled);
    let shares = world.store().work_shares(&query, &ages).await.expect("shares");
    for kind in HoldKind::ALL {
        let held = WorkQuery { hold: Some(HoldFilter::Held(*kind)), ..query.clone() };
        let rows = pages(world, &held, 100).await;
        assert!(rows.iter().all(|row| row.holds.contains(*kind)));
        let told: u64 = shares.iter().filter(|share| share.holds.contains(*kind)).map(|share| share.count).sum();
        assert_eq!(told, rows.len() as u64, "{kind:?}");
    }
    let free = pages(world, &WorkQuery { hold: Some(HoldFilter::Free), ..query }, 100).await;
    assert!(free.iter().all(|row| row.holds.is_empty()));
}
