//! A shipment's facts laid out for looking at them often: every detector and every condition asks for a few.

use super::Inputs;
use crate::domain::{
    fact::{Fact, FactKey, FactValue},
    money::Money,
    policy::{BillingContract, PodRule},
    time::{Instant, Precision},
};

/// What a detector may know.
pub(crate) struct Case<'a> {
    /// As given.
    pub(crate) inputs: &'a Inputs<'a>,
    /// The contract in force, if there is one.
    pub(crate) contract: Option<&'a BillingContract>,
    facts: [Option<&'a Fact>; FactKey::COUNT],
}

/// Steps that show that a shipment left its place.
const GONE: [FactKey; 5] =
    [FactKey::Dispatched, FactKey::PickedUp, FactKey::Departed, FactKey::InTransit, FactKey::PartiallyDelivered];

impl<'a> Case<'a> {
    /// Of these inputs.
    pub(crate) fn of(inputs: &'a Inputs<'a>) -> Self {
        let mut facts = [None; FactKey::COUNT];
        for (key, fact) in inputs.state.facts.0.iter() {
            facts[key as usize] = Some(fact);
        }
        let mut case = Self { inputs, contract: None, facts };
        let effective = case.at(FactKey::Dispatched).or(case.at(FactKey::Planned)).or(inputs.state.first_at);
        let customer = case.text(FactKey::Customer).unwrap_or_default();
        case.contract = effective.and_then(|at| inputs.policy.contracts.find(customer, at));
        case
    }

    /// Whether it is anybody's work: watched, and not called off before it left.
    pub(crate) fn is_work(&self) -> bool {
        let called_off = || self.has(FactKey::Cancelled) && !self.arrived() && !self.is_billed() && !self.has_left();
        self.inputs.state.watched && !called_off()
    }

    /// Whether anybody told it.
    pub(crate) fn has(&self, key: FactKey) -> bool {
        self.facts[key as usize].is_some()
    }

    /// The time under this key and how exactly it is known.
    pub(crate) fn told(&self, key: FactKey) -> Option<(Instant, Precision)> {
        match self.facts[key as usize]?.value {
            FactValue::At(at, precision) => Some((at, precision)),
            _ => None,
        }
    }

    /// The time under this key; of a day its end.
    pub(crate) fn at(&self, key: FactKey) -> Option<Instant> {
        self.told(key).map(|(at, _)| at)
    }

    /// The earliest that this can have been: of a day its beginning.
    pub(crate) fn began(&self, key: FactKey) -> Option<Instant> {
        self.told(key).map(|(at, precision)| at.earliest(precision))
    }

    /// The text under this key.
    pub(crate) fn text(&self, key: FactKey) -> Option<&'a str> {
        match &self.facts[key as usize]?.value {
            FactValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The money under this key.
    pub(crate) fn money(&self, key: FactKey) -> Option<Money> {
        match self.facts[key as usize]?.value {
            FactValue::Money(money) => Some(money),
            _ => None,
        }
    }

    /// The latest of these times.
    pub(crate) fn latest(&self, keys: &[FactKey]) -> Option<Instant> {
        keys.iter().filter_map(|key| self.at(*key)).max()
    }

    /// Whether one event told both: what a later event left unsaid does not count any more.
    pub(crate) fn together(&self, one: FactKey, other: FactKey) -> bool {
        match (self.facts[one as usize], self.facts[other as usize]) {
            (Some(one), Some(other)) => one.standing == other.standing,
            _ => false,
        }
    }

    /// Since when this is open: it happened, and none of these came at the same time or later.
    pub(crate) fn open(&self, raised: FactKey, ended: &[FactKey]) -> Option<Instant> {
        let (at, precision) = self.told(raised)?;
        let since = at.earliest(precision);
        self.latest(ended).is_none_or(|ended| ended < since).then_some(since)
    }

    /// Nothing of its way is known but what people say about it.
    pub(crate) fn is_unheard_of(&self) -> bool {
        self.facts[..=FactKey::Cancelled as usize].iter().all(Option::is_none)
    }

    /// An invoice was released, or the ERP posted one.
    pub(crate) fn is_billed(&self) -> bool {
        self.has(FactKey::InvoiceReleased) || self.has(FactKey::ErpPosted)
    }

    /// When it was billed first.
    pub(crate) fn billed_at(&self) -> Option<Instant> {
        [FactKey::InvoiceReleased, FactKey::ErpPosted].into_iter().filter_map(|key| self.at(key)).min()
    }

    /// It left its place.
    pub(crate) fn has_left(&self) -> bool {
        GONE.into_iter().any(|key| self.has(key))
    }

    /// Somebody said that it moves.
    pub(crate) fn has_moved(&self) -> bool {
        GONE.into_iter().skip(1).any(|key| self.has(key))
    }

    /// What the freight should cost: approved, else accrued, else planned.
    pub(crate) fn expected_cost(&self) -> Option<Money> {
        let approved = self.money(FactKey::FreightCost).filter(|_| self.has(FactKey::ChargeApproved));
        approved.or_else(|| self.money(FactKey::AccrualAmount)).or_else(|| self.money(FactKey::FreightCost))
    }

    /// When it was handed over. A proof says so too where nobody told the delivery itself, unless a part is still to come.
    pub(crate) fn delivered(&self) -> Option<Instant> {
        self.at(FactKey::Delivered).or_else(|| self.proven().filter(|_| !self.has(FactKey::PartiallyDelivered)))
    }

    /// It is there: handed over, or a proof says so.
    pub(crate) fn arrived(&self) -> bool {
        self.has(FactKey::Delivered) || self.proven().is_some()
    }

    /// A proof of delivery that was not rejected since.
    pub(crate) fn proven(&self) -> Option<Instant> {
        self.good(self.latest(&[FactKey::PodReceived, FactKey::PodValidated]))
    }

    /// The earliest proof that stands: a second copy changes nothing, a rejection asks for a new one.
    pub(crate) fn first_proof(&self) -> Option<Instant> {
        let standing = self.proven()?;
        if self.has(FactKey::PodRejected) { Some(standing) } else { self.inputs.state.proven_at.or(Some(standing)) }
    }

    /// Such a proof that somebody signed. One that was validated is as good.
    pub(crate) fn signed(&self) -> Option<Instant> {
        self.good(self.at(FactKey::PodSigned)).or_else(|| self.validated())
    }

    /// Such a proof that was validated.
    pub(crate) fn validated(&self) -> Option<Instant> {
        self.good(self.at(FactKey::PodValidated))
    }

    fn good(&self, proof: Option<Instant>) -> Option<Instant> {
        proof.filter(|proof| self.at(FactKey::PodRejected).is_none_or(|rejected| rejected < *proof))
    }

    /// Whether a proof of delivery is asked for. Without a contract it is: that is the custom of the trade.
    pub(crate) fn wants_pod(&self) -> bool {
        self.contract.is_none_or(|contract| contract.pod > PodRule::None)
    }

    /// Since when the invoice is blocked: neither released nor drafted anew.
    pub(crate) fn blocked(&self) -> Option<Instant> {
        let since = self.open(FactKey::InvoiceBlocked, &[FactKey::InvoiceReleased, FactKey::ErpPosted])?;
        let drafted_anew = self.at(FactKey::InvoiceGenerated) > self.at(FactKey::InvoiceBlocked);
        (!drafted_anew).then_some(since)
    }
}
