//! How much of a stream is with Waybill at a time.

use super::{ACK, CONSUMER, STREAM, SUBJECT, World, structured, until_told};
use crate::support::nats::{Nats, publish, taken};
use futures::StreamExt;
use std::{collections::BTreeSet, time::Duration};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_slow_store_has_no_room_for_stays_with_the_broker() {
    use sqlx::Connection;
    /// More than are with a process at a time, and as many again.
    const MANY: u64 = 12_000;
    let (nats, world) = (Nats::start().await, World::on(None));
    let mut server = world.serve(&nats.url());
    until_told(&server, "ok").await;
    let mut other = sqlx::SqliteConnection::connect(&world.url()).await.expect("opens");
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.expect("nobody else writes");
    let context = nats.client().await;
    let ids: BTreeSet<String> = (0..MANY).map(|n| format!("b-{n}")).collect();
    let mut published =
        futures::stream::iter(&ids).map(|id| async { publish(&context, SUBJECT, structured(id)).await }).buffer_unordered(200);
    while published.next().await.is_some() {}
    let stream = context.get_stream(STREAM).await.expect("made");
    let (mut with_us, begun) = (0, std::time::Instant::now());
    while begun.elapsed() < 2 * ACK {
        let told = stream.consumer_info(CONSUMER).await.expect("told");
        with_us = with_us.max(told.num_ack_pending);
        assert!(told.num_pending > MANY / 3, "{with_us} were delivered, {} are left", told.num_pending);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(with_us > 500, "{with_us}: somebody takes them");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("goes on");
    other.close().await.expect("closes");
    taken(&context, STREAM, CONSUMER).await;
    until_told(&server, "ok").await;
    server.kill();
    world.verify(&ids).await;
}
