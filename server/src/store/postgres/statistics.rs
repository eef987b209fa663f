//! What the planner knows of tables that grow fast. A new database's tables are taken for nearly empty until the server looks for itself,
//! by default once a minute; a first import of that minute would be looked up by whichever index comes first, and each look
//! would read all there is.

use crate::store::open::closed;
use sqlx::{AssertSqlSafe, PgPool};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

/// From a commit to a look: the server tells of new rows once a second.
const PAUSE: Duration = Duration::from_secs(1);

/// Tables with more than twice the rows that the planner knows of: each is counted anew a dozen times on its way to a million.
const GROWN: &str = "SELECT c.oid::regclass::text
    FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid
    WHERE s.schemaname = current_schema() AND s.n_live_tup > greatest(200, 2 * c.reltuples) AND pg_has_role(c.relowner, 'USAGE') ORDER BY c.oid";

/// A tenth of the server's own: three thousand rows of a table are enough to choose an index by. Read by the server's, tables that grow would cost
/// an import a tenth of a core; the server looks thoroughly in its own time.
const ROUGHLY: u32 = 10;

/// Looks until the store closes.
pub(in crate::store) async fn run(read: PgPool, mut closing: watch::Receiver<bool>, mut commits: watch::Receiver<u64>) {
    loop {
        tokio::select! {
            changed = commits.changed() => if changed.is_err() { return },
            () = closed(&mut closing) => return,
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = closed(&mut closing) => return,
        }
        if let Err(error) = look(&read).await {
            tracing::debug!(error.message = %error, "grown tables were not counted; the server does so in its time");
        }
    }
}

async fn look(read: &PgPool) -> Result<(), sqlx::Error> {
    let grown: Vec<String> = sqlx::query_scalar(GROWN).fetch_all(read).await?;
    for table in grown {
        // Each by itself: nobody waits for the others to be counted.
        let mut transaction = read.begin().await?;
        let roughly = format!("SET LOCAL default_statistics_target = {ROUGHLY}");
        sqlx::query(AssertSqlSafe(roughly)).execute(&mut *transaction).await?;
        // Its name is as the server quotes it.
        sqlx::query(AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}
