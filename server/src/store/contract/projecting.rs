//! Folding measures.

use super::{
    tell::{retraction, tell},
    world::World,
};
use serde_json::json;

async fn deliveries(world: &World) {
    let tells: Vec<_> = (0..30_i64)
        .map(|n| {
            tell("shipment.delivered", &format!("e{n}"), &format!("SH-{n}"))
                .at(n * 400 - 6000)
                .recorded(n * 410 - 5900)
                .data(json!({ "region": format!("R{}", n % 3), "promised_at": "2026-03-05" }))
        })
        .collect();
    world.send(&tells).await;
}

pub(crate) async fn any_steps_fold_to_the_same(world: &World) {
    deliveries(world).await;
    let tail = world.figures().await;
    let mut folded = 0;
    for limit in [1, 2, 7, 1, 19, 3] {
        folded += world.store().fold(limit).await.expect("folds");
        assert_eq!(world.figures().await, tail, "after {folded} measures");
    }
    assert_eq!(folded, 33);
    world.send(&[retraction("r0", "e0"), retraction("r29", "e29")]).await;
    world.check().await;
}

pub(crate) async fn a_day_without_deliveries_is_no_day(world: &World) {
    deliveries(world).await;
    let days = world.figures().await.days;
    // The first and the last delivery are taken back: from cells, from the tail, and across both.
    world.store().fold(u32::MAX).await.expect("folds");
    world.send(&[retraction("r0", "e0")]).await;
    world.send(&[tell("shipment.delivered", "x", "SH-X").at(9000).recorded(9001)]).await;
    world.send(&[retraction("rx", "x")]).await;
    let now = world.figures().await.days;
    assert!(now.expect("deliveries").0 >= days.expect("deliveries").0);
    world.check().await;
}

pub(crate) async fn two_projectors_fold_once(world: &World) {
    deliveries(world).await;
    let before = world.figures().await;
    let store = world.store();
    for _ in 0..6 {
        let folded = futures::future::join_all((0..4).map(|_| store.fold(5))).await;
        assert!(folded.iter().all(Result::is_ok), "{folded:?}");
        assert_eq!(world.figures().await, before);
    }
    while store.fold(5).await.expect("folds") > 0 {}
    assert_eq!(store.fold(5).await.expect("folds"), 0);
}
