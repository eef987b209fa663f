//! The HTTP edge: the only place that knows axum.

pub mod assets;
