//! Lists of work: shipments that wait for somebody, with how long, for how much money, and for whom.

use super::{FilterChoices, Moment, Money, Queue, Stage, Sums};
use serde::{Deserialize, Serialize};

macro_rules! lists {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $label:literal, $why:literal;)*) => {
        /// A list of work.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum WorkList {
            $($(#[$doc])* $variant,)*
        }

        impl WorkList {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As in URLs and the API.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Its address.
            pub fn path(self) -> &'static str {
                match self { $(Self::$variant => concat!("/work/", $code),)* }
            }

            /// As people read it.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// What is in it, in words.
            pub fn explained(self) -> &'static str {
                match self { $(Self::$variant => $why,)* }
            }

            /// The list with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

lists! {
    /// Delivered, watched, and not invoiced.
    Unbilled = "unbilled", "Delivered, not invoiced", "Handed over, and no invoice is out. Waits since the delivery.";
    /// Delivered, watched, and without proof.
    AwaitingPod = "pod", "Awaiting POD", "Handed over, and no proof of delivery is in, whether its contract asks for one or not. Waits since the delivery.";
    /// Planned, and nobody drives it.
    Unassigned = "unassigned", "Unassigned", "Planned, and no carrier or vehicle in time.";
    /// Under way, and nobody says anything.
    Stale = "stale", "Gone silent", "Under way, and no word of it for longer than its mode's cadence.";
    /// Its order changed under it.
    Blocked = "orders", "Order blocked or changed", "Its order was blocked for credit, cancelled or changed after it was planned.";
}

/// What a list of work is asked for; each field is a query parameter of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkFilter {
    /// Code of what holds it, or `none` for what nothing holds.
    pub hold: Option<String>,
    /// Code of an age: `0-4h`, `4-24h`, `24-48h`, `48-72h`, `3-7d`, `8-14d`, `15-30d` or `30d-`.
    pub age: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// Business unit code.
    pub business_unit: Option<String>,
    /// Carrier code.
    pub carrier: Option<String>,
    /// Customer code.
    pub customer: Option<String>,
    /// Mode code.
    pub mode: Option<String>,
    /// `value` for money × age; the longest first otherwise.
    pub sort: Option<String>,
    /// Cursor of a page.
    pub after: Option<String>,
}

/// Something that holds a shipment from billing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// As in URLs and the API.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// Whose move it is.
    pub owner: Queue,
}

/// A shipment that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkRow {
    /// Waybill's id.
    pub id: String,
    /// The shipment's reference.
    pub reference: String,
    /// Stage.
    pub stage: Stage,
    /// Since when it waits.
    pub since: Moment,
    /// For how long, in words.
    pub age: String,
    /// Money that waits, where known.
    pub money: Option<Money>,
    /// All that holds it from billing.
    pub holds: Vec<Hold>,
    /// More about why it is here, if there is more.
    pub detail: Option<String>,
    /// Whose move it is.
    pub moves: Vec<Queue>,
    /// Its open exception: the one that the list is about, else the one that stands for the shipment.
    pub exception: Option<String>,
    /// Carrier, if told.
    pub carrier: Option<String>,
    /// Customer, if told.
    pub customer: Option<String>,
    /// Region, if told.
    pub region: Option<String>,
    /// Mode, if told.
    pub mode: Option<String>,
}

/// A part of the list: those with one hold, or of one age.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkPart {
    /// Value of `hold` or `age` that shows it alone.
    pub code: String,
    /// As people read it.
    pub label: String,
    /// Shipments.
    pub count: u64,
    /// Their money by currency.
    pub money: Sums,
}

/// One page of a list of work, with what all of it comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkPage {
    /// The rows.
    pub items: Vec<WorkRow>,
    /// Cursor of the following page.
    pub next: Option<String>,
    /// Shipments that match.
    pub total: u64,
    /// Their money by currency.
    pub money: Sums,
    /// By hold or by age, whatever the filter says of either; a shipment with two holds is in two parts.
    pub parts: Vec<WorkPart>,
    /// Awaiting POD: of how many billing waits for it: their contract asks for one, and they are not invoiced.
    pub asked: Option<u64>,
    /// Values that the filter offers.
    pub choices: FilterChoices,
    /// When this was read.
    pub as_of: Moment,
}
