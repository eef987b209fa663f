//! What chunks came to is remembered: whoever asks again reads what was written since.

use super::*;

fn of_a_customer() -> MeasureQuery {
    MeasureQuery { customer: Some("C1".into()), ..query(Environment::Live) }
}

/// Of how many weeks something is told.
async fn told(database: &Database, query: &MeasureQuery) -> usize {
    let told = database.measured(query, &[Metric::DeliveredToRecorded]).await.expect("figures");
    told.metrics.values().map(Weeks::len).sum()
}

/// So many deliveries for the customer, each in a week of its own.
async fn delivered(database: &Database, numbers: std::ops::Range<i64>) {
    let event = |number: i64| {
        let told = tell("shipment.delivered", &format!("e{number}"), &format!("SH-{number}")).at(-number * 7 * 24 * 3_600);
        Inbound::Event(Box::new(told.data(serde_json::json!({ "customer": "C1", "carrier": "P1" })).event()))
    };
    let items = numbers.map(event).collect();
    database.record(Batch { actor: "key:test".into(), terms: LIVE, items }).await.expect("is taken");
    while database.fold_measures(100).await.expect("folds") > 0 {}
}

async fn spoil(database: &Database) {
    let spoil = "UPDATE measure_chunks SET records = CAST(replace(hex(zeroblob(length(records))), '00', char(127)) AS BLOB)";
    database.writer.run(Lane::Single, move |connection| connection.run_script(spoil)).await.expect("spoils");
}

#[tokio::test]
async fn what_was_read_before_is_not_read_again() {
    let fixture = SqliteFixture::open(Clock::standing(NOW)).await;
    let database = &fixture.database;
    delivered(database, 0..5).await;
    assert_eq!(told(database, &of_a_customer()).await, 5);
    // Whoever reads them now is told that they cannot be read.
    spoil(database).await;
    assert_eq!(told(database, &of_a_customer()).await, 5);
    let other = MeasureQuery { carrier: Some("P1".into()), ..of_a_customer() };
    assert!(database.measured(&other, &[Metric::DeliveredToRecorded]).await.is_err());
    // What is new is read besides.
    delivered(database, 5..8).await;
    assert_eq!(told(database, &of_a_customer()).await, 8);
    // The same of another period: of a week of which only some days count the chunk is looked at.
    let all = database.measured(&of_a_customer(), &[Metric::DeliveredToRecorded]).await.expect("figures");
    let monday = *all.metrics[&Metric::DeliveredToRecorded].keys().nth_back(2).expect("eight of them");
    let since = |day| MeasureQuery { from_day: Some(day), ..of_a_customer() };
    assert_eq!(told(database, &since(monday)).await, 3);
    assert!(database.measured(&since(monday + 1), &[Metric::DeliveredToRecorded]).await.is_err());
}
