//! Waybill's server: events in, one truth, pages out. Start reading at `domain`, then `store`, then `service`.

pub mod broker;
pub mod chart;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod http;
pub mod ids;
pub mod intake;
pub mod service;
pub mod shutdown;
pub mod simulate;
pub mod startup;
pub mod store;
pub mod telemetry;
pub mod worker;
