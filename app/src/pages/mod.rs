//! One page a file. Each reads its filter out of the address, asks the server, and shows rows or a designed state.

#[cfg(feature = "ssr")]
mod acts;
#[cfg(feature = "ssr")]
mod bulk;
#[cfg(feature = "ssr")]
mod configuration;
#[cfg(feature = "ssr")]
mod exception;
#[cfg(feature = "ssr")]
mod exceptions;
#[cfg(feature = "ssr")]
mod home;
#[cfg(feature = "ssr")]
mod kpis;
#[cfg(feature = "ssr")]
mod not_found;
#[cfg(feature = "ssr")]
mod order;
#[cfg(feature = "ssr")]
mod overview;
mod quarantine;
mod quarantine_item;
mod raw_event;
mod readiness;
mod search;
mod served;
mod shipment;
mod shipments;
mod sign_in;
#[cfg(feature = "ssr")]
mod trends;
#[cfg(feature = "ssr")]
mod work;

#[cfg(feature = "ssr")]
pub(crate) use kpis::asked_of_a_figure;
#[cfg(feature = "ssr")]
use not_found::not_found;
pub(crate) use quarantine::quarantine;
pub(crate) use quarantine_item::quarantine_item;
pub(crate) use raw_event::raw_event;
pub(crate) use search::search;
pub(crate) use served::any;
#[cfg(feature = "ssr")]
pub use served::patterns as served_patterns;
pub(crate) use shipment::shipment;
pub(crate) use shipments::shipments;
pub(crate) use sign_in::sign_in;
