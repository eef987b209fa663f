use super::{DEFAULT, Settings};
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// Its path.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{file}: {problem}")]
    NotToml {
        /// Its path.
        file: PathBuf,
        /// What the parser says.
        problem: String,
    },
    /// A name that is no setting.
    #[error("{place}: there is no setting `{key}`{hint}; `waybill config print --defaults` lists them all")]
    Unknown {
        /// Where it was said.
        place: String,
        /// The name.
        key: String,
        /// A likely intention.
        hint: String,
    },
    /// A flag that is not `key=value`.
    #[error("--set {0}: must be like --set listen=127.0.0.1:3000")]
    NotAPair(String),
    /// A value of the wrong type.
    #[error("{place}: `{key}` must be {kind}, not {value:?}")]
    Type {
        /// Where it was said.
        place: String,
        /// The setting.
        key: String,
        /// What it must be.
        kind: &'static str,
        /// What it is.
        value: String,
    },
    /// A value that cannot be.
    #[error("`{key}` {problem}")]
    Wrong {
        /// The setting.
        key: String,
        /// Why not.
        problem: String,
    },
}

/// Environment variables that are Waybill's, but no settings.
const NOT_SETTINGS: [&str; 6] =
    ["WAYBILL_CONFIG", "WAYBILL_API_KEY", "WAYBILL_BENCH_OUT", "WAYBILL_SITE", "WAYBILL_TEST_POSTGRES", "WAYBILL_TEST_NATS"];

/// Settings in the making: each layer goes over the ones before.
pub struct Layers {
    table: Table,
}

impl Default for Layers {
    fn default() -> Self {
        Self { table: toml::from_str(DEFAULT).expect("default.toml is checked by a test") }
    }
}

impl Layers {
    /// The file named, or `waybill.toml` here if there is one.
    pub fn file(self, named: Option<&Path>) -> Result<Self, ConfigError> {
        let usual = Path::new("waybill.toml");
        let Some(path) = named.or_else(|| usual.exists().then_some(usual)) else { return Ok(self) };
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { file: path.into(), source })?;
        self.text(path, &text)
    }

    /// A file's text.
    pub fn text(mut self, path: &Path, text: &str) -> Result<Self, ConfigError> {
        let table: Table =
            toml::from_str(text).map_err(|e| ConfigError::NotToml { file: path.into(), problem: e.to_string() })?;
        for (key, value) in table {
            let place = path.display().to_string();
            let held = self.held(&place, &key)?;
            if held.type_str() != value.type_str() {
                return Err(ConfigError::Type { place, kind: kind(held), value: value.to_string(), key });
            }
            self.table.insert(key, value);
        }
        Ok(self)
    }

    /// The variables of an environment that begin with `WAYBILL_`.
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        for (name, value) in variables {
            let Some(key) = name.strip_prefix("WAYBILL_").filter(|_| !NOT_SETTINGS.contains(&name.as_str())) else { continue };
            self.say(&name, &key.to_lowercase(), &value)?;
        }
        Ok(self)
    }

    /// Flags: `key=value`.
    pub fn flags<'a>(mut self, pairs: impl IntoIterator<Item = &'a str>) -> Result<Self, ConfigError> {
        for pair in pairs {
            let (key, value) = pair.split_once('=').ok_or_else(|| ConfigError::NotAPair(pair.to_owned()))?;
            self.say(&format!("--set {key}"), key, value)?;
        }
        Ok(self)
    }

    /// What holds now, checked.
    pub fn settings(self) -> Result<Settings, ConfigError> {
        let settings: Settings = Value::Table(self.table)
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::Wrong { key: "settings".into(), problem: e.message().to_owned() })?;
        settings.check()?;
        Ok(settings)
    }

    fn say(&mut self, place: &str, key: &str, text: &str) -> Result<(), ConfigError> {
        let held = self.held(place, key)?;
        let value = match held {
            Value::Boolean(_) => match text {
                "true" | "1" | "yes" | "on" => Some(Value::Boolean(true)),
                "false" | "0" | "no" | "off" | "" => Some(Value::Boolean(false)),
                _ => None,
            },
            Value::Integer(_) => text.parse().ok().map(Value::Integer),
            _ => Some(Value::String(text.to_owned())),
        };
        let value = value.ok_or_else(|| ConfigError::Type {
            place: place.to_owned(),
            key: key.to_owned(),
            kind: kind(held),
            value: text.to_owned(),
        })?;
        self.table.insert(key.to_owned(), value);
        Ok(())
    }

    fn held(&self, place: &str, key: &str) -> Result<&Value, ConfigError> {
        self.table.get(key).ok_or_else(|| {
            let likely = self.table.keys().map(|known| (distance(known, key), known)).min();
            let hint = match likely {
                Some((distance, known)) if distance <= 3 => format!(" (did you mean `{known}`?)"),
                _ => String::new(),
            };
            ConfigError::Unknown { place: place.to_owned(), key: key.to_owned(), hint }
        })
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Boolean(_) => "true or false",
        Value::Integer(_) => "a whole number",
        _ => "text",
    }
}

/// Edit distance, for "did you mean".
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(result: Result<Layers, ConfigError>) -> String {
        match result.and_then(Layers::settings) {
            Ok(_) => panic!("the settings were taken"),
            Err(error) => error.to_string(),
        }
    }

    fn variable(name: &str, value: &str) -> Result<Layers, ConfigError> {
        Layers::default().environment([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn the_default_file_is_complete_and_valid() {
        let settings = Layers::default().settings().expect("defaults are valid");
        assert_eq!(settings.listen.port(), 3000);
        assert_eq!(settings.metrics_token.reveal(), None);
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let layers = Layers::default().text(Path::new("f"), "log = \"warn\"\nshutdown_seconds = 1\nsession_hours = 1").unwrap();
        let layers = layers.environment([("WAYBILL_LOG".into(), "error".into()), ("WAYBILL_SESSION_HOURS".into(), "2".into())]);
        let settings = layers.unwrap().flags(["session_hours=3"]).unwrap().settings().unwrap();
        assert_eq!((settings.log.as_str(), settings.shutdown_seconds, settings.session_hours), ("error", 1, 3));
    }

    #[test]
    fn an_unknown_setting_is_refused_with_its_place_and_a_hint() {
        let line = refused(variable("WAYBILL_LISTN", "x"));
        assert!(line.starts_with("WAYBILL_LISTN: there is no setting `listn` (did you mean `listen`?)"), "{line}");
        let line = refused(Layers::default().text(Path::new("w.toml"), "data_base = 1"));
        assert!(line.starts_with("w.toml: there is no setting `data_base`"), "{line}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        let line = refused(variable("WAYBILL_SESSION_HOURS", "long"));
        assert_eq!(line, "WAYBILL_SESSION_HOURS: `session_hours` must be a whole number, not \"long\"");
        let line = refused(Layers::default().text(Path::new("w.toml"), "behind_proxy = \"yes\""));
        assert!(line.contains("must be true or false"), "{line}");
    }

    #[test]
    fn plain_http_on_a_network_needs_a_proxy() {
        assert!(refused(variable("WAYBILL_LISTEN", "0.0.0.0:80")).contains("not a loopback address"));
        let layers = variable("WAYBILL_LISTEN", "0.0.0.0:80").unwrap().flags(["behind_proxy=true"]).unwrap();
        assert!(layers.settings().is_ok());
    }

    #[test]
    fn a_secret_is_not_printed() {
        let settings = variable("WAYBILL_METRICS_TOKEN", "hush-hush").unwrap().settings().unwrap();
        let printed = format!("{settings:?}{}", toml::to_string(&settings).unwrap());
        assert!(!printed.contains("hush-hush") && printed.contains("(hidden)"));
    }
}
