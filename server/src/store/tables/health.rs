//! Whether the file can be read and written.

use super::Database;
use crate::{
    domain::receipt::Lane,
    store::{
        StoreError,
        health::HealthStore,
        sql::{Session, query},
    },
};
use async_trait::async_trait;

#[async_trait]
impl HealthStore for Database {
    async fn readable(&self) -> Result<(), StoreError> {
        query("SELECT seq FROM events ORDER BY seq DESC LIMIT 1").fetch_optional(&self.read).await?;
        Ok(())
    }

    async fn writable(&self) -> Result<(), StoreError> {
        self.writer.run_aside(Lane::Single, Session::try_writing).await
    }
}
