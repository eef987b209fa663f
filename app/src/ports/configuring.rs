//! Looking at the policy section by section, and changing it.

use super::Caller;
use crate::{
    error::AppError,
    model::{DraftAnswer, PolicySection, PolicySectionView, SectionDraft, SectionFilter},
};
use async_trait::async_trait;

/// The policy by section.
#[async_trait]
pub trait Configuring: Send + Sync {
    /// All sections.
    async fn sections(&self, caller: &Caller) -> Result<Vec<PolicySection>, AppError>;
    /// One section.
    async fn section(&self, caller: &Caller, name: String, filter: SectionFilter) -> Result<PolicySectionView, AppError>;
    /// Looks at a draft, or puts it in force.
    async fn draft(&self, caller: &Caller, draft: SectionDraft) -> Result<DraftAnswer, AppError>;
}
