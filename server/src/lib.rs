//! Waybill's server: events in, one truth, pages out. Start reading at `domain`, then `store`, then `service`.

pub mod domain;
pub mod http;
pub mod service;
