//! Everything that comes in, made into canonical events or into something for quarantine. Nothing is dropped here.

pub mod batch;
pub mod binary;
pub mod flat;
pub mod ndjson;
pub mod structured;
