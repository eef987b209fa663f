//! Flat files: a mapping file says how the rows of any delimited file become canonical events. `docs/mapping.md` is its
//! manual.
//!
//! Bytes become lines ([`decode`]), lines rows ([`record`]), a row's cells values ([`row`]), texts such as "See row 12"
//! other rows' values ([`reference`]), rows groups ([`group`]), and groups events ([`emit`]). [`engine`] runs this over a
//! file without keeping it in memory; [`run`] sends the events through the one door, and goes on where it was interrupted.

pub mod date;
pub mod decode;
pub mod dry;
pub mod emit;
pub mod engine;
pub mod group;
pub mod locate;
pub mod mapping;
pub mod number;
pub mod plan;
pub mod record;
pub mod reference;
pub mod reject;
pub mod row;
pub mod run;
pub mod template;
pub mod value;

#[cfg(test)]
mod tests;
