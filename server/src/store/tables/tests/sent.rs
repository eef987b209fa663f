//! Rows that are on their way while the writer goes on, and what a process remembers of shipments that another one changes.

use super::{Database, postgres::fresh_database};
use crate::{
    clock::Clock,
    domain::{
        fact::FactKey,
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
        shipment::ShipmentState,
    },
    store::{
        contract::{NOW, tell::tell, world::LIVE},
        intake::{Batch, IntakeStore},
        sql::{self, query_as},
        tables::OpenMode,
    },
};

/// More than are written in place.
const MANY: usize = 700;

async fn open(url: &str) -> Database {
    Database::open(url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_cannot_be_written_is_told_to_who_asks_next_and_nothing_of_it_stays() {
    let database = open(&fresh_database().await).await;
    let write = |last: &'static str| {
        database.writer.run(Lane::Single, move |session| {
            for id in (0..MANY).map(|n| n.to_string()).chain([last.to_owned()]) {
                let sql = "INSERT INTO flashes (id, actor, until, words) VALUES (?1, 'amira', 1, 'Done.')";
                sql::later(session, sql, [id.as_str()])?;
            }
            sql::settle(session)?;
            // They are on their way: what is asked now is answered after them.
            let answered = sql::one::<(i64,)>(session, "SELECT count(*) FROM flashes", ());
            Ok(answered.is_ok())
        })
    };
    assert!(write("0").await.is_err(), "nobody commits what could not be written, whoever overheard it");
    let count = async || {
        let (n,): (i64,) = query_as("SELECT count(*) FROM flashes").fetch_one(&database.read).await.expect("counts");
        n
    };
    assert_eq!(count().await, 0);
    assert!(write("another").await.expect("done"), "the session goes on");
    assert_eq!(count().await, MANY as i64 + 1);
    database.close().await;
}

/// An import of one event for each of some shipments.
async fn import(database: &Database, event: &str, shipments: impl Iterator<Item = usize>) {
    let item = |n: usize| Inbound::Event(Box::new(tell(event, &format!("{event}-{n}"), &format!("SH-{n}")).event()));
    let terms = IntakeTerms { lane: Lane::Bulk, ..LIVE };
    let batch = Batch { actor: "key:test".into(), terms, items: shipments.map(item).collect() };
    let receipts = database.record(batch).await.expect("taken");
    assert!(receipts.iter().all(|receipt| matches!(receipt, Receipt::Accepted { .. })), "{receipts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_changed_is_read_anew_and_what_it_did_not_is_remembered() {
    let url = fresh_database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    let even = |n: usize| n.is_multiple_of(2);
    let third = |n: usize| n.is_multiple_of(3);
    import(&one, "shipment.dispatched", 0..MANY).await;
    import(&other, "shipment.loaded", (0..MANY).filter(|n| even(*n))).await;
    import(&one, "shipment.departed", 0..MANY).await;
    import(&other, "shipment.delivered", (0..MANY).filter(|n| third(*n))).await;
    let rows: Vec<(String, i64, String)> =
        query_as("SELECT reference, version, state FROM shipments").fetch_all(&one.read).await.expect("reads");
    assert_eq!(rows.len(), MANY);
    for (reference, version, state) in rows {
        let n: usize = reference["SH-".len()..].parse().expect("a number");
        let state: ShipmentState = serde_json::from_str(&state).expect("a state");
        let knows = |key| state.facts.get(key).is_some();
        let keys = [FactKey::Dispatched, FactKey::Loaded, FactKey::Departed, FactKey::Delivered];
        assert_eq!(keys.map(knows), [true, even(n), true, third(n)], "{reference}");
        assert_eq!(version, 2 + i64::from(even(n)) + i64::from(third(n)), "{reference}: one for each change");
    }
    one.close().await;
    other.close().await;
}
