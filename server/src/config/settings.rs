use super::{ConfigError, DatabaseUrl, NatsUrl, Roles};
use serde::{Deserialize, Serialize, Serializer};
use std::{net::SocketAddr, time::Duration};

/// What holds after all layers. Field by field as `default.toml` explains it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml documents every field, and only it")]
pub struct Settings {
    pub database_url: DatabaseUrl,
    pub roles: Roles,
    pub listen: SocketAddr,
    pub behind_proxy: bool,
    pub public_url: String,
    pub log: String,
    pub log_format: LogFormat,
    pub metrics_token: Secret,
    pub metrics_listen: String,
    pub request_timeout_seconds: u64,
    pub shutdown_seconds: u64,
    pub api_requests_per_second: u32,
    pub session_idle_minutes: u32,
    pub session_hours: u32,
    pub sign_in_failures_per_name: u32,
    pub sign_in_failures_per_address: u32,
    pub sign_in_longest_wait_minutes: u32,
    pub time_zone: String,
    pub retention_months: u32,
    pub retention_folder: String,
    pub nats_url: NatsUrl,
    pub nats_environment: String,
    pub nats_stream: String,
    pub nats_subject: String,
    pub nats_consumer: String,
    pub nats_sources: String,
    pub nats_ack_seconds: u64,
    pub nats_deliveries: u32,
    pub nats_out_subject: String,
    pub nats_out_stream: String,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A setting that is neither printed nor logged.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret, if there is one.
    pub fn reveal(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }

    fn mask(&self) -> &'static str {
        if self.0.is_empty() { "" } else { "(hidden)" }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.mask())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.mask())
    }
}

impl Settings {
    /// Checks what the types alone cannot.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !self.database_url.is_known() {
            return Err(wrong("database_url", "must begin with sqlite:// or postgres://"));
        }
        if !self.listen.ip().is_loopback() && !self.behind_proxy {
            return Err(wrong(
                "listen",
                "is not a loopback address, and passwords would cross the network in the clear: put a proxy with TLS in front \
                 and say `behind_proxy = true` (or --behind-proxy)",
            ));
        }
        if !self.public_url.is_empty() && self.public_origin().is_none() {
            return Err(wrong("public_url", "must be like https://waybill.example.com, without a path"));
        }
        self.metrics_address()?;
        self.check_nats()?;
        if self.retention_months > 0 && self.retention_folder.is_empty() {
            return Err(wrong("retention_folder", "must say where archives are written, as `retention_months` asks for them"));
        }
        self.time_zone.parse::<chrono_tz::Tz>().map_err(|_| wrong("time_zone", "is not an IANA zone such as Europe/Berlin"))?;
        tracing_subscriber::EnvFilter::try_new(&self.log).map_err(|e| wrong("log", &format!("is not a filter: {e}")))?;
        let positive = [
            ("request_timeout_seconds", self.request_timeout_seconds),
            ("session_idle_minutes", self.session_idle_minutes.into()),
            ("session_hours", self.session_hours.into()),
            ("sign_in_failures_per_name", self.sign_in_failures_per_name.into()),
            ("sign_in_failures_per_address", self.sign_in_failures_per_address.into()),
            ("sign_in_longest_wait_minutes", self.sign_in_longest_wait_minutes.into()),
            ("nats_ack_seconds", self.nats_ack_seconds),
            ("nats_deliveries", self.nats_deliveries.into()),
        ];
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((key, _)) => Err(wrong(key, "must be at least 1")),
            None => Ok(()),
        }
    }

    /// The scheme and host that people type, if `public_url` tells it.
    pub fn public_origin(&self) -> Option<&str> {
        let host = self.public_url.strip_prefix("https://").or_else(|| self.public_url.strip_prefix("http://"))?;
        (!host.is_empty() && !host.contains('/')).then_some(self.public_url.as_str())
    }

    /// The listener that is only for metrics.
    pub fn metrics_address(&self) -> Result<Option<SocketAddr>, ConfigError> {
        if self.metrics_listen.is_empty() {
            return Ok(None);
        }
        self.metrics_listen.parse().map(Some).map_err(|_| wrong("metrics_listen", "must be an address and a port"))
    }

    /// How long a request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }

    /// How long a stopping server waits.
    pub fn shutdown_timeout(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }
}

pub(super) fn wrong(key: &str, problem: &str) -> ConfigError {
    ConfigError::Wrong { key: key.to_owned(), problem: problem.to_owned() }
}
