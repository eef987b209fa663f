//! What others are told of: how far a shipment has come on its way to cash, and its exceptions. Each notice follows from two states of
//! one shipment; whoever hears them in their order knows the latest.

use super::{
    fact::FactKey,
    money::Money,
    readiness::Holds,
    shipment::ShipmentState,
    time::{Instant, Precision},
};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::Serialize;

macro_rules! notices {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $title:literal;)*) => {
        /// What is told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum NoticeKind {
            $($(#[$doc])* $variant,)*
        }

        impl NoticeKind {
            /// All of them, in the order in which a shipment comes to them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As in a subject of the broker.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The CloudEvents type.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// In words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The kind of this CloudEvents type.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

notices! {
    /// Dispatch is confirmed.
    Dispatched = "dispatched", "com.waybill.progress.dispatched.v1", "Dispatched";
    /// Handed over.
    Delivered = "delivered", "com.waybill.progress.delivered.v1", "Delivered";
    /// The proof of delivery is checked and good.
    PodValidated = "pod_validated", "com.waybill.progress.pod_validated.v1", "Proof of delivery validated";
    /// Delivered, not billed, and nothing holds it.
    ReadyToBill = "ready_to_bill", "com.waybill.progress.ready_to_bill.v1", "Ready to bill";
    /// The invoice has been released.
    Billed = "billed", "com.waybill.progress.billed.v1", "Billed";
    /// The ERP confirmed the posting.
    Posted = "posted", "com.waybill.progress.posted.v1", "Posted";
    /// Delivered, billed and posted under a document of the ERP: all systems tell the same.
    Synchronised = "synchronised", "com.waybill.progress.synchronised.v1", "Synchronised";
    /// Something is wrong, or is again.
    ExceptionOpened = "exception_opened", "com.waybill.exception.opened.v1", "Exception opened";
    /// It is no longer, or somebody accepted it.
    ExceptionClosed = "exception_closed", "com.waybill.exception.closed.v1", "Exception closed";
}

/// What became of a step on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It had not been reached before.
    Reached,
    /// It had been, at another time.
    Moved,
    /// It is not reached after all.
    Withdrawn,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Amount {
    /// A decimal number as text.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.decimal(), currency: money.currency.code().to_owned() }
    }
}

/// `data` of the notices of a shipment's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Progress {
    /// What became of the step.
    pub change: Change,
    /// When it was reached, RFC 3339; left out if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Whether only the day is known, whose end `at` then is.
    pub day: bool,
    /// Carrier's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Customer's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Region's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Business unit's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_unit: Option<String>,
    /// Number of the customer's invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// Amount of the customer's invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoiced: Option<Amount>,
    /// The document under which the ERP posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erp_document: Option<String>,
}

/// `data` of the notices of exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Exception {
    /// Its id, the same when it closes and when it comes back.
    pub exception: String,
    /// Its kind, as in docs/exceptions.md.
    pub kind: String,
    /// What exactly.
    pub detail: String,
    /// `open`, `claimed`, `verified` (seen to be over) or `waived` (accepted).
    pub state: String,
    /// Whose move it is: `logistics`, `finance`, `integration` or `service`.
    pub queue: String,
    /// Since when it has been so, RFC 3339.
    pub since: String,
    /// By when it is to be solved, RFC 3339.
    pub due: String,
    /// Money that waits for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<Amount>,
    /// Whether it is of a shipment, whose reference is then the subject; if not, of an item in quarantine or a silent source.
    pub shipment: bool,
}

/// The JSON Schema (2020-12) of `data`.
pub fn schema(kind: NoticeKind) -> Schema {
    let generator = || SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true).into_generator();
    match kind {
        NoticeKind::ExceptionOpened | NoticeKind::ExceptionClosed => generator().into_root_schema_for::<Exception>(),
        _ => generator().into_root_schema_for::<Progress>(),
    }
}

/// A shipment as far as notices follow from it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'s> {
    /// What is believed of it.
    pub state: &'s ShipmentState,
    /// What holds it from billing.
    pub holds: Holds,
}

type When = (Instant, Precision);

/// What is to be told of a change, in the order of the way. Of old data nothing is; of being ready only until it is billed.
pub fn notices(before: Seen<'_>, after: Seen<'_>, now: Instant) -> Vec<(NoticeKind, Progress)> {
    if !after.state.watched {
        return Vec::new();
    }
    let tell = |kind: &NoticeKind| {
        let (was, is) = (reached(*kind, before, now), reached(*kind, after, now));
        let change = match (was, is) {
            (None, Some(_)) => Change::Reached,
            (Some(_), None) if *kind == NoticeKind::ReadyToBill && is_billed(after.state) => return None,
            (Some(_), None) => Change::Withdrawn,
            // Being ready has no time of its own but that at which it was seen.
            (Some(was), Some(is)) if was != is && *kind != NoticeKind::ReadyToBill => Change::Moved,
            _ => return None,
        };
        Some((*kind, progress(change, is, after.state)))
    };
    NoticeKind::ALL.iter().filter_map(tell).collect()
}

fn is_billed(state: &ShipmentState) -> bool {
    state.facts.get(FactKey::InvoiceReleased).is_some() || state.facts.get(FactKey::ErpPosted).is_some()
}

/// When a step was reached; none: it is not.
fn reached(kind: NoticeKind, Seen { state, holds }: Seen<'_>, now: Instant) -> Option<When> {
    let at = |key| state.facts.at(key);
    // What was told to nobody was not reached before.
    let state_told = state.watched;
    match kind {
        _ if !state_told => None,
        NoticeKind::Dispatched => at(FactKey::Dispatched),
        NoticeKind::Delivered => at(FactKey::Delivered),
        NoticeKind::PodValidated => {
            let validated = at(FactKey::PodValidated)?;
            at(FactKey::PodRejected).is_none_or(|rejected| rejected < validated).then_some(validated)
        }
        NoticeKind::ReadyToBill => {
            (at(FactKey::Delivered).is_some() && !is_billed(state) && holds == Holds::NONE).then_some((now, Precision::Instant))
        }
        NoticeKind::Billed => state.first(FactKey::InvoiceReleased),
        NoticeKind::Posted => state.first(FactKey::ErpPosted),
        NoticeKind::Synchronised => {
            state.facts.text(FactKey::ErpDocument)?;
            let steps = [at(FactKey::Delivered)?, state.first(FactKey::InvoiceReleased)?, state.first(FactKey::ErpPosted)?];
            steps.into_iter().max()
        }
        NoticeKind::ExceptionOpened | NoticeKind::ExceptionClosed => None,
    }
}

fn progress(change: Change, at: Option<When>, state: &ShipmentState) -> Progress {
    let text = |key| state.facts.text(key).map(str::to_owned);
    Progress {
        change,
        at: at.map(|(at, _)| rfc3339(at)),
        day: at.is_some_and(|(_, precision)| precision == Precision::Day),
        carrier: text(FactKey::Carrier),
        customer: text(FactKey::Customer),
        region: text(FactKey::Region),
        business_unit: text(FactKey::BusinessUnit),
        invoice: text(FactKey::InvoiceNumber),
        invoiced: state.facts.money(FactKey::InvoiceAmount).map(Amount::from),
        erp_document: text(FactKey::ErpDocument),
    }
}

/// As in an event.
pub fn rfc3339(at: Instant) -> String {
    let utc = chrono::DateTime::from_timestamp_micros(at.0).unwrap_or_default();
    utc.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        fact::{Claim, FactValue, Standing},
        readiness::HoldKind,
    };

    fn standing() -> Standing {
        Standing { rank: 0, told_at: Instant(1), sequence: None, source: "s".into(), event_id: "e".into(), received_at: None }
    }

    /// A watched shipment of which this is told.
    fn state(told: &[(FactKey, i64)]) -> ShipmentState {
        let mut state = ShipmentState { watched: true, ..ShipmentState::NONE };
        for (key, at) in told {
            let claim = Claim { key: *key, value: FactValue::At(Instant(*at), Precision::Instant) };
            state.facts.merge(&[claim], standing());
        }
        state
    }

    fn told(before: (&ShipmentState, Holds), after: (&ShipmentState, Holds)) -> Vec<(&'static str, Change)> {
        let seen = |(state, holds)| Seen { state, holds };
        notices(seen(before), seen(after), Instant(9)).into_iter().map(|(kind, told)| (kind.code(), told.change)).collect()
    }

    #[test]
    fn ready_is_told_when_the_last_hold_goes_and_taken_back_only_until_it_is_billed() {
        let held = Holds::from_bits(1 << HoldKind::PodMissing as u32);
        let delivered = state(&[(FactKey::Delivered, 1)]);
        let billed = state(&[(FactKey::Delivered, 1), (FactKey::InvoiceReleased, 2)]);
        let none = Holds::NONE;
        assert_eq!(told((&ShipmentState::NONE, none), (&delivered, held)), [("delivered", Change::Reached)]);
        assert_eq!(told((&delivered, held), (&delivered, none)), [("ready_to_bill", Change::Reached)]);
        assert_eq!(told((&delivered, none), (&delivered, none)), []);
        assert_eq!(told((&delivered, none), (&delivered, held)), [("ready_to_bill", Change::Withdrawn)]);
        assert_eq!(told((&delivered, none), (&billed, none)), [("billed", Change::Reached)]);
        assert_eq!(told((&delivered, held), (&billed, none)), [("billed", Change::Reached)]);
    }

    #[test]
    fn another_time_is_told_and_old_data_is_not() {
        let (early, late) = (state(&[(FactKey::Dispatched, 1)]), state(&[(FactKey::Dispatched, 2)]));
        assert_eq!(told((&early, Holds::NONE), (&late, Holds::NONE)), [("dispatched", Change::Moved)]);
        assert_eq!(told((&late, Holds::NONE), (&state(&[]), Holds::NONE)), [("dispatched", Change::Withdrawn)]);
        let old = ShipmentState { watched: false, ..early.clone() };
        assert_eq!(told((&ShipmentState::NONE, Holds::NONE), (&old, Holds::NONE)), []);
        // Whoever hears of it now was told nothing of it before.
        assert_eq!(told((&old, Holds::NONE), (&early, Holds::NONE)), [("dispatched", Change::Reached)]);
    }

    #[test]
    fn a_rejected_proof_is_none() {
        let good = state(&[(FactKey::PodValidated, 2)]);
        let bad = state(&[(FactKey::PodValidated, 2), (FactKey::PodRejected, 3)]);
        assert_eq!(told((&good, Holds::NONE), (&bad, Holds::NONE)), [("pod_validated", Change::Withdrawn)]);
    }
}
