//! The pure core: what events mean. No async, no database, no clock, no randomness; everything it needs is an argument.

pub mod access;
pub mod account;
pub mod assess;
pub mod desk;
pub mod event;
pub mod exception;
pub mod fact;
pub mod folding;
pub mod histogram;
pub mod identity;
pub mod ids;
pub mod lifecycle;
#[cfg(test)]
mod manual;
pub mod measure;
pub mod metric;
pub mod money;
pub mod month;
pub mod order;
pub mod outward;
pub mod policy;
pub mod readiness;
pub mod receipt;
pub mod shipment;
pub mod source;
pub mod time;
pub mod tries;
