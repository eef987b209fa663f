//! What people did with a shipment, in words.

use super::read;
use crate::{
    domain::{
        access::{Actor, Permission},
        desk::{DESK, Field, Matter},
        event::{self, EventType},
        fact::{FactKey, FactValue},
        money::Money,
        shipment::ShipmentState,
    },
    service::words::Words,
    store::{
        acts::{DocumentRecord, WordRecord},
        shipments::ShipmentWhole,
    },
};
use app::model::{self, ActRow, DocumentRow, FieldRow, Handled, SeenMarks, ShipmentAction};

const ACTIONS: [ShipmentAction; 5] = [
    ShipmentAction::AttachPod,
    ShipmentAction::ValidatePod,
    ShipmentAction::RejectPod,
    ShipmentAction::ApproveCharges,
    ShipmentAction::Correct,
];

/// All of it.
pub(super) fn handled(
    whole: ShipmentWhole,
    documents: Vec<DocumentRecord>,
    said: Vec<WordRecord>,
    actor: &Actor,
    words: Words,
) -> Handled {
    let ShipmentWhole { record, state } = whole;
    let may = |action: &ShipmentAction| actor.require(read::permission(*action)).is_ok() && read::fits(*action, &state);
    Handled {
        may: ACTIONS.into_iter().filter(may).collect(),
        documents: documents.into_iter().map(|document| document_row(document, words)).collect(),
        acts: said.into_iter().map(|said| act_row(said, actor, words)).collect(),
        to_approve: to_approve(&state).as_ref().map(amount),
        seen: SeenMarks { proof: Matter::Proof.mark(&state), charges: Matter::Charges.mark(&state) },
        fields: Field::ALL.into_iter().map(|field| field_row(field, &state, words)).collect(),
        id: record.id,
        reference: record.reference,
    }
}

/// The permission that taking an event of this type back asks for: that of saying it.
pub(super) fn undo_permission(event_type: &str) -> Permission {
    match EventType::from_name(event_type) {
        Some(EventType::FreightChargeApproved) => Permission::ApproveCharges,
        _ => Permission::ActOnShipments,
    }
}

/// Why an action does not fit.
pub(super) fn why_not(action: ShipmentAction, state: &ShipmentState) -> &'static str {
    let has = |key| state.facts.get(key).is_some();
    match action {
        _ if !has(FactKey::PodReceived) && !has(FactKey::PodValidated) => "No proof of delivery has come in; attach it first.",
        ShipmentAction::ValidatePod => "The latest proof of delivery is validated already.",
        _ => "The latest proof of delivery is rejected already.",
    }
}

/// What stands in the place of words that cannot be read.
const AWAY: &str = "in an archive that is away";

/// Who said it, as people know them; none if that cannot be read now.
pub(super) fn who_said(said: &WordRecord) -> Option<String> {
    said.body.as_deref().map(actor_of)
}

/// Who said it, as people know them.
pub(super) fn actor_of(body: &str) -> String {
    let event: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let actor = event.get("actor").and_then(serde_json::Value::as_str).unwrap_or("Waybill");
    person(actor)
}

/// Whether the latest word about its proof is that it is good.
pub(super) fn is_validated(state: &ShipmentState) -> bool {
    let at = |key| state.facts.at(key).map(|(at, _)| at);
    let validated = at(FactKey::PodValidated);
    validated.is_some() && validated >= at(FactKey::PodReceived).max(at(FactKey::PodRejected))
}

/// Who was faster, and with what: the latest word about the matter, or the latest that was taken back.
pub(super) fn meanwhile(matter: Matter, state: &ShipmentState, said: &[WordRecord]) -> String {
    let about = |said: &&WordRecord| EventType::from_name(&said.event_type).is_some_and(|known| is_about(known, said, matter));
    let back = said.iter().filter(about).filter_map(|said| said.taken_back.as_ref()).max_by_key(|(_, at)| *at);
    let told = matter.latest(state);
    let (who, did) = match (told, back) {
        (Some((_, fact)), Some((by, at))) if *at > fact.standing.recorded_at() => {
            (actor_of(by), "took a word about it back".to_owned())
        }
        (None, Some((by, _))) => (actor_of(by), "took a word about it back".to_owned()),
        (Some((key, fact)), _) => {
            let standing = &fact.standing;
            let desk = said.iter().find(|said| standing.source == DESK && said.id == standing.event_id);
            (desk.and_then(who_said).unwrap_or_else(|| standing.source.clone()), what_it_did(key, matter))
        }
        (None, None) => {
            return format!("Nothing is known of {} now, so you decided on something else. Look at it again.", matter.name());
        }
    };
    format!("{who} {did}. Look at it again.")
}

fn is_about(event_type: EventType, said: &WordRecord, matter: Matter) -> bool {
    match matter {
        Matter::Proof => matches!(event_type, EventType::PodReceived | EventType::PodValidated | EventType::PodRejected),
        Matter::Charges => matches!(event_type, EventType::FreightChargeApproved | EventType::ShipmentCorrected),
        Matter::Field(field) => {
            event_type == EventType::ShipmentCorrected && said.body.as_deref().is_some_and(|body| corrects(body, field))
        }
    }
}

fn corrects(body: &str, field: Field) -> bool {
    let event: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    event.get("data").is_some_and(|data| data.get(field.code()).is_some())
}

fn what_it_did(key: FactKey, matter: Matter) -> String {
    if let Matter::Field(field) = matter {
        return format!("told “{}” anew", field.label());
    }
    let did = match key {
        FactKey::PodReceived | FactKey::PodSigned | FactKey::PodLacks => "sent a proof of delivery",
        FactKey::PodValidated => "validated the proof of delivery",
        FactKey::PodRejected | FactKey::PodRejectedFor => "rejected the proof of delivery",
        FactKey::ChargeApproved => "approved the freight charge",
        _ => "told another amount",
    };
    did.to_owned()
}

fn person(actor: &str) -> String {
    actor.strip_prefix("user:").unwrap_or(actor).to_owned()
}

fn amount(money: &Money) -> model::Money {
    model::Money { amount: money.decimal(), currency: money.currency.code().into() }
}

/// What a person would approve: the freight cost as far as it is known, the best figure first.
fn to_approve(state: &ShipmentState) -> Option<Money> {
    [FactKey::CarrierInvoiceAmount, FactKey::FreightCost, FactKey::AccrualAmount]
        .into_iter()
        .find_map(|key| state.facts.money(key))
}

fn document_row(document: DocumentRecord, words: Words) -> DocumentRow {
    DocumentRow {
        id: document.id,
        file_name: document.file_name,
        media_type: document.media_type,
        size: document.size,
        sha256: document.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        actor: person(&document.actor),
        at: words.instant(document.at),
        taken_back: document.withdrawn_at.is_some(),
    }
}

fn act_row(said: WordRecord, actor: &Actor, words: Words) -> ActRow {
    // Taking it back folds the shipment anew, from what is away.
    let may_undo = said.taken_back.is_none() && said.body.is_some() && actor.require(undo_permission(&said.event_type)).is_ok();
    let who = who_said(&said).unwrap_or_else(|| "Somebody".to_owned());
    ActRow {
        id: said.id,
        what: EventType::from_name(&said.event_type).map_or(said.event_type, |known| known.title().to_owned()),
        details: match &said.body {
            Some(body) => event::details(body).into_iter().filter(|(label, _)| label != "By").collect(),
            None => vec![("Its words".to_owned(), format!("are {AWAY}"))],
        },
        actor: who,
        at: words.instant(said.at),
        taken_back: said.taken_back.map(|(by, at)| (actor_of(&by), words.instant(at))),
        may_undo,
    }
}

fn field_row(field: Field, state: &ShipmentState, words: Words) -> FieldRow {
    let value = state.facts.get(field.fact()).map(|fact| match &fact.value {
        FactValue::At(at, precision) => words.moment((*at, *precision)).local,
        FactValue::Text(text) => text.clone(),
        FactValue::Money(money) => amount(money).text(),
    });
    FieldRow { code: field.code().into(), label: field.label().into(), value, seen: Matter::Field(field).mark(state) }
}
