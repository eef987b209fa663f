//! Background work: each loop can be cancelled, is bounded and jittered.

pub mod archive;
pub mod bulk;
pub mod clock;
pub mod figures;
mod pace;
pub mod sources;
pub mod timers;
