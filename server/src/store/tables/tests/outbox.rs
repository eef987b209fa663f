//! Notices of one world are not another's.

use super::{SqliteFixture, postgres::fresh_database};
use crate::{
    clock::Clock,
    domain::{
        access::Environment,
        receipt::{Inbound, IntakeTerms},
    },
    store::{
        contract::{NOW, Open, tell::tell, world::LIVE},
        intake::{Batch, IntakeStore},
        outbox::OutboxStore,
        tables::{Database, OpenMode},
    },
};
use std::collections::BTreeSet;

async fn each_world_has_its_notices(database: &Database) {
    let worlds = [Environment::Live, Environment::Demo];
    for environment in worlds {
        database.open_outlet(environment).await.expect("opens");
        let event = tell("shipment.dispatched", "e1", &format!("SH-{}", environment.code())).event();
        let (terms, items) = (IntakeTerms { environment, ..LIVE }, vec![Inbound::Event(Box::new(event))]);
        database.record(Batch { actor: "key:test".into(), terms, items }).await.expect("taken");
    }
    let told = async |environment| {
        let waiting = database.waiting(environment, 100).await.expect("reads");
        assert_eq!(database.backlog(environment).await.expect("counts").0, waiting.len() as u64);
        waiting.into_iter().map(|notice| notice.subject).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(told(Environment::Live).await, ["SH-live"]);
    assert_eq!(told(Environment::Demo).await, ["SH-demo"]);
    // A number of the other world's is greater: none of this one's.
    database.told(Environment::Demo, i64::MAX).await.expect("taken away");
    assert_eq!(told(Environment::Live).await, ["SH-live"]);
    assert!(told(Environment::Demo).await.is_empty());
}

#[tokio::test]
async fn on_sqlite() {
    each_world_has_its_notices(&SqliteFixture::open(Clock::standing(NOW)).await.database).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql() {
    let database = Database::open(&fresh_database().await, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    each_world_has_its_notices(&database).await;
    database.close().await;
}
