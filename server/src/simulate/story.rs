//! The story of one shipment: who, what, how much, and every step as a source would tell it if nothing went wrong on the way.

use super::{
    draw::Draw,
    faults::Fault,
    freight, money,
    rhythm::{next_run, seconds},
    shipper::{CARRIERS, Carrier, Customer, Mode, REGIONS, ROUTELINE, Region, Shipper, UNITS, Unit},
};
use crate::domain::time::Instant;

/// One simulated shipment.
#[derive(Debug)]
pub(crate) struct Story {
    /// Number within the simulation.
    pub(crate) number: u64,
    /// The shipment's reference.
    pub(crate) reference: String,
    /// The orders that it carries.
    pub(crate) orders: Vec<String>,
    /// Index of the customer.
    pub(crate) customer: usize,
    /// The customer's region.
    pub(crate) region: &'static Region,
    /// The customer's business unit.
    pub(crate) unit: &'static Unit,
    /// How it moves.
    pub(crate) mode: Mode,
    /// Index of the carrier that moves it in the end.
    pub(crate) carrier: usize,
    /// Bill of lading, waybill, container or tracking number: scheme and value.
    pub(crate) document: (&'static str, String),
    /// Where it starts.
    pub(crate) origin: &'static str,
    /// Where it ends.
    pub(crate) destination: &'static str,
    /// When it was promised.
    pub(crate) promised: Instant,
    /// Money and measures.
    pub(crate) bill: money::Bill,
    /// What happens, in the order of the trade.
    pub(crate) steps: Vec<Step>,
}

/// One thing that happens, and how its source tells it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// What.
    pub(crate) act: Act,
    /// Who tells it.
    pub(crate) source: &'static str,
    /// When it happened.
    pub(crate) occurred: Instant,
    /// When the source wrote it down.
    pub(crate) recorded: Instant,
    /// When the source sends it.
    pub(crate) sent: Instant,
    /// Its number within the story: part of the event's id.
    pub(crate) number: u16,
    /// What is wrong with the event itself.
    pub(crate) twist: Option<Twist>,
    /// What went wrong on the way to us.
    pub(crate) fault: Option<Fault>,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Act {
    /// The order with this index is released.
    OrderReleased(usize),
    /// The first order is changed.
    OrderChanged,
    /// The first order is blocked for credit.
    OrderBlocked,
    /// The first order is cancelled.
    OrderCancelled,
    Planned,
    Booked,
    /// To the carrier with this index.
    TenderSent(usize),
    TenderAccepted(usize),
    TenderRejected(usize),
    VehicleAssigned,
    Loaded,
    Dispatched,
    PickedUp,
    /// Seen at this place.
    InTransit(&'static str),
    /// New estimate and why.
    EtaChanged(Instant, &'static str),
    Delayed(Instant, &'static str),
    VehicleBrokeDown,
    StopMissed,
    CheckInMissed,
    Delivered,
    /// Delivered by so many per cent.
    PartiallyDelivered(u8),
    Refused(&'static str),
    DeliveryExceptionRaised(&'static str),
    DeliveryExceptionCleared(&'static str),
    PodReceived,
    PodValidated,
    PodRejected(&'static str),
    TemperatureAssessed,
    ChargesRated,
    /// What the carrier gets is approved.
    ChargesApproved,
    AccrualCreated,
    InvoiceGenerated,
    InvoiceBlocked(&'static str),
    InvoiceReleased,
    /// A second invoice for the same.
    InvoicedAgain,
    PostingSucceeded,
    PostingFailed(&'static str),
    CarrierInvoiceReceived,
    DisputeOpened(&'static str),
    DisputeResolved,
    /// A case that names a shipment which nobody knows.
    CaseMisdirected,
    Cancelled(&'static str),
    /// A word of the dispatch vendor that nobody knows.
    Mumbled(&'static str),
    /// The planning system repeats what it knew, with the carrier of this index: another one.
    Misremembered(usize),
    /// Takes back the step with this number.
    Retracted(u16),
}

/// What is wrong with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Twist {
    /// Its body says something else than it did under the same id.
    Contradicts,
    /// A type that no contract knows.
    UnknownType,
    /// An amount that is no amount.
    BadMoney,
    /// It happens next month.
    FutureDate,
    /// A time that is no time.
    BadTime,
    /// The subject is missing.
    NoSubject,
    /// The line ends in the middle.
    CutOff,
}

impl Story {
    /// Tells the shipment with this number, of which the first order is released at `start`.
    pub(crate) fn new(shipper: &Shipper, seed: u64, number: u64, start: Instant) -> Self {
        let mut draw = Draw::new(seed, number);
        let region_index = draw.weighted(REGIONS.iter().map(|r| r.weight * (0.15 + super::rhythm::busy(start, r.utc_offset))));
        let unit_index = draw.weighted(UNITS.iter().map(|u| u.weight));
        let customer = shipper.pick_customer(&mut draw, region_index, unit_index);
        let (region, unit) = (&REGIONS[region_index], &UNITS[unit_index]);
        let lane = freight::lane(&mut draw, shipper.customer(customer), region_index);
        let reference = format!("{}{number:06}", prefix(seed));
        let orders = match draw.weighted([0.84, 0.12, 0.04]) {
            0 => vec![format!("SO-{reference}")],
            more => (0..=more).map(|n| format!("SO-{reference}-{}", n + 1)).collect(),
        };
        let document = match lane.mode {
            Mode::Road => ("bol", format!("BOL{}", draw.code(8))),
            Mode::Air => ("awb", format!("{:03}-{:08}", draw.below(900) + 100, draw.below(100_000_000))),
            Mode::Ocean => ("container", format!("{}U{:07}", CARRIERS[lane.carrier].code, draw.below(10_000_000))),
            Mode::Rail => ("wagon", format!("W{}", draw.code(7))),
            Mode::Parcel => ("tracking", format!("1{}", draw.code(12))),
        };
        let bill = money::Bill::new(&mut draw, unit, region, &lane, &reference);
        let mut story = Self {
            number,
            reference,
            orders,
            customer,
            region,
            unit,
            mode: lane.mode,
            carrier: lane.carrier,
            document,
            origin: lane.origin,
            destination: lane.destination,
            promised: start,
            bill,
            steps: Vec::with_capacity(16),
        };
        if let Some(delivered) = freight::tell(&mut story, &mut draw, &lane, start) {
            super::cash::tell(&mut story, &mut draw, shipper.customer(customer), delivered);
        }
        super::trouble::stir(&mut story, seed, shipper.customer(customer));
        super::voices::stir(&mut story, seed);
        super::faults::inject(&mut story, &mut draw);
        super::approval::stir(&mut story, seed);
        story
    }

    /// The carrier that moves it in the end.
    pub(crate) fn carrier(&self) -> &'static Carrier {
        &CARRIERS[self.carrier]
    }

    /// The customer.
    pub(crate) fn customer<'a>(&self, shipper: &'a Shipper) -> &'a Customer {
        shipper.customer(self.customer)
    }

    /// Adds a step as its source tells it.
    pub(crate) fn step(&mut self, act: Act, source: &'static str, occurred: Instant, draw: &mut Draw) {
        let recorded = recorded(draw, source, occurred);
        let sent = recorded.plus(seconds(draw.log_normal(2.0, 0.6)));
        let number = self.steps.iter().map(|step| step.number).max().unwrap_or_default() + 1;
        self.steps.push(Step { act, source, occurred, recorded, sent, number, twist: None, fault: None });
    }

    /// Its goods left their temperature limits.
    pub(crate) fn is_warm(&self) -> bool {
        self.bill.goods % 41 == 0
    }

    /// The reference that a misdirected case names.
    pub(crate) fn stray_reference(&self) -> String {
        format!("{}X", self.reference)
    }

    /// The CloudEvents id of a step.
    pub(crate) fn event_id(&self, number: u16) -> String {
        format!("{}-{number:02}", self.reference)
    }
}

/// Three letters that tell the references of one seed from those of another.
fn prefix(seed: u64) -> String {
    Draw::new(seed, u64::MAX - 1).code(3)
}

/// When a source writes down what happened.
fn recorded(draw: &mut Draw, source: &'static str, occurred: Instant) -> Instant {
    let median_minutes = match source {
        ROUTELINE => return next_run(occurred, 30 * Instant::MINUTE).plus(seconds(draw.between(5.0, 90.0))),
        super::ERP | super::BILLING => 0.1,
        super::WMS => 2.0,
        super::POD_APP => 3.0,
        _ => CARRIERS.iter().find(|carrier| carrier.source == source).map_or(0.2, |carrier| carrier.record_minutes),
    };
    occurred.plus(seconds(draw.log_normal(median_minutes * 60.0, 0.8)))
}
