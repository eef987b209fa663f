//! Lists of work.

use super::Caller;
use crate::{
    error::AppError,
    model::{Home, OrderDetail, WorkFilter, WorkList, WorkPage, WorkRow},
};
use async_trait::async_trait;

/// Lists of work for people.
#[async_trait]
pub trait Lists: Send + Sync {
    /// One page of a list of work, and what all of it comes to.
    async fn work(&self, caller: &Caller, list: WorkList, filter: WorkFilter) -> Result<WorkPage, AppError>;
    /// The first page of the day, by the reader's role.
    async fn home(&self, caller: &Caller) -> Result<Home, AppError>;
    /// One order by its reference.
    async fn order(&self, caller: &Caller, reference: String) -> Result<OrderDetail, AppError>;
    /// What to tell who calls about a shipment, sentence by sentence.
    async fn tell(&self, caller: &Caller, shipment_id: String) -> Result<Vec<String>, AppError>;
    /// The rows of a list for a file, the first ten thousand.
    async fn work_file(&self, caller: &Caller, list: WorkList, filter: WorkFilter) -> Result<Vec<WorkRow>, AppError>;
}
