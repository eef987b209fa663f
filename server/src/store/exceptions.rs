//! Exceptions: groups by cause, rows, one whole, what holds a shipment, and what people do with them.

use super::{StoreError, config::PolicyVersion, shipments::Sight};
use crate::domain::{
    exception::{ExceptionKind, Queue, Severity},
    money::Money,
    order::OrderFlags,
    readiness::{HoldKind, Holds},
    shipment::ShipmentState,
    time::Instant,
};
pub use app::model::{ExceptionAction, ExceptionState};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What groups, lists and totals are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionQuery {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// Queue.
    pub queue: Option<Queue>,
    /// Kind.
    pub kind: Option<ExceptionKind>,
    /// State; open and claimed ones if none.
    pub state: Option<ExceptionState>,
    /// Business cause.
    pub cause: Option<String>,
    /// Who has it.
    pub assignee: Option<Assignee>,
    /// Region.
    pub region: Option<String>,
    /// Business unit.
    pub business_unit: Option<String>,
    /// Those that are snoozed as well.
    pub snoozed: bool,
    /// Now: ages, overdue and snoozed are told by it.
    pub now: Instant,
}

impl ExceptionQuery {
    /// All that is open or claimed in sight, the snoozed ones too.
    pub fn all(sight: Sight, now: Instant) -> Self {
        let (queue, kind, state, cause, assignee, region, business_unit) = (None, None, None, None, None, None, None);
        Self { sight, queue, kind, state, cause, assignee, region, business_unit, snoozed: true, now }
    }
}

/// Who has an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// Nobody.
    Nobody,
    /// This sign-in name.
    Named(String),
}

/// Exceptions of one business cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseGroup {
    /// Fingerprint.
    pub cause: String,
    /// What went wrong.
    pub kind: ExceptionKind,
    /// The cause in words; empty where the kind says it all.
    pub detail: String,
    /// Whose queue.
    pub queue: Queue,
    /// The worst of them.
    pub severity: Severity,
    /// Exceptions in it.
    pub exceptions: u64,
    /// Shipments that they hold. A shipment has at most one of a cause.
    pub shipments: u64,
    /// Money that waits, one amount a currency.
    pub money: Vec<Money>,
    /// First detection of the oldest.
    pub oldest: Instant,
    /// Past their SLA.
    pub overdue: u64,
}

/// What all that match come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Exceptions that match.
    pub exceptions: u64,
    /// Shipments that they hold, each once.
    pub shipments: u64,
    /// Money that waits, each shipment's once, one amount a currency.
    pub money: Vec<Money>,
    /// Open and claimed ones by queue, whatever the other filters but the place; snoozed ones left out.
    pub queues: Vec<(Queue, u64)>,
}

/// The page of groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    /// Most money × age × probability first.
    pub groups: Vec<CauseGroup>,
    /// Of all that match, also beyond the groups' limit.
    pub totals: Totals,
}

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExceptionPage {
    /// Most money × age × probability first.
    pub rows: Vec<ExceptionRecord>,
    /// Where the next page begins, if there are more.
    pub next: Option<RankCursor>,
    /// Of all that match.
    pub totals: Totals,
}

/// A place in the list of rows. Ranks grow with age, so the pages of one reading are all ranked at the time of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankCursor {
    /// When the first page was ranked.
    pub as_of: Instant,
    /// Score of the last row; of those that are over, when they were closed.
    pub score: i64,
    /// Its place in the table: of equal scores the later one comes first.
    pub row: i64,
}

/// An exception as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionRecord {
    /// Id.
    pub id: String,
    /// What went wrong.
    pub kind: ExceptionKind,
    /// Fingerprint of the business cause.
    pub cause: String,
    /// The cause in words.
    pub detail: String,
    /// Where it stands.
    pub state: ExceptionState,
    /// How bad.
    pub severity: Severity,
    /// Whose queue.
    pub queue: Queue,
    /// The shipment's id; none for an item's or a source's exception.
    pub shipment_id: Option<String>,
    /// The shipment's reference, or whatever else it is about: the id of a quarantined item.
    pub subject: String,
    /// Customer, empty if nobody told it.
    pub customer: String,
    /// Carrier, likewise.
    pub carrier: String,
    /// Region, likewise.
    pub region: String,
    /// Business unit, likewise.
    pub business_unit: String,
    /// Money that waits for it.
    pub money: Option<Money>,
    /// First detection.
    pub detected_at: Instant,
    /// When the trouble began.
    pub since: Instant,
    /// When it must be solved.
    pub due_at: Instant,
    /// Hidden from the queue until then.
    pub snoozed_until: Option<Instant>,
    /// Verified or waived then.
    pub closed_at: Option<Instant>,
    /// Who has it; empty for nobody.
    pub assignee: String,
    /// How often it came back within seven days.
    pub reopens: u32,
    /// Hundredths of a major unit times the probability of loss; the score is this times its age.
    pub rank: i64,
    /// For optimistic concurrency.
    pub version: i64,
}

/// One line of an exception's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionLine {
    /// When.
    pub at: Instant,
    /// `user:amira`, `system:assessment`.
    pub actor: String,
    /// `exception.open`, `exception.verify`, `exception.reopen`, `exception.assign`, …
    pub action: String,
    /// The reason or the comment.
    pub note: String,
    /// What else, as JSON: `{"assignee":"amira"}`.
    pub detail: String,
}

/// One exception, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionWhole {
    /// As it is stored.
    pub record: ExceptionRecord,
    /// What happened to it, oldest first: from its first detection to its end.
    pub history: Vec<ExceptionLine>,
    /// Others of the same cause that are open or claimed, in sight.
    pub same_cause: u64,
}

/// A condition for billing that a person waived, by waiving the exception that told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The condition.
    pub hold: HoldKind,
    /// The waived exception.
    pub exception_id: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
}

/// What a shipment's readiness is worked out from.
#[derive(Debug, Clone, PartialEq)]
pub struct ShipmentWork {
    /// The shipment.
    pub state: ShipmentState,
    /// The orders that it names, folded.
    pub orders: OrderFlags,
    /// What was waived for it.
    pub waivers: Vec<Waiver>,
    /// What held it when it was assessed last.
    pub holds: Holds,
    /// When it will be assessed again if nothing comes.
    pub next_at: Option<Instant>,
    /// The policy in force.
    pub policy: PolicyVersion,
    /// The event that told its charges, as it came in; or, if its archive cannot be read, the name of that.
    pub rating: Option<Result<String, String>>,
}

/// What a person does with a frozen set of exceptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// What the audit trail writes as the actor.
    pub actor: String,
    /// What is done.
    pub what: Deed,
    /// On which: (id, version that the person saw), at most [`MOST_AT_ONCE`].
    pub on: Vec<(String, i64)>,
    /// The comment or the reason.
    pub note: String,
    /// The actor may waive, and take a waiver back.
    pub may_waive: bool,
    /// Now.
    pub now: Instant,
}

/// Exceptions that one action may be about.
pub const MOST_AT_ONCE: usize = 500;

/// Something that can be done with an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Give it to this sign-in name; empty: to nobody.
    Assign(String),
    /// Say something.
    Comment,
    /// Hide it until then.
    Snooze(Instant),
    /// Say that it is solved.
    Claim,
    /// Take back that it is solved, snoozed or waived.
    Reopen,
    /// Accept it as it is, and the hold that it tells of.
    Waive,
    /// Put it back to where it stood with people before something was done.
    Restore(Standing),
    /// Take back what made the version that the person saw.
    Undo,
}

/// Where an exception stands with people: what they change, and what undoing puts back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// State.
    #[serde(rename = "s")]
    pub state: ExceptionState,
    /// Who has it; empty for nobody.
    #[serde(rename = "a", default, skip_serializing_if = "String::is_empty")]
    pub assignee: String,
    /// Hidden from the queue until then.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Instant>,
}

/// What became of one exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// Done; its version now.
    Done(i64),
    /// There is none in sight.
    NotFound,
    /// Somebody (as in the audit trail) changed it meanwhile.
    Stale {
        /// Who changed it last.
        by: String,
        /// What they did, as in the audit trail; none where it does not say.
        did: Option<String>,
    },
    /// Not possible in the state in which it is.
    Impossible(ExceptionState),
    /// It waives, or takes a waiver back, and the actor may not.
    NotAllowed,
    /// Who it would go to does not see it.
    NotTheirs,
    /// What made this version is nothing that a person could take back.
    NoUndo,
}

/// Reads exceptions and acts on them.
#[async_trait]
pub trait ExceptionStore: Send + Sync {
    /// At most `limit` groups, most money × age × probability first, with the totals.
    async fn exception_groups(&self, query: &ExceptionQuery, limit: u32) -> Result<Groups, StoreError>;
    /// One page of rows, with the totals. With a cursor, ranks are as of the cursor's time.
    async fn exceptions(
        &self,
        query: &ExceptionQuery,
        after: Option<&RankCursor>,
        limit: u32,
    ) -> Result<ExceptionPage, StoreError>;
    /// One exception; [`StoreError::NotFound`] also for one out of sight.
    async fn exception(&self, sight: &Sight, id: &str) -> Result<ExceptionWhole, StoreError>;
    /// A shipment's exceptions that are open or claimed, the worst first; none for a shipment out of sight.
    async fn exceptions_of_shipment(&self, sight: &Sight, shipment_id: &str) -> Result<Vec<ExceptionRecord>, StoreError>;
    /// What a shipment's readiness is worked out from; [`StoreError::NotFound`] also for one out of sight.
    async fn shipment_work(&self, sight: &Sight, shipment_id: &str) -> Result<ShipmentWork, StoreError>;
    /// Does one thing with each, in one transaction; answers in the order of the request.
    async fn act_on_exceptions(&self, act: Act) -> Result<Vec<(String, Acted)>, StoreError>;
}
