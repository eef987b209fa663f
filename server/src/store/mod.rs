//! The workflow state store: traits by use case, one method = one transaction. Adapters live in the folders below and are the
//! only places that know SQL.

pub mod accounts;
pub mod acts;
pub mod archive;
pub mod audit;
pub mod backup;
pub mod bodies;
pub mod bulk;
pub mod config;
#[cfg(test)]
mod contract;
pub mod copy;
pub mod error;
pub mod exceptions;
pub mod feed;
pub mod figures;
pub mod flashes;
pub mod health;
pub mod imports;
pub mod intake;
pub mod leases;
pub mod measures;
pub mod open;
pub mod orders;
pub mod outbox;
pub mod packed;
pub mod postgres;
pub mod quarantine;
pub mod shipments;
pub mod sources;
pub mod sql;
pub mod sqlite;
pub mod standing;
pub mod tables;
pub mod timers;
pub mod work;
pub mod worklists;

pub use error::StoreError;
