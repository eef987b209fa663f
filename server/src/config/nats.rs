//! Where the broker is, and how Waybill takes part in it. A password in its address is neither printed nor logged.

use super::{ConfigError, Settings, settings::wrong};
use crate::domain::{access::Environment, source};
use serde::{Deserialize, Serialize, Serializer};
use std::time::Duration;

/// Addresses of NATS servers, `nats://…` or `tls://…`, one or several of one cluster with commas between them.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct NatsUrl(String);

impl NatsUrl {
    /// The whole addresses, to connect with; none if there is no broker.
    pub fn reveal(&self) -> Option<Vec<&str>> {
        (!self.0.is_empty()).then(|| self.0.split(',').map(str::trim).collect())
    }

    fn is_known(&self) -> bool {
        self.reveal().is_none_or(|urls| urls.iter().all(|url| url.starts_with("nats://") || url.starts_with("tls://")))
    }
}

/// Without what comes before the server's name.
impl std::fmt::Display for NatsUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, url) in self.reveal().unwrap_or_default().into_iter().enumerate() {
            let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
            let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
            write!(f, "{}{scheme}://{place}", if at > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for NatsUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for NatsUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How events come in from the broker.
#[derive(Debug, Clone)]
pub struct NatsIn {
    /// Whose world.
    pub environment: Environment,
    /// The stream that is read.
    pub stream: String,
    /// Its subjects.
    pub subject: String,
    /// The name under which the broker remembers how far this has come; all processes of one Waybill share it.
    pub consumer: String,
    /// Sources that may be told of.
    pub sources: Vec<String>,
    /// After how much silence the broker delivers a message again.
    pub ack: Duration,
    /// A message that was delivered so often is taken alone; after as often again it is kept in quarantine unread.
    pub deliveries: u32,
}

/// How others are told through the broker.
#[derive(Debug, Clone)]
pub struct NatsOut {
    /// Of whose world.
    pub environment: Environment,
    /// The stream that keeps it.
    pub stream: String,
    /// What its subjects begin with.
    pub subject: String,
}

impl Settings {
    /// How others are told; none: nobody is.
    pub fn nats_out(&self) -> Option<NatsOut> {
        self.nats_url.reveal()?;
        (!self.nats_out_subject.is_empty()).then(|| NatsOut {
            environment: Environment::from_code(&self.nats_environment).unwrap_or_default(),
            stream: self.nats_out_stream.clone(),
            subject: self.nats_out_subject.clone(),
        })
    }

    /// How events come in; none: not from a broker.
    pub fn nats_in(&self) -> Option<NatsIn> {
        self.nats_url.reveal()?;
        let sources: Vec<String> = list(&self.nats_sources).map(str::to_owned).collect();
        (!sources.is_empty()).then(|| NatsIn {
            environment: Environment::from_code(&self.nats_environment).unwrap_or_default(),
            stream: self.nats_stream.clone(),
            subject: self.nats_subject.clone(),
            consumer: self.nats_consumer.clone(),
            sources,
            ack: Duration::from_secs(self.nats_ack_seconds),
            deliveries: self.nats_deliveries,
        })
    }

    pub(super) fn check_nats(&self) -> Result<(), ConfigError> {
        if !self.nats_url.is_known() {
            return Err(wrong("nats_url", "must begin with nats:// or tls://"));
        }
        if Environment::from_code(&self.nats_environment).is_none() {
            return Err(wrong("nats_environment", "must be live, demo or sandbox"));
        }
        let names = [
            ("nats_stream", &self.nats_stream),
            ("nats_consumer", &self.nats_consumer),
            ("nats_out_stream", &self.nats_out_stream),
        ];
        for (key, name) in names {
            if name.is_empty() || name.contains(|c: char| c.is_whitespace() || ".*>/\\".contains(c)) {
                return Err(wrong(key, "must be a name without spaces, dots, slashes and wildcards"));
            }
        }
        if self.nats_subject.is_empty() || self.nats_subject.contains(char::is_whitespace) {
            return Err(wrong("nats_subject", "must be a subject, such as waybill.in.>"));
        }
        let words = self
            .nats_out_subject
            .split('.')
            .all(|word| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "*>".contains(c)));
        if !(self.nats_out_subject.is_empty() || words) {
            return Err(wrong("nats_out_subject", "must be words with dots between them, such as waybill.out"));
        }
        if self.nats_in().is_some() && self.nats_out().is_some() && meet(&self.nats_subject, &self.nats_out_subject) {
            return Err(wrong("nats_out_subject", "must not be within nats_subject: what Waybill tells would come back to it"));
        }
        match list(&self.nats_sources).find_map(source::problem) {
            Some(problem) => Err(wrong("nats_sources", problem)),
            None => Ok(()),
        }
    }
}

/// Whether a subject, which may have wildcards, takes in any that begins with these words.
fn meet(subject: &str, prefix: &str) -> bool {
    let mut words = subject.split('.');
    for word in prefix.split('.') {
        match words.next() {
            Some(">") => return true,
            Some(own) if own == "*" || own == word => {}
            _ => return false,
        }
    }
    // Notices have words after it.
    words.next().is_some()
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::config::Layers;

    fn settings(pairs: &[&str]) -> Result<super::Settings, String> {
        Layers::default().flags(pairs.iter().copied()).and_then(Layers::settings).map_err(|error| error.to_string())
    }

    #[test]
    fn a_password_is_not_told() {
        let held = settings(&["nats_url=nats://waybill:p@ss:w@one:4222, tls://two:4222"]).expect("sound");
        assert_eq!(held.nats_url.to_string(), "nats://one:4222,tls://two:4222");
        let printed = format!("{held:?}{}", toml::to_string(&held).expect("printed"));
        assert!(!printed.contains("p@ss") && !printed.contains(":w@"));
        assert_eq!(held.nats_url.reveal().expect("there").len(), 2);
    }

    #[test]
    fn nothing_comes_in_unless_somebody_may_send() {
        assert!(settings(&[]).expect("sound").nats_in().is_none());
        assert!(settings(&["nats_url=nats://one"]).expect("sound").nats_in().is_none());
        assert!(settings(&["nats_sources=tms"]).expect("sound").nats_in().is_none());
        let held = settings(&["nats_url=nats://one", "nats_sources=tms/*, wms ,"]).expect("sound").nats_in().expect("on");
        assert_eq!(held.sources, ["tms/*", "wms"]);
    }

    #[test]
    fn what_is_told_does_not_come_back() {
        let refused = |subject: &str, out: &str| {
            let subjects = [format!("nats_subject={subject}"), format!("nats_out_subject={out}")];
            let [subject, out] = subjects.each_ref().map(String::as_str);
            assert!(settings(&[subject, out]).is_ok(), "nothing comes in");
            let held = settings(&["nats_url=nats://one", "nats_sources=tms", subject, out]);
            held.is_err_and(|line| line.contains("nats_out_subject"))
        };
        for (subject, out) in [
            (">", "waybill.out"),
            ("waybill.>", "waybill.out"),
            ("waybill.out.>", "waybill.out"),
            ("waybill.out.live.*.*", "waybill.out"),
            ("*.out.>", "waybill.out"),
            ("waybill.*.*.*.*", "waybill.out"),
        ] {
            assert!(refused(subject, out), "{subject} takes {out} in");
        }
        for (subject, out) in [
            ("waybill.in.>", "waybill.out"),
            ("waybill.out", "waybill.out"),
            ("waybill", "waybill.out"),
            ("out.>", "waybill.out"),
        ] {
            assert!(!refused(subject, out), "{subject} has nothing of {out}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for pair in [
            "nats_url=http://one",
            "nats_environment=moon",
            "nats_stream=a.b",
            "nats_consumer=",
            "nats_subject=a b",
            "nats_sources=a b",
            "nats_ack_seconds=0",
            "nats_deliveries=0",
            "nats_out_subject=waybill.out.>",
            "nats_out_stream=",
        ] {
            let key = pair.split('=').next().expect("a key");
            assert!(settings(&[pair]).is_err_and(|line| line.contains(key)), "{pair}");
        }
    }
}
