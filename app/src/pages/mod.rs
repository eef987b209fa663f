//! One page a file. Each reads its filter out of the address, asks the server, and shows rows or a designed state.

mod configuration;
mod exception;
mod exceptions;
mod not_found;
mod overview;
mod quarantine;
mod quarantine_item;
mod raw_event;
mod readiness;
mod search;
mod shipment;
mod shipments;
mod sign_in;

pub(crate) use configuration::configuration;
pub(crate) use exception::exception;
pub(crate) use exceptions::exceptions;
pub(crate) use not_found::not_found;
pub(crate) use overview::overview;
pub(crate) use quarantine::quarantine;
pub(crate) use quarantine_item::quarantine_item;
pub(crate) use raw_event::raw_event;
pub(crate) use readiness::readiness;
pub(crate) use search::search;
pub(crate) use shipment::shipment;
pub(crate) use shipments::shipments;
pub(crate) use sign_in::sign_in;
