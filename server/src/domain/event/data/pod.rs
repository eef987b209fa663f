//! `pod.*`

use super::values::{Code, Decimal, Few, Name, Note, Text};
use schemars::JsonSchema;
use serde::Deserialize;

/// A proof of delivery came in, or was checked. The document itself stays where `dataref` (or `document.href`) says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct PodData {
    /// The document.
    pub document: Option<PodDocument>,
    /// Who signed for the goods.
    pub signed_by: Option<Name>,
    /// How sure the reading of the document is, from 0 to 1.
    pub confidence: Option<Decimal>,
    /// What it lacks: `signature`, `date`, `stamp`, `page`, …
    #[serde(default)]
    #[schemars(with = "Option<Few<Code, 50>>")]
    pub missing: Few<Code, 50>,
    /// Why it was rejected, coded.
    pub reason: Option<Code>,
    /// The same in words.
    pub note: Option<Note>,
}

/// A proof of delivery as a document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct PodDocument {
    /// Its number.
    pub number: Option<Name>,
    /// `signed_note`, `photo`, `electronic`, …
    pub kind: Option<Code>,
    /// Media type.
    pub media_type: Option<Code>,
    /// Where it is kept.
    pub href: Option<Text<2000>>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: Option<Code>,
}
