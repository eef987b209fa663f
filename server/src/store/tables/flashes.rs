//! Words on what a form came to.

use super::Database;
use crate::{
    domain::{receipt::Lane, time::Instant},
    store::{
        StoreError,
        flashes::FlashStore,
        sql::{self, params, query_as},
    },
};
use async_trait::async_trait;

#[async_trait]
impl FlashStore for Database {
    async fn keep_flash(
        &self,
        id: String,
        actor: String,
        words: String,
        (now, until): (Instant, Instant),
    ) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |session| {
            sql::execute(session, "DELETE FROM flashes WHERE until <= ?1", [now.0])?;
            let sql = "INSERT INTO flashes (id, actor, until, words) VALUES (?1, ?2, ?3, ?4)";
            sql::execute(session, sql, params![id, actor, until.0, words]).map(drop)
        });
        work.await
    }

    async fn flash(&self, id: &str, actor: &str, now: Instant) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = query_as("SELECT words FROM flashes WHERE id = $1 AND actor = $2 AND until > $3")
            .bind(id)
            .bind(actor)
            .bind(now.0)
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(|(words,)| words))
    }
}
