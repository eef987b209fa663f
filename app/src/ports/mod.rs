//! What the pages need from the server, as the server must implement it. Owned here, because the server depends on the
//! interface and never the other way round.
//!
//! Every method takes the [`Caller`] and authorises it inside the service: a page that forgets to hide a button gives
//! nothing away.

mod handling;

pub use handling::{Flashes, Handling};
mod configuring;
mod lists;

pub use configuring::Configuring;
pub use lists::Lists;

use crate::{
    error::AppError,
    model::{
        ExceptionAct, ExceptionActed, ExceptionDetail, ExceptionFilter, ExceptionRow, ExceptionUndo, Exceptions, FilterChoices,
        Page, PlaceChoices, PolicyView, QuarantineFilter, QuarantineFix, QuarantineItem, QuarantineOutcome, QuarantineRow,
        RawEvent, Readiness, SearchResults, ShipmentDetail, ShipmentFilter, ShipmentRow, Viewer,
    },
};
use async_trait::async_trait;
use std::{any::Any, sync::Arc};

mod bulk;
mod figures;
mod files;

pub use bulk::BulkWork;
pub use figures::KeyFigures;
pub use files::{FileRows, Files};

/// Who asks. Opaque to the interface: the server puts its own actor inside and takes it out again.
#[derive(Clone)]
pub struct Caller(pub Arc<dyn Any + Send + Sync>);

/// Reading for people.
#[async_trait]
pub trait Reading: Send + Sync {
    /// Who is signed in; [`AppError::SignedOut`] if nobody is.
    async fn viewer(&self, caller: &Caller) -> Result<Viewer, AppError>;
    /// One page of shipments.
    async fn shipments(&self, caller: &Caller, filter: ShipmentFilter) -> Result<Page<ShipmentRow>, AppError>;
    /// One shipment by id.
    async fn shipment(&self, caller: &Caller, id: String) -> Result<ShipmentDetail, AppError>;
    /// One event as it came in, by commit sequence.
    async fn raw_event(&self, caller: &Caller, seq: i64) -> Result<RawEvent, AppError>;
    /// The places that filters can offer.
    async fn places(&self, caller: &Caller) -> Result<PlaceChoices, AppError>;
    /// All that the filter of a list can offer.
    async fn choices(&self, caller: &Caller) -> Result<FilterChoices, AppError>;
    /// Shipments by any reference.
    async fn search(&self, caller: &Caller, query: String) -> Result<SearchResults, AppError>;
    /// One page of quarantined items.
    async fn quarantine(&self, caller: &Caller, filter: QuarantineFilter) -> Result<Page<QuarantineRow>, AppError>;
    /// One quarantined item.
    async fn quarantine_item(&self, caller: &Caller, id: String) -> Result<QuarantineItem, AppError>;
    /// Exceptions: groups by business cause, or one page of rows.
    async fn exceptions(&self, caller: &Caller, filter: ExceptionFilter) -> Result<Exceptions, AppError>;
    /// One exception by id.
    async fn exception(&self, caller: &Caller, id: String) -> Result<ExceptionDetail, AppError>;
    /// Whether a shipment may be billed, condition by condition.
    async fn readiness(&self, caller: &Caller, shipment_id: String) -> Result<Readiness, AppError>;
    /// The policy in force, and how it came about.
    async fn policy(&self, caller: &Caller) -> Result<PolicyView, AppError>;
    /// A shipment's open exceptions.
    async fn shipment_exceptions(&self, caller: &Caller, shipment_id: String) -> Result<Vec<ExceptionRow>, AppError>;
}

/// Acting for people.
#[async_trait]
pub trait Acting: Send + Sync {
    /// Stores a fix as a revision and replays it.
    async fn fix_quarantine(&self, caller: &Caller, fix: QuarantineFix) -> Result<QuarantineOutcome, AppError>;
    /// Replays an item as it is (the reason may have gone away).
    async fn replay_quarantine(&self, caller: &Caller, id: String, version: i64) -> Result<QuarantineOutcome, AppError>;
    /// Gives an item up; its bytes stay.
    async fn discard_quarantine(&self, caller: &Caller, id: String, version: i64, reason: String) -> Result<(), AppError>;
    /// Does one thing with each of a frozen set of exceptions, and tells for each what came of it.
    async fn act_on_exceptions(&self, caller: &Caller, act: ExceptionAct) -> Result<Vec<ExceptionActed>, AppError>;
    /// Takes back what was done with each, if that is still the last thing that was.
    async fn undo_on_exceptions(&self, caller: &Caller, undo: ExceptionUndo) -> Result<Vec<ExceptionActed>, AppError>;
}

/// The handles that server functions and pages take from Leptos' context.
#[derive(Clone)]
pub struct Ports {
    /// Reading.
    pub reading: Arc<dyn Reading>,
    /// Acting.
    pub acting: Arc<dyn Acting>,
    /// Work on many exceptions at once.
    pub bulk: Arc<dyn BulkWork>,
    /// Handling shipments.
    pub handling: Arc<dyn Handling>,
    /// Key figures.
    pub figures: Arc<dyn KeyFigures>,
    /// Lists as files.
    pub files: Arc<dyn Files>,
    /// What actions came to.
    pub flashes: Arc<dyn Flashes>,
    /// The policy by section.
    pub configuring: Arc<dyn Configuring>,
    /// Lists of work.
    pub lists: Arc<dyn Lists>,
}

/// Asset addresses, with the hash that the build gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// The wasm-bindgen module; empty when the server was built without one (the pages then work without JavaScript).
    pub script: String,
    /// The wasm file.
    pub wasm: String,
}

/// Sets the status of the HTTP answer under way. The server provides it; it must leave the redirect alone that answers a
/// plain form post (`Accept: text/html`) to a server function.
#[derive(Clone)]
pub struct StatusSetter(pub Arc<dyn Fn(u16) + Send + Sync>);

/// Redirects the answer under way to a path of this site.
#[derive(Clone)]
pub struct RedirectTo(pub Arc<dyn Fn(&str) + Send + Sync>);
