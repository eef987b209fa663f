//! Settings: one commented file of defaults, an optional file, the environment, flags. The later wins.
//!
//! The defaults are `default.toml` itself, so what is documented there is what holds.

mod layers;
mod settings;

pub use layers::{ConfigError, Layers};
pub use settings::{LogFormat, Secret, Settings};

/// The commented defaults, as a file to start from.
pub const DEFAULT: &str = include_str!("default.toml");
