//! Why a file cannot be used, in words that say what to do.

use crate::store::open::{OpenError, Refusal};
use rusqlite::ffi;
use sqlx::{ConnectOptions, Connection, migrate::MigrateError, sqlite::SqliteConnectOptions};
use std::path::Path;

/// Of a path, before it is opened: SQLite would only say that it cannot. `make`: the file may be missing.
pub(super) fn of_path(path: &Path, make: bool) -> Result<(), Refusal> {
    // In memory, or a name that only SQLite understands.
    if path.as_os_str().is_empty() || path.starts_with(":memory:") || path.starts_with("file:") {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Refusal::new(format!("the folder {} does not exist", folder.display()), "create it, or correct the address"));
    }
    if path.is_dir() {
        return Err(Refusal::new(format!("{} is a folder", path.display()), "the address must name a file"));
    }
    if !make && !path.exists() {
        return Err(Refusal::new(
            format!("the file {} does not exist", path.display()),
            "correct the address, or make it with `waybill migrate`",
        ));
    }
    Ok(())
}

/// Of an error that the readers' driver gave.
pub(super) fn of(error: sqlx::Error) -> Refusal {
    match &error {
        sqlx::Error::Database(cause) => {
            of_code(cause.code().and_then(|code| code.parse().ok()).unwrap_or_default(), cause.message())
        }
        other => of_code(0, &other.to_string()),
    }
}

/// Of an error that the writer's driver gave.
pub(super) fn of_writing(error: rusqlite::Error) -> Refusal {
    of_code(error.sqlite_error().map_or(0, |cause| cause.extended_code), &error.to_string())
}

/// Of a file that may only be read.
pub(super) fn read_only() -> Refusal {
    Refusal::new("the file can be read and not written", "whoever runs this must be able to write to the file and to its folder")
}

/// Whether a copy into it was begun and has not ended.
pub(super) async fn is_begun(options: &SqliteConnectOptions) -> Result<bool, Refusal> {
    let mut connection = options.connect().await.map_err(of)?;
    let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'copying'";
    let (n,): (i64,) = sqlx::query_as(sql).fetch_one(&mut connection).await.map_err(of)?;
    connection.close().await.map_err(of)?;
    Ok(n > 0)
}

/// Of a migration that failed.
pub(super) fn of_migrating(error: MigrateError) -> OpenError {
    match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => of(cause).into(),
        other => OpenError::Migration(other.to_string()),
    }
}

/// Of what SQLite says: its extended code and its words.
fn of_code(code: i32, words: &str) -> Refusal {
    // The lowest byte is the kind, the rest says more.
    match code & 0xff {
        ffi::SQLITE_NOTADB => {
            Refusal::new("the file is no SQLite database", "correct the address, or restore a backup: `waybill restore --from …`")
        }
        ffi::SQLITE_CORRUPT => {
            Refusal::new(format!("the file is damaged ({words})"), "restore a backup: `waybill restore --from … --replace`")
        }
        ffi::SQLITE_READONLY | ffi::SQLITE_PERM | ffi::SQLITE_AUTH => read_only(),
        ffi::SQLITE_CANTOPEN => Refusal::new(
            format!("the file cannot be opened ({words})"),
            "whoever runs this must be able to write to the file and to its folder",
        ),
        ffi::SQLITE_FULL => {
            Refusal::new("the disk is full", "make room where the file lies; nothing that was acknowledged is lost")
        }
        ffi::SQLITE_IOERR => {
            Refusal::new(format!("the disk does not take or give what it should ({words})"), "is it full, or failing?")
        }
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => {
            Refusal::new("another program keeps the file locked", "end it, or wait until it is through")
        }
        _ => Refusal::new(format!("the database could not be opened ({words})"), "is it a database of Waybill?"),
    }
}
