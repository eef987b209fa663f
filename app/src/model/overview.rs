use super::{Moment, Period, Stage};
use serde::{Deserialize, Serialize};

/// What the Overview is asked for; each field is a query parameter of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OverviewFilter {
    /// Days of delivery. Without one: the range that the data covers.
    #[serde(flatten)]
    pub period: Period,
    /// Region code.
    pub region: Option<String>,
    /// Business unit code.
    pub business_unit: Option<String>,
}

/// The Overview page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// When this was read.
    pub as_of: Moment,
    /// The period that the flow figures cover, both ends told.
    pub period: Period,
    /// True when the viewer chose no period and the data's own range is shown.
    pub period_is_default: bool,
    /// All shipments in scope.
    pub shipments: u64,
    /// Shipments by stage, pipeline order, now.
    pub stages: Vec<StageCount>,
    /// Late shipments.
    pub late: LatePanel,
    /// Delivered, no POD, now.
    pub awaiting_pod: AwaitingPod,
    /// Delivered in the period against promise.
    pub on_time: OnTime,
    /// Delivered to recorded in the period.
    pub recorded: RecordedLag,
    /// Quarantined items that wait for someone; none if the viewer may not see them.
    pub quarantined: Option<u64>,
    /// Milestones that no source has told for any shipment in scope: `Dispatch`, `Invoice`.
    pub absent: Vec<String>,
}

/// Shipments in one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageCount {
    /// Stage.
    pub stage: Stage,
    /// Shipments in it now.
    pub count: u64,
}

/// Late now, and delivered late in the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatePanel {
    /// Not delivered and past the promise, now; imported history is left out.
    pub overdue: u64,
    /// Delivered after the promise, in the period.
    pub delivered_late: u64,
}

/// Shipments that wait for proof of delivery, by age since delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingPod {
    /// All of them.
    pub total: u64,
    /// Half-open buckets, youngest first.
    pub buckets: Vec<AgeBucket>,
    /// Age of the oldest in words.
    pub oldest: Option<String>,
    /// Delivered before Waybill watched (imported history): not counted, told.
    pub history_left_out: u64,
}

/// One half-open age bucket `[from, to)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeBucket {
    /// As in the URL: `0-4h`, `4-24h`, `24-48h`, `48-72h`, `3-7d`, `8-14d`, `15-30d`, `30d-`.
    pub code: String,
    /// As people read it: `under 4 h`.
    pub label: String,
    /// Shipments in it.
    pub count: u64,
}

/// On-time rate with its population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnTime {
    /// Delivered no later than promised.
    pub on_time: u64,
    /// Delivered with a promise known: the denominator.
    pub promised: u64,
    /// `92.4 %`; none while the denominator is under 20 (the counts are shown instead).
    pub rate: Option<String>,
    /// Left out, with the reason and the count.
    pub omissions: Vec<Omission>,
}

/// Something a figure leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omission {
    /// Why: `no promise known`.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// Delivered to recorded: how long after the handover the delivery was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedLag {
    /// Deliveries measured.
    pub n: u64,
    /// Median in words; none while n is under 20.
    pub p50: Option<String>,
    /// 90th percentile in words; none while n is under 20.
    pub p90: Option<String>,
    /// One point a week (a month when the period is longer than two years), oldest first.
    pub points: Vec<RecordedPoint>,
    /// Left out, with the reason and the count.
    pub omissions: Vec<Omission>,
}

/// One week or month of the chart and of the table beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedPoint {
    /// As in the URL filter: `2026-W07`, or the month `2026-02`.
    pub code: String,
    /// As people read it: `week of 9 Feb 2026`.
    pub label: String,
    /// Deliveries measured.
    pub n: u64,
    /// Median in hours.
    pub p50_hours: f64,
    /// 90th percentile in hours.
    pub p90_hours: f64,
}
