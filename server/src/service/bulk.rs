//! Work on many exceptions at once: prepared, looked at, started, and told one by one. Authorised when it is prepared and again
//! when it is started; each step sees what its starter may see.

mod words;

use super::{
    desk::{allowed, answer, sight},
    exceptions::{
        act::{self, Said},
        assignee, query,
    },
    period::invalid,
    words::Words,
};
use crate::{
    clock::Clock,
    domain::access::{Actor, Permission},
    store::{
        StoreError,
        accounts::PeopleStore,
        bulk::{BulkAction, BulkItems, BulkRecord, BulkState, BulkStore, Chosen, Move, NewBulk, Task},
    },
};
use app::{
    error::AppError,
    model::{BulkItem, BulkJob, BulkRequest, BulkTurn, ExceptionAct, ExceptionAction, ExceptionFilter, Page},
    paths,
    ports::{BulkWork, Caller},
};
use async_trait::async_trait;
use std::sync::Arc;

/// Items on a page.
const PAGE: u32 = 50;
/// Jobs in the list.
const JOBS: u32 = 50;

/// What work on many exceptions is kept in, and whom they may be given to.
pub trait BulkDeskStore: BulkStore + PeopleStore {}
impl<T: BulkStore + PeopleStore> BulkDeskStore for T {}

/// The port over a store.
pub struct BulkDesk {
    store: Arc<dyn BulkDeskStore>,
    clock: Clock,
}

impl BulkDesk {
    /// Over this store.
    pub fn new(store: Arc<dyn BulkDeskStore>, clock: Clock) -> Self {
        Self { store, clock }
    }

    fn words(&self, actor: &Actor) -> Words {
        Words::new(actor, self.clock.now())
    }

    /// What is to be prepared, if the actor may have it done.
    fn read(&self, request: BulkRequest, actor: &Actor) -> Result<NewBulk, AppError> {
        let BulkRequest { action, filter, on, assignee, hours, until, note } = request;
        act::allowed(action, actor)?;
        let asked = ExceptionAct { action, on: Vec::new(), assignee, hours, until, note };
        let Said { assignee, hours, note } = act::said(&asked, actor)?;
        let now = self.clock.now();
        let until = asked.until.as_deref().filter(|_| action == ExceptionAction::Snooze);
        let until = until.map(|text| act::until(text, actor, now)).transpose()?;
        let (chosen, list) = match (filter, on) {
            (Some(filter), on) if on.is_empty() => {
                let filter = ExceptionFilter { after: None, ..filter };
                let matching = query::read(&filter, sight(actor), act::sign_in_name(actor), now)?;
                (Chosen::Matching(Box::new(matching)), paths::exceptions(&filter))
            }
            (None, on) if !on.is_empty() => (Chosen::Rows(on), String::new()),
            (None, _) => return Err(invalid("on", "Choose exceptions, or give a filter.")),
            (Some(_), _) => return Err(invalid("on", "Give either a filter or chosen exceptions.")),
        };
        let task = Task { action: BulkAction::of(action), assignee, hours, note };
        Ok(NewBulk { sight: sight(actor), actor: actor.name.clone(), task, until, chosen, list, now })
    }

    async fn prepared(&self, new: NewBulk, actor: &Actor) -> Result<BulkJob, AppError> {
        let record = self.store.prepare_bulk(new).await.map_err(|error| match error {
            StoreError::NotFound => invalid("on", "Nothing matches: there is nothing to do."),
            other => answer(other),
        })?;
        Ok(words::job(record, actor, self.words(actor)))
    }

    /// Prepares the job that puts back what this one changed.
    async fn undo(&self, actor: &Actor, record: BulkRecord) -> Result<BulkJob, AppError> {
        if let Some(why) = words::no_undo(&record) {
            return Err(AppError::Conflict { what: why.to_owned() });
        }
        // Whoever asks again gets the one that they prepared before: it is over the same items.
        if let Some(id) = &record.undone_by {
            let before = self.store.bulk_job(&sight(actor), id).await.map_err(answer)?;
            if before.state == BulkState::Prepared && before.actor == actor.name {
                return Ok(words::job(before, actor, self.words(actor)));
            }
        }
        let task = Task { action: BulkAction::Undo, assignee: String::new(), hours: 0, note: record.task.note };
        let (sight, now) = (sight(actor), self.clock.now());
        let chosen = Chosen::DoneBy(record.id);
        let new = NewBulk { sight, actor: actor.name.clone(), task, until: None, chosen, list: record.list, now };
        self.prepared(new, actor).await
    }
}

/// Passes if the actor may have this done: what puts something to waived takes who may waive.
fn may_work(actor: &Actor, waives: bool) -> Result<(), AppError> {
    let needed = if waives { Permission::WaiveHolds } else { Permission::WorkExceptions };
    actor.require(needed).map_err(|_| AppError::Forbidden)
}

#[async_trait]
impl BulkWork for BulkDesk {
    async fn prepare(&self, caller: &Caller, request: BulkRequest) -> Result<BulkJob, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let mut new = self.read(request, actor)?;
        new.task.assignee = assignee::read(&*self.store, &new.task.assignee, actor).await?;
        self.prepared(new, actor).await
    }

    async fn job(&self, caller: &Caller, id: String) -> Result<BulkJob, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let record = self.store.bulk_job(&sight(actor), &id).await.map_err(answer)?;
        Ok(words::job(record, actor, self.words(actor)))
    }

    async fn jobs(&self, caller: &Caller) -> Result<Vec<BulkJob>, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let records = self.store.bulk_jobs(&sight(actor), JOBS).await.map_err(answer)?;
        Ok(records.into_iter().map(|record| words::job(record, actor, self.words(actor))).collect())
    }

    async fn items(
        &self,
        caller: &Caller,
        id: String,
        result: Option<String>,
        after: Option<String>,
    ) -> Result<Page<BulkItem>, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let which = match result.as_deref() {
            None | Some("" | "all") => BulkItems::All,
            Some("refused") => BulkItems::Refused,
            Some(_) => return Err(invalid("result", "Choose all or refused.")),
        };
        let after = match after.as_deref() {
            None | Some("") => 0,
            Some(place) => {
                place.parse().map_err(|_| invalid("after", "This page's address is damaged; begin at the first page."))?
            }
        };
        let sight = sight(actor);
        let record = self.store.bulk_job(&sight, &id).await.map_err(answer)?;
        let mut items = self.store.bulk_items(&sight, &id, which, after, PAGE + 1).await.map_err(answer)?;
        let more = items.len() > PAGE as usize;
        items.truncate(PAGE as usize);
        let next = items.last().filter(|_| more).map(|item| item.place.to_string());
        let total = match which {
            BulkItems::All => record.items,
            BulkItems::Refused => record.refused,
        };
        let as_of = self.words(actor).as_of();
        Ok(Page { items: items.into_iter().map(words::item).collect(), next, total: Some(total), as_of })
    }

    async fn turn(&self, caller: &Caller, id: String, turn: BulkTurn) -> Result<BulkJob, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        may_work(actor, false)?;
        let record = self.store.bulk_job(&sight(actor), &id).await.map_err(answer)?;
        let to = match turn {
            BulkTurn::Start => {
                may_work(actor, record.waives)?;
                if record.until.is_some_and(|until| until <= self.clock.now()) {
                    return Err(AppError::Conflict { what: "The time until which it snoozes is over: prepare it anew.".into() });
                }
                BulkState::Running
            }
            BulkTurn::Pause => BulkState::Paused,
            BulkTurn::Cancel => BulkState::Cancelled,
            BulkTurn::Undo => {
                may_work(actor, words::undo_touches_waivers(&record))?;
                return self.undo(actor, record).await;
            }
        };
        let step = Move {
            sight: sight(actor),
            actor: actor.name.clone(),
            id,
            to,
            may_waive: may_work(actor, true).is_ok(),
            now: self.clock.now(),
        };
        let record = self.store.move_bulk(step).await.map_err(answer)?;
        Ok(words::job(record, actor, self.words(actor)))
    }
}
