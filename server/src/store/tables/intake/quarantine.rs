//! Keeping what cannot be taken in.

use super::{
    Arrival, Origin,
    episodes::{self, Dimensions, New},
    ledger::Ledger,
};
use crate::{
    domain::{
        access::Environment,
        exception::{ExceptionKind, Finding, UNKNOWN_TYPE},
        ids::QuarantineId,
        receipt::{Receipt, Refusal},
    },
    ids,
    store::{
        StoreError,
        feed::Topic,
        sql::{self, Session, params},
    },
};
use foldhash::HashMap;
use sha2::{Digest, Sha256};
use std::{borrow::Cow, collections::hash_map::Entry};

/// An item that is to be kept.
pub(super) struct Kept<'b> {
    refusal: Cow<'b, Refusal>,
    origin: Origin,
    /// What it is called, unless the same bytes are there already.
    id: String,
}

/// Keeps a refused item. The same bytes a second time are the same item.
pub(super) fn keep<'b>(ledger: &mut Ledger<'b>, refusal: &'b Refusal, origin: Origin) -> Receipt {
    Receipt::Quarantined {
        code: refusal.code.into(),
        reason: refusal.reason.clone(),
        place: refusal.place.clone(),
        quarantine_id: put(ledger, Cow::Borrowed(refusal), origin),
    }
}

/// Keeps the body that contradicts an earlier one under the same key, as evidence.
pub(super) fn keep_conflict(ledger: &mut Ledger<'_>, arrival: &Arrival<'_>) -> Receipt {
    let event = arrival.event;
    let refusal = Refusal {
        raw: event.json.clone().into_bytes(),
        code: "conflict",
        reason: "another body came in under this source and id before; an amendment must carry a later recordedtime".into(),
        place: Some("/id".into()),
        source: Some(event.source.clone()),
        event_id: Some(event.id.clone()),
        event_type: Some(event.event_type.name().into()),
        subject: Some(event.subject.clone()),
    };
    Receipt::Conflict { quarantine_id: put(ledger, Cow::Owned(refusal), arrival.origin) }
}

fn put<'b>(ledger: &mut Ledger<'b>, refusal: Cow<'b, Refusal>, origin: Origin) -> QuarantineId {
    ledger.audit[origin.audit].quarantined += 1;
    ledger.touch(origin.environment, Topic::Quarantine);
    let id = ids::fresh();
    ledger.kept.push(Kept { refusal, origin, id: id.clone() });
    QuarantineId(id)
}

/// Writes what is kept, and corrects the receipts of what was there already.
pub(super) fn write(connection: &Session, ledger: &mut Ledger<'_>, receipts: &mut [Receipt]) -> Result<(), StoreError> {
    let kept = std::mem::take(&mut ledger.kept);
    let names: Vec<(&str, [u8; 32])> =
        kept.iter().map(|kept| (kept.origin.environment.code(), Sha256::digest(&kept.refusal.raw).into())).collect();
    let mut ids: HashMap<&(&str, [u8; 32]), String> = HashMap::default();
    sql::ask_each(connection, "SELECT id FROM quarantine WHERE environment = ?1 AND raw_hash = ?2", &names, |at, (id,)| {
        ids.insert(&names[at], id);
        Ok(())
    })?;
    let mut known: HashMap<&str, String> = HashMap::default();
    for (kept, name) in kept.iter().zip(&names) {
        match ids.entry(name) {
            Entry::Occupied(there) => drop(known.insert(&kept.id, there.get().clone())),
            Entry::Vacant(place) => {
                place.insert(kept.id.clone());
                insert(connection, ledger, kept, &name.1)?;
            }
        }
    }
    for receipt in receipts {
        if let Receipt::Quarantined { quarantine_id, .. } | Receipt::Conflict { quarantine_id } = receipt
            && let Some(id) = known.get(&*quarantine_id.0)
        {
            quarantine_id.0.clone_from(id);
        }
    }
    Ok(())
}

fn insert(connection: &Session, ledger: &mut Ledger<'_>, kept: &Kept<'_>, hash: &[u8]) -> Result<(), StoreError> {
    let Kept { refusal, origin, id } = kept;
    sql::later(
        connection,
        "INSERT INTO quarantine (id, environment, state, code, reason, place, source, event_id, event_type, subject, raw, raw_hash,
                                 history, received_at, version)
         VALUES (?1, ?2, 'open', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1)",
        params![
            id,
            origin.environment.code(),
            refusal.code,
            refusal.reason,
            refusal.place,
            refusal.source,
            refusal.event_id,
            refusal.event_type,
            refusal.subject,
            refusal.raw,
            hash,
            origin.history,
            ledger.now.0
        ],
    )?;
    if origin.history { Ok(()) } else { open_exception(connection, ledger, refusal, origin.environment, id) }
}

/// Longest name of a source or type that a cause repeats.
const NAME: usize = 80;

/// Tells people of the item: grouped by what nobody knows, or by what is wrong and who sends it.
fn open_exception(
    connection: &Session,
    ledger: &mut Ledger<'_>,
    refusal: &Refusal,
    environment: Environment,
    item: &str,
) -> Result<(), StoreError> {
    let rules = ledger.rules_of(environment);
    let name = |name: &Option<String>| name.iter().flat_map(|name| name.chars()).take(NAME).collect::<String>();
    let (kind, detail) = match refusal.code {
        "type_unknown" => (ExceptionKind::UnknownCode, format!("{UNKNOWN_TYPE}{}", name(&refusal.event_type))),
        code if refusal.source.is_some() => (ExceptionKind::DataDefect, format!("{code} from {}", name(&refusal.source))),
        code => (ExceptionKind::DataDefect, code.to_owned()),
    };
    let now = ledger.now;
    let finding = Finding { kind, detail, since: now };
    let new = New {
        id: &ids::fresh(),
        environment: environment.code(),
        shipment_id: None,
        subject: item,
        finding: &finding,
        first: 0,
        dimensions: &Dimensions::default(),
        now,
        rules: &rules,
    };
    episodes::open(connection, &new)?;
    ledger.touch(environment, Topic::Exceptions);
    Ok(())
}
