//! Lists as files.

use super::Caller;
use crate::{
    error::AppError,
    model::{ExceptionFilter, ExceptionRow, QuarantineFilter, QuarantineRow, ShipmentFilter, ShipmentRow},
};
use async_trait::async_trait;

/// The rows of a list, the first ten thousand.
pub struct FileRows<T> {
    /// Rows, in the list's order.
    pub rows: Vec<T>,
    /// There are more.
    pub more: bool,
}

/// The rows of lists for files.
#[async_trait]
pub trait Files: Send + Sync {
    /// Shipments.
    async fn shipments(&self, caller: &Caller, filter: ShipmentFilter) -> Result<FileRows<ShipmentRow>, AppError>;
    /// Exceptions, one by one.
    async fn exceptions(&self, caller: &Caller, filter: ExceptionFilter) -> Result<FileRows<ExceptionRow>, AppError>;
    /// Quarantined items.
    async fn quarantine(&self, caller: &Caller, filter: QuarantineFilter) -> Result<FileRows<QuarantineRow>, AppError>;
}
