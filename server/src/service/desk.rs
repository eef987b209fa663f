//! What people read and do: the ports of the interface, each call authorised here.

use super::{
    cursor, exceptions,
    period::invalid,
    policy, quarantine, shipment, shipments,
    text::{at_most, choose},
    words::Words,
};
use crate::{
    clock::Clock,
    domain::{
        access::{Actor, Grants, Permission, Role, role_permissions},
        desk::is_reserved,
        event::{self, Limits, ReadTerms},
    },
    ids,
    store::{
        StoreError,
        accounts::PeopleStore,
        config::ConfigStore,
        exceptions::{Deed, ExceptionStore},
        quarantine::{QuarantineStore, Refused, Replayed},
        shipments::{Places, ShipmentStore, Sight},
    },
};
use app::{
    error::AppError,
    model::{
        Choice, ExceptionAct, ExceptionActed, ExceptionDetail, ExceptionFilter, ExceptionRow, ExceptionUndo, Exceptions,
        FilterChoices, Page, PlaceChoices, PolicyView, QuarantineFilter, QuarantineFix, QuarantineItem, QuarantineOutcome,
        QuarantineRow, RawEvent, Readiness, SearchHit, SearchResults, ShipmentDetail, ShipmentFilter, ShipmentRow, Viewer,
    },
    ports::{Acting, Caller, Reading},
};
use async_trait::async_trait;
use std::sync::Arc;

/// What the desk reads and changes.
pub trait DeskStore: ShipmentStore + QuarantineStore + ExceptionStore + ConfigStore + PeopleStore {}
impl<T: ShipmentStore + QuarantineStore + ExceptionStore + ConfigStore + PeopleStore> DeskStore for T {}

/// The interface's ports over a store.
#[derive(Clone)]
pub struct Desk {
    store: Arc<dyn DeskStore>,
    clock: Clock,
}

/// Hits of a search that are shown.
const HITS: u32 = 50;
/// Longest search that is tried.
const LONGEST_SEARCH: usize = 200;
/// Longest reason that a person may give, in characters.
const LONGEST_REASON: usize = 500;

impl Desk {
    /// A desk over this store.
    pub fn new(store: Arc<dyn DeskStore>, clock: Clock) -> Self {
        Self { store, clock }
    }

    fn words(&self, actor: &Actor) -> Words {
        Words::new(actor, self.clock.now())
    }

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

/// The actor inside the caller, if it may do this.
pub(super) fn allowed(caller: &Caller, permission: Permission) -> Result<&Actor, AppError> {
    let actor = caller.0.downcast_ref::<Actor>().ok_or(AppError::SignedOut)?;
    actor.require(permission).map_err(|_| AppError::Forbidden)?;
    Ok(actor)
}

/// The rows that an actor may see.
pub(super) fn sight(actor: &Actor) -> Sight {
    Sight { environment: actor.environment, scope: actor.scope.clone() }
}

/// A store's failure as the reader may know it; the cause goes to the log, once, here.
pub(super) fn answer(error: StoreError) -> AppError {
    match error {
        StoreError::NotFound => AppError::NotFound,
        StoreError::Conflict(what) => AppError::Conflict { what },
        StoreError::Busy | StoreError::Closed | StoreError::Unavailable => AppError::Unavailable,
        cause => {
            let id = ids::fresh();
            tracing::error!(error.id = id, error.cause = ?cause, "a page could not be read from the store");
            AppError::Internal { id }
        }
    }
}

#[async_trait]
impl Reading for Desk {
    async fn viewer(&self, caller: &Caller) -> Result<Viewer, AppError> {
        let actor = caller.0.downcast_ref::<Actor>().ok_or(AppError::SignedOut)?;
        let Grants::Role(role) = &actor.grants else { return Err(AppError::Forbidden) };
        Ok(Viewer {
            name: actor.name.strip_prefix("user:").unwrap_or(&actor.name).to_owned(),
            role: *role,
            role_label: role_label(*role).into(),
            permissions: role_permissions(*role).to_vec(),
            scope: scope_words(actor),
            time_zone: actor.time_zone.clone(),
        })
    }

    async fn shipments(&self, caller: &Caller, filter: ShipmentFilter) -> Result<Page<ShipmentRow>, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let words = self.words(actor);
        let query = shipments::query(&filter, sight(actor), words.now)?;
        known_mode(&*self.store, &query.sight, query.mode.as_deref()).await?;
        let after = cursor::read(filter.after.as_deref())?;
        let records = self.store.shipments(&query, after.as_ref(), shipments::PAGE).await.map_err(answer)?;
        let total = self.store.count_shipments(&query, shipments::COUNTED).await.map_err(answer)?;
        let next = shipments::next(&records);
        Ok(Page {
            items: records.into_iter().map(|record| shipments::row(record, words)).collect(),
            next,
            total,
            as_of: words.as_of(),
        })
    }

    async fn shipment(&self, caller: &Caller, id: String) -> Result<ShipmentDetail, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let whole = self.store.shipment(&sight(actor), &id).await.map_err(answer)?;
        let timeline = self.store.timeline(&id, shipment::TIMELINE).await.map_err(answer)?;
        Ok(shipment::describe(whole, timeline, self.words(actor)))
    }

    async fn raw_event(&self, caller: &Caller, seq: i64) -> Result<RawEvent, AppError> {
        let actor = allowed(caller, Permission::ReadRawEvents)?;
        Ok(shipment::raw(self.store.event(&sight(actor), seq).await.map_err(answer)?))
    }

    async fn places(&self, caller: &Caller) -> Result<PlaceChoices, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        Ok(place_choices(self.store.places(&sight(actor)).await.map_err(answer)?))
    }

    async fn choices(&self, caller: &Caller) -> Result<FilterChoices, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let choices = self.store.choices(&sight(actor)).await.map_err(answer)?;
        Ok(FilterChoices {
            places: place_choices(choices.places),
            carriers: plain(choices.carriers),
            modes: plain(choices.modes),
        })
    }

    async fn search(&self, caller: &Caller, query: String) -> Result<SearchResults, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        // Nobody types these; what would come back of them is no text.
        let wanted: String = query.trim().chars().filter(|letter| !letter.is_control()).collect();
        if wanted.is_empty() || wanted.len() > LONGEST_SEARCH {
            return Ok(SearchResults { query: wanted.chars().take(LONGEST_SEARCH).collect(), hits: Vec::new(), more: false });
        }
        let mut found = self.store.by_name(&sight(actor), &wanted, HITS + 1).await.map_err(answer)?;
        let more = found.len() > HITS as usize;
        found.truncate(HITS as usize);
        let exact = wanted.to_lowercase();
        let hits = found.into_iter().map(|hit| SearchHit {
            exact: hit.value.to_lowercase() == exact,
            scheme: hit.scheme,
            value: hit.value,
            shipment_id: hit.id,
            shipment: hit.reference,
            stage: hit.stage,
        });
        Ok(SearchResults { query: wanted, hits: hits.collect(), more })
    }

    async fn quarantine(&self, caller: &Caller, filter: QuarantineFilter) -> Result<Page<QuarantineRow>, AppError> {
        let actor = allowed(caller, Permission::ReadQuarantine)?;
        let words = self.words(actor);
        let query = quarantine::query(&filter, sight(actor))?;
        let after = cursor::read(filter.after.as_deref())?;
        let records = self.store.quarantined(&query, after.as_ref(), quarantine::PAGE).await.map_err(answer)?;
        let total = self.store.count_quarantined(&query, shipments::COUNTED).await.map_err(answer)?;
        let next = quarantine::next(&records);
        Ok(Page {
            items: records.into_iter().map(|record| quarantine::row(record, words)).collect(),
            next,
            total,
            as_of: words.as_of(),
        })
    }

    async fn quarantine_item(&self, caller: &Caller, id: String) -> Result<QuarantineItem, AppError> {
        let actor = allowed(caller, Permission::ReadQuarantine)?;
        let whole = self.store.quarantined_item(&sight(actor), &id).await.map_err(answer)?;
        Ok(quarantine::item(whole, actor.require(Permission::FixQuarantine).is_ok(), self.words(actor)))
    }

    async fn exceptions(&self, caller: &Caller, filter: ExceptionFilter) -> Result<Exceptions, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let words = self.words(actor);
        let query = exceptions::query::read(&filter, sight(actor), exceptions::act::sign_in_name(actor), words.now)?;
        if !exceptions::query::wants_rows(&filter)? {
            let groups = self.store.exception_groups(&query, exceptions::GROUPS).await.map_err(answer)?;
            return Ok(exceptions::of_groups(groups, words));
        }
        let after = exceptions::query::read_cursor(filter.after.as_deref())?;
        let page = self.store.exceptions(&query, after.as_ref(), exceptions::PAGE).await.map_err(answer)?;
        Ok(exceptions::of_rows(page, words))
    }

    async fn exception(&self, caller: &Caller, id: String) -> Result<ExceptionDetail, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let (sight, words) = (sight(actor), self.words(actor));
        let whole = self.store.exception(&sight, &id).await.map_err(answer)?;
        let readiness = match &whole.record.shipment_id {
            Some(shipment) => {
                let work = self.store.shipment_work(&sight, shipment).await.map_err(answer)?;
                Some(exceptions::readiness::describe(&work, words))
            }
            None => None,
        };
        Ok(exceptions::detail::describe(whole, readiness, actor, words))
    }

    async fn readiness(&self, caller: &Caller, shipment_id: String) -> Result<Readiness, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let work = self.store.shipment_work(&sight(actor), &shipment_id).await.map_err(answer)?;
        let mut readiness = exceptions::readiness::describe(&work, self.words(actor));
        if actor.require(Permission::WaiveHolds).is_ok() {
            let open = self.store.exceptions_of_shipment(&sight(actor), &shipment_id).await.map_err(answer)?;
            exceptions::readiness::offer_waivers(&mut readiness, &open);
        }
        Ok(readiness)
    }

    async fn policy(&self, caller: &Caller) -> Result<PolicyView, AppError> {
        let actor = allowed(caller, Permission::ReadConfig)?;
        let current = self.store.policy(actor.environment).await.map_err(answer)?;
        let history = self.store.policies(actor.environment, None, policy::MOST).await.map_err(answer)?;
        let may_change = actor.require(Permission::ChangeConfig).is_ok();
        Ok(policy::view::describe(&current, &history, may_change, self.words(actor)))
    }

    async fn shipment_exceptions(&self, caller: &Caller, shipment_id: String) -> Result<Vec<ExceptionRow>, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let words = self.words(actor);
        let records = self.store.exceptions_of_shipment(&sight(actor), &shipment_id).await.map_err(answer)?;
        Ok(records.into_iter().map(|record| exceptions::row(record, words)).collect())
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

/// Passes if some shipment in sight has this mode: a word that nobody uses is a mistake, and no empty list.
pub(super) async fn known_mode<S: ShipmentStore + ?Sized>(store: &S, sight: &Sight, mode: Option<&str>) -> Result<(), AppError> {
    let Some(mode) = mode else { return Ok(()) };
    let known = store.choices(sight).await.map_err(answer)?.modes;
    if known.is_empty() || known.iter().any(|one| one == mode) {
        return Ok(());
    }
    Err(invalid("mode", &choose(known.iter().map(String::as_str))))
}

fn place_choices(places: Places) -> PlaceChoices {
    PlaceChoices { regions: plain(places.regions), business_units: plain(places.business_units) }
}

/// Values that have no other name.
pub(super) fn plain(values: Vec<String>) -> Vec<Choice> {
    values.into_iter().map(|value| Choice { label: value.clone(), value }).collect()
}

fn scope_words(actor: &Actor) -> String {
    let part = |set: &Option<Vec<String>>, all: &str| set.as_ref().map_or_else(|| all.to_owned(), |set| set.join(", "));
    let (regions, units) = (part(&actor.scope.regions, "all regions"), part(&actor.scope.business_units, "all business units"));
    format!("{regions} · {units}")
}

/// A role as people call it.
pub(super) fn role_label(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Dispatcher => "Dispatcher",
        Role::Finance => "Finance",
        Role::FinanceLead => "Finance lead",
        Role::Service => "Customer service",
        Role::Integration => "Integration",
        Role::Executive => "Executive",
        Role::Admin => "Administrator",
    }
}
