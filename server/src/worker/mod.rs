//! Background work: each loop can be cancelled, is bounded and jittered.

pub mod bulk;
mod pace;
pub mod projector;
pub mod sources;
pub mod timers;
