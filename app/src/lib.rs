//! Waybill's interface: pages, components, and the ports they read through. Knows nothing of axum, sqlx or tokio.

pub mod error;
pub mod model;
#[cfg(feature = "ssr")]
pub mod ports;
