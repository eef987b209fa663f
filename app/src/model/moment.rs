use serde::{Deserialize, Serialize};

/// An instant as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Moment {
    /// UTC microseconds since 1970.
    pub micros: i64,
    /// Day precision stands for the end of that local day and is shown without a time.
    pub precision: Precision,
    /// In the viewer's zone, for reading: `14 Mar 2026, 09:12`, or `14 Mar 2026` with day precision.
    pub local: String,
    /// ISO 8601 in UTC, for `<time datetime>` and the hover.
    pub utc: String,
}

/// How exactly a source knew when something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum Precision {
    /// A point in time.
    Instant,
    /// A calendar day without a time.
    Day,
}
