//! What an action came to, as the page tells it afterwards.

use serde::{Deserialize, Serialize};

/// Something that was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDone {
    /// With what.
    pub what: String,
    /// Where it is.
    pub href: Option<String>,
    /// Why.
    pub why: String,
}

/// How an action is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// What was said of a shipment: its id and the act's.
    Shipment(String, String),
    /// What was done with exceptions: each with the version that came of it.
    Exceptions(Vec<(String, i64)>),
}

/// Words on what an action came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flash {
    /// What was done.
    pub done: Option<String>,
    /// What was not.
    pub left: Vec<NotDone>,
    /// How it is taken back, if it can be.
    pub undo: Option<Undo>,
    /// What the person typed and nobody took, so that it is not lost.
    pub typed: Option<String>,
}

impl Flash {
    /// Nothing was done, because of this.
    pub fn refused(what: impl Into<String>, why: impl Into<String>) -> Self {
        let left = vec![NotDone { what: what.into(), href: None, why: why.into() }];
        Self { left, ..Self::default() }
    }
}
