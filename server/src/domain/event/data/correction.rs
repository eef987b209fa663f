//! `shipment.corrected`

use super::values::{Code, Name, Note, When};
use schemars::JsonSchema;
use serde::Deserialize;

/// What is believed of a shipment was wrong; the attributes beside this say what is right. It moves nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CorrectionData {
    /// When it was delivered in truth.
    pub delivered_at: Option<When>,
    /// Who signed for the goods in truth.
    pub signed_by: Option<Name>,
    /// Why, coded.
    pub reason: Option<Code>,
    /// Why, in words.
    pub note: Note,
}
