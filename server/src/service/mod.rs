//! Use cases. Every call takes an actor and authorises it here, whatever the way in was.

pub mod accounts;
pub mod acts;
mod ages;
pub mod archives;
pub mod audit;
pub mod bulk;
mod cursor;
pub mod desk;
pub mod duties;
pub mod exceptions;
pub mod figures;
pub mod files;
pub mod flashes;
pub mod health;
pub mod imports;
pub mod intake;
pub mod live;
mod period;
pub mod policy;
mod quarantine;
pub mod rates;
mod shipment;
mod shipments;
mod text;
mod when;
mod words;
pub mod work;
