//! What people do with a shipment, and what it came to.

use super::Caller;
use crate::{
    error::AppError,
    model::{Document, Flash, Handled, NewDocument, ShipmentAct, ShipmentActed},
};
use async_trait::async_trait;

/// Handling shipments.
#[async_trait]
pub trait Handling: Send + Sync {
    /// A shipment's documents, what people said of it, and what the reader may do.
    async fn handled(&self, caller: &Caller, shipment: String) -> Result<Handled, AppError>;
    /// A document's bytes; [`AppError::NotFound`] also for one that was taken back.
    async fn document(&self, caller: &Caller, shipment: String, document: String) -> Result<Document, AppError>;
    /// Attaches a proof of delivery, and tells that it came.
    async fn attach(&self, caller: &Caller, shipment: String, document: NewDocument) -> Result<ShipmentActed, AppError>;
    /// Says something of the shipment.
    async fn act_on_shipment(&self, caller: &Caller, shipment: String, act: ShipmentAct) -> Result<ShipmentActed, AppError>;
    /// Takes back what was said or attached under this id.
    async fn undo(&self, caller: &Caller, shipment: String, act: String, note: String) -> Result<ShipmentActed, AppError>;
}

/// Words on what an action came to, kept for a few minutes for the person who did it: an address names them and holds none.
#[async_trait]
pub trait Flashes: Send + Sync {
    /// Keeps the words and answers their id.
    async fn keep(&self, caller: &Caller, flash: Flash) -> String;
    /// The words under an id, if they are the caller's and not too old.
    async fn flash(&self, caller: &Caller, id: &str) -> Option<Flash>;
}
