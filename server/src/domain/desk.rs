//! Desk events: what a person says about a shipment is an event like any other, so that facts converge, the timeline shows it, and
//! undoing it is a retraction.

use super::{event::EventType, fact::FactKey, money::Money, time::Instant};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

mod seen;

pub use seen::{Matter, Seen};

/// The source of every desk event.
pub const DESK: &str = "waybill/desk";

/// Sources that only Waybill itself speaks as: no key and no role may send as one.
pub fn is_reserved(source: &str) -> bool {
    source == "waybill" || source.starts_with("waybill/")
}

/// What a person says about a shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A proof of delivery came, with this document.
    PodReceived {
        /// Who signed for the goods, where it can be read.
        signed_by: Option<String>,
        /// What it lacks, as codes.
        lacks: Vec<String>,
        /// Where its bytes are: address, media type, SHA-256 in hexadecimal.
        document: (String, &'static str, String),
    },
    /// The proof of delivery was looked at and is good.
    PodValidated {
        /// Who signed for the goods, where it can be read.
        signed_by: Option<String>,
    },
    /// The proof of delivery was looked at and is not good.
    PodRejected {
        /// Why, as a code.
        reason: String,
    },
    /// The freight charge may be paid.
    ChargeApproved {
        /// How much.
        total: Money,
    },
    /// What is believed of the shipment is wrong: this is right.
    Corrected {
        /// What.
        field: Field,
        /// The right value, as the payload of an event has it.
        value: Value,
    },
    /// An earlier word from the desk no longer counts.
    TakenBack {
        /// The id of its event.
        event: String,
    },
}

impl Word {
    /// The type of the event that says it.
    pub fn event_type(&self) -> EventType {
        match self {
            Self::PodReceived { .. } => EventType::PodReceived,
            Self::PodValidated { .. } => EventType::PodValidated,
            Self::PodRejected { .. } => EventType::PodRejected,
            Self::ChargeApproved { .. } => EventType::FreightChargeApproved,
            Self::Corrected { .. } => EventType::ShipmentCorrected,
            Self::TakenBack { .. } => EventType::EventRetracted,
        }
    }

    fn data(&self, by: &str) -> Map<String, Value> {
        let data = match self {
            Self::PodReceived { signed_by, lacks, document: (href, media_type, sha256) } => json!({
                "document": { "href": href, "media_type": media_type, "sha256": sha256 },
                "signed_by": signed_by,
                "missing": lacks,
            }),
            Self::PodValidated { signed_by } => json!({ "signed_by": signed_by }),
            Self::PodRejected { reason } => json!({ "reason": reason }),
            Self::ChargeApproved { total } => json!({
                "total": { "amount": total.decimal(), "currency": total.currency.code() },
                "approved_by": by,
            }),
            Self::Corrected { field, value } => json!({ field.code(): value }),
            Self::TakenBack { event } => json!({ "retracts": event }),
        };
        let Value::Object(data) = data else { unreachable!("each is an object") };
        data
    }
}

/// What can be corrected of a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Customer code.
    Customer,
    /// Carrier code.
    Carrier,
    /// Mode.
    Mode,
    /// Region code.
    Region,
    /// Business unit code.
    BusinessUnit,
    /// Promised delivery.
    Promised,
    /// Delivery.
    Delivered,
    /// Who signed.
    SignedBy,
    /// Freight cost.
    FreightCost,
}

impl Field {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 9] = [
        Self::Customer,
        Self::Carrier,
        Self::Mode,
        Self::Region,
        Self::BusinessUnit,
        Self::Promised,
        Self::Delivered,
        Self::SignedBy,
        Self::FreightCost,
    ];

    /// As in the event's payload, in forms and in the API.
    pub fn code(self) -> &'static str {
        self.told().0
    }

    /// In words.
    pub fn label(self) -> &'static str {
        self.told().1
    }

    /// The fact that it corrects.
    pub fn fact(self) -> FactKey {
        self.told().2
    }

    /// The field with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }

    fn told(self) -> (&'static str, &'static str, FactKey) {
        match self {
            Self::Customer => ("customer", "Customer", FactKey::Customer),
            Self::Carrier => ("carrier", "Carrier", FactKey::Carrier),
            Self::Mode => ("mode", "Mode", FactKey::Mode),
            Self::Region => ("region", "Region", FactKey::Region),
            Self::BusinessUnit => ("business_unit", "Business unit", FactKey::BusinessUnit),
            Self::Promised => ("promised_at", "Promised delivery", FactKey::PromisedAt),
            Self::Delivered => ("delivered_at", "Delivered", FactKey::Delivered),
            Self::SignedBy => ("signed_by", "Signed by", FactKey::SignedBy),
            Self::FreightCost => ("freight_cost", "Freight cost", FactKey::FreightCost),
        }
    }
}

/// A desk event in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<'a> {
    /// The event's id.
    pub id: &'a str,
    /// Reference of the shipment.
    pub shipment: &'a str,
    /// Who says it, as in the audit trail.
    pub actor: &'a str,
    /// When.
    pub at: Instant,
    /// What.
    pub word: &'a Word,
    /// Why, in the person's words.
    pub note: &'a str,
}

impl Said<'_> {
    /// The event as CloudEvents JSON; it is read as any other is.
    pub fn json(&self) -> String {
        let time = DateTime::<Utc>::from_timestamp_micros(self.at.0).unwrap_or_default();
        let by = self.actor.strip_prefix("user:").unwrap_or(self.actor);
        let mut data = self.word.data(by);
        // What nobody said is left out: an absent field says nothing, an empty one would be refused.
        data.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
        if !self.note.is_empty() {
            data.insert("note".into(), self.note.into());
        }
        json!({
            "specversion": "1.0",
            "id": self.id,
            "source": DESK,
            "type": self.word.event_type().name(),
            "subject": self.shipment,
            "time": time.to_rfc3339_opts(SecondsFormat::Micros, true),
            "actor": self.actor,
            "data": data,
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        event::{Limits, ReadTerms, read},
        money::Currency,
    };

    const NOW: Instant = Instant(1_780_000_000_000_000);

    fn said(word: &Word, note: &str) -> crate::domain::event::CanonicalEvent {
        let said = Said { id: "0197-1", shipment: "S-1", actor: "user:amira", at: NOW, word, note };
        read(said.json().as_bytes(), &ReadTerms { now: NOW, limits: Limits::DEFAULT }).expect("the desk says what can be read")
    }

    fn keys(word: &Word) -> Vec<FactKey> {
        said(word, "because").claims.iter().map(|claim| claim.key).collect()
    }

    #[test]
    fn every_word_is_an_event_that_intake_reads() {
        let document = ("/shipments/1/documents/2".to_owned(), "application/pdf", "ab".repeat(32));
        let signed = Word::PodReceived { signed_by: Some("A. Ortiz".into()), lacks: vec![], document: document.clone() };
        assert_eq!(keys(&signed), [FactKey::PodReceived, FactKey::PodSigned, FactKey::SignedBy]);
        let lacking = Word::PodReceived { signed_by: None, lacks: vec!["signature".into()], document };
        assert_eq!(keys(&lacking), [FactKey::PodReceived, FactKey::PodLacks]);
        assert_eq!(keys(&Word::PodValidated { signed_by: None }), [FactKey::PodValidated]);
        assert_eq!(keys(&Word::PodRejected { reason: "illegible".into() }), [FactKey::PodRejected, FactKey::PodRejectedFor]);
        let total = Money { minor: 12_550, currency: Currency::try_from("EUR").expect("a currency") };
        assert_eq!(keys(&Word::ChargeApproved { total }), [FactKey::ChargeApproved, FactKey::FreightCost]);
        for field in Field::ALL {
            let value = match field {
                Field::Promised | Field::Delivered => json!("2026-05-01T10:00:00+02:00"),
                Field::FreightCost => json!({ "amount": "12.50", "currency": "EUR" }),
                _ => json!("X-1"),
            };
            assert_eq!(keys(&Word::Corrected { field, value }), [field.fact()]);
            assert_eq!(Field::from_code(field.code()), Some(field));
        }
        let back = said(&Word::TakenBack { event: "0197-0".into() }, "");
        assert_eq!((back.retracts.as_deref(), back.source.as_str()), (Some("0197-0"), DESK));
        assert_eq!((back.occurred_at, back.subject.as_str()), (NOW, "S-1"));
        assert!(back.json.contains(r#""actor":"user:amira""#));
    }

    #[test]
    fn only_waybill_speaks_as_waybill() {
        for (source, reserved) in
            [("waybill", true), (DESK, true), ("waybill/x", true), ("waybills/x", false), ("tms/waybill/", false)]
        {
            assert_eq!(is_reserved(source), reserved, "{source}");
        }
    }
}
