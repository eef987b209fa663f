//! Exceptions for people: queues, groups by cause, one whole, and what is done with them.

pub mod act;
pub mod assignee;
pub mod detail;
pub mod query;
pub mod readiness;
mod rows;

pub use rows::{amount, group, row, sums};

use super::words::Words;
use crate::store::exceptions::{ExceptionPage, Groups, Totals};
use app::model::Exceptions;

/// Groups on the page.
pub const GROUPS: u32 = app::model::MOST_GROUPS;
/// Rows on a page.
pub const PAGE: u32 = 50;

/// The page of groups.
pub fn of_groups(found: Groups, words: Words) -> Exceptions {
    let groups = found.groups.into_iter().map(|found| group(found, words)).collect();
    Exceptions { groups, ..summary(found.totals, words) }
}

/// A page of rows.
pub fn of_rows(page: ExceptionPage, words: Words) -> Exceptions {
    let next = page.next.as_ref().map(query::write_cursor);
    let items = page.rows.into_iter().map(|record| row(record, words)).collect();
    Exceptions { items, next, ..summary(page.totals, words) }
}

fn summary(totals: Totals, words: Words) -> Exceptions {
    Exceptions {
        queues: totals.queues,
        groups: Vec::new(),
        items: Vec::new(),
        next: None,
        total: totals.exceptions,
        shipments: totals.shipments,
        money: sums(&totals.money),
        as_of: words.as_of(),
    }
}
