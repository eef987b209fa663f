//! What people do with a shipment: papers, proofs of delivery, charges, corrections; and what came of it.

use super::{Moment, Money};
use serde::{Deserialize, Serialize};

/// Something that a person can do with a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentAction {
    /// Attach a proof of delivery.
    AttachPod,
    /// Say that the proof of delivery is good.
    ValidatePod,
    /// Say that it is not.
    RejectPod,
    /// Approve the freight charge.
    ApproveCharges,
    /// Correct what is believed.
    Correct,
}

/// Something that a person says of a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum ShipmentAct {
    /// The proof of delivery was looked at and is good.
    ValidatePod {
        /// Who signed, where it can be read.
        #[serde(default)]
        signed_by: String,
        /// In words.
        #[serde(default)]
        note: String,
        /// What was decided on, as [`Handled::seen`] told it: who comes too late is told. Empty: on what stands when it comes in.
        #[serde(default)]
        seen: String,
    },
    /// The proof of delivery was looked at and is not good.
    RejectPod {
        /// Why, as a code: `signature_missing`, `illegible`, …
        reason: String,
        /// In words.
        #[serde(default)]
        note: String,
        /// What was decided on, as [`Handled::seen`] told it: who comes too late is told. Empty: on what stands when it comes in.
        #[serde(default)]
        seen: String,
    },
    /// The freight charge may be paid.
    ApproveCharges {
        /// How much: `1250.50`.
        amount: String,
        /// Currency.
        currency: String,
        /// In words.
        #[serde(default)]
        note: String,
        /// What was decided on, as [`Handled::seen`] told it: who comes too late is told. Empty: on what stands when it comes in.
        #[serde(default)]
        seen: String,
    },
    /// What is believed is wrong.
    Correct {
        /// Which field, by its code.
        field: String,
        /// What is right. Times as RFC 3339, a day, or a local time in the person's zone; money as `1250.50 USD`.
        value: String,
        /// Why, in words.
        note: String,
        /// The field's mark, as it was seen; empty: as it stands.
        #[serde(default)]
        seen: String,
    },
}

/// A proof of delivery to attach.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewDocument {
    /// As its sender calls it.
    pub file_name: String,
    /// What the sender says that it is.
    pub declared: Option<String>,
    /// The document.
    pub bytes: Vec<u8>,
    /// Who signed, where it can be read.
    pub signed_by: String,
    /// What it lacks, as codes: `signature`, `date`, …
    pub lacks: Vec<String>,
    /// In words.
    pub note: String,
}

/// A document as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// As its sender called it.
    pub file_name: String,
    /// Media type, as its bytes say.
    pub media_type: String,
    /// The document.
    pub bytes: Vec<u8>,
}

/// What an act came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentActed {
    /// The act's id, under which it is taken back; of an attached document also the document's.
    pub id: String,
    /// What was done, in words.
    pub done: String,
    /// Whether it can be taken back.
    pub undo: bool,
}

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRow {
    /// Its id.
    pub id: String,
    /// As its sender called it.
    pub file_name: String,
    /// Media type, as its bytes say.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Who attached it.
    pub actor: String,
    /// When.
    pub at: Moment,
    /// It was taken back: it proves nothing, and is no longer served.
    pub taken_back: bool,
}

/// Something that a person said of a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActRow {
    /// Its id.
    pub id: String,
    /// What, in words: `POD validated`.
    pub what: String,
    /// What exactly, each with its name.
    pub details: Vec<(String, String)>,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Moment,
    /// Who took it back, and when.
    pub taken_back: Option<(String, Moment)>,
    /// The reader may take it back.
    pub may_undo: bool,
}

/// A field that can be corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRow {
    /// Its code.
    pub code: String,
    /// In words.
    pub label: String,
    /// What is believed now; none if nobody told it.
    pub value: Option<String>,
    /// Moves whenever it is told anew or taken back.
    #[serde(default)]
    pub seen: String,
}

/// What people did with a shipment, and what the reader may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// The shipment's id.
    pub id: String,
    /// Its reference.
    pub reference: String,
    /// Its documents, latest first.
    pub documents: Vec<DocumentRow>,
    /// What people said of it, latest first.
    pub acts: Vec<ActRow>,
    /// What the reader may do with it as it stands.
    pub may: Vec<ShipmentAction>,
    /// The freight amount to approve, as far as known.
    pub to_approve: Option<Money>,
    /// What can be corrected.
    pub fields: Vec<FieldRow>,
    /// What there is to decide on.
    pub seen: SeenMarks,
}

/// Marks that move with what a person decides on: sent with the decision, they tell whether it was still so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenMarks {
    /// Its proof of delivery.
    pub proof: String,
    /// What its freight costs.
    pub charges: String,
}
