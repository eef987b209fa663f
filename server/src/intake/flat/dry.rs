//! A door that leads nowhere: counts what would be taken in, for `--dry-run`.

use crate::{
    domain::{
        access::Actor,
        ids::QuarantineId,
        receipt::{Inbound, IntakeTerms, Receipt},
    },
    service::intake::{Intake, IntakeError},
};
use async_trait::async_trait;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Remembers the keys of events, nothing else.
#[derive(Debug, Default)]
pub struct DryRun(Mutex<HashMap<(String, String), [u8; 32]>>);

#[async_trait]
impl Intake for DryRun {
    async fn submit(&self, _: &Actor, _: IntakeTerms, items: Vec<Inbound>) -> Result<Vec<Receipt>, IntakeError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nowhere = || QuarantineId(String::new());
        let receipts = items.into_iter().map(|item| match item {
            Inbound::Refused(refusal) => Receipt::Quarantined {
                quarantine_id: nowhere(),
                code: refusal.code.to_owned(),
                reason: refusal.reason,
                place: refusal.place,
            },
            Inbound::Event(event) => match known.insert((event.source, event.id), event.body_hash) {
                None => Receipt::Accepted { seq: 0 },
                Some(hash) if hash == event.body_hash => Receipt::Duplicate,
                Some(_) => Receipt::Conflict { quarantine_id: nowhere() },
            },
        });
        Ok(receipts.collect())
    }
}
