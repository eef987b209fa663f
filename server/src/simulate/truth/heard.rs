//! What reached us of a story, and the questions that truth asks of it.

use super::DAY;
use crate::{
    domain::time::Instant,
    simulate::{
        shipper::{Customer, Release},
        story::{Act, Step, Story},
    },
};

/// The steps that were taken in, each as it counts in the end.
fn heard(story: &Story, now: Instant) -> Vec<&Step> {
    let sent: Vec<&Step> = story.steps.iter().filter(|step| step.sent <= now && step.twist.is_none()).collect();
    let taken_back = |number: u16| sent.iter().any(|step| matches!(step.act, Act::Retracted(target) if target == number));
    let corrected = |step: &Step| sent.iter().any(|other| other.number == step.number && other.recorded > step.recorded);
    let counts = |step: &&&Step| !matches!(step.act, Act::Retracted(_)) && !taken_back(step.number) && !corrected(step);
    sent.iter().filter(counts).copied().collect()
}

/// What was told of a story so far, as far as it reached us.
pub(super) struct Heard<'s> {
    steps: Vec<&'s Step>,
    pub(super) story: &'s Story,
    pub(super) customer: &'s Customer,
    pub(super) now: Instant,
}

impl<'s> Heard<'s> {
    pub(super) fn of(story: &'s Story, customer: &'s Customer, now: Instant) -> Self {
        Self { steps: heard(story, now), story, customer, now }
    }

    fn times(&self, is: impl Fn(&Act) -> bool) -> impl Iterator<Item = Instant> {
        self.steps.iter().filter(move |step| is(&step.act)).map(|step| step.occurred)
    }

    pub(super) fn last(&self, is: impl Fn(&Act) -> bool) -> Option<Instant> {
        self.times(is).max()
    }

    pub(super) fn first(&self, is: impl Fn(&Act) -> bool) -> Option<Instant> {
        self.times(is).min()
    }

    /// When the latest of these was written down.
    pub(super) fn recorded(&self, is: impl Fn(&Act) -> bool) -> Option<Instant> {
        self.steps.iter().filter(|step| is(&step.act)).map(|step| step.recorded).max()
    }

    /// Who told it.
    pub(super) fn sources(&self, act: Act) -> impl Iterator<Item = &'static str> {
        self.steps.iter().filter(move |step| step.act == act).map(|step| step.source)
    }

    pub(super) fn did(&self, act: Act) -> Option<Instant> {
        self.last(|told| *told == act)
    }

    /// So long ago that it should have been answered.
    pub(super) fn due(&self, since: Option<Instant>) -> bool {
        since.is_some_and(|since| since.plus(DAY) <= self.now)
    }

    /// Told of the shipment, not of its orders or of a stranger.
    pub(super) fn of_shipment(act: &Act) -> bool {
        !of_order(act) && *act != Act::CaseMisdirected
    }

    pub(super) fn left(&self) -> bool {
        let left = |act: &Act| matches!(act, Act::Dispatched | Act::PickedUp | Act::InTransit(_) | Act::PartiallyDelivered(_));
        self.last(left).is_some()
    }

    pub(super) fn billed(&self) -> Option<Instant> {
        self.first(|act| matches!(act, Act::InvoiceReleased | Act::InvoicedAgain | Act::PostingSucceeded))
    }

    pub(super) fn proof(&self) -> Option<Instant> {
        let best = self.last(|act| matches!(act, Act::PodReceived | Act::PodValidated))?;
        self.rejected().is_none_or(|rejected| rejected < best).then_some(best)
    }

    pub(super) fn validated(&self) -> Option<Instant> {
        self.did(Act::PodValidated).filter(|at| self.rejected().is_none_or(|rejected| rejected < *at))
    }

    pub(super) fn rejected(&self) -> Option<Instant> {
        self.last(|act| matches!(act, Act::PodRejected(_)))
    }

    pub(super) fn delivered(&self) -> Option<Instant> {
        let partial = self.last(|act| matches!(act, Act::PartiallyDelivered(_)));
        self.did(Act::Delivered).or_else(|| self.proof().filter(|_| partial.is_none()))
    }

    pub(super) fn arrived(&self) -> bool {
        self.did(Act::Delivered).is_some() || self.proof().is_some()
    }

    pub(super) fn cancelled(&self) -> bool {
        self.last(|act| matches!(act, Act::Cancelled(_))).is_some()
    }

    pub(super) fn refused(&self) -> bool {
        let refused = self.last(|act| matches!(act, Act::Refused(_)));
        refused.is_some() && refused > self.did(Act::Delivered)
    }

    pub(super) fn is_work(&self) -> bool {
        let told = self.steps.iter().any(|step| Self::of_shipment(&step.act));
        told && (!self.cancelled() || self.left() || self.arrived() || self.billed().is_some())
    }

    /// Carriers do not know the customer; everybody else says it.
    pub(super) fn customer_is_known(&self) -> bool {
        self.steps.iter().any(|step| Self::of_shipment(&step.act) && names_customer(step))
    }

    pub(super) fn has_contract(&self) -> bool {
        self.customer_is_known() && self.customer.contracted
    }

    pub(super) fn wants_proof(&self) -> bool {
        !self.has_contract() || self.customer.release != Release::Delivered
    }

    pub(super) fn temperature(&self) -> Option<Instant> {
        self.did(Act::TemperatureAssessed).filter(|_| !self.story.is_warm())
    }
}

fn of_order(act: &Act) -> bool {
    matches!(act, Act::OrderReleased(_) | Act::OrderChanged | Act::OrderBlocked | Act::OrderCancelled)
}

pub(super) fn tells_the_way(act: &Act) -> bool {
    matches!(
        act,
        Act::VehicleAssigned
            | Act::Loaded
            | Act::Dispatched
            | Act::PickedUp
            | Act::InTransit(_)
            | Act::EtaChanged(..)
            | Act::Delayed(..)
            | Act::VehicleBrokeDown
            | Act::StopMissed
            | Act::Delivered
            | Act::PartiallyDelivered(_)
            | Act::Refused(_)
            | Act::DeliveryExceptionRaised(_)
            | Act::DeliveryExceptionCleared(_)
    )
}

/// Carriers know neither customer nor region; nor do reports of a vehicle or a dispute say them.
fn names_customer(step: &Step) -> bool {
    let silent =
        matches!(step.act, Act::VehicleBrokeDown | Act::TemperatureAssessed | Act::DisputeOpened(_) | Act::DisputeResolved);
    !step.source.starts_with("carrier/") && !silent
}
