//! The audit trail, for those who may read it.

use super::accounts::AccountsError;
pub use crate::store::audit::Entry;
use crate::{
    domain::access::{Actor, Permission},
    store::audit::{AuditStore, Selection},
};
use std::sync::Arc;

/// Lines of one page at most.
pub const MOST: u32 = 200;

/// Reads the trail.
pub struct Audit {
    store: Arc<dyn AuditStore>,
}

impl Audit {
    /// Over this store.
    pub fn new(store: Arc<dyn AuditStore>) -> Self {
        Self { store }
    }

    /// Lines of the actor's environment, newest first; with the place to go on from, if there are more.
    pub async fn entries(
        &self,
        actor: &Actor,
        subject: Option<String>,
        before: Option<i64>,
    ) -> Result<(Vec<Entry>, Option<i64>), AccountsError> {
        actor.require(Permission::ReadAudit)?;
        let selection = Selection { environment: actor.environment, subject, before, limit: MOST + 1 };
        let mut entries = self.store.entries(selection).await?;
        let more = entries.len() > MOST as usize;
        entries.truncate(MOST as usize);
        let next = entries.last().map(|entry| entry.seq).filter(|_| more);
        Ok((entries, next))
    }
}
