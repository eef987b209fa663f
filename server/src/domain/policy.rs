//! The configured policy: what customers' contracts ask for before billing, what is expected by when, what differences are
//! tolerated, and who is told of what.

use super::{money::Money, time::Instant};
use app::model::{ExceptionKind, Queue, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod calendar;
mod contract;
mod names;
mod ownership;
mod problems;
mod sources;
mod status;

pub use calendar::{Calendar, Day, Owner};
pub use contract::{BillOn, BillingContract, Contracts, DEFAULT_CUSTOMER, PodRule};
pub(crate) use names::charge_code;
pub use names::{Carrier, Carriers, ChargeMap, Customers, Party};
pub use ownership::Ownership;
pub use sources::SourceTerms;
pub use status::{Meaning, StatusMap};
pub(crate) use status::{in_order, meaning};

/// Everything that is configured. The default has the built-in expectations and no contract: nothing is billed by guess.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Billing contracts by customer.
    pub contracts: Contracts,
    /// What should happen by when.
    pub expectations: Expectations,
    /// What may differ, and by how much.
    pub tolerances: Tolerances,
    /// Charge codes that billing knows. Empty: every code is known.
    pub charge_codes: BTreeSet<String>,
    /// Systems of record: whose word counts about what.
    pub ownership: Ownership,
    /// What the words of sources mean.
    pub status_maps: Vec<StatusMap>,
    /// Sources: how often they speak, and whether a person types what they say.
    pub sources: Vec<SourceTerms>,
    /// Carriers, each by one name. Empty: every carrier is known.
    pub carriers: Carriers,
    /// Customers, each by one code.
    pub customers: Customers,
    /// What sources call charges.
    pub charge_maps: Vec<ChargeMap>,
    /// Working hours.
    pub calendars: Vec<Calendar>,
    /// Who works in each queue.
    pub owners: BTreeMap<Queue, Owner>,
    /// Deviations from the built-in taxonomy, by kind of exception.
    pub exceptions: BTreeMap<ExceptionKind, Deviation>,
}

/// What a kind of exception is, other than built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deviation {
    /// How bad.
    pub severity: Option<Severity>,
    /// Whose queue.
    pub queue: Option<Queue>,
    /// Hours within which it has to be solved.
    pub sla_hours: Option<u32>,
}

/// Hours within which something is expected; 0 expects nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectations {
    /// A proof of delivery, after the delivery.
    pub pod_grace: u32,
    /// The invoice, after the last condition for billing was met.
    pub invoice_within: u32,
    /// The ERP's confirmation, after the invoice.
    pub posting_within: u32,
    /// Rated charges, a customer and a contract, after the delivery.
    pub charges_within: u32,
    /// The freight accrual, after what `accrual_on` says.
    pub accrual_within: u32,
    /// When freight cost is accrued.
    pub accrual_on: AccrueOn,
    /// The same for single business units.
    pub accrual_on_by_unit: BTreeMap<String, AccrueOn>,
    /// The next word of a shipment that moves.
    pub cadence: u32,
    /// The same for single modes: a ship at sea says less than a lorry.
    pub cadence_by_mode: BTreeMap<String, u32>,
    /// A carrier or a vehicle, after planning.
    pub assign_within: u32,
    /// The approval of charges, where the contract asks for it, after rating.
    pub approve_within: u32,
    /// An order's release, after its shipment was first named; and any word of a shipment that a case is about.
    pub order_grace: u32,
}

/// When freight cost is accrued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccrueOn {
    /// When its dispatch is confirmed.
    Dispatch,
    /// When it is handed over.
    #[default]
    Delivery,
    /// Not at all.
    Never,
}

impl Default for Expectations {
    fn default() -> Self {
        let cadence_by_mode = [("ocean", 336), ("barge", 168), ("rail", 96)];
        Self {
            pod_grace: 24,
            invoice_within: 24,
            posting_within: 24,
            charges_within: 24,
            accrual_within: 24,
            accrual_on: AccrueOn::Delivery,
            accrual_on_by_unit: BTreeMap::new(),
            cadence: 36,
            cadence_by_mode: cadence_by_mode.into_iter().map(|(mode, hours)| (mode.to_owned(), hours)).collect(),
            assign_within: 24,
            approve_within: 48,
            order_grace: 24,
        }
    }
}

impl Policy {
    /// The calendar in whose hours a queue's time is counted; none: around the clock.
    pub fn calendar_of(&self, queue: Queue) -> Option<&Calendar> {
        let name = self.owners.get(&queue)?.calendar.as_deref()?;
        self.calendars.iter().find(|calendar| calendar.name == name)
    }
}

/// The instant by which something is expected; none if nothing is.
pub(crate) fn by(after: Instant, hours: u32) -> Option<Instant> {
    (hours > 0).then(|| after.plus(i64::from(hours) * Instant::HOUR))
}

/// What may differ. An amount is within tolerance if it differs by at most the percentage or by at most the amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tolerances {
    /// Invoice against rated charges.
    pub invoice: Tolerance,
    /// Carrier's invoice against expected cost.
    pub carrier_invoice: Tolerance,
    /// Largest usual share of accessorials in rated charges, in per cent.
    pub accessorial_percent: f64,
    /// Least sureness with which a POD's document must be read, from 0 to 1.
    pub pod_confidence: f64,
    /// Hours by which two sources' times of one thing may differ.
    pub conflict_hours: u32,
}

impl Default for Tolerances {
    fn default() -> Self {
        Self {
            invoice: Tolerance { percent: 2.0, amount: 1.0 },
            carrier_invoice: Tolerance { percent: 5.0, amount: 25.0 },
            accessorial_percent: 40.0,
            pod_confidence: 0.7,
            conflict_hours: 24,
        }
    }
}

/// How far two amounts of one currency may lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tolerance {
    /// Per cent of the expected amount.
    pub percent: f64,
    /// Major units of the currency.
    pub amount: f64,
}

impl Tolerance {
    /// Whether `actual` is too far from `expected`, and on which side. Two currencies cannot be compared: none.
    pub fn exceeded(&self, expected: Money, actual: Money) -> Option<Variance> {
        if expected.currency != actual.currency {
            return None;
        }
        let difference = (actual.minor as f64) - (expected.minor as f64);
        let unit = 10_f64.powi(i32::try_from(expected.currency.digits()).unwrap_or(2));
        let allowed = (expected.minor as f64 * self.percent / 100.0).abs().max(self.amount * unit);
        // Half of a minor unit: what multiplication adds to a border must not decide.
        (difference.abs() > allowed + 0.5).then_some(if difference > 0.0 { Variance::Over } else { Variance::Under })
    }
}

/// On which side of a tolerance an amount lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variance {
    /// Too much.
    Over,
    /// Too little.
    Under,
}

impl Variance {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Over => "too high",
            Self::Under => "too low",
        }
    }
}

#[cfg(test)]
mod tests;
