//! A newer Waybill brings the schema up while this one serves: what it adds disturbs nobody, and what it takes away it says.

use super::postgres::fresh_database;
use crate::{
    clock::Clock,
    domain::{
        access::{Environment, Scope},
        receipt::Lane,
    },
    store::{
        contract::NOW,
        leases::{Duty, LeaseStore},
        open::OpenError,
        postgres::{migrations, refusal},
        shipments::{ShipmentStore, Sight},
        sql::{self, query_as},
        tables::{Database, OpenMode},
    },
};
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::{path::Path, time::Duration};

/// The last version whose migrations did not say whom they serve.
const BEFORE: i64 = 19;

const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES (9000, 'of tomorrow', true, '00', 0)";

async fn open(url: &str) -> Result<Database, OpenError> {
    Database::open(url, OpenMode::Migrate, Clock::standing(NOW)).await
}

/// What the pages read of everything: statements that answer whole rows among them.
async fn reads(database: &Database) {
    let sight = Sight { environment: Environment::Live, scope: Scope::ALL };
    for _ in 0..20 {
        // Each of the readers' connections has prepared it.
        assert!(database.shipment(&sight, "none").await.is_err());
        let (n,): (i64,) = query_as("SELECT count(*) FROM shipments").fetch_one(&database.read).await.expect("reads");
        assert_eq!(n, 0);
    }
    database.hold("one", &[Duty::Timers], Duration::from_secs(60)).await.expect("writes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_was_added_to_is_served_on() {
    let url = fresh_database().await;
    let running = open(&url).await.expect("opens");
    reads(&running).await;
    let mut newer = PgConnection::connect(&url).await.expect("the server answers");
    for sql in [
        NEWER,
        "ALTER TABLE shipments ADD COLUMN colour TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE exceptions ADD COLUMN colour TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE leases ADD COLUMN colour TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE of_tomorrow (id BIGINT)",
    ] {
        sqlx::raw_sql(sql).execute(&mut newer).await.expect("brought up");
    }
    reads(&running).await;
    let started = open(&url).await.expect("starts beside it");
    reads(&started).await;
    running.close().await;
    started.close().await;
    sqlx::raw_sql("UPDATE schema_serves SET since = 9000").execute(&mut newer).await.expect("what was is taken away");
    assert!(matches!(open(&url).await, Err(OpenError::Newer { found: 9000, .. })));
}

#[tokio::test]
async fn the_embedded_database_knows_the_same_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("w.db").display());
    open(&url).await.expect("opens").close().await;
    let mut newer = SqliteConnection::connect(&url).await.expect("opens");
    sqlx::raw_sql(NEWER).execute(&mut newer).await.expect("brought up");
    open(&url).await.expect("is served on").close().await;
    sqlx::raw_sql("UPDATE schema_serves SET since = 9000").execute(&mut newer).await.expect("what was is taken away");
    assert!(matches!(open(&url).await, Err(OpenError::Newer { found: 9000, .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_start_at_once_one_brings_the_schema_up() {
    let url = fresh_database().await;
    let opened = futures::future::join_all((0..4).map(|_| open(&url))).await;
    for database in opened {
        database.expect("opens").close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_that_holds_the_tables_is_waited_for_and_stops_no_writer() {
    let url = fresh_database().await;
    let running = open(&url).await.expect("opens");
    let connect = async || PgConnection::connect(&url).await.expect("the server answers");
    let (mut dump, mut newer) = (connect().await, connect().await);
    // The last but one is to be brought up again: it changes a table.
    for sql in ["DELETE FROM _sqlx_migrations WHERE version = 27", "BEGIN; SELECT count(*) FROM measure_chunks"] {
        sqlx::raw_sql(sql).execute(&mut dump).await.expect("done");
    }
    let starting = tokio::spawn(async move {
        let done = migrations::run_within(&mut newer, Duration::from_secs(4)).await;
        (newer, done)
    });
    while !starting.is_finished() {
        running.writer.run_aside(Lane::Single, |_| Ok(())).await.expect("writes");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (mut newer, done) = starting.await.expect("ends");
    let refused = refusal::of_migrating(done.expect_err("the dump goes on")).to_string();
    assert!(refused.contains("a dump or a long report"), "{refused}");
    sqlx::raw_sql("ROLLBACK").execute(&mut dump).await.expect("the dump is through");
    migrations::run_within(&mut newer, Duration::ZERO).await.expect("brought up");
    let all = migrations::applied(&mut newer).await.expect("reads");
    assert!(all.contains(&27));
    running.close().await;
}

/// What an administrator may have set for a role or a database, and what sessions of ours make of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_commits_rest_on_is_not_left_to_settings_of_the_database() {
    let url = fresh_database().await;
    let mut server = PgConnection::connect(&url).await.expect("the server answers");
    let (name,): (String,) = sqlx::query_as("SELECT current_database()::text").fetch_one(&mut server).await.expect("a name");
    for setting in ["default_transaction_isolation = 'serializable'", "synchronous_commit = off"] {
        let sql = sqlx::AssertSqlSafe(format!("ALTER DATABASE {name} SET {setting}"));
        sqlx::raw_sql(sql).execute(&mut server).await.expect("set");
    }
    let database = open(&url).await.expect("opens");
    let settings = database.writer.run_aside(Lane::Single, |session| {
        sql::one::<(String, String)>(
            session,
            "SELECT current_setting('transaction_isolation'), current_setting('synchronous_commit')",
            (),
        )
    });
    assert_eq!(settings.await.expect("reads"), ("read committed".into(), "on".into()));
    database.close().await;
}

#[test]
fn a_migration_that_takes_away_says_whom_it_leaves_behind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    for database in ["sqlite", "postgres"] {
        for file in std::fs::read_dir(folder.join(database)).expect("migrations") {
            let path = file.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let version: i64 = name.split('_').next().expect("a number").parse().expect("a number");
            if version <= BEFORE {
                continue;
            }
            let sql = std::fs::read_to_string(&path).expect("reads");
            assert!(
                says_so(&sql, version) || !takes_away(&sql),
                "{database}/{name} takes away or renames what a running Waybill uses: it must say `UPDATE schema_serves SET since = {version}` \
                 (docs/replicas.md)"
            );
        }
    }
    assert!(takes_away("ALTER TABLE a DROP COLUMN b") && takes_away("alter table a rename to b") && takes_away("DROP TABLE a"));
    assert!(takes_away("ALTER TABLE a ADD COLUMN b TEXT NOT NULL"), "what is running does not fill it");
    assert!(
        takes_away("ALTER TABLE a ALTER COLUMN b TYPE TEXT") && !takes_away("ALTER TABLE a ALTER COLUMN b SET STORAGE EXTERNAL")
    );
    assert!(!takes_away("ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT ''; CREATE TABLE c (d TEXT NOT NULL)"));
    assert!(says_so("UPDATE schema_serves SET since = 21;", 21) && !says_so("UPDATE schema_serves SET since = 20;", 21));
}

/// A running writer that remembers a row writes all of it back, unless the row says that it is another one now.
#[test]
fn a_migration_that_changes_shipments_or_orders_counts_their_versions_up() {
    let changed_silently = |sql: &str| {
        sql.split(';').any(|statement| {
            let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            (words.contains("UPDATE shipments SET") || words.contains("UPDATE orders SET"))
                && !words.contains("version = version + 1")
        })
    };
    let silent: Vec<i64> =
        postgres_files().into_iter().filter(|(_, sql)| changed_silently(sql)).map(|(version, _)| version).collect();
    assert_eq!(silent, [15, 20], "these two came before memories were believed across processes");
}

fn postgres_files() -> Vec<(i64, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgres");
    let files = std::fs::read_dir(folder).expect("migrations").map(|file| file.expect("a file").path());
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let version = name.split('_').next().expect("a number").parse().expect("a number");
        (version, std::fs::read_to_string(&path).expect("reads"))
    };
    let mut files: Vec<(i64, String)> = files.map(read).collect();
    files.sort();
    files
}

fn says_so(sql: &str, version: i64) -> bool {
    sql.contains(&format!("UPDATE schema_serves SET since = {version};"))
}

/// Whether a migration changes what statements of before use.
fn takes_away(sql: &str) -> bool {
    sql.split(';').any(|statement| {
        let lines = statement.lines().map(|line| line.split("--").next().unwrap_or_default());
        let words = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ").to_uppercase();
        let alters = words.starts_with("ALTER TABLE");
        // How its values are kept is nobody's statement's business.
        let turns = words.contains(" ALTER COLUMN ") && !words.contains(" SET STORAGE ");
        let fills = words.contains("ADD COLUMN") && words.contains("NOT NULL") && !words.contains("DEFAULT");
        words.starts_with("DROP TABLE")
            || words.starts_with("DROP FUNCTION")
            || alters && (words.contains(" DROP ") || words.contains(" RENAME ") || turns || fills)
    })
}
