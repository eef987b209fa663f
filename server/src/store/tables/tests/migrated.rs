//! What migrations do with rows that are there already.

use crate::store::sqlite::migrations;
use sqlx::{Connection, SqliteConnection, query_as};

/// Items of quarantine as they stood before there were exceptions of items: id, state, code, source, event type, history.
const ITEMS: &str = "
    INSERT INTO quarantine (id, environment, state, code, reason, source, event_type, raw, raw_hash, history, received_at, version) VALUES
    ('q1', 'live', 'open', 'type_unknown', 'unknown', 'tms/eu', 'com.acme.thing.v1', '', 'h1', 0, 1000, 1),
    ('q2', 'live', 'open', 'money_invalid', 'no number', 'tms/eu', 'com.waybill.charges.rated.v1', '', 'h2', 0, 2000, 1),
    ('q3', 'demo', 'open', 'json_malformed', 'no JSON', NULL, NULL, '', 'h3', 0, 3000, 1),
    ('q4', 'live', 'open', 'money_invalid', 'no number', 'tms/eu', NULL, '', 'h4', 1, 4000, 1),
    ('q5', 'live', 'resolved', 'money_invalid', 'no number', 'tms/eu', NULL, '', 'h5', 0, 5000, 2),
    ('q6', 'live', 'open', 'type_unknown', 'unknown', 'wms', 'com.acme.other.v1', '', 'h6', 0, 6000, 1);
    INSERT INTO exceptions (id, environment, subject, kind, cause, detail, state, severity, queue, detected_at, since, due_at, rank)
    VALUES ('e6', 'live', 'q6', 'unknown_code', 'unknown_code:com.acme.other.v1', 'com.acme.other.v1', 'claimed', 2, 'finance', 6500, 6000, 7000, 9);";

#[tokio::test]
async fn items_that_waited_become_exceptions_and_those_that_were_some_stay_themselves() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("a database");
    migrations::until(&mut connection, 4).await.expect("as it was");
    sqlx::raw_sql(ITEMS).execute(&mut connection).await.expect("rows of then");
    migrations::until(&mut connection, 5).await.expect("goes on");
    type Row = (String, String, String, String, String, String, i64, i64);
    let read = "SELECT environment, subject, kind, cause, detail, state, detected_at, due_at FROM exceptions ORDER BY subject";
    let rows: Vec<Row> = query_as(read).fetch_all(&mut connection).await.expect("rows");
    let day = 86_400_000_000;
    let row = |environment: &str, subject: &str, kind: &str, detail: &str, state: &str, at: i64, due: i64| {
        let text = [environment, subject, kind, &format!("{kind}:{detail}"), detail, state].map(str::to_owned);
        let [environment, subject, kind, cause, detail, state] = text;
        (environment, subject, kind, cause, detail, state, at, due)
    };
    let expected = [
        row("live", "q1", "unknown_code", "event type com.acme.thing.v1", "open", 1000, 1000 + day),
        row("live", "q2", "data_defect", "money_invalid from tms/eu", "open", 2000, 2000 + day),
        row("demo", "q3", "data_defect", "json_malformed", "open", 3000, 3000 + day),
        // It was there: it has its words now, and keeps its place.
        row("live", "q6", "unknown_code", "event type com.acme.other.v1", "claimed", 6500, 7000),
    ];
    assert_eq!(rows, expected, "old data and what is settled are nobody's");
    let ids: Vec<(String,)> =
        query_as("SELECT id FROM exceptions ORDER BY subject").fetch_all(&mut connection).await.expect("ids");
    assert_eq!(ids[3].0, "e6");
    for (id,) in &ids[..3] {
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!((parts.as_slice(), &id[14..15]), ([8, 4, 4, 4, 12].as_slice(), "4"), "{id} is a UUID");
    }
    migrations::run(&mut connection).await.expect("and on to this build's");
    let after: Vec<Row> = query_as(read).fetch_all(&mut connection).await.expect("rows");
    assert_eq!(after, expected);
}

/// Shipments as they stood before the ERP's last word and a good POD were columns: id, stage, what is believed of it.
const INVOICED: &str = r#"
    INSERT INTO shipments (id, environment, reference, stage, outcome, sort_at, history, awaiting_pod, awaiting_arrival, version, state) VALUES
    ('s1', 'live', 'SH-1', 'invoiced', 'open', 0, 0, 0, 0, 1, '{"f":{"e":[],"f":{"erp_posting_failed":[1,0],"invoice_released":[1,0]}}}'),
    ('s2', 'demo', 'SH-2', 'invoiced', 'open', 0, 0, 0, 0, 1, '{"f":{"e":[],"f":{"invoice_released":[1,0]}}}'),
    ('s3', 'live', 'SH-3', 'posted', 'open', 0, 0, 0, 0, 1, '{"f":{"e":[],"f":{"erp_posted":[1,0],"erp_posting_failed":[1,0]}}}'),
    ('s4', 'live', 'SH-4', 'pod_received', 'open', 0, 0, 0, 0, 1, '{"f":{"e":[],"f":{"pod_validated":[20,0]}}}'),
    ('s5', 'live', 'SH-5', 'pod_received', 'open', 0, 0, 0, 0, 1, '{"f":{"e":[],"f":{"pod_validated":[[20],0],"pod_rejected":[[19],0]}}}'),
    ('s6', 'live', 'SH-6', 'pod_received', 'open', 0, 0, 0, 0, 1, '{"f":{"e":[],"f":{"pod_received":[30,0],"pod_rejected":[20,0],"pod_validated":[9,0]}}}'),
    ('s7', 'live', 'SH-7', 'pod_received', 'open', 0, 1, 0, 0, 1, '{"f":{"e":[],"f":{"pod_validated":[20,0]}}}');"#;

#[tokio::test]
async fn what_the_erp_had_refused_and_whose_pod_was_good_is_told() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("a database");
    migrations::until(&mut connection, 14).await.expect("as it was");
    sqlx::raw_sql(INVOICED).execute(&mut connection).await.expect("rows of then");
    migrations::run(&mut connection).await.expect("goes on");
    let read = |flag| format!("SELECT group_concat(id, ' ') FROM (SELECT id FROM shipments WHERE {flag} = 1 ORDER BY id)");
    for (flag, told) in [("posting_refused", "s1"), ("pod_validated", "s4 s5")] {
        let (ids,): (String,) = query_as(sqlx::AssertSqlSafe(read(flag))).fetch_one(&mut connection).await.expect("rows");
        assert_eq!(ids, told, "{flag}");
    }
}

/// Shipments as they stood before the clocks that still run were columns: dispatched twice, once, and with a good POD.
const RUNNING: &str = r#"
    INSERT INTO shipments (id, environment, reference, stage, outcome, sort_at, history, awaiting_pod, awaiting_arrival, version, dispatched_at,
                           pod_validated, state) VALUES
    ('s1', 'live', 'SH-1', 'dispatched', 'open', 0, 0, 0, 0, 1, 50, 0, '{"f":{"e":[],"f":{"dispatched":[50,0]}},"e":[["invoice_released",3,"instant"],["dispatched",10,"instant"]]}'),
    ('s2', 'live', 'SH-2', 'dispatched', 'open', 0, 0, 0, 0, 1, 60, 0, '{"f":{"e":[],"f":{"dispatched":[60,0]}}}'),
    ('s3', 'live', 'SH-3', 'pod_received', 'open', 0, 0, 0, 0, 1, NULL, 1, '{"f":{"e":[],"f":{"pod_validated":[[20],0]}},"e":[["erp_posted",3,"instant"]]}'),
    ('s4', 'demo', 'SH-4', 'posted', 'open', 0, 1, 0, 0, 1, NULL, 0, '{"f":{"e":[],"f":{"pod_validated":[20,0]}}}');"#;

#[tokio::test]
async fn clocks_that_run_are_told_and_work_is_looked_at_again() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("a database");
    migrations::until(&mut connection, 19).await.expect("as it was");
    sqlx::raw_sql(RUNNING).execute(&mut connection).await.expect("rows of then");
    migrations::run(&mut connection).await.expect("goes on");
    type Row = (String, Option<i64>, Option<i64>);
    let read = "SELECT id, dispatched_at, pod_validated_at FROM shipments ORDER BY id";
    let rows: Vec<Row> = query_as(read).fetch_all(&mut connection).await.expect("rows");
    let row = |id: &str, dispatched, validated| (id.to_owned(), dispatched, validated);
    let expected = [row("s1", Some(10), None), row("s2", Some(60), None), row("s3", None, Some(20)), row("s4", None, None)];
    assert_eq!(rows, expected);
    let sweeps: Vec<(String, i64)> =
        query_as("SELECT environment, after FROM sweeps").fetch_all(&mut connection).await.expect("sweeps");
    assert_eq!(sweeps, [("live".to_owned(), 0)], "old data is nobody's work");
}
