//! What the tests stand on.

pub(crate) mod app;
pub(crate) mod csv;
pub(crate) mod nats;
pub(crate) mod told;
pub(crate) mod world;
