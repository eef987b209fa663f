//! Why a server cannot be used, in words that say what to do.

use crate::store::open::{OpenError, Refusal};
use sqlx::{PgConnection, migrate::MigrateError};
use std::io::ErrorKind;

/// The oldest server whose SQL is used: 15.
const OLDEST: i32 = 150_000;

/// Of an error that the driver gave.
pub(super) fn of(error: sqlx::Error) -> Refusal {
    match error {
        // So a handshake reports a certificate that it does not trust.
        sqlx::Error::Io(cause) if cause.kind() == ErrorKind::InvalidData => of(sqlx::Error::Tls(cause.into())),
        sqlx::Error::Io(cause) => Refusal::new(
            format!("the database server cannot be reached ({cause})"),
            "is it running, and are host and port in the address right?",
        ),
        sqlx::Error::Tls(cause) => Refusal::new(
            format!("no encrypted connection to the database server ({cause})"),
            "check `sslmode` and `sslrootcert` in the address, and the server's certificate",
        ),
        sqlx::Error::Protocol(cause) => Refusal::new(
            format!("what answers at this address does not speak as PostgreSQL does ({cause})"),
            "are host and port in the address right?",
        ),
        sqlx::Error::PoolTimedOut => silent(),
        sqlx::Error::Database(error) => of_server(error.code().as_deref().unwrap_or_default(), error.message()),
        other => Refusal::new(format!("the database could not be opened ({other})"), "the server's log may say more"),
    }
}

/// Nothing answered.
pub(super) fn silent() -> Refusal {
    Refusal::new("the database server does not answer", "is it running, and do host and port in the address lead to it?")
}

/// Of a migration that failed.
pub(in crate::store) fn of_migrating(error: MigrateError) -> OpenError {
    match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => of(cause).into(),
        other => OpenError::Migration(other.to_string()),
    }
}

/// Of what the server says: its code and its words.
fn of_server(code: &str, words: &str) -> Refusal {
    let advice = match code {
        "28P01" => "check the password in the address",
        "28000" => "check the name in the address, and who pg_hba.conf lets in",
        "3D000" => "create it first, owned by whom the address names: `createdb --owner waybill --encoding UTF8 waybill`",
        "42501" => "whom the address names must own the database, and may then create and write tables in its schema public",
        "25006" => {
            "this server or this role only reads: use the primary server, and a role without default_transaction_read_only"
        }
        "53100" => "the server's disk is full: make room there",
        "53300" => "raise max_connections of the server, or run fewer processes (each takes about twelve)",
        "55P03" | "40P01" => {
            "something holds tables that are to be changed, a dump or a long report: start again when it is through"
        }
        "57P03" => "the server is starting or stopping: try again",
        _ => "the server's log may say more",
    };
    Refusal::new(format!("PostgreSQL refuses ({words})"), advice)
}

/// What a server says of itself.
struct Server {
    version: i32,
    encoding: String,
    reads_only: bool,
}

/// Whether its kind of server is one that can be used.
pub(super) async fn check_server(connection: &mut PgConnection) -> Result<(), Refusal> {
    let sql = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
               current_setting('transaction_read_only') = 'on'";
    let (version, encoding, reads_only) = sqlx::query_as(sql).fetch_one(connection).await.map_err(of)?;
    judge(&Server { version, encoding, reads_only })
}

fn judge(server: &Server) -> Result<(), Refusal> {
    if server.version < OLDEST {
        return Err(Refusal::new(
            format!("the server is PostgreSQL {}", server.version / 10_000),
            "Waybill needs PostgreSQL 15 or newer",
        ));
    }
    if server.encoding != "UTF8" {
        return Err(Refusal::new(
            format!("the database's encoding is {}", server.encoding),
            "Waybill needs UTF8: `createdb --encoding UTF8 --template template0 …`",
        ));
    }
    if server.reads_only {
        return Err(of_server("25006", "nothing can be written"));
    }
    Ok(())
}

/// Whether the schema may be made or changed.
pub(super) async fn check_may_create(connection: &mut PgConnection) -> Result<(), Refusal> {
    let sql = "SELECT current_user::text, has_schema_privilege('public', 'CREATE')";
    let (who, may): (String, bool) = sqlx::query_as(sql).fetch_one(connection).await.map_err(of)?;
    if may { Ok(()) } else { Err(of_server("42501", &format!("{who} may not create tables in schema public"))) }
}

/// Whether every table may be read and written, and the part of a new month made: that is the first commit's of each month.
pub(super) async fn check_may_write(connection: &mut PgConnection) -> Result<(), Refusal> {
    let sql = "SELECT current_user::text, min(c.relname::text) FROM pg_class c
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '_sqlx_migrations'
               AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                        AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))";
    let (who, table): (String, Option<String>) = sqlx::query_as(sql).fetch_one(&mut *connection).await.map_err(of)?;
    match table {
        Some(table) => return Err(of_server("42501", &format!("{who} may not read and write the table {table}"))),
        None => check_may_create(&mut *connection).await?,
    }
    let sql = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'public.event_bodies'::regclass";
    let (owns,): (bool,) = sqlx::query_as(sql).fetch_one(connection).await.map_err(of)?;
    if owns {
        Ok(())
    } else {
        Err(of_server("42501", &format!("{who} does not own the tables, and each month has one of its own")))
    }
}

/// Whether no copy into it was begun that has not ended.
pub(super) async fn check_is_whole(connection: &mut PgConnection) -> Result<(), Refusal> {
    let sql = "SELECT to_regclass('public.copying') IS NOT NULL";
    let (begun,): (bool,) = sqlx::query_as(sql).fetch_one(connection).await.map_err(of)?;
    if begun { Err(Refusal::begun()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_will_not_do() {
        let said = |version, encoding: &str, reads_only| {
            judge(&Server { version, encoding: encoding.into(), reads_only }).map_err(|refusal| refusal.to_string())
        };
        assert_eq!(said(150_000, "UTF8", false), Ok(()));
        assert_eq!(said(140_019, "UTF8", false), Err("the server is PostgreSQL 14: Waybill needs PostgreSQL 15 or newer".into()));
        assert!(said(160_001, "SQL_ASCII", false).is_err_and(|line| line.starts_with("the database's encoding is SQL_ASCII: ")));
        assert!(said(160_001, "UTF8", true).is_err_and(|line| line.contains("use the primary server")));
    }

    #[test]
    fn each_is_one_line() {
        let line = of(sqlx::Error::Protocol("two\nlines".into())).to_string();
        assert!(line.contains("(two lines)") && line.lines().count() == 1, "{line}");
    }
}
