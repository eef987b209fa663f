//! Use cases. Every call takes an actor and authorises it here, whatever the way in was.

mod cursor;
pub mod desk;
pub mod health;
pub mod intake;
mod overview;
mod period;
mod quarantine;
mod shipment;
mod shipments;
mod words;
