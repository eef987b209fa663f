//! Which exceptions should be open at a moment of a span: worked out from the stories, act by act, without any of the code that
//! finds them in events.
//!
//! What never reached us counts as not having happened: a proof that was lost on the way is missing.

mod heard;

use super::{
    Options, Simulation,
    shipper::{Customer, Mode, Release, Shipper},
    story::{Act, Story},
};
use crate::domain::time::Instant;
use app::model::ExceptionKind as Kind;
use heard::{Heard, tells_the_way};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What the shipper's policy gives for everything but the next word of a shipment on its way.
const DAY: i64 = 24 * Instant::HOUR;
/// What clocks may differ by.
const CLOCKS: i64 = 5 * Instant::MINUTE;
/// Charges that contracts know beside freight and fuel, which are known as well.
const KNOWN: [&str; 4] = ["detention", "liftgate", "customs_clearance", "demurrage"];

/// The stories of a simulation, asked for what should be open under [`policy`](super::policy()) if all of it was sent as it happens.
#[derive(Debug)]
pub struct Truth {
    shipper: Arc<Shipper>,
    stories: BTreeMap<String, Story>,
}

impl Truth {
    /// The truth about the simulation of this seed.
    pub fn of(seed: u64, options: Options) -> Self {
        let simulation = Simulation::new(seed, options);
        let shipper = Arc::clone(&simulation.shipper);
        Self { shipper, stories: simulation.stories().map(|story| (story.reference.clone(), story)).collect() }
    }

    /// Kinds and shipments of the exceptions that should be open at that moment.
    pub fn open_at(&self, now: Instant) -> BTreeSet<(&'static str, String)> {
        self.stories.values().flat_map(|story| self.told_of(story, now)).collect()
    }

    /// The same of one story: that of the shipment with this reference.
    #[cfg(test)]
    pub(crate) fn open_of(&self, reference: &str, now: Instant) -> BTreeSet<(&'static str, String)> {
        self.stories.get(reference).into_iter().flat_map(|story| self.told_of(story, now)).collect()
    }

    fn told_of(&self, story: &Story, now: Instant) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let begun = story.steps.iter().any(|step| step.sent <= now);
        let open = if begun { open(story, story.customer(&self.shipper), now) } else { BTreeMap::new() };
        open.into_iter().flat_map(|(reference, kinds)| kinds.into_iter().map(move |kind| (kind.code(), reference.clone())))
    }
}

/// What should be open of a story at that moment: kinds by the reference that they belong to.
pub(crate) fn open(story: &Story, customer: &Customer, now: Instant) -> BTreeMap<String, Vec<Kind>> {
    let heard = Heard::of(story, customer, now);
    let mut open = BTreeMap::new();
    let stray = heard.last(|act| *act == Act::CaseMisdirected).filter(|at| at.plus(DAY) <= now);
    if stray.is_some() {
        open.insert(story.stray_reference(), vec![Kind::CaseWithoutContext]);
    }
    let kinds: Vec<Kind> = if heard.is_work() { heard.kinds() } else { Vec::new() };
    if !kinds.is_empty() {
        open.insert(story.reference.clone(), kinds);
    }
    open
}

/// Whether there is such a trouble.
type Test<'s> = fn(&Heard<'s>) -> bool;

impl Heard<'_> {
    fn kinds(&self) -> Vec<Kind> {
        let tests: [(Kind, Test<'_>); 27] = [
            (Kind::StatusStale, Heard::stale),
            (Kind::PodMissing, Heard::pod_missing),
            (Kind::PodIncomplete, Heard::pod_incomplete),
            (Kind::RateMismatch, Heard::rate_mismatch),
            (Kind::AccessorialUnusual, Heard::accessorial_unusual),
            (Kind::ChargesIncomplete, Heard::charges_incomplete),
            (Kind::PrematureInvoice, Heard::premature),
            (Kind::PostingFailed, Heard::posting_failed),
            (Kind::PostingMissing, Heard::posting_missing),
            (Kind::Duplicate, Heard::duplicate),
            (Kind::CarrierInvoiceMismatch, Heard::carrier_invoice_mismatch),
            (Kind::UnknownCode, |heard| heard.last(|act| matches!(act, Act::Mumbled(_))).is_some()),
            (Kind::TransitionIllegal, Heard::backwards),
            (Kind::SourceConflict, Heard::contested),
            (Kind::OrderChanged, Heard::order_changed),
            (Kind::TenderRejected, Heard::tender_rejected),
            (Kind::OrderUnknown, Heard::order_unknown),
            (Kind::ExecutionTrouble, Heard::execution_trouble),
            (Kind::LatePastPromise, Heard::late),
            (Kind::DocumentUnreadable, Heard::unreadable),
            (Kind::CaseWithoutContext, |_| false),
            (Kind::NotInvoiced, Heard::not_invoiced),
            (Kind::Unassigned, Heard::unassigned),
            (Kind::ApprovalDelayed, |heard| heard.blocked() || heard.unchecked()),
            (Kind::ManualEntry, Heard::typed_in),
            (Kind::Disputed, Heard::disputed),
            (Kind::AccrualMissing, Heard::accrual_missing),
        ];
        tests.iter().filter(|(_, is)| is(self)).map(|(kind, _)| *kind).collect()
    }

    /// Left or loaded long after it was there.
    fn backwards(&self) -> bool {
        let late = |act| self.did(act).zip(self.did(Act::Delivered)).is_some_and(|(at, there)| at > there.plus(CLOCKS));
        late(Act::PickedUp) || late(Act::Dispatched) || late(Act::Loaded)
    }

    /// Planning contradicts, later than all others spoke, those who have the goods.
    fn contested(&self) -> bool {
        let owners =
            |act: &Act| matches!(act, Act::TenderAccepted(_) | Act::Dispatched | Act::Loaded | Act::PickedUp | Act::InTransit(_));
        let others = self.recorded(|act| owners(act) || *act == Act::Booked);
        self.recorded(owners).is_some() && self.recorded(|act| matches!(act, Act::Misremembered(_))) > others
    }

    /// The delivery stands in a spreadsheet only.
    fn typed_in(&self) -> bool {
        self.sources(Act::Delivered).any(|source| source == crate::simulate::SHEET)
    }

    fn stale(&self) -> bool {
        let silent_for = match self.mode() {
            Some(Mode::Ocean) => 14 * DAY,
            Some(Mode::Rail) => 4 * DAY,
            _ => 36 * Instant::HOUR,
        };
        let over = self.arrived() || self.cancelled() || self.refused() || self.billed().is_some();
        self.left() && !over && self.last(tells_the_way).is_some_and(|last| last.plus(silent_for) <= self.now)
    }

    /// As far as anybody told it.
    fn mode(&self) -> Option<Mode> {
        let tells = |act: &Act| matches!(act, Act::Planned | Act::Loaded | Act::Dispatched | Act::PickedUp | Act::InTransit(_));
        self.last(tells).map(|_| self.story.mode)
    }

    fn pod_missing(&self) -> bool {
        let told = self.proof().is_some() || self.rejected().is_some() || self.billed().is_some();
        !told && self.wants_proof() && self.due(self.did(Act::Delivered))
    }

    fn pod_incomplete(&self) -> bool {
        let rejected = self.rejected().filter(|_| self.wants_proof() && self.proof().is_none());
        rejected.is_some_and(|rejected| self.billed().is_none_or(|billed| billed < rejected))
    }

    fn rate_mismatch(&self) -> bool {
        let invoiced = self.last(|act| matches!(act, Act::InvoiceGenerated | Act::InvoiceReleased | Act::InvoicedAgain));
        let (rated, billed) = (self.story.bill.invoice, self.story.bill.invoiced);
        let allowed = (rated / 50).max(100);
        invoiced.is_some() && self.did(Act::ChargesRated).is_some() && (rated - billed).abs() > allowed
    }

    fn accessorial_unusual(&self) -> bool {
        let accessorial = |code: &str| !matches!(code, "base_freight" | "fuel_surcharge");
        let lines = || self.story.bill.charges.iter().filter(|(code, _)| accessorial(code));
        let unknown = lines().any(|(code, _)| !KNOWN.contains(code));
        let large = lines().map(|(_, amount)| amount).sum::<i64>() * 5 > self.story.bill.invoice * 2;
        self.did(Act::ChargesRated).is_some() && self.billed().is_none() && (unknown || large)
    }

    fn charges_incomplete(&self) -> bool {
        let unassessed = self.customer.cold_chain && self.did(Act::TemperatureAssessed).is_none();
        let complete = self.did(Act::ChargesRated).is_some() && self.has_contract() && !unassessed;
        !complete && self.billed().is_none() && self.due(self.delivered())
    }

    fn premature(&self) -> bool {
        let Some(billed) = self.billed() else { return false };
        let by = billed.plus(CLOCKS);
        let before = |at: Option<Instant>| at.is_some_and(|at| at <= by);
        let proven = before(self.first(|act| matches!(act, Act::PodReceived | Act::PodValidated)));
        let delivered = before(self.did(Act::Delivered)) || self.did(Act::Delivered).is_none() && before(self.delivered());
        if !delivered || !self.has_contract() {
            return !delivered;
        }
        let rejected = before(self.rejected()) && self.proof().is_none_or(|good| good > by);
        let checked = self.customer.release != Release::CheckedPod || before(self.did(Act::PodValidated));
        let unproven = self.customer.release != Release::Delivered && (!proven || rejected || !checked);
        unproven || self.customer.cold_chain && !before(self.temperature())
    }

    fn posting_failed(&self) -> bool {
        let failed = self.last(|act| matches!(act, Act::PostingFailed(_)));
        failed.is_some() && failed > self.did(Act::PostingSucceeded)
    }

    fn posting_missing(&self) -> bool {
        let answered = self.last(|act| matches!(act, Act::PostingSucceeded | Act::PostingFailed(_)));
        let invoiced = self.last(|act| matches!(act, Act::InvoiceReleased | Act::InvoicedAgain));
        answered.is_none() && self.due(invoiced)
    }

    fn duplicate(&self) -> bool {
        self.did(Act::InvoiceReleased).is_some() && self.did(Act::InvoicedAgain).is_some()
    }

    fn carrier_invoice_mismatch(&self) -> bool {
        let Some(received) = self.did(Act::CarrierInvoiceReceived) else { return false };
        let cost = self.story.bill.freight();
        let known = self.last(|act| matches!(act, Act::Planned | Act::ChargesRated | Act::AccrualCreated)).is_some();
        let differs = (self.story.bill.asked - cost).abs() > (cost / 20).max(2_500);
        if known { differs } else { self.due(Some(received)) }
    }

    fn order_changed(&self) -> bool {
        let Some(planned) = self.did(Act::Planned) else { return false };
        let released = self.last(|act| matches!(act, Act::OrderReleased(0)));
        let over = self.billed().is_some() || self.cancelled();
        let gone = self.left() || self.arrived();
        let stands = |at: Option<Instant>| at.is_some_and(|at| (at > planned || gone) && Some(at) >= released);
        let changed = self.did(Act::OrderChanged).is_some_and(|at| at > planned) && !self.arrived();
        !over && (changed || stands(self.did(Act::OrderBlocked)) || stands(self.did(Act::OrderCancelled)))
    }

    fn tender_rejected(&self) -> bool {
        let rejected = self.last(|act| matches!(act, Act::TenderRejected(_)));
        let taken = self.last(|act| matches!(act, Act::TenderAccepted(_) | Act::Booked | Act::VehicleAssigned | Act::Loaded));
        let over = self.left() || self.arrived() || self.cancelled() || self.billed().is_some();
        // The one that said no is never the one that said yes.
        rejected.is_some() && !over && taken.is_none()
    }

    fn order_unknown(&self) -> bool {
        let unreleased = (0..self.story.orders.len()).any(|order| self.did(Act::OrderReleased(order)).is_none());
        // Only the plan names the orders.
        let named = self.did(Act::Planned).is_some();
        let first = self.first(Heard::of_shipment);
        named && unreleased && self.billed().is_none() && self.due(first)
    }

    fn execution_trouble(&self) -> bool {
        if self.cancelled() {
            return false;
        }
        let delivered = self.did(Act::Delivered);
        let raised = self.last(|act| matches!(act, Act::DeliveryExceptionRaised(_)));
        let cleared = self.last(|act| matches!(act, Act::DeliveryExceptionCleared(_)));
        let partial = self.last(|act| matches!(act, Act::PartiallyDelivered(_)));
        let moved_on = self.last(|act| {
            matches!(act, Act::VehicleAssigned | Act::PickedUp | Act::InTransit(_) | Act::PartiallyDelivered(_) | Act::Delivered)
        });
        let stopped = |act| self.did(act).is_some_and(|at| Some(at) > moved_on) && !self.arrived();
        let warm = self.story.is_warm() && self.did(Act::TemperatureAssessed).is_some() && self.billed().is_none();
        self.refused()
            || warm
            || raised.is_some() && raised > cleared
            || partial.is_some() && partial > delivered
            || [Act::VehicleBrokeDown, Act::StopMissed, Act::CheckInMissed].into_iter().any(stopped)
    }

    fn late(&self) -> bool {
        let over = self.arrived() || self.cancelled() || self.refused() || self.billed().is_some();
        self.did(Act::Planned).is_some() && !over && self.story.promised < self.now
    }

    fn unreadable(&self) -> bool {
        let received = self.did(Act::PodReceived);
        let looked_at = self.last(|act| matches!(act, Act::PodValidated | Act::PodRejected(_)));
        let unread = received.is_some() && received > looked_at && self.story.bill.confidence.is_some();
        unread && self.wants_proof() && self.billed().is_none()
    }

    fn not_invoiced(&self) -> bool {
        if !self.has_contract() || self.billed().is_some() || self.blocked() || self.disputed() {
            return false;
        }
        let released = self.last(|act| matches!(act, Act::OrderReleased(0)));
        let stopped = [Act::OrderBlocked, Act::OrderCancelled].map(|act| self.did(act)).into_iter().max().flatten();
        let order_stands = self.did(Act::Planned).is_some() && stopped.is_some() && stopped >= released;
        let raised = self.last(|act| matches!(act, Act::DeliveryExceptionRaised(_)));
        let cleared = self.last(|act| matches!(act, Act::DeliveryExceptionCleared(_)));
        if order_stands || raised > cleared {
            return false;
        }
        let proof = match self.customer.release {
            Release::Delivered => self.delivered(),
            Release::Pod => self.proof(),
            Release::CheckedPod => self.validated(),
        };
        let warm = if self.customer.cold_chain { self.temperature() } else { self.delivered() };
        let conditions = [self.delivered(), self.did(Act::ChargesRated), proof, warm];
        let ready = conditions.into_iter().collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
        self.due(ready.map(|ready| Some(ready).max(cleared).max(self.did(Act::DisputeResolved)).unwrap_or(ready)))
    }

    fn unassigned(&self) -> bool {
        let over = self.left() || self.arrived() || self.cancelled() || self.billed().is_some();
        let taken = self.last(|act| {
            matches!(act, Act::Booked | Act::TenderAccepted(_) | Act::TenderRejected(_) | Act::VehicleAssigned | Act::Loaded)
        });
        !over && taken.is_none() && self.due(self.did(Act::Planned))
    }

    fn blocked(&self) -> bool {
        let blocked = self.last(|act| matches!(act, Act::InvoiceBlocked(_)));
        let went_on = self.last(|act| matches!(act, Act::InvoiceReleased | Act::InvoicedAgain | Act::PostingSucceeded));
        blocked.is_some() && blocked > went_on && blocked >= self.did(Act::InvoiceGenerated)
    }

    fn unchecked(&self) -> bool {
        let asked = self.has_contract() && self.customer.release == Release::CheckedPod;
        let waits = asked && self.billed().is_none() && self.validated().is_none();
        waits && self.proof().is_some_and(|proof| proof.plus(2 * DAY) <= self.now)
    }

    fn disputed(&self) -> bool {
        let opened = self.last(|act| matches!(act, Act::DisputeOpened(_)));
        opened.is_some() && opened > self.did(Act::DisputeResolved)
    }

    fn accrual_missing(&self) -> bool {
        // The business unit is told by whoever tells the customer.
        let accrues = self.story.unit.accrues && self.customer_is_known();
        let answered = self.last(|act| matches!(act, Act::AccrualCreated | Act::CarrierInvoiceReceived)).is_some();
        accrues && !answered && !self.cancelled() && self.due(self.did(Act::Dispatched))
    }
}
