//! PostgreSQL: how it is opened, its schema, and how one process hears of another's commits. The statements are those of every
//! database (`store::tables` beside this, through `store::sql`).

pub(super) mod listen;
pub mod migrations;
pub(super) mod refusal;
pub(super) mod statistics;

use super::{
    bodies,
    open::{OpenError, OpenMode, Schema, is_behind},
    sql::{Beside, Opened, PostgresSession, Reader, Session},
};
use crate::ids;
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};

/// Readers at once.
const READERS: u32 = 8;
/// How long somebody waits for a reader.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long a server may take to answer at the start.
const ANSWER: Duration = Duration::from_secs(10);
/// How long a connection may take to say that it is alive.
const SIGN_OF_LIFE: Duration = Duration::from_secs(3);
/// The channel on which commits are told.
const CHANNEL: &str = "waybill";

/// Settings of every session. Short statements gain nothing from a plan that is compiled, nor from worker processes that are started for one
/// that might be long; who waited for the turn sees what was committed meanwhile, whatever was set for the role.
pub(in crate::store) const COMMON: [(&str, &str); 3] =
    [("jit", "off"), ("max_parallel_workers_per_gather", "0"), ("default_transaction_isolation", "read committed")];
/// Settings of the writer's: who has the turn and says nothing for so long loses it, and what it began with it; and nobody waits
/// for the turn, or for a network that took an answer and never says so, for ever (milliseconds). What it asks for is found by indexes,
/// also in a table that was empty when the plan was made.
const WRITING: [(&str, &str); 6] = [
    ("idle_in_transaction_session_timeout", "10000"),
    ("lock_timeout", "20000"),
    ("tcp_user_timeout", "15000"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];
/// Settings of the readers': they cannot write, and none of them holds a connection for ever. Milliseconds.
const READING: [(&str, &str); 2] = [("default_transaction_read_only", "on"), ("statement_timeout", "30000")];

/// Whether an address is one of PostgreSQL.
pub fn is_address(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    // Of the address nothing is told: it may hold a password.
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| OpenError::Address { url: "postgres://…".into(), cause: "it cannot be read".into() })?;
    Ok(options.application_name("waybill").options(COMMON).disable_statement_logging())
}

/// Connects, checks the schema and brings it up if that is wanted.
pub(super) async fn open(url: &str, mode: OpenMode) -> Result<Opened, OpenError> {
    let options = options(url)?;
    let mut connection = bring_up(url, mode).await?;
    refusal::check_is_whole(&mut connection).await?;
    refusal::check_may_write(&mut connection).await?;
    connection.close().await.map_err(refusal::of)?;
    let read = pool(options.clone().options(READING), READERS).await.map_err(refusal::of)?;
    let listening = options.clone();
    let writing = options.options(WRITING);
    let name = ids::fresh();
    // On a thread that may wait: the session has a runtime of its own.
    let session =
        tokio::task::spawn_blocking(move || PostgresSession::open(writing, name)).await.map_err(std::io::Error::other)?;
    Ok(Opened {
        beside: Beside::Server(Box::new(listening), read.clone()),
        read: Reader::Postgres(read),
        session: Session::Postgres(Box::new(session?)),
    })
}

/// Brings the schema up, if that is wanted; answers with the connection.
pub(super) async fn bring_up(url: &str, mode: OpenMode) -> Result<PgConnection, OpenError> {
    let mut connection = connect(&options(url)?).await?;
    let known = migrations::known().map(|(version, _)| version).max().unwrap_or(0);
    let version = migrations::applied(&mut connection).await.map_err(refusal::of)?.into_iter().max().unwrap_or(0);
    let found = Schema { version, serves_since: migrations::serves_since(&mut connection).await.map_err(refusal::of)? };
    if is_behind(found, known, mode)? {
        refusal::check_may_create(&mut connection).await?;
        migrations::run(&mut connection).await.map_err(refusal::of_migrating)?;
        if version == 0 {
            // No build of before ever served it: bodies may be where only this one looks.
            sqlx::query("UPDATE schema_serves SET since = $1 WHERE since < $1")
                .bind(bodies::KNOWN_SINCE)
                .execute(&mut connection)
                .await
                .map_err(refusal::of)?;
        }
    }
    Ok(connection)
}

async fn pool(options: PgConnectOptions, connections: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        // One that was left in the middle is asked for a sign of life, and not for ever: its place is needed.
        .after_release(|connection, _| {
            Box::pin(async move {
                let answer = tokio::time::timeout(SIGN_OF_LIFE, connection.ping()).await;
                answer.unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))).map(|()| true)
            })
        })
        .connect_with(options)
        .await
}

/// The first connection: to a server that can be used, and answers within a time.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    let connected = tokio::time::timeout(ANSWER, options.connect()).await;
    let mut connection = connected.map_err(|_| refusal::silent())?.map_err(refusal::of)?;
    refusal::check_server(&mut connection).await?;
    Ok(connection)
}

/// Connects only to tell what schema the database has: `(found, known)`.
pub async fn schema_versions(url: &str) -> Result<(i64, i64), OpenError> {
    let mut connection = connect(&options(url)?).await?;
    let found = migrations::applied(&mut connection).await.map_err(refusal::of)?.into_iter().max().unwrap_or(0);
    connection.close().await.map_err(refusal::of)?;
    Ok((found, migrations::known().map(|(version, _)| version).max().unwrap_or(0)))
}
