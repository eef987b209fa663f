//! The same suite on PostgreSQL: each scenario in a database of its own, on a server that the test run starts
//! (`scripts/rust-tests.sh`), whose address stands in `WAYBILL_TEST_POSTGRES`.

use super::{Database, dump, figures, rows};
use crate::{
    clock::Clock,
    domain::receipt::Lane,
    store::{
        contract::{Dump, Fixture, Open, Store, stamp},
        sqlite::OpenMode,
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

stamp!(PostgresFixture);

/// A database of its own.
struct PostgresFixture {
    database: Database,
}

/// The address of a new, empty database.
pub(super) async fn fresh_database() -> String {
    let server = std::env::var("WAYBILL_TEST_POSTGRES")
        .expect("WAYBILL_TEST_POSTGRES names a PostgreSQL server for tests: run them by scripts/rust-tests.sh, which starts one");
    let name = format!("waybill_{}", uuid::Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.expect("the server for tests answers");
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.expect("a database");
    connection.close().await.expect("closes");
    format!("{server}/{name}")
}

#[async_trait]
impl Open for PostgresFixture {
    async fn open(clock: Clock) -> Self {
        let url = fresh_database().await;
        Self { database: Database::open(&url, OpenMode::Migrate, clock).await.expect("opens") }
    }
}

#[async_trait]
impl Fixture for PostgresFixture {
    fn store(&self) -> &dyn Store {
        &self.database
    }

    async fn check_measured(&self) {
        figures::check(&self.database).await;
    }

    async fn dump(&self) -> Dump {
        let mut connection = self.database.read.acquire().await.expect("a connection");
        dump(&mut connection).await
    }

    async fn intake_trail(&self) -> Vec<(String, String)> {
        let mut connection = self.database.read.acquire().await.expect("a connection");
        rows(&mut connection, "SELECT actor, detail FROM audit WHERE action = 'events.intake' ORDER BY seq").await
    }

    async fn refuse_events(&self, refuse: bool) {
        let sql = match refuse {
            true => "CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            false => "DROP TRIGGER refuse ON events",
        };
        self.execute(sql.into()).await;
    }

    async fn spoil(&self, shipment: &str, spoil: bool) {
        let state = if spoil { "'x' || state" } else { "substr(state, 2)" };
        self.execute(format!("UPDATE shipments SET state = {state} WHERE reference = '{shipment}'")).await;
    }
}

impl PostgresFixture {
    async fn execute(&self, sql: String) {
        let run = self.database.writer.run(Lane::Single, move |session| session.run_script(&sql));
        run.await.expect("the statement runs");
    }
}
