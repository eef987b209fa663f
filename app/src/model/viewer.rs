use serde::{Deserialize, Serialize};

/// A person's role. What each may do is decided in the server's `domain::access`; pages only ask [`Viewer::may`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Logistics: works on shipments.
    Dispatcher,
    /// Finance analyst.
    Finance,
    /// Finance lead: waives and approves.
    FinanceLead,
    /// Customer service: answers callers, works on disputes and cases.
    Service,
    /// Integration and IT: sources, contracts, quarantine.
    Integration,
    /// Reads figures and trends.
    Executive,
    /// Everything, people and settings included.
    Admin,
}

/// Something an actor may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See figures.
    ReadOverview,
    /// See shipments and their timelines.
    ReadShipments,
    /// See events as they came in.
    ReadRawEvents,
    /// See quarantined items.
    ReadQuarantine,
    /// Fix, replay and discard quarantined items.
    FixQuarantine,
    /// Send events.
    SendEvents,
    /// Make and revoke API keys.
    ManageApiKeys,
    /// Make, change and disable people.
    ManageUsers,
    /// See the audit trail.
    ReadAudit,
    /// See exceptions and what holds a shipment.
    ReadExceptions,
    /// Assign, comment, snooze exceptions and say that they are solved.
    WorkExceptions,
    /// Attach papers to shipments, validate or reject proofs of delivery, and correct what is believed of a shipment.
    ActOnShipments,
    /// Approve freight charges.
    ApproveCharges,
    /// Waive exceptions and holds.
    WaiveHolds,
    /// Read contracts, expectations and other configuration.
    ReadConfig,
    /// Change them.
    ChangeConfig,
    /// Say what an unknown code means, and which carrier an unknown name is.
    MapCodes,
}

/// The person who looks, as pages need to know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Sign-in name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Role in words: `Finance lead`.
    pub role_label: String,
    /// What the person may do.
    pub permissions: Vec<Permission>,
    /// Scope in words: `all regions`, `EMEA, APAC`.
    pub scope: String,
    /// IANA zone in which times are shown.
    pub time_zone: String,
}

impl Viewer {
    /// Whether the person may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// The sign-in form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInForm {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Where to go afterwards: a path of this site.
    #[serde(default)]
    pub next: String,
}

/// Why a sign-in failed, as the redirect's `error` parameter tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInError {
    /// Wrong name or password, or a disabled person: one answer for all.
    Refused,
    /// Too many tries; wait.
    TooMany,
}
