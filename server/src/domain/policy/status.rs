//! Status maps: what the words of a source mean.

use crate::domain::{event::EventType, source, time::Instant};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The words of some sources. They come in as `shipment.status_reported` and have the effect of what they are mapped to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusMap {
    /// Whose words: a source, or a beginning that ends in `*`.
    pub sources: String,
    /// First day (UTC) of what was reported that it covers; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// What each code means, as the source spells it.
    pub codes: BTreeMap<String, Meaning>,
}

impl StatusMap {
    fn covers(&self, source: &str, at: Instant) -> bool {
        let begun = |from: NaiveDate| from.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros() <= at.0;
        source::covers(&self.sources, source) && self.from.is_none_or(begun)
    }
}

/// What a code means in these maps, which must stand in the order of [`in_order`]: the first that covers the source and the time
/// and knows the code says it.
pub(crate) fn meaning(maps: &[StatusMap], source: &str, at: Instant, code: &str) -> Option<Meaning> {
    maps.iter().filter(|map| map.covers(source, at)).find_map(|map| map.codes.get(code)).copied()
}

/// The maps, those that began last first.
pub(crate) fn in_order(maps: &[StatusMap]) -> Vec<StatusMap> {
    let mut maps = maps.to_vec();
    maps.sort_by_key(|map| std::cmp::Reverse(map.from));
    maps
}

pub(super) fn problems(maps: &[StatusMap], problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for map in maps {
        let sources = &map.sources;
        if let Some(problem) = source::problem(sources) {
            problems.push(format!("status_maps: {sources:?} {problem}"));
        }
        if map.codes.keys().any(|code| code.is_empty() || code.trim() != code) {
            problems.push(format!("status_maps: a code of {sources} is empty, or begins or ends with a space"));
        }
        if !seen.insert((sources, map.from)) {
            problems.push(format!("status_maps: two of {sources} begin on the same day"));
        }
    }
}

macro_rules! meanings {
    ($($code:literal => $variant:ident, $words:literal;)*) => {
        /// What a code can mean: the effect of one event type, or nothing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum Meaning {
            /// It is known and means nothing.
            Ignore,
            /// The effect of an event of this type.
            Event(EventType),
        }

        impl Meaning {
            /// All of them, each with its code and its words.
            pub const ALL: &[(&'static str, Self, &'static str)] = &[
                ("ignore", Self::Ignore, "known, and no matter"),
                $(($code, Self::Event(EventType::$variant), $words),)*
            ];
        }
    };
}

meanings! {
    "planned" => ShipmentPlanned, "planned";
    "booked" => FreightBooked, "freight booked";
    "tendered" => TenderSent, "tender sent to a carrier";
    "tender_accepted" => TenderAccepted, "tender accepted";
    "tender_rejected" => TenderRejected, "tender rejected";
    "assigned" => VehicleAssigned, "vehicle or load assigned";
    "loaded" => ShipmentLoaded, "loading completed";
    "dispatched" => ShipmentDispatched, "dispatch confirmed";
    "picked_up" => ShipmentPickedUp, "picked up by the carrier";
    "departed" => ShipmentDeparted, "left the warehouse or the first stop";
    "in_transit" => ShipmentInTransit, "under way";
    "delayed" => ShipmentDelayed, "late on its way";
    "stop_missed" => StopMissed, "a stop was missed";
    "stop_completed" => StopCompleted, "a stop was completed";
    "partially_delivered" => ShipmentPartiallyDelivered, "part of the goods handed over";
    "refused" => ShipmentRefused, "the consignee refused";
    "delivered" => ShipmentDelivered, "handed over";
    "returned" => ShipmentReturned, "on its way back";
    "exception_raised" => DeliveryExceptionRaised, "something is wrong with the delivery";
    "exception_cleared" => DeliveryExceptionCleared, "it no longer is";
    "pod_received" => PodReceived, "proof of delivery received";
    "pod_validated" => PodValidated, "proof of delivery checked and good";
    "pod_rejected" => PodRejected, "proof of delivery checked and not good";
    "cancelled" => ShipmentCancelled, "cancelled";
    "invoiced" => InvoiceReleased, "invoice sent to the customer";
    "posted" => ErpPostingSucceeded, "posted in the ERP";
}

impl Meaning {
    /// As in the configuration.
    pub fn code(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, meaning, _)| *meaning == self);
        known.map(|(code, _, _)| *code).expect("no other one can be made but from a code")
    }

    /// The meaning with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _, _)| *known == code).map(|(_, meaning, _)| *meaning)
    }
}

impl TryFrom<String> for Meaning {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::from_code(&code).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|(code, _, _)| *code).collect();
            format!("{code:?} is no meaning of a code; choose one of {}", known.join(", "))
        })
    }
}

impl From<Meaning> for &'static str {
    fn from(meaning: Meaning) -> Self {
        meaning.code()
    }
}
