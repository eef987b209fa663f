//! Where the database is. A password in it is neither printed nor logged.

use serde::{Deserialize, Serialize, Serializer};

/// The address of the database: `sqlite://…` or `postgres://…`.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address, to connect with.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is a server's, and not a file's.
    pub fn is_server(&self) -> bool {
        self.is_known() && !self.0.starts_with("sqlite:")
    }

    /// Whether it names a kind of database that is known.
    pub(crate) fn is_known(&self) -> bool {
        ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| self.0.starts_with(scheme))
    }
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

/// Without its password.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else { return f.write_str(&self.0) };
        // A query may hold a password too.
        let rest = if scheme == "sqlite" { rest } else { rest.split('?').next().unwrap_or_default() };
        match rest.rsplit_once('@') {
            Some((person, place)) if scheme != "sqlite" => {
                write!(f, "{scheme}://{}@{place}", person.split(':').next().unwrap_or_default())
            }
            _ => write!(f, "{scheme}://{rest}"),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;

    #[test]
    fn a_password_is_not_told() {
        for (url, told) in [
            ("sqlite:///var/lib/way@bill:x/waybill.db", "sqlite:///var/lib/way@bill:x/waybill.db"),
            ("postgres://waybill:p@ss:w@db.example/waybill", "postgres://waybill@db.example/waybill"),
            ("postgresql://db/waybill?password=secret", "postgresql://db/waybill"),
        ] {
            assert_eq!(DatabaseUrl(url.into()).to_string(), told);
            assert!(!format!("{:?}", DatabaseUrl(url.into())).contains("secret"));
        }
    }
}
