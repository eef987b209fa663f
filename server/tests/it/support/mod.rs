//! What the tests stand on.

pub(crate) mod app;
pub(crate) mod cluster;
pub(crate) mod csv;
pub(crate) mod disk;
pub(crate) mod fleet;
pub(crate) mod load;
pub(crate) mod messages;
pub(crate) mod nats;
pub(crate) mod proxy;
pub(crate) mod ranked;
pub(crate) mod reader;
pub(crate) mod skew;
pub(crate) mod standing;
pub(crate) mod told;
pub(crate) mod world;
