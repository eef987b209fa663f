//! Lists and search.

use super::{
    tell::tell,
    world::{World, all_shipments, everything},
};
use crate::{
    domain::{shipment::Stage, time::Instant},
    store::shipments::{Cursor, PromiseFilter, ShipmentQuery, ShipmentRecord},
};
use serde_json::json;

/// Forty shipments at four instants, so that most places are shared.
async fn ties(world: &World) {
    let mut tells = Vec::new();
    for n in 0..40_i64 {
        let subject = format!("SH-{n:02}");
        let data = json!({ "carrier": format!("C{}", n % 3), "region": format!("R{}", n % 2), "mode": "road",
            "business_unit": "B", "promised_at": format!("2026-03-0{}T12:00:00Z", 1 + n % 4) });
        tells.push(tell("shipment.dispatched", &format!("d{n}"), &subject).data(data));
        if n % 4 != 3 {
            let late = if n % 8 < 4 { 3 * 1440 } else { -2880 };
            tells.push(tell("shipment.delivered", &format!("h{n}"), &subject).at(late + (n % 4) * 60));
        }
        if n % 5 == 0 {
            tells.push(tell("pod.received", &format!("p{n}"), &subject).at(5000));
        }
    }
    world.send(&tells).await;
}

async fn pages(world: &World, query: &ShipmentQuery, size: u32) -> Vec<ShipmentRecord> {
    let mut all = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = world.store().shipments(query, after.as_ref(), size).await.expect("a page");
        let Some(last) = page.last() else { return all };
        after = Some(Cursor { at: last.sort_at, id: last.id.clone() });
        all.extend(page);
    }
}

pub(crate) async fn pages_lose_nothing_and_repeat_nothing(world: &World) {
    ties(world).await;
    let whole = world.store().shipments(&all_shipments(), None, 100).await.expect("a list");
    assert_eq!(whole.len(), 40);
    assert!(whole.windows(2).all(|pair| (pair[0].sort_at, &pair[0].id) > (pair[1].sort_at, &pair[1].id)));
    for size in [1, 3, 7, 10, 40, 41] {
        assert_eq!(pages(world, &all_shipments(), size).await, whole, "pages of {size}");
    }
}

pub(crate) async fn every_filter_keeps_what_it_names(world: &World) {
    ties(world).await;
    let all = pages(world, &all_shipments(), 100).await;
    let now = world.clock.now();
    let edge = all[17].sort_at;
    let base = all_shipments;
    type Keeps = Box<dyn Fn(&ShipmentRecord) -> bool>;
    let filters: Vec<(ShipmentQuery, Keeps)> = vec![
        (ShipmentQuery { region: Some("R1".into()), ..base() }, Box::new(|r| r.region == "R1")),
        (ShipmentQuery { business_unit: Some("B".into()), ..base() }, Box::new(|r| r.business_unit == "B")),
        (ShipmentQuery { carrier: Some("C2".into()), ..base() }, Box::new(|r| r.carrier == "C2")),
        (ShipmentQuery { mode: Some("air".into()), ..base() }, Box::new(|r| r.mode == "air")),
        (ShipmentQuery { stage: Some(Stage::Delivered), ..base() }, Box::new(|r| r.stage == Stage::Delivered)),
        (ShipmentQuery { promise: Some(PromiseFilter::OnTime), ..base() }, Box::new(|r| r.outcome.code() == "on_time")),
        (
            ShipmentQuery { promise: Some(PromiseFilter::DeliveredLate), ..base() },
            Box::new(|r| r.outcome.code() == "delivered_late"),
        ),
        (
            ShipmentQuery { promise: Some(PromiseFilter::Overdue(now)), ..base() },
            Box::new(move |r| r.delivered.is_none() && r.promised.is_some_and(|(at, _)| at < now)),
        ),
        (ShipmentQuery { awaiting_pod: true, ..base() }, Box::new(|r| r.stage == Stage::Delivered)),
        (ShipmentQuery { delivered: true, ..base() }, Box::new(|r| r.delivered.is_some())),
        (ShipmentQuery { from: Some(edge), ..base() }, Box::new(move |r| r.sort_at >= edge)),
        (ShipmentQuery { to: Some(edge), ..base() }, Box::new(move |r| r.sort_at < edge)),
    ];
    for (query, keeps) in filters {
        let expected: Vec<_> = all.iter().filter(|record| keeps(record)).cloned().collect();
        assert_eq!(pages(world, &query, 3).await, expected, "{query:?}");
        assert_eq!(world.store().count_shipments(&query, 100).await.expect("counts"), Some(expected.len() as u64));
    }
    assert_eq!(world.store().count_shipments(&all_shipments(), 39).await.expect("counts"), None);
    assert_eq!(world.store().count_shipments(&all_shipments(), 40).await.expect("counts"), Some(40));
}

pub(crate) async fn every_name_leads_to_its_shipment(world: &World) {
    let names = json!({ "orders": ["SO-Straße"], "references": [
        { "scheme": "pro", "issuer": "DHL", "value": "Ünï-42" }, { "scheme": "bol", "value": "ΟΔΟΣΑ" },
        { "scheme": "container", "value": "100%_x" }, { "scheme": "bol", "value": "a\u{10FFFF}b" } ] });
    world.send(&[tell("shipment.planned", "e1", "SH-1").data(names), tell("shipment.planned", "e2", "SH-10")]).await;
    for (start, expected) in [
        ("sh-1", vec!["SH-1", "SH-10"]),
        ("SO-STRASS", vec![]),
        ("so-straß", vec!["SH-1"]),
        ("ÜNÏ", vec!["SH-1"]),
        ("ΟΔΟΣ", vec!["SH-1"]),
        ("100%_", vec!["SH-1"]),
        ("100_", vec![]),
        ("a", vec!["SH-1"]),
        ("B1", vec![]),
    ] {
        let found = world.store().by_name(&everything(), start, 10).await.expect("search");
        let references: Vec<_> = found.iter().map(|named| named.reference.as_str()).collect();
        assert_eq!(references, expected, "{start}");
    }
    assert_eq!(world.store().by_name(&everything(), "sh-1", 1).await.expect("search")[0].reference, "SH-1");
}

pub(crate) async fn a_timeline_is_cut_at_its_beginning(world: &World) {
    let events: Vec<_> = (0..9).map(|n| tell("shipment.in_transit", &format!("e{n}"), "SH-1").at((n * 7) % 9)).collect();
    world.send(&events).await;
    let id = world.shipment("SH-1").await.record.id;
    let (events, n) = world.store().timeline(&id, 4).await.expect("a timeline");
    assert_eq!(n, 9);
    let times: Vec<_> = events.iter().map(|event| event.occurred.0.since(super::tell::START) / Instant::MINUTE).collect();
    assert_eq!(times, [5, 6, 7, 8]);
}
