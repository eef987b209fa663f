use super::Stage;
use serde::{Deserialize, Serialize};

/// What a search by reference found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchResults {
    /// As it was asked.
    pub query: String,
    /// The order of this very reference, whether or not a shipment carries it.
    pub order: Option<String>,
    /// At most fifty, exact matches first.
    pub hits: Vec<SearchHit>,
    /// There were more.
    pub more: bool,
}

/// One shipment that a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    /// Scheme of the reference that matched: `order`.
    pub scheme: String,
    /// The reference that matched.
    pub value: String,
    /// Shipment's id.
    pub shipment_id: String,
    /// Shipment's reference.
    pub shipment: String,
    /// Its stage.
    pub stage: Stage,
    /// The reference is the query, not only its beginning.
    pub exact: bool,
}
