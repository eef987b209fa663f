//! Two writers on one PostgreSQL, and what each believes of its memory after the other's turn.

use crate::{
    clock::Clock,
    domain::{
        access::Environment,
        event::SubjectKind,
        receipt::{Inbound, Lane},
    },
    store::{
        contract::{NOW, tell::tell, world::LIVE},
        intake::{Batch, IntakeStore},
        sql::query_as,
        tables::{Database, OpenMode, tests::postgres::fresh_database},
    },
};
use sqlx::{Connection as _, PgConnection};
use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

async fn open(url: &str) -> Database {
    Database::open(url, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens")
}

/// An event of each of some shipments and of an order.
async fn record(database: &Database, shipments: Range<usize>) {
    static RECORDED: AtomicUsize = AtomicUsize::new(0);
    let time = RECORDED.fetch_add(1, Ordering::Relaxed);
    let of = |n: usize| tell("shipment.loaded", &format!("loaded-{n}-{time}"), &format!("SH-{n}"));
    let order = tell("order.released", &format!("released-{time}"), &format!("SO-{}", shipments.start));
    let items = shipments.map(of).chain([order]).map(|event| Inbound::Event(Box::new(event.event()))).collect();
    database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
}

/// Which of them a process believes its memory of at its next turn: a letter each, `.` for one that is doubted.
async fn believed(database: &Database) -> String {
    let look = |kind, prefix: &'static str, letter| {
        database.writer.run_remembering(Lane::Single, move |session, memory| {
            memory.look_around(session)?;
            let is_known = |n| memory.peek(Environment::Live, kind, &format!("{prefix}-{n}")).is_some();
            Ok((0..4).map(|n| if is_known(n) { letter } else { '.' }).collect::<String>())
        })
    };
    let shipments = look(SubjectKind::Shipment, "SH", 's').await.expect("looks");
    shipments + &look(SubjectKind::Order, "SO", 'o').await.expect("looks")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_told_is_doubted_and_all_of_it_after_what_nobody_told() {
    let url = fresh_database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    let server = async |sql: &'static str| {
        let mut server = PgConnection::connect(&url).await.expect("the server answers");
        sqlx::raw_sql(sql).execute(&mut server).await.expect("done");
    };
    // It knows all, and what was told so far.
    let renew = async || {
        record(&other, 9..10).await;
        record(&one, 0..4).await;
        assert!(believed(&one).await.starts_with("sssso"));
    };
    // Of what is new nobody has to be told: the first account is of what they say the second time.
    renew().await;
    renew().await;
    record(&other, 1..3).await;
    assert_eq!(believed(&one).await, "s..so...", "these two were told of");
    renew().await;
    record(&other, 0..1).await;
    record(&one, 3..4).await;
    assert_eq!(believed(&one).await, ".sss...o", "an order is told of as well, and what it changed itself is not doubted");

    renew().await;
    server("UPDATE turns SET holder = 'an earlier build', n = n + 1").await;
    assert_eq!(believed(&one).await, "........", "an earlier build tells nothing");

    renew().await;
    other.writer.run(Lane::Single, |_| Ok(())).await.expect("done");
    assert_eq!(believed(&one).await, "........", "it may have changed anything");

    renew().await;
    server("DELETE FROM turn_changes").await;
    record(&other, 9..10).await;
    assert_eq!(believed(&one).await, "........", "what was told is forgotten");
    renew().await;
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_long_ago_is_forgotten() {
    let one = open(&fresh_database().await).await;
    for n in 0..300 {
        let again = tell("shipment.loaded", &format!("again-{n}"), "SH-0").event();
        let items = vec![Inbound::Event(Box::new(again))];
        one.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("taken");
    }
    let (kept,): (i64,) = query_as("SELECT count(*) FROM turn_changes").fetch_one(&one.read).await.expect("counts");
    assert!((200..=250).contains(&kept), "{kept}");
    one.close().await;
}
