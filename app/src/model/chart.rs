use super::OverviewFilter;
use serde::{Deserialize, Serialize};

/// A chart that the server draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Delivered to recorded, p50 and p90 by week.
    DeliveredToRecorded,
}

/// Which chart, over what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartRequest {
    /// The chart.
    pub kind: ChartKind,
    /// Over what.
    pub filter: OverviewFilter,
}
