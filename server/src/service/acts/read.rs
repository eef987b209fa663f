//! What a person says of a shipment, read and checked.

use crate::{
    domain::{
        access::{Actor, Permission},
        desk::{Field, Matter, Seen, Word},
        fact::FactKey,
        money::Money,
        shipment::ShipmentState,
    },
    service::{
        period::invalid,
        text::{at_most, typed},
        when::{time, zone},
    },
    store::acts::Touch,
};
use app::{
    error::AppError,
    model::{ShipmentAct, ShipmentAction},
};
use chrono::{NaiveDate, SecondsFormat, TimeZone};
use serde_json::{Value, json};

/// Longest note, in characters.
const LONGEST_NOTE: usize = 2_000;

/// An act that was read.
#[derive(Debug, PartialEq)]
pub struct Asked {
    /// What is said.
    pub word: Word,
    /// Why.
    pub note: String,
    /// As the audit trail names it.
    pub action: &'static str,
    /// As the ledger of touches counts it.
    pub touch: Touch,
    /// What was done, in words.
    pub done: String,
    /// What it decides, as the person saw it; without a mark, as it stands.
    pub decides: Option<Seen>,
}

/// The permission that an action asks for.
pub fn permission(action: ShipmentAction) -> Permission {
    match action {
        ShipmentAction::ApproveCharges => Permission::ApproveCharges,
        _ => Permission::ActOnShipments,
    }
}

/// Which action it is.
pub fn action_of(act: &ShipmentAct) -> ShipmentAction {
    match act {
        ShipmentAct::ValidatePod { .. } => ShipmentAction::ValidatePod,
        ShipmentAct::RejectPod { .. } => ShipmentAction::RejectPod,
        ShipmentAct::ApproveCharges { .. } => ShipmentAction::ApproveCharges,
        ShipmentAct::Correct { .. } => ShipmentAction::Correct,
    }
}

/// Whether an action makes sense for a shipment as it stands.
pub fn fits(action: ShipmentAction, state: &ShipmentState) -> bool {
    let at = |key| state.facts.at(key).map(|(at, _)| at);
    let (received, validated, rejected) = (at(FactKey::PodReceived), at(FactKey::PodValidated), at(FactKey::PodRejected));
    let latest = received.max(validated).max(rejected);
    match action {
        ShipmentAction::ValidatePod => received.is_some() && (validated < latest || validated == rejected),
        ShipmentAction::RejectPod => received.max(validated).is_some() && rejected < latest,
        ShipmentAction::AttachPod | ShipmentAction::ApproveCharges | ShipmentAction::Correct => true,
    }
}

/// Reads what is said; the actor may say it, and it fits.
pub fn act(act: ShipmentAct, actor: &Actor) -> Result<Asked, AppError> {
    Ok(match act {
        ShipmentAct::ValidatePod { signed_by, note, seen } => Asked {
            word: Word::PodValidated { signed_by: told("signed_by", &signed_by)? },
            note: self::note(&note)?,
            action: "shipment.validate_pod",
            touch: Touch::Approve,
            done: "The proof of delivery is validated.".into(),
            decides: decides(Matter::Proof, seen),
        },
        ShipmentAct::RejectPod { reason, note, seen } => Asked {
            word: Word::PodRejected {
                reason: told("reason", &reason)?.ok_or_else(|| invalid("reason", "Say why it is rejected."))?,
            },
            note: self::note(&note)?,
            action: "shipment.reject_pod",
            touch: Touch::Override,
            done: "The proof of delivery is rejected: the carrier owes a good one.".into(),
            decides: decides(Matter::Proof, seen),
        },
        ShipmentAct::ApproveCharges { amount, currency, note, seen } => {
            let total = Money::parse(amount.trim(), currency.trim()).map_err(|error| invalid("amount", &error.to_string()))?;
            if total.minor < 0 {
                return Err(invalid("amount", "A charge is not less than nothing."));
            }
            Asked {
                word: Word::ChargeApproved { total },
                note: self::note(&note)?,
                action: "shipment.approve_charges",
                touch: Touch::Approve,
                done: format!("The freight charge of {} {} is approved.", total.decimal(), total.currency.code()),
                decides: decides(Matter::Charges, seen),
            }
        }
        ShipmentAct::Correct { field, value, note, seen } => {
            let field = Field::from_code(&field).ok_or_else(|| invalid("field", "This is no field that can be corrected."))?;
            let note = self::note(&note)?;
            if note.is_empty() {
                return Err(invalid("note", "Say why; it stands in the audit trail."));
            }
            let value = told("value", &value)?.ok_or_else(|| invalid("value", "Say what is right."))?;
            let done = format!("{} is corrected to {value}.", field.label());
            let value = corrected(field, &value, actor)?;
            Asked {
                word: Word::Corrected { field, value },
                note,
                action: "shipment.correct",
                touch: Touch::Edit,
                done,
                decides: decides(Matter::Field(field), seen),
            }
        }
    })
}

fn decides(matter: Matter, mark: String) -> Option<Seen> {
    Some(Seen { matter, mark })
}

/// The right value as a payload has it.
fn corrected(field: Field, value: &str, actor: &Actor) -> Result<Value, AppError> {
    let foreign = |set: &Option<Vec<String>>| set.as_ref().is_some_and(|set| !set.iter().any(|each| each == value));
    Ok(match field {
        Field::Region if foreign(&actor.scope.regions) => return Err(invalid("value", "This region is not yours.")),
        Field::BusinessUnit if foreign(&actor.scope.business_units) => {
            return Err(invalid("value", "This business unit is not yours."));
        }
        Field::FreightCost => {
            let money =
                value.split_once(' ').ok_or_else(|| invalid("value", "Write an amount with its currency: 1250.50 USD."))?;
            let money = Money::parse(money.0.trim(), money.1.trim()).map_err(|error| invalid("value", &error.to_string()))?;
            if money.minor < 0 {
                return Err(invalid("value", "Freight does not cost less than nothing."));
            }
            json!({ "amount": money.decimal(), "currency": money.currency.code() })
        }
        Field::Promised | Field::Delivered => when(value, actor)?.into(),
        _ => value.into(),
    })
}

/// A time as a payload has it. Without an offset it is the person's own: `2026-03-01 14:05`, or the day `2026-03-01`.
fn when(text: &str, actor: &Actor) -> Result<String, AppError> {
    let unclear = || {
        invalid(
            "value",
            "Write a time such as 2026-03-01 14:05, a time with its offset such as 2026-03-01T14:05:00+02:00, or a day such as 2026-03-01.",
        )
    };
    if chrono::DateTime::parse_from_rfc3339(text).is_ok() {
        return Ok(text.to_owned());
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let end =
            day.and_hms_opt(23, 59, 59).and_then(|end| zone(actor).from_local_datetime(&end).latest()).ok_or_else(unclear)?;
        return Ok(format!("{text}{}", end.format("%:z")));
    }
    Ok(time(text, actor).ok_or_else(unclear)?.to_rfc3339_opts(SecondsFormat::Secs, false))
}

/// Text that says something.
pub fn told(field: &str, text: &str) -> Result<Option<String>, AppError> {
    Ok(Some(typed(field, text)?).filter(|text| !text.is_empty()))
}

/// A note of bearable length.
pub fn note(text: &str) -> Result<String, AppError> {
    at_most("note", text, LONGEST_NOTE, "Keep it under 2,000 characters.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Environment, Scope};

    fn person() -> Actor {
        let scope = Scope { regions: Some(vec!["EMEA".into()]), business_units: None };
        Actor { scope, time_zone: "Europe/Zurich".into(), ..Actor::system("test", Environment::Live) }
    }

    fn correct(field: &str, value: &str) -> Result<Asked, AppError> {
        act(
            ShipmentAct::Correct { field: field.into(), value: value.into(), note: "because".into(), seen: String::new() },
            &person(),
        )
    }

    fn value(field: &str, given: &str) -> Value {
        match correct(field, given).expect("reads").word {
            Word::Corrected { value, .. } => value,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_time_is_the_persons_own_unless_it_says_otherwise() {
        assert_eq!(value("delivered_at", "2026-07-01 14:05"), "2026-07-01T14:05:00+02:00");
        assert_eq!(value("delivered_at", "2026-01-05T14:05"), "2026-01-05T14:05:00+01:00");
        assert_eq!(value("promised_at", " 2026-01-05 "), "2026-01-05+01:00");
        assert_eq!(value("promised_at", "2026-07-01T14:05:00-08:00"), "2026-07-01T14:05:00-08:00");
        // Clocks go from 02:00 to 03:00: that hour is none. In October 02:30 comes twice; the first is meant.
        assert!(correct("delivered_at", "2026-03-29 02:30").is_err());
        assert_eq!(value("delivered_at", "2026-10-25 02:30"), "2026-10-25T02:30:00+02:00");
    }

    #[test]
    fn money_has_its_currency_and_a_place_is_the_persons() {
        assert_eq!(value("freight_cost", "1250.5 USD"), json!({ "amount": "1250.50", "currency": "USD" }));
        assert_eq!(value("region", "EMEA"), "EMEA");
        for (field, wrong) in [
            ("freight_cost", "12"),
            ("freight_cost", "12 XXX1"),
            ("region", "APAC"),
            ("customer", "  "),
            ("stage", "delivered"),
            ("delivered_at", "yesterday"),
        ] {
            assert!(matches!(correct(field, wrong), Err(AppError::Invalid { .. })), "{field} {wrong}");
        }
    }

    #[test]
    fn what_must_be_said_is_asked_for() {
        let field = |said: ShipmentAct| match act(said, &person()) {
            Err(AppError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(ShipmentAct::RejectPod { reason: " ".into(), note: "x".into(), seen: String::new() }), "reason");
        let (f, v) = ("customer".to_owned(), "C-1".to_owned());
        assert_eq!(field(ShipmentAct::Correct { field: f, value: v, note: " ".into(), seen: String::new() }), "note");
        let (amount, currency) = ("ten".to_owned(), "USD".to_owned());
        assert_eq!(field(ShipmentAct::ApproveCharges { amount, currency, note: String::new(), seen: String::new() }), "amount");
        let note = "x".repeat(LONGEST_NOTE + 1);
        assert_eq!(field(ShipmentAct::ValidatePod { signed_by: String::new(), note, seen: String::new() }), "note");
    }
}
