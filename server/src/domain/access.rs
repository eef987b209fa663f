//! Who may do what, and on which rows. The one place where roles are given meaning.

use super::desk::is_reserved;
pub use app::model::{Permission, Role};

/// Who acts: a person, an API key of a source, or Waybill itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What the audit trail writes: `user:amira`, `key:tms-eu`, `system:projector`.
    pub name: String,
    /// What the actor may do.
    pub grants: Grants,
    /// On which rows.
    pub scope: Scope,
    /// Which environment's rows: a figure reads exactly one.
    pub environment: Environment,
    /// IANA zone in which the actor reads times.
    pub time_zone: String,
}

/// Where an actor's permissions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grants {
    /// A person's role.
    Role(Role),
    /// An API key: it may send events of these sources (a trailing `*` matches any ending) and nothing else.
    Sources(Vec<String>),
    /// Waybill's own work.
    System,
}

/// Rows by region and business unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Regions; `None` is all of them, rows without a region included. A set excludes rows without a region.
    pub regions: Option<Vec<String>>,
    /// Business units, likewise.
    pub business_units: Option<Vec<String>>,
}

impl Scope {
    /// Everything.
    pub const ALL: Self = Self { regions: None, business_units: None };

    /// Whether a row of this region and business unit is inside.
    pub fn holds(&self, region: Option<&str>, business_unit: Option<&str>) -> bool {
        let inside = |set: &Option<Vec<String>>, value: Option<&str>| match (set, value) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(set), Some(value)) => set.iter().any(|v| v == value),
        };
        inside(&self.regions, region) && inside(&self.business_units, business_unit)
    }
}

/// Which world a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Real business.
    #[default]
    Live,
    /// The built-in demonstration.
    Demo,
    /// A partner's tests.
    Sandbox,
}

impl Environment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Live, Self::Demo, Self::Sandbox];

    /// As in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Demo => "demo",
            Self::Sandbox => "sandbox",
        }
    }

    /// The environment with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.code() == code)
    }
}

/// The actor may not do this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the actor may not do this")]
pub struct Forbidden;

impl Actor {
    /// Waybill itself, named by the part that acts.
    pub fn system(part: &str, environment: Environment) -> Self {
        Self { name: format!("system:{part}"), grants: Grants::System, scope: Scope::ALL, environment, time_zone: "UTC".into() }
    }

    /// Passes if the actor has the permission. What is configured counts for every region and business unit: who does not see all of
    /// them changes nothing of it.
    pub fn require(&self, permission: Permission) -> Result<(), Forbidden> {
        let allowed = match &self.grants {
            Grants::System => true,
            Grants::Sources(_) => permission == Permission::SendEvents,
            Grants::Role(role) => role_permissions(*role).contains(&permission),
        };
        let everywhere = matches!(permission, Permission::ChangeConfig | Permission::MapCodes);
        let allowed = allowed && (!everywhere || self.scope == Scope::ALL);
        if allowed { Ok(()) } else { Err(Forbidden) }
    }

    /// Whether the actor may send events of this CloudEvents source.
    pub fn may_send_as(&self, source: &str) -> bool {
        match &self.grants {
            Grants::System => true,
            _ if is_reserved(source) => false,
            Grants::Role(role) => role_permissions(*role).contains(&Permission::SendEvents),
            Grants::Sources(sources) => sources.iter().any(|pattern| super::source::covers(pattern, source)),
        }
    }
}

/// Every role's permissions.
pub fn role_permissions(role: Role) -> &'static [Permission] {
    use Permission as P;
    match role {
        Role::Viewer => &[P::ReadOverview, P::ReadShipments],
        Role::Executive => &[P::ReadOverview, P::ReadShipments, P::ReadExceptions, P::ReadConfig],
        Role::Dispatcher | Role::Finance => &[
            P::ReadOverview,
            P::ReadShipments,
            P::ReadRawEvents,
            P::ReadQuarantine,
            P::ReadExceptions,
            P::WorkExceptions,
            P::ActOnShipments,
            P::ReadConfig,
        ],
        Role::FinanceLead => &[
            P::ReadOverview,
            P::ReadShipments,
            P::ReadRawEvents,
            P::ReadQuarantine,
            P::ReadExceptions,
            P::WorkExceptions,
            P::ActOnShipments,
            P::ApproveCharges,
            P::WaiveHolds,
            P::ReadConfig,
            P::ChangeConfig,
            P::MapCodes,
            P::ReadAudit,
        ],
        Role::Service => &[P::ReadOverview, P::ReadShipments, P::ReadExceptions, P::WorkExceptions],
        Role::Integration => &[
            P::ReadOverview,
            P::ReadShipments,
            P::ReadRawEvents,
            P::ReadQuarantine,
            P::FixQuarantine,
            P::SendEvents,
            P::ManageApiKeys,
            P::ReadExceptions,
            P::WorkExceptions,
            P::ReadConfig,
            P::MapCodes,
        ],
        Role::Admin => &[
            P::ReadOverview,
            P::ReadShipments,
            P::ReadRawEvents,
            P::ReadQuarantine,
            P::FixQuarantine,
            P::SendEvents,
            P::ManageApiKeys,
            P::ManageUsers,
            P::ReadAudit,
            P::ReadExceptions,
            P::WorkExceptions,
            P::ActOnShipments,
            P::ApproveCharges,
            P::WaiveHolds,
            P::ReadConfig,
            P::ChangeConfig,
            P::MapCodes,
        ],
    }
}
