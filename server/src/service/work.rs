//! Lists of work: from the URL's filter to rows and to what all of them come to.

use super::{
    ages::{POD_AGES, pod_age_span},
    desk::{allowed, answer, known_mode, plain, sight},
    exceptions::sums,
    period::invalid,
    shipment,
    text::choose,
    words::{self, Words},
};
use crate::{
    clock::Clock,
    domain::{
        access::{Grants, Permission},
        exception::Queue,
        money::Money,
        readiness::{HoldKind, Holds},
        time::Instant,
    },
    store::{
        exceptions::ExceptionStore,
        orders::OrderStore,
        quarantine::QuarantineStore,
        shipments::{ShipmentStore, Sight},
        worklists::{HoldFilter, WorkListStore, WorkOrder, WorkQuery, WorkRecord, WorkShare},
    },
};
use app::{
    error::AppError,
    model::{FilterChoices, Hold, Home, OrderDetail, PlaceChoices, WorkFilter, WorkList, WorkPage, WorkPart, WorkRow},
    ports::{Caller, Lists},
};
use async_trait::async_trait;
use std::{collections::BTreeMap, sync::Arc};

mod caller;
mod cursor;
mod home;
mod order;

/// Rows on a page.
const PAGE: u32 = 50;
/// Rows of a file.
const FILE: u32 = 10_000;

/// What lists of work and first pages are read from.
pub trait WorkStore: WorkListStore + ShipmentStore + ExceptionStore + QuarantineStore + OrderStore {}
impl<T: WorkListStore + ShipmentStore + ExceptionStore + QuarantineStore + OrderStore> WorkStore for T {}

/// The lists over a store.
#[derive(Clone)]
pub struct WorkDesk {
    store: Arc<dyn WorkStore>,
    clock: Clock,
}

impl WorkDesk {
    /// Lists over this store.
    pub fn new(store: Arc<dyn WorkStore>, clock: Clock) -> Self {
        Self { store, clock }
    }
}

#[async_trait]
impl Lists for WorkDesk {
    async fn work(&self, caller: &Caller, list: WorkList, filter: WorkFilter) -> Result<WorkPage, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let words = Words::new(actor, self.clock.now());
        let query = query(list, &filter, sight(actor), words.now)?;
        known_mode(&*self.store, &query.sight, query.mode.as_deref()).await?;
        let after = cursor::read(filter.after.as_deref())?;
        let (records, next) = self.store.work_rows(&query, after.as_ref(), PAGE).await.map_err(answer)?;
        let edges: Vec<i64> = POD_AGES.iter().map(|(_, _, hours)| hours * Instant::HOUR).collect();
        let shares = self.store.work_shares(&query, &edges).await.map_err(answer)?;
        let choices = self.store.choices(&sight(actor)).await.map_err(answer)?;
        let counted: Vec<&WorkShare> =
            shares.iter().filter(|share| holds_fit(&query, share) && age_fits(&filter, share)).collect();
        Ok(WorkPage {
            items: records.into_iter().map(|record| row(list, record, words)).collect(),
            next: next.as_ref().map(cursor::write),
            total: counted.iter().map(|share| share.count).sum(),
            money: sums(&added(counted.into_iter())),
            parts: parts(list, &query, &filter, &shares),
            asked: (list == WorkList::AwaitingPod).then(|| asked(&filter, &shares)),
            choices: FilterChoices {
                places: PlaceChoices {
                    regions: plain(choices.places.regions),
                    business_units: plain(choices.places.business_units),
                },
                carriers: plain(choices.carriers),
                modes: plain(choices.modes),
            },
            as_of: words.as_of(),
        })
    }

    async fn home(&self, caller: &Caller) -> Result<Home, AppError> {
        let actor = allowed(caller, Permission::ReadOverview)?;
        let Grants::Role(role) = actor.grants else { return Err(AppError::Forbidden) };
        home::home(self, actor, role).await
    }

    async fn order(&self, caller: &Caller, reference: String) -> Result<OrderDetail, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let words = Words::new(actor, self.clock.now());
        let whole = self.store.order(&sight(actor), &reference, order::LEGS + 1).await.map_err(answer)?;
        let events = match &whole.order {
            Some((id, _)) => self.store.timeline(id, shipment::TIMELINE).await.map_err(answer)?.0,
            None => Vec::new(),
        };
        let may_see_holds = actor.require(Permission::ReadExceptions).is_ok();
        Ok(order::describe(reference, whole, events, may_see_holds, words))
    }

    async fn tell(&self, caller: &Caller, shipment_id: String) -> Result<Vec<String>, AppError> {
        let actor = allowed(caller, Permission::ReadShipments)?;
        let (sight, words) = (sight(actor), Words::new(actor, self.clock.now()));
        let work = self.store.shipment_work(&sight, &shipment_id).await.map_err(answer)?;
        let may = actor.require(Permission::ReadExceptions).is_ok();
        let exceptions = match may {
            true => Some(self.store.exceptions_of_shipment(&sight, &shipment_id).await.map_err(answer)?),
            false => None,
        };
        let holds = may.then_some(work.holds);
        Ok(caller::tell(&caller::Known { state: &work.state, holds, exceptions: exceptions.as_deref() }, words))
    }

    async fn work_file(&self, caller: &Caller, list: WorkList, filter: WorkFilter) -> Result<Vec<WorkRow>, AppError> {
        let actor = allowed(caller, Permission::ReadExceptions)?;
        let words = Words::new(actor, self.clock.now());
        let query = query(list, &filter, sight(actor), words.now)?;
        let (records, _) = self.store.work_rows(&query, None, FILE).await.map_err(answer)?;
        Ok(records.into_iter().map(|record| row(list, record, words)).collect())
    }
}

/// Reads the filter; a value that means nothing is told by its field.
fn query(list: WorkList, filter: &WorkFilter, sight: Sight, now: Instant) -> Result<WorkQuery, AppError> {
    let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let hold = match given(&filter.hold).as_deref() {
        None => None,
        Some("none") => Some(HoldFilter::Free),
        Some(code) => Some(HoldFilter::Held(
            HoldKind::from_code(code)
                .ok_or_else(|| invalid("hold", &choose(HoldKind::ALL.iter().map(|hold| hold.code()).chain(["none"]))))?,
        )),
    };
    if hold.is_some() && !by_hold(list) {
        return Err(invalid("hold", "Holds are no filter of this list."));
    }
    let since = match given(&filter.age).as_deref() {
        None => (None, None),
        Some(code) => pod_age_span(code, now).ok_or_else(|| invalid("age", &choose(POD_AGES.iter().map(|(age, ..)| *age))))?,
    };
    let order = match given(&filter.sort).as_deref() {
        None | Some("age") => WorkOrder::Longest,
        Some("value") => WorkOrder::Value,
        Some(_) => return Err(invalid("sort", "Choose age or value.")),
    };
    Ok(WorkQuery {
        sight,
        list,
        hold,
        since,
        region: given(&filter.region),
        business_unit: given(&filter.business_unit),
        carrier: given(&filter.carrier),
        customer: given(&filter.customer),
        mode: given(&filter.mode),
        order,
        now,
    })
}

/// Whether the list is told by what holds its shipments; the others are told by age.
fn by_hold(list: WorkList) -> bool {
    matches!(list, WorkList::Unbilled | WorkList::AwaitingPod)
}

fn holds_fit(query: &WorkQuery, share: &WorkShare) -> bool {
    match query.hold {
        None => true,
        Some(HoldFilter::Free) => share.holds.is_empty(),
        Some(HoldFilter::Held(kind)) => share.holds.contains(kind),
    }
}

fn age_fits(filter: &WorkFilter, share: &WorkShare) -> bool {
    let wanted = filter.age.as_deref().filter(|code| !code.is_empty());
    wanted.is_none_or(|code| POD_AGES.get(share.age).is_some_and(|(age, ..)| *age == code))
}

/// Money by currency.
fn added<'s>(shares: impl Iterator<Item = &'s WorkShare>) -> Vec<Money> {
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    for money in shares.filter_map(|share| share.money.as_ref()) {
        let sum = sums.entry(money.currency.code().to_owned()).or_insert_with(|| Money { minor: 0, ..*money });
        sum.minor = sum.minor.saturating_add(money.minor);
    }
    sums.into_values().collect()
}

/// Of how many billing waits for a POD: their contract asks for one, and they are not invoiced.
fn asked(filter: &WorkFilter, shares: &[WorkShare]) -> u64 {
    let held = shares.iter().filter(|share| share.holds.contains(HoldKind::PodMissing) && age_fits(filter, share));
    held.map(|share| share.count).sum()
}

/// By hold, where the list is of what waits for its invoice; by age otherwise.
fn parts(list: WorkList, query: &WorkQuery, filter: &WorkFilter, shares: &[WorkShare]) -> Vec<WorkPart> {
    let part = |code: &str, label: &str, fits: &dyn Fn(&WorkShare) -> bool| {
        let count = shares.iter().filter(|share| fits(share)).map(|share| share.count).sum();
        let money = sums(&added(shares.iter().filter(|share| fits(share))));
        (count > 0).then(|| WorkPart { code: code.to_owned(), label: label.to_owned(), count, money })
    };
    if list == WorkList::Unbilled {
        let free = part("none", "Nothing: ready to invoice", &|share| share.holds.is_empty() && age_fits(filter, share));
        let held = HoldKind::ALL
            .iter()
            .filter_map(|kind| part(kind.code(), kind.label(), &|share| share.holds.contains(*kind) && age_fits(filter, share)));
        return free.into_iter().chain(held).collect();
    }
    let ages = POD_AGES.iter().enumerate();
    ages.filter_map(|(at, (code, label, _))| part(code, label, &|share| share.age == at && holds_fit(query, share))).collect()
}

fn row(list: WorkList, record: WorkRecord, words: Words) -> WorkRow {
    let told = |text: String| Some(text).filter(|text| !text.is_empty());
    let moves = moves(list, &record);
    WorkRow {
        id: record.id,
        reference: record.reference,
        stage: record.stage,
        age: words::duration(words.now.since(record.since.0).max(0)),
        since: words.moment(record.since),
        money: sums(&record.money.into_iter().collect::<Vec<_>>()).pop(),
        holds: holds(record.holds),
        detail: record.kind.and_then(|(detail, _)| told(detail)),
        moves,
        exception: record.exception,
        carrier: told(record.carrier),
        customer: told(record.customer),
        region: told(record.region),
        mode: told(record.mode),
    }
}

fn holds(holds: Holds) -> Vec<Hold> {
    holds.iter().map(|kind| Hold { code: kind.code().into(), label: kind.label().into(), owner: kind.owner() }).collect()
}

/// Whose move it is: the exception's queue, else the owners of what holds it, else Finance, who can invoice it.
fn moves(list: WorkList, record: &WorkRecord) -> Vec<Queue> {
    if let Some((_, queue)) = &record.kind {
        return vec![*queue];
    }
    let mut moves: Vec<Queue> = record.holds.iter().map(HoldKind::owner).collect();
    match list {
        WorkList::AwaitingPod => moves = vec![HoldKind::PodMissing.owner()],
        _ if moves.is_empty() => moves.push(Queue::Finance),
        _ => {}
    }
    moves.sort_unstable();
    moves.dedup();
    moves
}

#[cfg(test)]
mod tests;
