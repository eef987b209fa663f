//! What people read and do: the ports of the interface, each call authorised here.

use super::{cursor, exceptions, period::invalid, policy, quarantine, shipment, shipments, text::choose, words::Words};
use crate::{
    clock::Clock,
    domain::access::{Actor, Grants, Permission, Role, role_permissions},
    ids,
    store::{
        StoreError,
        accounts::PeopleStore,
        config::ConfigStore,
        exceptions::ExceptionStore,
        orders::OrderStore,
        quarantine::QuarantineStore,
        shipments::{Places, ShipmentStore, Sight},
    },
};
use app::{
    error::AppError,
    model::{
        Choice, ExceptionDetail, ExceptionFilter, ExceptionRow, Exceptions, FilterChoices, Page, PlaceChoices, PolicyView,
        QuarantineFilter, QuarantineItem, QuarantineRow, RawEvent, Readiness, SearchHit, SearchResults, ShipmentDetail,
        ShipmentFilter, ShipmentRow, Viewer,
    },
    ports::{Caller, Reading},
};
use async_trait::async_trait;
use std::sync::Arc;

mod acting;

/// What the desk reads and changes.
pub trait DeskStore: ShipmentStore + QuarantineStore + ExceptionStore + ConfigStore + PeopleStore + OrderStore {}
impl<T: ShipmentStore + QuarantineStore + ExceptionStore + ConfigStore + PeopleStore + OrderStore> DeskStore for T {}

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

impl Desk {
    /// A desk over this store.
    pub fn new(store: Arc<dyn DeskStore>, clock: Clock) -> Self {
        Self { store, clock }
    }

    fn words(&self, actor: &Actor) -> Words {
        Words::new(actor, self.clock.now())
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
        StoreError::Busy | StoreError::Collision | StoreError::Closed | StoreError::Unavailable => AppError::Unavailable,
        StoreError::Away(cause) => {
            tracing::warn!(error.cause = ?cause, "the database is away: a page could not be read, or nothing was changed");
            AppError::Unavailable
        }
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
        let policy = self.store.policy(actor.environment).await.map_err(answer)?;
        Ok(shipment::describe(whole, timeline, &policy.policy.customers, self.words(actor)))
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
            let query = wanted.chars().take(LONGEST_SEARCH).collect();
            return Ok(SearchResults { query, order: None, hits: Vec::new(), more: false });
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
        let order = match self.store.order(&sight(actor), &wanted, 1).await {
            Ok(found) => (found.order.is_some() || !found.legs.is_empty()).then(|| wanted.clone()),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(answer(error)),
        };
        Ok(SearchResults { query: wanted, order, hits: hits.collect(), more })
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
        let policy = self.store.policy(actor.environment).await.map_err(answer)?;
        let mut detail = exceptions::detail::describe(whole, readiness, actor, words);
        exceptions::detail::offer_carriers(&mut detail, &policy.policy, actor);
        Ok(detail)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_trying_again_helps_with_is_no_fault_of_ours() {
        for error in [StoreError::Away("cut off".into()), StoreError::Busy, StoreError::Closed, StoreError::Unavailable] {
            assert_eq!(answer(error), AppError::Unavailable);
        }
        let broken = StoreError::Database("no such column".into());
        assert!(matches!(answer(broken), AppError::Internal { .. }));
    }
}
