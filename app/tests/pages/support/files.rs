//! Files are the server's: no page asks for them.

use super::fake::Fake;
use app::{
    error::AppError,
    model::{ExceptionFilter, ExceptionRow, QuarantineFilter, QuarantineRow, ShipmentFilter, ShipmentRow},
    ports::{Caller, FileRows, Files},
};
use async_trait::async_trait;

#[async_trait]
impl Files for Fake {
    async fn shipments(&self, _: &Caller, _: ShipmentFilter) -> Result<FileRows<ShipmentRow>, AppError> {
        self.well()?;
        Ok(FileRows { rows: Vec::new(), more: false })
    }

    async fn exceptions(&self, _: &Caller, _: ExceptionFilter) -> Result<FileRows<ExceptionRow>, AppError> {
        self.well()?;
        Ok(FileRows { rows: Vec::new(), more: false })
    }

    async fn quarantine(&self, _: &Caller, _: QuarantineFilter) -> Result<FileRows<QuarantineRow>, AppError> {
        self.well()?;
        Ok(FileRows { rows: Vec::new(), more: false })
    }
}
