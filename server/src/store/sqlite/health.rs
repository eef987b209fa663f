//! Whether the file can be read and written.

use super::Database;
use crate::{
    domain::receipt::Lane,
    store::{StoreError, health::HealthStore},
};
use async_trait::async_trait;

#[async_trait]
impl HealthStore for Database {
    async fn readable(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT seq FROM events ORDER BY seq DESC LIMIT 1").fetch_optional(&self.read).await?;
        Ok(())
    }

    async fn writable(&self) -> Result<(), StoreError> {
        // Rewrites the header's page: a file that became read-only, or a full disk, shows here.
        self.writer.run_aside(Lane::Single, |connection| Ok(connection.pragma_update(None, "user_version", 0)?)).await
    }
}
