//! Exceptions: what went wrong with a shipment, whose move it is, and how much money waits for it.

mod detail;
mod standing;

use super::{Moment, Money};
pub use detail::{ExceptionDetail, ExceptionStep, UnknownCarrier, UnmappedCode};
use serde::{Deserialize, Serialize};
pub use standing::{ExceptionState, Queue, Severity};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $label:literal;)*) => {
        /// What went wrong: one for each failure of the trade that Waybill looks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ExceptionKind {
            $($(#[$doc])* $variant,)*
        }

        impl ExceptionKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As in URLs, the API and the database.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// As people read it.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The kind with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    /// X1: nobody has told anything of a moving shipment for longer than its cadence.
    StatusStale = "status_stale", "Status gone stale";
    /// X2: delivered, a POD is required, and none came in time.
    PodMissing = "pod_missing", "POD missing";
    /// X2: a POD came and was rejected, or lacks what the contract asks for.
    PodIncomplete = "pod_incomplete", "POD rejected or incomplete";
    /// X3: what was invoiced is not what was rated.
    RateMismatch = "rate_mismatch", "Invoice differs from rating";
    /// X4: an accessorial that the contract does not know, or an unusually large one.
    AccessorialUnusual = "accessorial_unusual", "Unusual accessorial";
    /// X5: delivered, and charges or the customer are missing.
    ChargesIncomplete = "charges_incomplete", "Charges incomplete";
    /// X6: invoiced or posted before the contract's conditions were met.
    PrematureInvoice = "premature_invoice", "Invoiced too early";
    /// X7: the ERP refused the posting.
    PostingFailed = "posting_failed", "ERP posting failed";
    /// X7: invoiced, and the ERP has not confirmed in time.
    PostingMissing = "posting_missing", "ERP posting missing";
    /// X8: two invoices for one shipment.
    Duplicate = "duplicate", "Duplicate invoice";
    /// X9: the carrier's invoice matches no expected cost, or exceeds its tolerance.
    CarrierInvoiceMismatch = "carrier_invoice_mismatch", "Carrier invoice does not match";
    /// X10: a code or an event type that no mapping knows.
    UnknownCode = "unknown_code", "Unknown code";
    /// X10: times that contradict each other.
    TransitionIllegal = "transition_illegal", "Impossible order of events";
    /// X11: an item that a source sent cannot be read.
    DataDefect = "data_defect", "Unreadable data";
    /// X11: a source contradicts the one that owns the fact.
    SourceConflict = "source_conflict", "Sources disagree";
    /// X12: the order was changed, cancelled or blocked after planning.
    OrderChanged = "order_changed", "Order changed after planning";
    /// X13: the carrier said no, and nobody else said yes.
    TenderRejected = "tender_rejected", "Tender rejected";
    /// X14: the shipment names an order that nobody released.
    OrderUnknown = "order_unknown", "Order link lost";
    /// X15: breakdown, missed stop or check-in, refusal, partial delivery.
    ExecutionTrouble = "execution_trouble", "Trouble on the way";
    /// X16: the promise has passed and nothing is delivered.
    LatePastPromise = "late_past_promise", "Past its promise";
    /// X17: a source that is expected to speak is silent.
    SourceSilent = "source_silent", "Source silent";
    /// X18: the POD's document could not be read with confidence.
    DocumentUnreadable = "document_unreadable", "Document not readable";
    /// X19: a service case for a shipment of which nothing else is known.
    CaseWithoutContext = "case_without_context", "Case without shipment";
    /// X20: billable, and not invoiced in time.
    NotInvoiced = "not_invoiced", "Billable, not invoiced";
    /// X21: planned, and no carrier or vehicle in time.
    Unassigned = "unassigned", "Unassigned";
    /// X22: an invoice is blocked, or an approval has not come.
    ApprovalDelayed = "approval_delayed", "Blocked or unapproved";
    /// X23: a person typed in what a system should have told.
    ManualEntry = "manual_entry", "Entered by hand";
    /// X24: the customer disputes.
    Disputed = "disputed", "Customer dispute";
    /// X25: no freight accrual in time.
    AccrualMissing = "accrual_missing", "Accrual missing";
}

/// What the Exceptions page is asked for; each field is a query parameter of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExceptionFilter {
    /// [`Queue`] code.
    pub queue: Option<String>,
    /// [`ExceptionKind`] code.
    pub kind: Option<String>,
    /// [`ExceptionState`] code; open and claimed when absent.
    pub state: Option<String>,
    /// The business cause (fingerprint) of a group.
    pub cause: Option<String>,
    /// `me`, `nobody`, or a sign-in name.
    pub assignee: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// Business unit code.
    pub business_unit: Option<String>,
    /// Show those that are snoozed as well: `yes`.
    pub snoozed: Option<String>,
    /// `list` for one row an exception; groups by cause when absent.
    pub view: Option<String>,
    /// Cursor of a page.
    pub after: Option<String>,
}

/// Money that waits, one amount a currency: never added across.
pub type Sums = Vec<Money>;

/// Exceptions of one business cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionGroup {
    /// Fingerprint: the filter's `cause`.
    pub cause: String,
    /// What went wrong.
    pub kind: ExceptionKind,
    /// The cause in words: `Billing blocked: credit`, or empty where the kind says it all.
    pub detail: String,
    /// Whose queue.
    pub queue: Queue,
    /// The worst of them.
    pub severity: Severity,
    /// Exceptions in it.
    pub exceptions: u64,
    /// Shipments that they hold.
    pub shipments: u64,
    /// Money that waits.
    pub money: Sums,
    /// Age of the oldest.
    pub oldest: String,
    /// Past their SLA.
    pub overdue: u64,
}

/// One row of the Exceptions list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionRow {
    /// Waybill's id (UUIDv7).
    pub id: String,
    /// Fingerprint of its business cause: the filter's `cause`.
    pub cause: String,
    /// What went wrong.
    pub kind: ExceptionKind,
    /// The cause in words.
    pub detail: String,
    /// Where it stands.
    pub state: ExceptionState,
    /// How bad.
    pub severity: Severity,
    /// Whose queue.
    pub queue: Queue,
    /// The shipment: (id, reference); none for a source's or an item's exception.
    pub shipment: Option<(String, String)>,
    /// Customer, if known.
    pub customer: Option<String>,
    /// Money that waits for it.
    pub money: Option<Money>,
    /// Since its first detection, in words; snoozing does not stop it.
    pub age: String,
    /// When it must be solved.
    pub due: Option<Moment>,
    /// That has passed.
    pub overdue: bool,
    /// Who has it.
    pub assignee: Option<String>,
    /// Hidden from the queue until then.
    pub snoozed_until: Option<Moment>,
    /// How often it came back within seven days.
    pub reopens: u32,
    /// For optimistic concurrency: an action must present it.
    pub version: i64,
}

/// Causes that the page of groups lists at most.
pub const MOST_GROUPS: u32 = 500;

/// The Exceptions page: groups or rows, with what all of them hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exceptions {
    /// Open exceptions by queue: (queue, how many).
    pub queues: Vec<(Queue, u64)>,
    /// Groups by cause, most money × age × probability first; empty in the list's view.
    pub groups: Vec<ExceptionGroup>,
    /// Rows of the list's view.
    pub items: Vec<ExceptionRow>,
    /// Cursor of the following page.
    pub next: Option<String>,
    /// Exceptions that match.
    pub total: u64,
    /// Shipments that they hold, each counted once.
    pub shipments: u64,
    /// Money that waits for all that match.
    pub money: Sums,
    /// When this was read.
    pub as_of: Moment,
}
