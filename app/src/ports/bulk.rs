//! Work on many exceptions at once.

use super::Caller;
use crate::{
    error::AppError,
    model::{BulkItem, BulkJob, BulkRequest, BulkTurn, Page},
};
use async_trait::async_trait;

/// Jobs over a frozen set of exceptions.
#[async_trait]
pub trait BulkWork: Send + Sync {
    /// Freezes and counts what is asked for. Nothing of it is done before it is started.
    async fn prepare(&self, caller: &Caller, request: BulkRequest) -> Result<BulkJob, AppError>;
    /// One job by id.
    async fn job(&self, caller: &Caller, id: String) -> Result<BulkJob, AppError>;
    /// The latest jobs.
    async fn jobs(&self, caller: &Caller) -> Result<Vec<BulkJob>, AppError>;
    /// One page of a job's set: all, or `result=refused`.
    async fn items(
        &self,
        caller: &Caller,
        id: String,
        result: Option<String>,
        after: Option<String>,
    ) -> Result<Page<BulkItem>, AppError>;
    /// Starts, pauses or cancels a job, or prepares the one that undoes it; that one is answered then.
    async fn turn(&self, caller: &Caller, id: String, turn: BulkTurn) -> Result<BulkJob, AppError>;
}
