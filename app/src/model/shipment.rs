use super::{Moment, Money, Period};
use serde::{Deserialize, Serialize};

/// How far a shipment has come between plan and cash; the furthest milestone that is known decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Planned or booked, nothing sent to a carrier.
    Planned,
    /// Tendered to a carrier, or accepted by one.
    Tendered,
    /// Dispatch confirmed.
    Dispatched,
    /// Loaded, departed, picked up or under way.
    InTransit,
    /// Handed over; the proof is still missing.
    Delivered,
    /// Proof of delivery received, not yet invoiced.
    PodReceived,
    /// Invoice issued to the customer.
    Invoiced,
    /// The ERP confirmed the posting.
    Posted,
    /// Cancelled; it counts in no other stage.
    Cancelled,
}

impl Stage {
    /// All stages in pipeline order.
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::Tendered,
        Self::Dispatched,
        Self::InTransit,
        Self::Delivered,
        Self::PodReceived,
        Self::Invoiced,
        Self::Posted,
        Self::Cancelled,
    ];

    /// As in URLs, the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Tendered => "tendered",
            Self::Dispatched => "dispatched",
            Self::InTransit => "in_transit",
            Self::Delivered => "delivered",
            Self::PodReceived => "pod_received",
            Self::Invoiced => "invoiced",
            Self::Posted => "posted",
            Self::Cancelled => "cancelled",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Tendered => "Tendered",
            Self::Dispatched => "Dispatched",
            Self::InTransit => "In transit",
            Self::Delivered => "Delivered",
            Self::PodReceived => "POD received",
            Self::Invoiced => "Invoiced",
            Self::Posted => "Posted",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The stage with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// Delivery against promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    /// Delivered no later than promised.
    OnTime,
    /// Delivered after the promise.
    DeliveredLate,
    /// Not delivered and the promise has passed.
    Overdue,
    /// Not delivered, promise still ahead.
    Open,
    /// No promise is known, so neither late nor on time.
    NoPromise,
    /// Cancelled: nothing is due any more.
    Cancelled,
    /// Imported history without a delivery, its promise long past: nobody watches for it.
    Unwatched,
}

impl Timeliness {
    /// As in URLs and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::DeliveredLate => "delivered_late",
            Self::Overdue => "overdue",
            Self::Open => "open",
            Self::NoPromise => "no_promise",
            Self::Cancelled => "cancelled",
            Self::Unwatched => "unwatched",
        }
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::OnTime => "On time",
            Self::DeliveredLate => "Delivered late",
            Self::Overdue => "Overdue",
            Self::Open => "Not due yet",
            Self::Cancelled => "Cancelled",
            Self::Unwatched => "Not watched",
            Self::NoPromise => "No promise known",
        }
    }
}

/// What the Shipments page is asked for; each field is a query parameter of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShipmentFilter {
    /// Days of delivery (of the promise while undelivered).
    #[serde(flatten)]
    pub period: Period,
    /// Region code.
    pub region: Option<String>,
    /// Business unit code.
    pub business_unit: Option<String>,
    /// Carrier code.
    pub carrier: Option<String>,
    /// Mode code.
    pub mode: Option<String>,
    /// Customer code.
    pub customer: Option<String>,
    /// [`Stage`] code.
    pub stage: Option<String>,
    /// [`Timeliness`] code: `on_time`, `delivered_late`, `overdue`.
    pub timeliness: Option<String>,
    /// Age bucket code of the wait for a POD (`any` for all): `0-4h`, `30d-`.
    pub awaiting_pod: Option<String>,
    /// ISO week of delivery, `2026-W07`: the drill-down of the weekly chart.
    pub week: Option<String>,
    /// Cursor of a page.
    pub after: Option<String>,
}

/// One row of the Shipments list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShipmentRow {
    /// Waybill's id (UUIDv7).
    pub id: String,
    /// The shipment's reference.
    pub reference: String,
    /// Stage.
    pub stage: Stage,
    /// Delivery against promise.
    pub timeliness: Timeliness,
    /// How late in words, `2 d 4 h`; none unless late.
    pub late_by: Option<String>,
    /// Region, if a source told it.
    pub region: Option<String>,
    /// Business unit, if a source told it.
    pub business_unit: Option<String>,
    /// Carrier, if a source told it.
    pub carrier: Option<String>,
    /// Mode, if a source told it.
    pub mode: Option<String>,
    /// Promised delivery.
    pub promised: Option<Moment>,
    /// Dispatch confirmed.
    pub dispatched: Option<Moment>,
    /// Handed over.
    pub delivered: Option<Moment>,
    /// Freight cost known so far.
    pub freight: Option<Money>,
    /// Imported as history: no alerts, no waiting lists.
    pub history: bool,
}

/// A reference by which a shipment can be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// `shipment`, `order`, `bol`, `pro`, `container`, `carrier_invoice`, …
    pub scheme: String,
    /// Who gave it; empty for the tenant itself.
    pub issuer: String,
    /// The reference itself.
    pub value: String,
}

/// One fact with where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Field or milestone in words: `Carrier`, `Delivered`.
    pub label: String,
    /// Its value in words.
    pub value: String,
    /// For milestones and dates: the instant.
    pub at: Option<Moment>,
    /// Source that won, such as `tms/eu`.
    pub source: String,
    /// When that source recorded it.
    pub recorded: Moment,
}

/// Something a shipment of this kind usually has and that no source has told: shown as absent, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blank {
    /// Milestone or field in words: `Dispatch`, `Invoice`.
    pub label: String,
    /// Why it matters or what would fill it.
    pub note: String,
}

/// What one system believes: its latest word on the shipment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemState {
    /// Source, such as `wms`.
    pub source: String,
    /// Its latest event in words.
    pub latest: String,
    /// When that happened.
    pub occurred: Moment,
    /// Events it sent for this shipment.
    pub events: u32,
    /// Its view differs from the canonical stage.
    pub drifts: bool,
}

/// One line of the timeline: an event of one system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// Commit sequence; the anchor `#event-123` and the raw event's address.
    pub seq: i64,
    /// Source, such as `pod-app`.
    pub source: String,
    /// Event type in words: `Delivered`.
    pub title: String,
    /// Event type on the wire.
    pub event_type: String,
    /// Business truth.
    pub occurred: Moment,
    /// The producer's record time, else our receipt.
    pub recorded: Moment,
    /// Our commit.
    pub known: Moment,
    /// Recorded minus occurred in words, `3 h 20 min`; none with day precision or a negative difference.
    pub lag: Option<String>,
    /// Recorded before it occurred, or other disorder worth a mark.
    pub remark: Option<String>,
    /// `effective`, `superseded` (amended by a later record) or `retracted`.
    pub standing: String,
    /// Short facts out of the payload: location, signer, reason.
    pub details: Vec<(String, String)>,
}

/// One event as it came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawEvent {
    /// Commit sequence.
    pub seq: i64,
    /// CloudEvents id.
    pub id: String,
    /// CloudEvents source.
    pub source: String,
    /// CloudEvents type.
    pub event_type: String,
    /// Hash over the canonical body.
    pub body_hash: String,
    /// The event as JSON, indented; empty if it cannot be read.
    pub json: String,
    /// Where that is, if not in the database.
    pub kept: Option<String>,
}

/// Everything about one shipment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShipmentDetail {
    /// The list's row.
    pub row: ShipmentRow,
    /// The customer, by the name that is configured or told and by its code; if a source told it.
    pub customer: Option<String>,
    /// Every reference.
    pub references: Vec<Reference>,
    /// Orders that it carries.
    pub orders: Vec<String>,
    /// Milestones and attributes with their source.
    pub facts: Vec<Fact>,
    /// What no source has told.
    pub blanks: Vec<Blank>,
    /// Each system's latest word.
    pub systems: Vec<SystemState>,
    /// Events by business time, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// The timeline holds only the latest of so many events; none when all are shown.
    pub timeline_cut_from: Option<u32>,
    /// When this was read.
    pub as_of: Moment,
}
