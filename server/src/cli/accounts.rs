//! What the commands about people and keys have in common.

use crate::{
    clock::Clock,
    config::{Settings, operator},
    domain::{
        access::{Actor, Environment, Grants, Scope},
        time::Instant,
    },
    service::accounts::Accounts,
    startup::{self, Database, OpenMode},
};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// The accounts of a database, opened for one command.
pub(super) struct Opened {
    pub(super) accounts: Arc<Accounts>,
    pub(super) actor: Actor,
    database: Database,
}

impl Opened {
    pub(super) async fn new(settings: &Settings) -> anyhow::Result<Self> {
        let database = startup::open(settings, OpenMode::Migrate, Clock::system()).await?;
        let accounts = startup::accounts(settings, &database, Clock::system());
        Ok(Self { accounts, actor: operator_at_the_console(), database })
    }

    pub(super) async fn close(self) {
        self.database.close().await;
    }
}

/// Whoever can read the database's file may do everything in it anyway.
fn operator_at_the_console() -> Actor {
    Actor {
        name: format!("cli:{}", operator()),
        grants: Grants::System,
        scope: Scope::ALL,
        environment: Environment::Live,
        time_zone: "UTC".into(),
    }
}

/// No flag is all.
pub(super) fn scope(regions: Vec<String>, business_units: Vec<String>) -> Scope {
    let some = |names: Vec<String>| (!names.is_empty()).then_some(names);
    Scope { regions: some(regions), business_units: some(business_units) }
}

pub(super) fn environment(code: &str) -> Result<Environment, String> {
    Environment::from_code(code).ok_or_else(|| "is one of live, demo, sandbox".into())
}

/// A scope in a few words.
pub(super) fn scope_words(scope: &Scope) -> String {
    let words = |names: &Option<Vec<String>>| names.as_ref().map_or_else(|| "all".to_owned(), |names| names.join(","));
    format!("{}/{}", words(&scope.regions), words(&scope.business_units))
}

/// A time for people, in UTC.
pub(super) fn when(at: Option<Instant>) -> String {
    let time = at.and_then(|at| DateTime::<Utc>::from_timestamp_micros(at.0));
    time.map_or_else(|| "-".to_owned(), |time| time.format("%Y-%m-%d %H:%M").to_string())
}

/// Columns as wide as their longest cell.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).chain([head[column].len()]).max().unwrap_or(0)
    });
    let line = |cells: [&str; N]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        format!("{}\n", padded.join("  ").trim_end())
    };
    rows.iter().fold(line(head), |text, row| text + &line(std::array::from_fn(|column| row[column].as_str())))
}
