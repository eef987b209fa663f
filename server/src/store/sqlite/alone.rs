//! One `waybill serve` to a file: two would take each other's work over, and neither would know it for certain.

use crate::store::open::{OpenError, Refusal};
use sqlx::sqlite::SqliteConnectOptions;
use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    str::FromStr,
};

/// A file is this process's to serve as long as this lives: the lock ends with the process, however that ends.
#[derive(Debug)]
pub struct Alone {
    _lock: Option<File>,
}

/// Refuses if another process serves the file at an address.
pub(in crate::store) fn keep(url: &str) -> Result<Alone, OpenError> {
    // What is wrong with the address or the folder is told by whoever opens the database.
    let Ok(options) = SqliteConnectOptions::from_str(url) else { return Ok(Alone { _lock: None }) };
    let mut beside = options.get_filename().as_os_str().to_owned();
    beside.push(".serving");
    let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(PathBuf::from(beside));
    let Ok(lock) = opened else { return Ok(Alone { _lock: None }) };
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Refusal::new(
            format!("another `waybill serve` has {} already", options.get_filename().display()),
            "stop it first; for several processes see docs/replicas.md",
        )
        .into()),
        // A disk without locks: it is as it was before there was this one.
        Err(TryLockError::Error(_)) | Ok(()) => Ok(Alone { _lock: Some(lock) }),
    }
}
