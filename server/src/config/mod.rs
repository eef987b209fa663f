//! Settings: one commented file of defaults, an optional file, the environment, flags. The later wins.
//!
//! The defaults are `default.toml` itself, so what is documented there is what holds.

mod database_url;
mod layers;
mod nats;
mod roles;
mod settings;

pub use database_url::DatabaseUrl;
pub use layers::{ConfigError, Layers};
pub use nats::{NatsIn, NatsOut, NatsUrl};
pub use roles::{Role, Roles};
pub use settings::{LogFormat, Secret, Settings};

/// Who runs this command, as the operating system says; for the audit trail.
#[expect(clippy::disallowed_methods, reason = "a name for the audit trail, not a setting")]
pub fn operator() -> String {
    ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| "unknown".into())
}

/// The commented defaults, as a file to start from.
pub const DEFAULT: &str = include_str!("default.toml");
