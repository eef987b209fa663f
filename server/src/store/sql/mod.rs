//! What both databases have in common: statements are written once and run on either. A statement is SQLite's and PostgreSQL's
//! at once, but for a few words that [`dialect`] turns from the one into the other.
//!
//! The writer's transactions go through a [`Session`], a call a statement and no change of threads; readers go through a
//! [`Reader`], many at once.

mod bind;
mod column;
mod dialect;
mod link;
mod many;
mod opened;
mod postgres;
mod query;
mod reader;
mod row;
mod rows;
mod session;

pub(in crate::store) use self::opened::{Beside, Opened};
pub(in crate::store) use self::postgres::{is_collision, is_lost};
pub(crate) use self::session::params;
pub use self::{
    bind::Bind,
    postgres::PostgresSession,
    query::{QueryBuilder, query, query_as},
    reader::{Connection, Reader},
    row::{FromRow, Row, Whole},
    rows::{Drawn, ask_each, change_later, draw, later, numbered, settle, settle_meanwhile},
    session::{Session, all, execute, insert, insert_new, is_taken, one, optional},
};
