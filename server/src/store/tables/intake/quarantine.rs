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
use sha2::{Digest, Sha256};

/// Keeps a refused item. The same bytes a second time are the same item.
pub(super) fn keep(
    connection: &Session,
    ledger: &mut Ledger<'_>,
    refusal: &Refusal,
    origin: Origin,
) -> Result<Receipt, StoreError> {
    let id = insert(connection, ledger, refusal, origin)?;
    Ok(Receipt::Quarantined {
        quarantine_id: id,
        code: refusal.code.into(),
        reason: refusal.reason.clone(),
        place: refusal.place.clone(),
    })
}

/// Keeps the body that contradicts an earlier one under the same key, as evidence.
pub(super) fn keep_conflict(connection: &Session, ledger: &mut Ledger<'_>, arrival: &Arrival<'_>) -> Result<Receipt, StoreError> {
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
    let quarantine_id = insert(connection, ledger, &refusal, arrival.origin)?;
    Ok(Receipt::Conflict { quarantine_id })
}

fn insert(
    connection: &Session,
    ledger: &mut Ledger<'_>,
    refusal: &Refusal,
    Origin { environment, history, audit, .. }: Origin,
) -> Result<QuarantineId, StoreError> {
    ledger.audit[audit].quarantined += 1;
    ledger.touch(environment, Topic::Quarantine);
    // The update changes nothing; without it RETURNING would answer no row for bytes that are here already.
    let fresh = ids::fresh();
    let (id,): (String,) = sql::one(
        connection,
        "INSERT INTO quarantine (id, environment, state, code, reason, place, source, event_id, event_type, subject, raw, raw_hash,
                                 history, received_at, version)
         VALUES (?1, ?2, 'open', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1)
         ON CONFLICT (environment, raw_hash) DO UPDATE SET id = quarantine.id RETURNING id",
        params![
            fresh,
            environment.code(),
            refusal.code,
            refusal.reason,
            refusal.place,
            refusal.source,
            refusal.event_id,
            refusal.event_type,
            refusal.subject,
            refusal.raw,
            &Sha256::digest(&refusal.raw)[..],
            history,
            ledger.now.0
        ],
    )?;
    if id == fresh && !history {
        open_exception(connection, ledger, refusal, environment, &id)?;
    }
    Ok(QuarantineId(id))
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
