//! Facts: what is believed of a shipment or an order, each with the event that told it.
//!
//! Facts converge. For each key the winner is the claim with the greatest [`Standing`] (of what may happen again, the latest
//! happening), whatever the order and however often the same events come in. A retracted or amended event is left out and the facts are folded again from what remains.

use super::{
    event::CanonicalEvent,
    money::Money,
    time::{Instant, Precision},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

mod contest;
mod domain;
mod table;
mod written;

pub use contest::Ranks;
pub use domain::Domain;
pub use table::Table;

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKey {
    // Milestones of a shipment, in canonical order.
    /// Planned.
    Planned,
    /// Freight booked.
    Booked,
    /// Tender sent to a carrier.
    Tendered,
    /// Tender accepted.
    TenderAccepted,
    /// Tender rejected.
    TenderRejected,
    /// Vehicle or load assigned.
    Assigned,
    /// Loading completed.
    Loaded,
    /// Dispatch confirmed.
    Dispatched,
    /// Picked up by the carrier.
    PickedUp,
    /// Left the warehouse or the first stop.
    Departed,
    /// Reported under way.
    InTransit,
    /// Part of the goods handed over.
    PartiallyDelivered,
    /// The consignee refused.
    Refused,
    /// Handed over.
    Delivered,
    /// Goods on their way back.
    Returned,
    /// Proof of delivery received.
    PodReceived,
    /// Proof of delivery checked and good.
    PodValidated,
    /// Proof of delivery checked and not good.
    PodRejected,
    /// Charges rated.
    ChargesRated,
    /// Freight charge approved.
    ChargeApproved,
    /// All release conditions met, as the billing system sees it.
    InvoiceReady,
    /// Invoice drafted.
    InvoiceGenerated,
    /// Invoice transmitted to the customer.
    InvoiceReleased,
    /// Invoice blocked.
    InvoiceBlocked,
    /// ERP confirmed the posting.
    ErpPosted,
    /// ERP refused the posting.
    ErpPostingFailed,
    /// Freight accrual created.
    AccrualCreated,
    /// Freight accrual reversed.
    AccrualReversed,
    /// Carrier's freight invoice received.
    CarrierInvoiceReceived,
    /// Cancelled.
    Cancelled,

    // What went wrong on the way, and what ended it.
    /// Another vehicle or load took over.
    Reassigned,
    /// The estimate changed.
    EtaChanged,
    /// Reported late on its way.
    Delayed,
    /// A stop was missed.
    StopMissed,
    /// The driver did not check in.
    CheckInMissed,
    /// The vehicle broke down.
    BrokeDown,
    /// The vehicle needs maintenance.
    MaintenanceAlerted,
    /// Something is wrong with the delivery.
    DeliveryExceptionRaised,
    /// It no longer is.
    DeliveryExceptionCleared,
    /// The goods stayed within their temperature limits.
    TemperatureKept,
    /// They did not.
    TemperatureBroken,
    /// A proof of delivery came that somebody signed.
    PodSigned,
    /// A service case was opened.
    CaseCreated,
    /// It was settled.
    CaseResolved,
    /// The customer disputes.
    DisputeOpened,
    /// No longer.
    DisputeResolved,

    // Milestones of an order.
    /// Order released.
    OrderReleased,
    /// Order changed.
    OrderChanged,
    /// Order cancelled.
    OrderCancelled,
    /// Order blocked for credit.
    OrderCreditBlocked,
    /// Order released in part.
    OrderPartiallyReleased,

    // Attributes.
    /// Carrier code.
    Carrier,
    /// Carrier's name.
    CarrierName,
    /// Mode: `road`, `air`, `ocean`, `rail`, `parcel`, …
    Mode,
    /// Region code.
    Region,
    /// Business unit code.
    BusinessUnit,
    /// Customer code.
    Customer,
    /// Customer's name.
    CustomerName,
    /// Where the goods come from.
    Origin,
    /// Where they go.
    Destination,
    /// Promised delivery.
    PromisedAt,
    /// Estimated delivery.
    EstimatedAt,
    /// Freight cost.
    FreightCost,
    /// Value of the goods.
    GoodsValue,
    /// Amount of the customer invoice.
    InvoiceAmount,
    /// Number of the customer invoice.
    InvoiceNumber,
    /// Document number that the ERP confirmed.
    ErpDocument,
    /// Incoterm.
    Incoterm,
    /// Gross weight, decimal text with its unit.
    Weight,
    /// Why delivery was late, refused or partial, as the source coded it.
    ReasonCode,
    /// Who signed for the goods.
    SignedBy,

    // What detectors ask for; a code each, as the source told it.
    /// Carrier that rejected the tender.
    RejectedBy,
    /// What is wrong with the delivery.
    DeliveryException,
    /// What the proof of delivery lacks, joined by commas.
    PodLacks,
    /// Why the proof was rejected.
    PodRejectedFor,
    /// How surely the proof's document could be read, from 0 to 1.
    PodConfidence,
    /// What blocks the invoice.
    BlockedBy,
    /// Why the ERP refused the posting.
    PostingError,
    /// Why the customer disputes.
    DisputeReason,
    /// Codes of the rated charges, one a line.
    ChargeCodes,
    /// Sum of the rated charges.
    ChargesTotal,
    /// Rated charges besides freight and fuel.
    Accessorials,
    /// Accrued freight cost.
    AccrualAmount,
    /// What the carrier asks for.
    CarrierInvoiceAmount,

    // What the books say besides.
    /// ERP confirmed the carrier's payable.
    PayablePosted,
}

impl FactKey {
    /// How many there are.
    pub const COUNT: usize = Self::PayablePosted as usize + 1;

    /// Whether it may happen again: raised, cleared and raised, released and blocked, rejected and sent anew. Then the latest
    /// happening counts, whoever wrote it down last; of what happens once, the latest word about it.
    pub fn recurs(self) -> bool {
        matches!(
            self,
            Self::Planned
                | Self::Tendered
                | Self::TenderAccepted
                | Self::TenderRejected
                | Self::Assigned
                | Self::InTransit
                | Self::Refused
                | Self::PodReceived
                | Self::PodValidated
                | Self::PodRejected
                | Self::PodSigned
                | Self::InvoiceGenerated
                | Self::InvoiceBlocked
                | Self::ErpPostingFailed
                | Self::Reassigned
                | Self::EtaChanged
                | Self::Delayed
                | Self::StopMissed
                | Self::CheckInMissed
                | Self::BrokeDown
                | Self::MaintenanceAlerted
                | Self::DeliveryExceptionRaised
                | Self::DeliveryExceptionCleared
                | Self::TemperatureKept
                | Self::TemperatureBroken
                | Self::CaseCreated
                | Self::CaseResolved
                | Self::DisputeOpened
                | Self::DisputeResolved
                | Self::OrderReleased
                | Self::OrderChanged
                | Self::OrderCancelled
                | Self::OrderCreditBlocked
                | Self::OrderPartiallyReleased
        )
    }
}

/// A fact's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactValue {
    /// A point or a day in time: every milestone, and promised or estimated times.
    At(Instant, Precision),
    /// Text.
    Text(String),
    /// Money.
    Money(Money),
}

/// What an event says about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// About what.
    pub key: FactKey,
    /// What.
    pub value: FactValue,
}

/// How much a claim weighs. Field order is the rule: rank of the source as system of record, then the producer's time, the
/// source's own sequence, the source's name, the event's id. Nothing in it depends on when we heard of the event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Standing {
    /// System-of-record rank; greater wins.
    #[serde(rename = "k", default, skip_serializing_if = "is_zero")]
    pub rank: i32,
    /// Producer's record time; without one the business time, since our receipt would let the order of arrival decide.
    #[serde(rename = "r")]
    pub told_at: Instant,
    /// CloudEvents `sequence`, compared as text; absent is least.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// CloudEvents source.
    #[serde(rename = "s")]
    pub source: String,
    /// CloudEvents id.
    #[serde(rename = "i")]
    pub event_id: String,
    /// Our receipt, if the producer gave no record time.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Instant>,
}

impl Standing {
    /// Of an event that was recorded then: by its producer, or else by our receipt.
    pub fn of(event: &CanonicalEvent, recorded_at: Instant) -> Self {
        Self {
            rank: 0,
            told_at: event.recorded_time.unwrap_or(event.occurred_at),
            sequence: event.sequence.clone(),
            source: event.source.clone(),
            event_id: event.id.clone(),
            received_at: event.recorded_time.is_none().then_some(recorded_at),
        }
    }

    /// Producer's record time, else our receipt.
    pub fn recorded_at(&self) -> Instant {
        self.received_at.unwrap_or(self.told_at)
    }
}

fn is_zero(rank: &i32) -> bool {
    *rank == 0
}

/// A believed fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub value: FactValue,
    /// Who told it and when; shared by all that one event told.
    pub standing: Arc<Standing>,
}

impl Fact {
    /// Whether another claim about the same counts instead.
    fn gives_way_to(&self, key: FactKey, value: &FactValue, standing: &Arc<Standing>) -> bool {
        let weight = |value: &FactValue, standing: &Standing| match value {
            FactValue::At(at, _) if key.recurs() => (standing.rank, Some(*at)),
            _ => (standing.rank, None),
        };
        let (held, other) = (weight(&self.value, &self.standing), weight(value, standing));
        other.cmp(&held).then_with(|| standing.cmp(&self.standing)).is_gt()
    }
}

/// All facts of one shipment or order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts(pub Table);

impl Facts {
    /// Takes an event's claims in; a claim of lesser standing changes nothing.
    pub fn merge<'c>(&mut self, claims: impl IntoIterator<Item = &'c Claim>, standing: Standing) {
        let standing = Arc::new(standing);
        for Claim { key, value } in claims {
            let stronger = self.0.get(*key).is_none_or(|held| held.gives_way_to(*key, value, &standing));
            if stronger {
                self.0.insert(*key, Fact { value: value.clone(), standing: Arc::clone(&standing) });
            }
        }
    }

    /// The fact under this key.
    pub fn get(&self, key: FactKey) -> Option<&Fact> {
        self.0.get(key)
    }

    /// The time under this key, if it is one.
    pub fn at(&self, key: FactKey) -> Option<(Instant, Precision)> {
        match self.0.get(key)?.value {
            FactValue::At(at, precision) => Some((at, precision)),
            _ => None,
        }
    }

    /// The text under this key, if it is one.
    pub fn text(&self, key: FactKey) -> Option<&str> {
        match &self.0.get(key)?.value {
            FactValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The money under this key, if it is that.
    pub fn money(&self, key: FactKey) -> Option<Money> {
        match self.0.get(key)?.value {
            FactValue::Money(money) => Some(money),
            _ => None,
        }
    }
}
