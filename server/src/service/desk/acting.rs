//! What people do with items of quarantine and with exceptions.

use super::{Desk, allowed, answer, sight};
use crate::{
    domain::{
        access::{Actor, Permission},
        desk::is_reserved,
        event::{self, Limits, ReadTerms},
    },
    service::{exceptions, period::invalid, quarantine, text::at_most},
    store::{
        exceptions::Deed,
        quarantine::{Refused, Replayed},
    },
};
use app::{
    error::AppError,
    model::{ExceptionAct, ExceptionActed, ExceptionUndo, QuarantineFix, QuarantineOutcome},
    ports::{Acting, Caller},
};
use async_trait::async_trait;

/// Longest reason that a person may give, in characters.
const LONGEST_REASON: usize = 500;

impl Desk {
    fn reason(text: &str) -> Result<String, AppError> {
        let text = at_most("reason", text, LONGEST_REASON, "Keep the reason under 500 characters.")?;
        if text.is_empty() { Err(invalid("reason", "Say why; it stands in the audit trail.")) } else { Ok(text) }
    }

    /// Replays `body`, as a correction if it was corrected.
    async fn replay(&self, actor: &Actor, fix: QuarantineFix, corrected: bool) -> Result<QuarantineOutcome, AppError> {
        let step = quarantine::step(actor, sight(actor), fix.id.clone(), fix.version, fix.reason);
        let terms = ReadTerms { now: self.clock.now(), limits: Limits::DEFAULT };
        let refused = match event::read(fix.body.trim().as_bytes(), &terms) {
            Err(refusal) => Refused { code: refusal.code.into(), reason: refusal.reason, place: refusal.place },
            Ok(event) if is_reserved(&event.source) => Refused {
                code: "source_not_allowed".into(),
                reason: "only Waybill itself speaks as this source; what a person has to say belongs on the shipment's page"
                    .into(),
                place: Some("/source".into()),
            },
            Ok(event) => {
                let fixed = corrected.then(|| fix.body.clone());
                match self.store.replay(step.clone(), event, fixed).await.map_err(answer)? {
                    Replayed::Accepted => {
                        let item = self.store.quarantined_item(&sight(actor), &fix.id).await.map_err(answer)?;
                        return Ok(QuarantineOutcome::Accepted { shipment: item.shipment.map(|(id, _)| id) });
                    }
                    Replayed::Duplicate => return Ok(QuarantineOutcome::Duplicate),
                    Replayed::Conflict => Refused {
                        code: "conflict".into(),
                        reason: "another body is stored under this source and id; give a later recordedtime to amend it".into(),
                        place: Some("/id".into()),
                    },
                }
            }
        };
        // What somebody typed is not lost, whatever was wrong with it.
        if corrected {
            self.store.keep_fix(step, fix.body, refused.clone()).await.map_err(answer)?;
        }
        let Refused { code, reason, place } = refused;
        Ok(QuarantineOutcome::Refused { code, reason, place })
    }
}

#[async_trait]
impl Acting for Desk {
    async fn fix_quarantine(&self, caller: &Caller, mut fix: QuarantineFix) -> Result<QuarantineOutcome, AppError> {
        let actor = allowed(caller, Permission::FixQuarantine)?;
        fix.reason = Self::reason(&fix.reason)?;
        self.replay(actor, fix, true).await
    }

    async fn replay_quarantine(&self, caller: &Caller, id: String, version: i64) -> Result<QuarantineOutcome, AppError> {
        let actor = allowed(caller, Permission::FixQuarantine)?;
        let whole = self.store.quarantined_item(&sight(actor), &id).await.map_err(answer)?;
        if whole.record.version != version {
            return Err(AppError::Conflict { what: "the item was fixed, replayed or discarded meanwhile".into() });
        }
        // The latest fix, else the bytes as they came: the reason may have gone away (a clock, a limit, a new type).
        let body = whole.fixed.unwrap_or_else(|| String::from_utf8_lossy(&whole.raw).into_owned());
        self.replay(actor, QuarantineFix { id, version, body, reason: String::new() }, false).await
    }

    async fn discard_quarantine(&self, caller: &Caller, id: String, version: i64, reason: String) -> Result<(), AppError> {
        let actor = allowed(caller, Permission::FixQuarantine)?;
        let reason = Self::reason(&reason)?;
        self.store.discard(quarantine::step(actor, sight(actor), id, version, reason)).await.map_err(answer)
    }

    async fn act_on_exceptions(&self, caller: &Caller, act: ExceptionAct) -> Result<Vec<ExceptionActed>, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let mut act = exceptions::act::read(act, actor, sight(actor), self.clock.now())?;
        if let Deed::Assign(name) = &mut act.what {
            *name = exceptions::assignee::read(&*self.store, name, actor).await?;
        }
        let acted = self.store.act_on_exceptions(act).await.map_err(answer)?;
        Ok(acted.into_iter().map(exceptions::act::outcome).collect())
    }

    async fn undo_on_exceptions(&self, caller: &Caller, undo: ExceptionUndo) -> Result<Vec<ExceptionActed>, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let act = exceptions::act::undo(undo, actor, sight(actor), self.clock.now())?;
        let acted = self.store.act_on_exceptions(act).await.map_err(answer)?;
        Ok(acted.into_iter().map(exceptions::act::outcome).collect())
    }
}
