//! Leases: who has a duty, who takes it over, and that what an earlier holder writes late is refused.

use super::postgres::fresh_database;
use crate::{
    clock::Clock,
    store::{
        StoreError,
        contract::NOW,
        leases::{Duty, LeaseStore, Tenure},
        outbox::OutboxStore,
        sources::SourceStore,
        tables::{Database, OpenMode},
    },
};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(3_600);

async fn two() -> [Database; 2] {
    let url = fresh_database().await;
    let open = || Database::open(&url, OpenMode::Migrate, Clock::standing(NOW));
    [open().await.expect("opens"), open().await.expect("opens")]
}

async fn writes(database: &Database, tenure: Tenure) -> Result<u64, StoreError> {
    database.during(tenure).watch_sources().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duty_is_one_process_s_and_its_late_writes_are_refused() {
    let [one, other] = two().await;
    let held = one.hold("one", &[Duty::Timers, Duty::Bulk], Duration::from_millis(300)).await.expect("asks");
    assert_eq!(held.iter().map(|tenure| tenure.duty).collect::<Vec<_>>(), [Duty::Timers, Duty::Bulk]);
    writes(&one, held[0]).await.expect("it has the duty");
    assert_eq!(one.hold("one", &[Duty::Timers], LONG).await.expect("asks"), [held[0]], "kept, under the same token");
    // It renews one of the two; by the database's clock the other is free after a while.
    let mut taken = Vec::new();
    while taken.is_empty() {
        taken = other.hold("other", &Duty::ALL[..2], LONG).await.expect("asks");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(taken, [Tenure { duty: Duty::Bulk, token: held[1].token + 1 }]);
    assert!(matches!(writes(&one, held[1]).await, Err(StoreError::Superseded)), "its time is over");
    assert!(matches!(one.during(held[1]).still_tells().await, Err(StoreError::Superseded)), "nor does it tell anybody");
    other.during(taken[0]).still_tells().await.expect("its successor tells");
    writes(&other, taken[0]).await.expect("and writes");
    writes(&one, held[0]).await.expect("and it itself what is still its own");
    assert_eq!(one.hold("one", &[Duty::Bulk], LONG).await.expect("asks"), [], "it does not take it back");
    // In an orderly end everything is free at once, and nothing is written any more.
    other.give_up("other").await.expect("gives up");
    assert!(matches!(writes(&other, taken[0]).await, Err(StoreError::Superseded)));
    let back = one.hold("one", &[Duty::Bulk], LONG).await.expect("asks");
    assert!(back[0].token > taken[0].token, "{back:?}");
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_ask_at_once_one_has_it() {
    let [one, other] = two().await;
    let names: Vec<String> = (0..12).map(|n| format!("p{n}")).collect();
    let asks = names.iter().enumerate().map(|(n, name)| {
        let database = if n % 2 == 0 { &one } else { &other };
        database.hold(name, &[Duty::Figures], LONG)
    });
    let held = futures::future::try_join_all(asks).await.expect("all ask");
    assert_eq!(held.iter().filter(|held| !held.is_empty()).count(), 1, "{held:?}");
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn an_embedded_database_is_whoever_s_opened_it_last() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("w.db").display());
    let open = || Database::open(&url, OpenMode::Migrate, Clock::standing(NOW));
    let (one, other) = (open().await.expect("opens"), open().await.expect("opens"));
    let first = one.hold("one", &[Duty::Timers], Duration::ZERO).await.expect("asks");
    writes(&one, first[0]).await.expect("for as long as nobody else asks");
    let second = other.hold("other", &[Duty::Timers], Duration::ZERO).await.expect("asks");
    assert!(matches!(writes(&one, first[0]).await, Err(StoreError::Superseded)));
    writes(&other, second[0]).await.expect("the later one has it");
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_s_clock_counts() {
    let url = fresh_database().await;
    let clock = Clock::system();
    let database = Database::open(&url, OpenMode::Migrate, clock.clone()).await.expect("opens");
    // As if it had been corrected by something that is wrong by minutes.
    clock.correct(5 * 60 * 1_000_000);
    database.set_clock().await.expect("asks");
    assert_eq!(clock.correction(), 0, "the server's clock is this machine's");
    let standing = Clock::standing(NOW);
    standing.correct(1);
    assert_eq!((standing.correction(), standing.now()), (0, NOW));
    database.close().await;
}
