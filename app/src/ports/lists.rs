//! Lists of work.

use super::Caller;
use crate::{
    error::AppError,
    model::{WorkFilter, WorkList, WorkPage, WorkRow},
};
use async_trait::async_trait;

/// Lists of work for people.
#[async_trait]
pub trait Lists: Send + Sync {
    /// One page of a list of work, and what all of it comes to.
    async fn work(&self, caller: &Caller, list: WorkList, filter: WorkFilter) -> Result<WorkPage, AppError>;
    /// The rows of a list for a file, the first ten thousand.
    async fn work_file(&self, caller: &Caller, list: WorkList, filter: WorkFilter) -> Result<Vec<WorkRow>, AppError>;
}
