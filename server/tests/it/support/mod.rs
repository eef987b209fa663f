//! What the tests stand on.

pub(crate) mod app;
pub(crate) mod world;
