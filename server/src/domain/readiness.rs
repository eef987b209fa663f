//! Billing readiness: every condition that a contract sets, whether it is met, and whose move it is. What is unmet holds the
//! shipment; all holds are told at once.

use super::{assess::Case, exception::Queue, time::Instant};
use serde::{Deserialize, Serialize};

mod checks;
mod evidence;
mod ready;

pub(crate) use checks::{Check, check};
pub(crate) use ready::ready_at;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $label:literal, $condition:literal, $owner:ident;)*) => {
        /// What holds a shipment back from billing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum HoldKind {
            $($(#[$doc])* $variant,)*
        }

        impl HoldKind {
            /// All of them; their place is their bit, so new ones go to the end.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As in URLs, the API and the database.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The kind with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// Why it is held, as people read it.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The condition that is asked for, as people read it.
            pub fn condition(self) -> &'static str {
                match self { $(Self::$variant => $condition,)* }
            }

            /// Whose move it is while the condition is unmet.
            pub fn owner(self) -> Queue {
                match self { $(Self::$variant => Queue::$owner,)* }
            }
        }
    };
}

kinds! {
    /// No contract covers it.
    ContractMissing = "contract_missing", "No contract", "A billing contract in force", Finance;
    /// Dispatch not confirmed.
    NotDispatched = "not_dispatched", "Not dispatched", "Dispatch confirmed", Logistics;
    /// Loading not confirmed.
    NotLoaded = "not_loaded", "Not loaded", "Loading confirmed", Logistics;
    /// Not handed over.
    NotDelivered = "not_delivered", "Not delivered", "Delivered in full", Logistics;
    /// No proof of delivery, or a rejected one.
    PodMissing = "pod_missing", "POD missing", "Proof of delivery", Logistics;
    /// Nobody signed the proof.
    PodUnsigned = "pod_unsigned", "POD not signed", "Signed proof of delivery", Logistics;
    /// Nobody checked the proof.
    PodUnchecked = "pod_unchecked", "POD not validated", "Validated proof of delivery", Logistics;
    /// No proof that the temperature was kept.
    TemperatureUnproven = "temperature_unproven", "Temperature not proven", "Temperature kept within its limits", Logistics;
    /// A delivery exception is open.
    DeliveryExceptionOpen = "delivery_exception_open", "Delivery exception open", "No open delivery exception", Logistics;
    /// Charges not rated.
    ChargesMissing = "charges_missing", "Charges missing", "Charges rated", Finance;
    /// Charges not approved.
    ApprovalMissing = "approval_missing", "Approval missing", "Charges approved", Finance;
    /// An order is blocked for credit.
    OrderBlocked = "order_blocked", "Order blocked", "No order blocked for credit", Finance;
    /// An order was cancelled.
    OrderCancelled = "order_cancelled", "Order cancelled", "No order cancelled", Service;
    /// The invoice is blocked.
    InvoiceBlocked = "invoice_blocked", "Invoice blocked", "Invoice not blocked", Finance;
    /// The customer disputes.
    Disputed = "disputed", "In dispute", "No open dispute", Service;
}

/// A set of holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Holds(u32);

impl Holds {
    /// None.
    pub const NONE: Self = Self(0);

    /// As stored.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// As stored; bits that mean nothing are left out.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits & ((1 << HoldKind::ALL.len()) - 1))
    }

    /// Adds one.
    pub fn insert(&mut self, kind: HoldKind) {
        self.0 |= 1 << kind as u32;
    }

    /// Whether it is among them.
    pub fn contains(self, kind: HoldKind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = HoldKind> {
        HoldKind::ALL.iter().copied().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<HoldKind> for Holds {
    fn from_iter<I: IntoIterator<Item = HoldKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, |mut holds, kind| {
            holds.insert(kind);
            holds
        })
    }
}

/// One condition for billing, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What holds the shipment while this is unmet.
    pub kind: HoldKind,
    /// It holds.
    pub met: bool,
    /// A person waived it.
    pub waived: bool,
    /// Whose move it is while it is unmet.
    pub owner: Queue,
    /// When it was met, or since when it is waited for.
    pub since: Option<Instant>,
    /// What proves it, or what would release it.
    pub evidence: String,
}

/// Every condition of the shipment's contract, the unmet ones first.
pub fn conditions(inputs: &super::assess::Inputs<'_>) -> Vec<Condition> {
    let case = Case::of(inputs);
    let condition = |kind: &HoldKind| {
        let check = check(*kind, &case)?;
        Some(Condition {
            kind: *kind,
            met: check.met,
            waived: inputs.waivers.contains(kind),
            owner: kind.owner(),
            since: check.since,
            evidence: evidence::words(*kind, &case, check),
        })
    };
    let mut conditions: Vec<Condition> = HoldKind::ALL.iter().filter_map(condition).collect();
    conditions.sort_by_key(|condition| (condition.met, condition.waived));
    conditions
}

/// What holds the shipment: unmet and not waived. Nothing once it is billed, and nothing for what is nobody's work.
pub(crate) fn holds(case: &Case<'_>) -> Holds {
    if !case.is_work() || case.is_billed() {
        return Holds::NONE;
    }
    let unmet = |kind: &HoldKind| check(*kind, case).is_some_and(|check| !check.met) && !case.inputs.waivers.contains(kind);
    HoldKind::ALL.iter().copied().filter(unmet).collect()
}
