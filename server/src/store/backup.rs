//! Backups of the embedded database: whole and of one moment while others go on writing, and back. A server has tools of its own for that
//! (docs/operations.md).

use super::{
    open::{OpenError, Refusal},
    postgres, sqlite,
};
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};
use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Pages of a step (of 4 KiB): after each the disk is left to others for as long as it took.
const STEP: i32 = 256;
/// The shortest and the longest pause.
const PAUSE: std::ops::RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_millis(100);

/// Why there is no backup, or nothing was restored; each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It is not possible as it is.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The address is of no file.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// SQLite failed.
    #[error("{file}: {source}")]
    Sqlite {
        /// With which file.
        file: String,
        /// Why.
        source: rusqlite::Error,
    },
    /// A file could not be put in its place.
    #[error("{file}: {source}")]
    File {
        /// Which.
        file: String,
        /// Why.
        source: std::io::Error,
    },
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Version of its schema.
    pub schema: i64,
    /// Events.
    pub events: i64,
    /// Shipments.
    pub shipments: i64,
    /// Bytes.
    pub bytes: u64,
}

/// Writes what the database holds at this moment into a new file. Others go on reading and writing meanwhile. `tell` hears how far
/// it is: pages, of how many.
pub async fn back_up(url: &str, to: &Path, tell: impl FnMut(i32, i32)) -> Result<Held, BackupError> {
    let from = file(url)?;
    if to.exists() {
        return Err(Refusal::new(format!("{} exists", to.display()), "name a new file: a backup overwrites nothing").into());
    }
    if !from.is_file() {
        return Err(Refusal::new(format!("the file {} does not exist", from.display()), "check the database's address").into());
    }
    let source = open(&from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Everything is read in one transaction: pages of one moment, however long it takes.
    source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master").map_err(on(&from))?;
    held(&source, &from)?;
    let part = beside(to, ".part");
    write(&source, &part, true, tell).await?;
    put_in_place(&part, to)?;
    held(&open(to, OpenFlags::SQLITE_OPEN_READ_ONLY)?, to)
}

/// Puts what a backup holds where the database is. One that is there already is kept beside it, and only then is it `replace`d.
pub async fn restore(from: &Path, url: &str, replace: bool, tell: impl FnMut(i32, i32)) -> Result<Held, BackupError> {
    let to = file(url)?;
    if !from.is_file() {
        return Err(Refusal::new(format!("the file {} does not exist", from.display()), "name a backup after --from").into());
    }
    let source = open(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    check(&source, from)?;
    let backup = held(&source, from)?;
    let known = sqlite::migrations::known().map(|(version, _)| version).max().unwrap_or(0);
    if backup.schema > known {
        return Err(OpenError::Newer { found: backup.schema, known }.into());
    }
    if to.exists() {
        if !replace {
            let advice = "restore beside it with another --database-url, or say --replace: it is then kept as ….replaced";
            return Err(Refusal::new(format!("{} exists", to.display()), advice).into());
        }
        let kept = beside(&to, ".replaced");
        if kept.exists() {
            let advice = "it is what an earlier restore put aside: move it away, or delete it, first";
            return Err(Refusal::new(format!("{} exists", kept.display()), advice).into());
        }
        alone(&to)?;
    }
    let part = beside(&to, ".part");
    write(&source, &part, false, tell).await?;
    // It is whole on the disk before the old one is moved: between the two there is nothing to wait for.
    sync(&part)?;
    for end in ["-wal", "-shm", ""] {
        let old = beside(&to, end);
        if old.exists() {
            rename(&old, &beside(&beside(&to, ".replaced"), end))?;
        }
    }
    put_in_place(&part, &to)?;
    Ok(backup)
}

fn file(url: &str) -> Result<PathBuf, BackupError> {
    if postgres::is_address(url) {
        let advice = "use its own tools, pg_dump and pg_restore, as docs/operations.md says";
        return Err(Refusal::new("this is for the embedded database, and the address is a PostgreSQL's", advice).into());
    }
    Ok(sqlite::path(url)?)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, BackupError> {
    Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(on(path))
}

fn on(path: &Path) -> impl Fn(rusqlite::Error) -> BackupError {
    move |source| BackupError::Sqlite { file: path.display().to_string(), source }
}

/// What a file holds, if it is one of Waybill's.
fn held(connection: &Connection, path: &Path) -> Result<Held, BackupError> {
    let is_ours = "SELECT count(*) FILTER (WHERE name IN ('_sqlx_migrations', 'events', 'shipments')), count(*) FILTER (WHERE name = 'copying')
                   FROM sqlite_master WHERE type = 'table'";
    let (tables, begun): (i64, i64) = connection
        .query_row(is_ours, (), |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(|error| not_ours(path, &error.to_string()))?;
    if tables != 3 {
        return Err(not_ours(path, "its tables are not there"));
    }
    if begun > 0 {
        return Err(Refusal::begun().into());
    }
    let sql =
        "SELECT (SELECT max(version) FROM _sqlx_migrations), (SELECT count(*) FROM events), (SELECT count(*) FROM shipments)";
    let (schema, events, shipments) =
        connection.query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(on(path))?;
    let bytes = std::fs::metadata(path).map_err(|source| BackupError::File { file: path.display().to_string(), source })?.len();
    Ok(Held { schema, events, shipments, bytes })
}

fn not_ours(path: &Path, why: &str) -> BackupError {
    Refusal::new(format!("{} is no database of Waybill ({why})", path.display()), "name another file").into()
}

/// Whether all of it can be read and belongs together.
fn check(connection: &Connection, path: &Path) -> Result<(), BackupError> {
    let said: String = connection
        .query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))
        .map_err(|error| not_ours(path, &error.to_string()))?;
    match said.as_str() {
        "ok" => Ok(()),
        problem => Err(Refusal::new(format!("{} is damaged ({problem})", path.display()), "use another backup").into()),
    }
}

/// Nobody else has the file open, and its log is folded into it. One that is damaged nobody can use either.
fn alone(path: &Path) -> Result<(), BackupError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mode: Result<String, _> = connection.query_row("PRAGMA journal_mode = delete", (), |row| row.get(0));
    match mode {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
            Err(Refusal::new(format!("another program has {} open", path.display()), "stop `waybill serve` first").into())
        }
        _ => Ok(()),
    }
}

/// Writes a database page by page into a file of its own, and checks what was written.
async fn write(source: &Connection, part: &Path, gently: bool, mut tell: impl FnMut(i32, i32)) -> Result<(), BackupError> {
    if part.exists() {
        std::fs::remove_file(part).map_err(|source| BackupError::File { file: part.display().to_string(), source })?;
    }
    // All of the business is in it: for nobody's eyes but the owner's.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(part)
        .map_err(|source| BackupError::File { file: part.display().to_string(), source })?;
    let mut target = Connection::open(part).map_err(on(part))?;
    {
        let backup = Backup::new(source, &mut target).map_err(on(part))?;
        loop {
            let begun = Instant::now();
            let done = backup.step(STEP).map_err(on(part))?;
            let progress = backup.progress();
            tell(progress.pagecount - progress.remaining, progress.pagecount);
            match done {
                StepResult::Done => break,
                StepResult::More if !gently => {}
                _ => sleep(begun.elapsed().clamp(*PAUSE.start(), *PAUSE.end())).await,
            }
        }
    }
    // One file without a log beside it: it can be moved about.
    target.pragma_update(None, "journal_mode", "delete").map_err(on(part))?;
    check(&target, part)?;
    target.close().map_err(|(_, error)| on(part)(error))
}

fn put_in_place(part: &Path, to: &Path) -> Result<(), BackupError> {
    sync(part)?;
    rename(part, to)?;
    // The folder's entry survives a power cut too.
    sync(to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn sync(path: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::File { file: path.display().to_string(), source };
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(failed)
}

fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    std::fs::rename(from, to).map_err(|source| BackupError::File { file: from.display().to_string(), source })
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
