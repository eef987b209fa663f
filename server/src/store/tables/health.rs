//! Whether the file can be read and written.

use super::Database;
use crate::store::{
    StoreError,
    health::HealthStore,
    sql::{self, Session, params, query},
};
use async_trait::async_trait;

/// Fails if nothing can be written, or less than was refused last.
fn try_writing(session: &Session, bytes: usize) -> Result<(), StoreError> {
    session.try_writing()?;
    if bytes > 0 { fill(session, &noise(bytes)) } else { Ok(()) }
}

/// Bytes that no database makes fewer: each is what a step of a shift register leaves.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_u32;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..bytes).map(step).collect()
}

fn fill(session: &Session, bytes: &[u8]) -> Result<(), StoreError> {
    sql::execute(session, "UPDATE probes SET written = ?1 WHERE id = 1", params![bytes]).map(drop)
}

#[async_trait]
impl HealthStore for Database {
    async fn readable(&self) -> Result<(), StoreError> {
        query("SELECT seq FROM events ORDER BY seq DESC LIMIT 1").fetch_optional(&self.read).await?;
        Ok(())
    }

    async fn writable(&self) -> Result<(), StoreError> {
        let bytes = self.writer.refusals().bytes();
        self.writer.run_calmly(move |session| try_writing(session, bytes)).await?;
        if bytes > 0 {
            self.writer.refusals().are_over(bytes);
            self.writer.run_calmly(|session| fill(session, &[])).await?;
        }
        Ok(())
    }
}
