use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A part of what `waybill serve` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Pages, and the API apart from the addresses of events.
    Http,
    /// The addresses that take events in.
    Intake,
    /// Waybill's own work: timers, bulk jobs, folding.
    Worker,
}

impl Role {
    const ALL: [Self; 3] = [Self::Http, Self::Intake, Self::Worker];

    /// As it is written.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Intake => "intake",
            Self::Worker => "worker",
        }
    }
}

/// What a process does, in one word each, separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Whether this is among them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Their names.
    pub fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|role| role.code()).collect()
    }
}

impl std::fmt::Display for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.codes().join(","))
    }
}

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut roles = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let role = Role::ALL.into_iter().find(|role| role.code() == word);
            let role = role.ok_or_else(|| {
                serde::de::Error::custom(format!(
                    "`roles` are http, intake and worker, separated by commas; {word:?} is none of them"
                ))
            })?;
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        if roles.is_empty() {
            return Err(serde::de::Error::custom("`roles` must name at least one of http, intake and worker"));
        }
        Ok(Self(roles))
    }
}
