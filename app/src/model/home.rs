//! The first page of the day: what waits for a person's team.

use super::{ExceptionGroup, Moment, Role, Sums};
use serde::{Deserialize, Serialize};

/// One figure that leads to its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeCard {
    /// What it counts.
    pub label: String,
    /// How many; none where they are more than are counted.
    pub count: Option<u64>,
    /// Their money by currency.
    pub money: Sums,
    /// Where its rows are.
    pub href: String,
}

/// Cards that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeCards {
    /// What they are about.
    pub title: String,
    /// Figures.
    pub cards: Vec<HomeCard>,
}

/// The first causes of a queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HomeCauses {
    /// Whose.
    pub title: String,
    /// All of them.
    pub href: String,
    /// Most money × age × probability first.
    pub groups: Vec<ExceptionGroup>,
}

/// A person's first page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Home {
    /// For whom.
    pub role: Role,
    /// As people call the role.
    pub role_label: String,
    /// Begins with a search: what does somebody ask about?
    pub search_first: bool,
    /// Figures.
    pub cards: Vec<HomeCards>,
    /// Causes; none for whom exceptions are not for.
    pub causes: Vec<HomeCauses>,
    /// When this was read.
    pub as_of: Moment,
}
