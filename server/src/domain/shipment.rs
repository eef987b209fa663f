//! A shipment's state: what its events say together, and what that means for people.

use super::{
    event::{CanonicalEvent, EventType, Reference},
    fact::{Claim, FactKey, FactValue, Facts, Standing, Table},
    folding::{Effect, Folding},
    money::Money,
    time::{Instant, Precision},
};
pub use app::model::Stage;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything believed of a shipment. A fold of its effective events: any order, any repetition, the same state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShipmentState {
    /// Facts.
    #[serde(rename = "f", default)]
    pub facts: Facts,
    /// Names it goes by, its own reference left out.
    #[serde(rename = "r", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub references: BTreeSet<Reference>,
    /// Orders that it carries.
    #[serde(rename = "o", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub orders: BTreeSet<String>,
    /// Some event came in while it happened, not as old data.
    #[serde(rename = "w", default)]
    pub watched: bool,
    /// Earliest time that any event names: where it stands in lists until it is promised or delivered.
    #[serde(rename = "t", default)]
    pub first_at: Option<Instant>,
    /// Latest time that anybody told of its way: what keeps its status fresh.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Instant>,
    /// Earliest proof of delivery, received or validated: a second copy does not make the first one late.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub proven_at: Option<Instant>,
    /// Earliest of what was told several times at different times, where that is not what counts as the fact: a second invoice
    /// does not stop a clock again, and a second leg's dispatch does not start one.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub firsts: Vec<(FactKey, Instant, Precision)>,
    /// Numbers of the invoices that were released for it.
    #[serde(rename = "i", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub invoices: BTreeSet<String>,
    /// Documents that the ERP confirmed as the customer's receivable.
    #[serde(rename = "d", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub documents: BTreeSet<String>,
    /// For a fact that somebody owns, the latest word of those who do not.
    #[serde(rename = "c", default, skip_serializing_if = "Facts::is_empty")]
    pub contests: Facts,
    /// Words that no map knows, as `source: code`, each with the earliest time it was told for.
    #[serde(rename = "u", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unmapped: BTreeMap<String, Instant>,
}

/// How an event is heard.
#[derive(Debug, Clone, Copy)]
pub struct Hearing<'h> {
    /// The producer's record time, else our receipt.
    pub recorded_at: Instant,
    /// As old data.
    pub history: bool,
    /// What is configured about it.
    pub folding: &'h Folding,
}

/// Most unknown words that are kept of a shipment: the least ones, so that they converge.
const UNMAPPED: usize = 16;

impl ShipmentState {
    /// Of a shipment that nobody spoke of.
    pub const NONE: Self = Self {
        facts: Facts(Table::EMPTY),
        references: BTreeSet::new(),
        orders: BTreeSet::new(),
        watched: false,
        first_at: None,
        last_at: None,
        proven_at: None,
        firsts: Vec::new(),
        invoices: BTreeSet::new(),
        documents: BTreeSet::new(),
        contests: Facts(Table::EMPTY),
        unmapped: BTreeMap::new(),
    };

    /// Takes one effective event in.
    pub fn apply(&mut self, event: &CanonicalEvent, hearing: &Hearing<'_>) {
        let Hearing { recorded_at, history, folding } = *hearing;
        let Effect { event_type, claims, unmapped } = folding.effect(event);
        let standing = Standing::of(event, recorded_at);
        let clock = starts_or_stops(event_type).map(|key| (key, self.first(key), self.rank(key)));
        let ranks = folding.ranks(&event.source);
        match &ranks {
            None => self.facts.merge(&*claims, standing),
            Some(ranks) => self.facts.merge_ranked(&mut self.contests, &*claims, (standing, ranks)),
        }
        if let Some((key, first, ranked)) = clock {
            // Only words of the rank that counts tell when it was first.
            let counts = self.rank(key);
            let told = ranks.map_or(0, |ranks| ranks.about(key)) == counts;
            let before = first.filter(|_| ranked == counts);
            self.keep_first(key, before, claimed_at(&claims, key).filter(|_| told));
        }
        for reference in &event.references {
            // Most events repeat what is known: nothing is copied then.
            if !self.references.contains(reference) {
                self.references.insert(reference.clone());
            }
        }
        self.orders.extend(event.orders.iter().cloned());
        self.watched |= !history;
        let at = event.occurred_at;
        self.first_at = Some(self.first_at.map_or(at, |held| held.min(at)));
        if tells_the_way(event_type) {
            self.last_at = self.last_at.max(Some(at));
        }
        if let Some(word) = unmapped {
            let since = self.unmapped.entry(word).or_insert(at);
            *since = (*since).min(at);
            if self.unmapped.len() > UNMAPPED {
                self.unmapped.pop_last();
            }
        }
        match event_type {
            EventType::PodReceived | EventType::PodValidated => {
                let earliest = at.earliest(event.precision);
                self.proven_at = Some(self.proven_at.map_or(earliest, |held| held.min(earliest)));
            }
            EventType::InvoiceReleased => self.invoices.extend(claimed(&claims, FactKey::InvoiceNumber)),
            EventType::ErpPostingSucceeded => self.documents.extend(claimed(&claims, FactKey::ErpDocument)),
            _ => {}
        }
    }

    /// When this happened for the first time.
    pub fn first(&self, key: FactKey) -> Option<(Instant, Precision)> {
        let kept = self.firsts.iter().find(|(kept, ..)| *kept == key);
        kept.map(|(_, at, precision)| (*at, *precision)).or_else(|| self.facts.at(key))
    }

    fn rank(&self, key: FactKey) -> i32 {
        self.facts.get(key).map_or(0, |fact| fact.standing.rank)
    }

    fn keep_first(&mut self, key: FactKey, before: Option<(Instant, Precision)>, told: Option<(Instant, Precision)>) {
        let first = before.into_iter().chain(told).min();
        self.firsts.retain(|(kept, ..)| *kept != key);
        if let Some((at, precision)) = first.filter(|first| self.facts.at(key) != Some(*first)) {
            let place = self.firsts.partition_point(|(kept, ..)| *kept < key);
            self.firsts.insert(place, (key, at, precision));
        }
    }

    /// The furthest stage that the facts prove.
    pub fn stage(&self) -> Stage {
        let has = |key| self.facts.get(key).is_some();
        if has(FactKey::ErpPosted) {
            Stage::Posted
        } else if has(FactKey::InvoiceReleased) {
            Stage::Invoiced
        } else if self.has_pod() {
            Stage::PodReceived
        } else if has(FactKey::Delivered) {
            Stage::Delivered
        } else if has(FactKey::Cancelled) {
            Stage::Cancelled
        } else if UNDER_WAY.into_iter().any(has) {
            Stage::InTransit
        } else if has(FactKey::Dispatched) {
            Stage::Dispatched
        } else if TENDERED.into_iter().any(has) {
            Stage::Tendered
        } else {
            Stage::Planned
        }
    }

    /// A proof of delivery is there and was not rejected since. A validated one outweighs an earlier rejection.
    pub fn has_pod(&self) -> bool {
        let at = |key| self.facts.at(key).map(|(at, _)| at);
        let best = at(FactKey::PodValidated).max(at(FactKey::PodReceived));
        best.is_some_and(|best| at(FactKey::PodRejected).is_none_or(|rejected| rejected < best))
    }

    /// When a proof was checked and found good that was not rejected since.
    fn validated_at(&self) -> Option<Instant> {
        let at = |key| self.facts.at(key).map(|(at, _)| at);
        at(FactKey::PodValidated).filter(|good| at(FactKey::PodRejected).is_none_or(|rejected| rejected < *good))
    }

    /// What lists, counts and figures need of the state.
    pub fn summary(&self) -> Summary<'_> {
        let promised = self.facts.at(FactKey::PromisedAt);
        let delivered = self.facts.at(FactKey::Delivered);
        let stage = self.stage();
        let closed_early = stage == Stage::Cancelled;
        let outcome = match (delivered, promised) {
            (None, _) => Outcome::Open,
            (Some(_), None) => Outcome::NoPromise,
            (Some(delivered), Some(promised)) if is_late(delivered, promised) => Outcome::DeliveredLate,
            (Some(_), Some(_)) => Outcome::OnTime,
        };
        let billed = self.facts.get(FactKey::InvoiceReleased).is_some() || self.facts.get(FactKey::ErpPosted).is_some();
        let no_pod = delivered.is_some() && !self.has_pod() && !billed;
        Summary {
            stage,
            outcome,
            promised,
            delivered,
            dispatched_at: self.first(FactKey::Dispatched).map(|(at, _)| at),
            sort_at: delivered.or(promised).map(|(at, _)| at).or(self.first_at).unwrap_or(Instant(0)),
            region: self.facts.text(FactKey::Region).unwrap_or_default(),
            business_unit: self.facts.text(FactKey::BusinessUnit).unwrap_or_default(),
            carrier: self.facts.text(FactKey::Carrier).unwrap_or_default(),
            mode: self.facts.text(FactKey::Mode).unwrap_or_default(),
            customer: self.facts.text(FactKey::Customer).unwrap_or_default(),
            freight: self.facts.money(FactKey::FreightCost),
            history: !self.watched,
            unbilled: delivered.is_some() && self.watched && !billed,
            awaiting_pod: no_pod && self.watched,
            history_without_pod: no_pod && !self.watched,
            awaiting_arrival: self.watched && delivered.is_none() && promised.is_some() && !closed_early,
            pod_validated_at: self.validated_at().filter(|_| self.watched && !billed),
            posting_refused: stage == Stage::Invoiced && self.facts.get(FactKey::ErpPostingFailed).is_some(),
        }
    }
}

/// What starts or stops a clock when it happens for the first time.
fn starts_or_stops(event_type: EventType) -> Option<FactKey> {
    match event_type {
        EventType::ShipmentDispatched => Some(FactKey::Dispatched),
        EventType::InvoiceReleased => Some(FactKey::InvoiceReleased),
        EventType::ErpPostingSucceeded => Some(FactKey::ErpPosted),
        _ => None,
    }
}

/// The time that an event claims under a key.
fn claimed_at(claims: &[Claim], key: FactKey) -> Option<(Instant, Precision)> {
    claims.iter().find(|claim| claim.key == key).and_then(|claim| match claim.value {
        FactValue::At(at, precision) => Some((at, precision)),
        _ => None,
    })
}

/// The text that an event claims under a key.
fn claimed(claims: &[Claim], key: FactKey) -> Option<String> {
    claims.iter().find(|claim| claim.key == key).and_then(|claim| match &claim.value {
        FactValue::Text(text) => Some(text.clone()),
        _ => None,
    })
}

/// Whether such an event says where the goods are, or what happened to them. Papers and money do not; a missed check-in is the
/// very silence that is looked for.
fn tells_the_way(event_type: EventType) -> bool {
    use EventType as T;
    matches!(
        event_type,
        T::VehicleAssigned
            | T::LoadAssigned
            | T::LoadReassigned
            | T::ShipmentDispatched
            | T::ShipmentDeparted
            | T::RouteDeparted
            | T::ShipmentLoaded
            | T::WarehouseDeparted
            | T::ShipmentPickedUp
            | T::ShipmentInTransit
            | T::EtaChanged
            | T::ShipmentDelayed
            | T::StopMissed
            | T::StopCompleted
            | T::ShipmentDelivered
            | T::ShipmentPartiallyDelivered
            | T::ShipmentRefused
            | T::ShipmentReturned
            | T::DeliveryExceptionRaised
            | T::DeliveryExceptionCleared
            | T::VehicleBrokeDown
            | T::TelemetryRecorded
    )
}

const UNDER_WAY: [FactKey; 6] =
    [FactKey::Loaded, FactKey::PickedUp, FactKey::Departed, FactKey::InTransit, FactKey::PartiallyDelivered, FactKey::Refused];
const TENDERED: [FactKey; 3] = [FactKey::Tendered, FactKey::TenderAccepted, FactKey::Assigned];

/// Delivered after the promise. A promise of a day is kept until that day ends; a delivery known to the day only is late when
/// its day is a later one, so a day against an instant within it counts as on time.
fn is_late(delivered: (Instant, Precision), promised: (Instant, Precision)) -> bool {
    match (delivered.1, promised.1) {
        (Precision::Day, Precision::Instant) => delivered.0.since(promised.0) >= Instant::DAY,
        _ => delivered.0 > promised.0,
    }
}

/// Delivery against promise, as stored; "overdue" is a matter of the clock and therefore of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Not delivered.
    Open,
    /// Delivered no later than promised.
    OnTime,
    /// Delivered after the promise.
    DeliveredLate,
    /// Delivered, no promise known.
    NoPromise,
}

impl Outcome {
    /// As in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OnTime => "on_time",
            Self::DeliveredLate => "delivered_late",
            Self::NoPromise => "no_promise",
        }
    }

    /// The outcome with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::OnTime, Self::DeliveredLate, Self::NoPromise].into_iter().find(|o| o.code() == code)
    }
}

/// What lists, counts and figures need of a state. Absent text is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary<'s> {
    /// Stage.
    pub stage: Stage,
    /// Delivery against promise.
    pub outcome: Outcome,
    /// Promised delivery.
    pub promised: Option<(Instant, Precision)>,
    /// Handed over.
    pub delivered: Option<(Instant, Precision)>,
    /// Dispatch first confirmed.
    pub dispatched_at: Option<Instant>,
    /// Place in lists: delivered, else promised, else first known.
    pub sort_at: Instant,
    /// Region.
    pub region: &'s str,
    /// Business unit.
    pub business_unit: &'s str,
    /// Carrier.
    pub carrier: &'s str,
    /// Mode.
    pub mode: &'s str,
    /// Customer.
    pub customer: &'s str,
    /// Freight cost.
    pub freight: Option<Money>,
    /// Only old data: no waiting lists, no alerts.
    pub history: bool,
    /// Delivered, watched, not invoiced.
    pub unbilled: bool,
    /// Delivered, watched, not invoiced, no proof.
    pub awaiting_pod: bool,
    /// The same for old data: told on the card, not counted as waiting.
    pub history_without_pod: bool,
    /// Promised, watched, not delivered, not cancelled.
    pub awaiting_arrival: bool,
    /// Watched, not invoiced: since when a POD is there that was checked and found good.
    pub pod_validated_at: Option<Instant>,
    /// Invoiced, and the last that the ERP said was a refusal.
    pub posting_refused: bool,
}
