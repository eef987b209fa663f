//! What people do with shipments: papers, proofs of delivery, charges, corrections. Each is a desk event, and taking it back is its
//! retraction.

mod describe;
pub mod paper;
mod read;

use super::{
    desk::{allowed, answer, sight},
    period::invalid,
    words::Words,
};
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Permission, Scope},
        desk::{Matter, Said, Seen, Word},
        event::{self, CanonicalEvent, EventType, Limits, ReadTerms},
    },
    ids,
    store::{
        StoreError,
        acts::{ActStore, Beside, Telling, Touch},
        shipments::{ShipmentStore, ShipmentWhole, Sight},
    },
};
use app::{
    error::AppError,
    model::{Document, Handled, NewDocument, ShipmentAct, ShipmentActed, ShipmentAction},
    paths,
    ports::{Caller, Handling},
};
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Words from the desk that a page shows.
const SHOWN: u32 = 100;

/// What handling shipments reads and writes.
pub trait HandlingStore: ShipmentStore + ActStore {}
impl<T: ShipmentStore + ActStore> HandlingStore for T {}

/// [`Handling`] over a store.
#[derive(Clone)]
pub struct Acts {
    store: Arc<dyn HandlingStore>,
    clock: Clock,
}

impl Acts {
    /// Over this store.
    pub fn new(store: Arc<dyn HandlingStore>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Makes the event that says it, and reads it as intake reads every other.
    fn event(&self, actor: &Actor, shipment: &str, id: &str, word: &Word, note: &str) -> Result<CanonicalEvent, AppError> {
        let now = self.clock.now();
        let said = Said { id, shipment, actor: &actor.name, at: now, word, note };
        event::read(said.json().as_bytes(), &ReadTerms { now, limits: Limits::DEFAULT }).map_err(|refusal| {
            let place = refusal.place.as_deref().and_then(|place| place.rsplit('/').next()).unwrap_or("value");
            invalid(if place == "amount" { "amount" } else { "value" }, &refusal.reason)
        })
    }

    async fn tell(&self, telling: Telling, done: String, undo: bool) -> Result<ShipmentActed, AppError> {
        let id = telling.event.id.clone();
        let decided = telling.seen.clone().map(|seen| (telling.sight.clone(), telling.shipment_id.clone(), seen));
        match (self.store.tell(telling).await, decided) {
            (Ok(()), _) => Ok(ShipmentActed { id, done, undo }),
            (Err(StoreError::Conflict(what)), Some((sight, shipment, seen))) => {
                let whole = self.store.shipment(&sight, &shipment).await.map_err(answer)?;
                if seen.holds(&whole.state) {
                    return Err(AppError::Conflict { what });
                }
                Err(self.too_late(&sight, &whole, seen.matter).await)
            }
            (Err(other), _) => Err(answer(other)),
        }
    }

    /// What the person decided on is no longer there: who was faster, and with what.
    async fn too_late(&self, sight: &Sight, whole: &ShipmentWhole, matter: Matter) -> AppError {
        match self.store.words(sight, &whole.record.id, u32::MAX).await {
            Ok(said) => AppError::Conflict { what: describe::meanwhile(matter, &whole.state, &said) },
            Err(error) => answer(error),
        }
    }
}

#[async_trait]
impl Handling for Acts {
    async fn handled(&self, caller: &Caller, shipment: String) -> Result<Handled, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let (sight, words) = (sight(actor), Words::new(actor, self.clock.now()));
        let whole = self.store.shipment(&sight, &shipment).await.map_err(answer)?;
        let documents = self.store.documents(&sight, &shipment).await.map_err(answer)?;
        let said = self.store.words(&sight, &shipment, SHOWN).await.map_err(answer)?;
        Ok(describe::handled(whole, documents, said, actor, words))
    }

    async fn document(&self, caller: &Caller, shipment: String, document: String) -> Result<Document, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let (record, bytes) = self.store.document(&sight(actor), &shipment, &document).await.map_err(answer)?;
        Ok(Document { file_name: record.file_name, media_type: record.media_type, bytes })
    }

    async fn attach(&self, caller: &Caller, shipment: String, document: NewDocument) -> Result<ShipmentActed, AppError> {
        let actor = allowed(caller, read::permission(ShipmentAction::AttachPod))?;
        let NewDocument { file_name, declared, bytes, signed_by, lacks, note } = document;
        let media_type = paper::media_type(&bytes, declared.as_deref())?;
        let file_name = paper::file_name(&file_name, media_type);
        let note = read::note(&note)?;
        let whole = self.store.shipment(&sight(actor), &shipment).await.map_err(answer)?;
        let (id, sha256) = (ids::fresh_at(self.clock.now()), Sha256::digest(&bytes));
        let hex: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let lacks: Vec<_> = lacks.iter().map(|lack| read::told("lacks", lack)).collect::<Result<_, _>>()?;
        let word = Word::PodReceived {
            signed_by: read::told("signed_by", &signed_by)?,
            lacks: lacks.into_iter().flatten().collect(),
            document: (paths::document(&shipment, &id), media_type.name(), hex),
        };
        let telling = Telling {
            sight: sight(actor),
            actor: actor.name.clone(),
            event: self.event(actor, &whole.record.reference, &id, &word, &note)?,
            shipment_id: shipment,
            action: "shipment.attach_pod",
            touch: Touch::Attach,
            reason: note,
            beside: Beside::Document { file_name: file_name.clone(), media_type, sha256: sha256.into(), bytes },
            seen: None,
        };
        self.tell(telling, format!("“{file_name}” is attached, and the proof of delivery counts as received."), true).await
    }

    async fn act_on_shipment(&self, caller: &Caller, shipment: String, act: ShipmentAct) -> Result<ShipmentActed, AppError> {
        let action = read::action_of(&act);
        let actor = allowed(caller, read::permission(action))?;
        let asked = read::act(act, actor)?;
        let whole = self.store.shipment(&sight(actor), &shipment).await.map_err(answer)?;
        // Without a mark it is decided on what stands now; that too may be told anew before it is written.
        let seen = asked.decides.map(|Seen { matter, mark }| Seen {
            matter,
            mark: Some(mark).filter(|mark| !mark.is_empty()).unwrap_or_else(|| matter.mark(&whole.state)),
        });
        if let Some(seen) = seen.as_ref().filter(|seen| !seen.holds(&whole.state)) {
            return Err(self.too_late(&sight(actor), &whole, seen.matter).await);
        }
        if !read::fits(action, &whole.state) {
            return Err(invalid("action", describe::why_not(action, &whole.state)));
        }
        let telling = Telling {
            sight: sight(actor),
            actor: actor.name.clone(),
            event: self.event(actor, &whole.record.reference, &ids::fresh_at(self.clock.now()), &asked.word, &asked.note)?,
            shipment_id: shipment,
            action: asked.action,
            touch: asked.touch,
            reason: asked.note,
            beside: Beside::Nothing,
            seen,
        };
        self.tell(telling, asked.done, true).await
    }

    async fn undo(&self, caller: &Caller, shipment: String, act: String, note: String) -> Result<ShipmentActed, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        // Whoever may neither act nor approve learns nothing of what there is to take back.
        if actor.require(Permission::ActOnShipments).is_err() && actor.require(Permission::ApproveCharges).is_err() {
            return Err(AppError::Forbidden);
        }
        let note = read::note(&note)?;
        let whole = self.store.shipment(&sight(actor), &shipment).await.map_err(answer)?;
        let said = self.store.words(&sight(actor), &shipment, u32::MAX).await.map_err(answer)?;
        let said = said.into_iter().find(|said| said.id == act).ok_or(AppError::NotFound)?;
        actor.require(describe::undo_permission(&said.event_type)).map_err(|_| AppError::Forbidden)?;
        let Some(who) = describe::who_said(&said) else {
            return Err(AppError::Conflict {
                what: "Its words are in an archive that is away: it can be taken back when the archive is there again.".into(),
            });
        };
        // It may have moved the shipment into the actor's scope: taking it back would move it out again.
        let own = format!("user:{who}") == actor.name;
        if said.event_type == EventType::ShipmentCorrected.name() && actor.scope != Scope::ALL && !own {
            return Err(AppError::Conflict {
                what: "Only who corrected it, or somebody who sees all regions, takes a correction back.".into(),
            });
        }
        if said.event_type == EventType::PodReceived.name() && describe::is_validated(&whole.state) {
            return Err(AppError::Conflict { what: "It was validated since: take that back first.".into() });
        }
        if let Some((by, _)) = &said.taken_back {
            return Err(AppError::Conflict { what: format!("{} took it back already.", describe::actor_of(by)) });
        }
        let word = Word::TakenBack { event: act.clone() };
        let telling = Telling {
            sight: sight(actor),
            actor: actor.name.clone(),
            event: self.event(actor, &whole.record.reference, &ids::fresh_at(self.clock.now()), &word, &note)?,
            shipment_id: shipment,
            action: "shipment.undo",
            touch: Touch::Undo,
            reason: note,
            beside: Beside::TakesBack(act),
            // A validation that comes in now is of this very document.
            seen: (said.event_type == EventType::PodReceived.name())
                .then(|| Seen { matter: Matter::Proof, mark: Matter::Proof.mark(&whole.state) }),
        };
        let what = EventType::from_name(&said.event_type).map_or("It", EventType::title);
        self.tell(telling, format!("Taken back: {what}. The facts are as if it had never been said."), false).await
    }
}
