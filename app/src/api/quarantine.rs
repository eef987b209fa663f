use crate::{
    error::AppError,
    model::{Page, QuarantineFilter, QuarantineItem, QuarantineOutcome, QuarantineRow},
};
use leptos::{server, server_fn::codec::GetUrl};
#[cfg(feature = "ssr")]
use {super::Here, crate::model::QuarantineFix, crate::paths};

/// One page of quarantined items.
#[server(prefix = "/api/ui", endpoint = "quarantine", input = GetUrl)]
pub async fn read_quarantine(
    /// Over what.
    #[server(default)]
    filter: QuarantineFilter,
) -> Result<Page<QuarantineRow>, AppError> {
    let here = Here::take()?;
    here.answer(here.ports.reading.quarantine(&here.caller, filter).await)
}

/// One quarantined item.
#[server(prefix = "/api/ui", endpoint = "quarantine_item", input = GetUrl)]
pub async fn read_quarantine_item(
    /// Which.
    id: String,
) -> Result<QuarantineItem, AppError> {
    let here = Here::take()?;
    here.answer(here.ports.reading.quarantine_item(&here.caller, id).await)
}

/// Stores a corrected event and replays it.
#[server(prefix = "/api/ui", endpoint = "quarantine_fix")]
pub async fn fix_quarantine(
    /// The item.
    id: String,
    /// The version that the person saw.
    version: i64,
    /// The corrected event as JSON.
    body: String,
    /// Why.
    reason: String,
) -> Result<QuarantineOutcome, AppError> {
    let here = Here::take()?;
    let fix = QuarantineFix { id: id.clone(), version, body, reason };
    let outcome = here.answer(here.ports.acting.fix_quarantine(&here.caller, fix).await)?;
    here.go(&paths::quarantine_outcome(&id, &outcome));
    Ok(outcome)
}

/// Replays an item as it is.
#[server(prefix = "/api/ui", endpoint = "quarantine_replay")]
pub async fn replay_quarantine(
    /// The item.
    id: String,
    /// The version that the person saw.
    version: i64,
) -> Result<QuarantineOutcome, AppError> {
    let here = Here::take()?;
    let outcome = here.answer(here.ports.acting.replay_quarantine(&here.caller, id.clone(), version).await)?;
    here.go(&paths::quarantine_outcome(&id, &outcome));
    Ok(outcome)
}

/// Gives an item up.
#[server(prefix = "/api/ui", endpoint = "quarantine_discard")]
pub async fn discard_quarantine(
    /// The item.
    id: String,
    /// The version that the person saw.
    version: i64,
    /// Why.
    reason: String,
) -> Result<(), AppError> {
    let here = Here::take()?;
    here.answer(here.ports.acting.discard_quarantine(&here.caller, id.clone(), version, reason).await)?;
    here.go(&paths::quarantine_discarded(&id));
    Ok(())
}
