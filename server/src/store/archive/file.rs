//! One archive: a SQLite file with a row a shipment, in which its bodies are packed together. It is written whole, and never changed.

use crate::{
    domain::month::Month,
    store::{StoreError, archive::Archived},
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::{DirBuilder, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// What our files' names begin with.
const PREFIX: &str = "waybill-";
/// What those of archives end with.
const ARCHIVE: &str = "archive";
/// What those that are being written end with.
const PART: &str = "part";

/// A file beside the archives that is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stranger {
    /// Begun, and not ended.
    Begun(PathBuf),
    /// Whole perhaps, and not in the list of this database.
    Unknown(PathBuf),
}

/// Bodies by their events' sequences.
pub type Bodies = BTreeMap<i64, String>;

/// `shipment`: its id. `packed`: gzip of a JSON object, sequence → body as it came. `sha256`: of `packed`.
const SCHEMA: &str = "PRAGMA journal_mode = off;
    PRAGMA synchronous = off;
    CREATE TABLE about (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE bodies (shipment TEXT NOT NULL PRIMARY KEY, sha256 BLOB NOT NULL, packed BLOB NOT NULL);
    BEGIN";

/// Writes bodies of a month, by shipment, into a new file of a folder. When this answers, the file is on the disk, whatever happens.
pub fn write(folder: &Path, (month, name): (Month, &str), bodies: &BTreeMap<String, Bodies>) -> Result<Archived, StoreError> {
    let file = folder.join(format!("{PREFIX}{month}-{name}.{ARCHIVE}"));
    write_at(&file, month, bodies).map_err(|cause| {
        // Of what could not be written nothing is kept: it may be the room that is missing.
        let _ = std::fs::remove_file(part(&file));
        StoreError::Archive { file: file.display().to_string(), cause }
    })
}

fn part(file: &Path) -> PathBuf {
    file.with_extension(PART)
}

/// A new file in a folder, and the folder, if need be. All that was sent is in it: for nobody's eyes but the owner's.
fn begin(folder: &Path, part: &Path) -> std::io::Result<File> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let begun = OpenOptions::new().write(true).create_new(true).mode(0o600).open(part)?;
    begun.lock()?;
    Ok(begun)
}

/// Passes if a file can be written into a folder: tried, by one that is gone again. One that is not there is left to who archives: whoever
/// makes it owns it.
pub fn writable(folder: &Path, name: &str) -> Result<(), StoreError> {
    if !folder.exists() {
        return Ok(());
    }
    let part = folder.join(format!("{PREFIX}try-{name}.{PART}"));
    let tried = begin(folder, &part).and_then(|_| std::fs::remove_file(&part));
    tried.map_err(|cause| unreadable(folder, words(cause)))
}

/// Files in a folder of archives that are none of these: of passes that were killed, or of another database.
pub fn strangers(folder: &Path, known: &[Archived]) -> Result<Vec<Stranger>, StoreError> {
    let mut found = Vec::new();
    for file in ours(folder).map_err(|error| unreadable(folder, words(error)))? {
        if has_ending(&file, PART) {
            found.push(Stranger::Begun(file));
        } else if has_ending(&file, ARCHIVE) && !known.iter().any(|archived| archived.file == file) {
            found.push(Stranger::Unknown(file));
        }
    }
    found.sort();
    Ok(found)
}

/// Removes what passes that were killed had begun to write, and answers what. Nobody knows it, and all of it is where it was.
pub fn clear(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut cleared = Vec::new();
    for file in ours(folder).map_err(|error| unreadable(folder, words(error)))? {
        let over = || File::open(&file).is_ok_and(|begun| begun.try_lock().is_ok());
        if has_ending(&file, PART) && over() && std::fs::remove_file(&file).is_ok() {
            cleared.push(file);
        }
    }
    Ok(cleared)
}

/// Files that are called as ours are. A folder that is not there has none.
fn ours(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX)) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|found| found == ending)
}

fn write_at(file: &Path, month: Month, bodies: &BTreeMap<String, Bodies>) -> Result<Archived, String> {
    let folder = file.parent().ok_or("it has no folder")?;
    let part = part(file);
    // Locked as long as this goes on: who clears up leaves it alone.
    let _under_way = begin(folder, &part).map_err(words)?;
    let connection = Connection::open(&part).map_err(words)?;
    connection.execute_batch(SCHEMA).map_err(words)?;
    connection
        .execute("INSERT INTO about (name, value) VALUES ('format', '1'), ('month', ?1)", [month.to_string()])
        .map_err(words)?;
    {
        let sql = "INSERT INTO bodies (shipment, sha256, packed) VALUES (?1, ?2, ?3)";
        let mut insert = connection.prepare(sql).map_err(words)?;
        for (shipment, bodies) in bodies {
            let packed = pack(bodies).map_err(words)?;
            insert.execute((shipment, &Sha256::digest(&packed)[..], &packed)).map_err(words)?;
        }
    }
    connection.execute_batch("COMMIT").map_err(words)?;
    connection.close().map_err(|(_, error)| error.to_string())?;
    let written = File::open(&part).map_err(words)?;
    written.sync_all().map_err(words)?;
    let (sha256, bytes) = sum(written).map_err(words)?;
    std::fs::rename(&part, file).map_err(words)?;
    // The folder's entry survives a power cut too.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(words)?;
    let seqs = || bodies.values().flat_map(BTreeMap::keys).copied();
    Ok(Archived {
        file: file.to_path_buf(),
        month,
        first_seq: seqs().min().ok_or("there is nothing to write")?,
        last_seq: seqs().max().ok_or("there is nothing to write")?,
        events: seqs().count() as u64,
        bytes,
        sha256,
    })
}

/// A shipment's bodies in a file; none if it has none of that shipment.
pub fn read(file: &Path, shipment: &str) -> Result<Option<Bodies>, StoreError> {
    let found = || {
        let sql = "SELECT sha256, packed FROM bodies WHERE shipment = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?));
        let row = open(file)?.query_row(sql, [shipment], read).optional().map_err(words)?;
        row.map(|(sha256, packed)| unpack(&sha256, &packed)).transpose()
    };
    found().map_err(|cause| unreadable(file, cause))
}

/// All of a file, a shipment at a time.
pub fn read_all(file: &Path, mut tell: impl FnMut(String, Bodies)) -> Result<(), StoreError> {
    let mut each = || {
        let connection = open(file)?;
        let mut statement = connection.prepare("SELECT shipment, sha256, packed FROM bodies").map_err(words)?;
        let mut rows = statement.query(()).map_err(words)?;
        while let Some(row) = rows.next().map_err(words)? {
            let (sha256, packed): (Vec<u8>, Vec<u8>) = (row.get(1).map_err(words)?, row.get(2).map_err(words)?);
            tell(row.get(0).map_err(words)?, unpack(&sha256, &packed)?);
        }
        Ok(())
    };
    each().map_err(|cause| unreadable(file, cause))
}

/// Passes if a file is, byte for byte, what was written, and every body in it can be read.
pub fn verify(archived: &Archived) -> Result<(), StoreError> {
    let file = archived.file.as_path();
    let failed = |cause: String| unreadable(file, cause);
    let (sha256, bytes) = File::open(file).and_then(sum).map_err(|error| failed(words(error)))?;
    if (&sha256, bytes) != (&archived.sha256, archived.bytes) {
        return Err(failed(format!("it has {bytes} bytes and another checksum than the {} that were written", archived.bytes)));
    }
    let mut events = 0;
    read_all(file, |_, bodies| events += bodies.len() as u64)?;
    if events == archived.events { Ok(()) } else { Err(failed(format!("{events} bodies of {} are in it", archived.events))) }
}

/// Passes if a file is there and as long as it was: what can be asked often.
pub fn glance(archived: &Archived) -> Result<(), StoreError> {
    let failed = |cause: String| unreadable(&archived.file, cause);
    let found = std::fs::metadata(&archived.file).map_err(|error| failed(words(error)))?;
    if found.len() == archived.bytes {
        Ok(())
    } else {
        Err(failed(format!("it has {} bytes of {}", found.len(), archived.bytes)))
    }
}

fn open(file: &Path) -> Result<Connection, String> {
    // SQLite would say "unable to open database file" of one that is not there.
    std::fs::metadata(file).map_err(words)?;
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(words)
}

fn pack(bodies: &Bodies) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&serde_json::to_vec(bodies)?)?;
    packed.finish()
}

fn unpack(sha256: &[u8], packed: &[u8]) -> Result<Bodies, String> {
    if sha256 != &Sha256::digest(packed)[..] {
        return Err("a checksum in it is not that of what is there: it is damaged".into());
    }
    let mut json = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut json).map_err(words)?;
    serde_json::from_slice(&json).map_err(words)
}

fn sum(mut file: File) -> std::io::Result<(Vec<u8>, u64)> {
    let (mut hash, mut bytes, mut block) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        match file.read(&mut block)? {
            0 => return Ok((hash.finalize().to_vec(), bytes)),
            n => {
                hash.update(&block[..n]);
                bytes += n as u64;
            }
        }
    }
}

fn words(error: impl ToString) -> String {
    error.to_string()
}

fn unreadable(file: &Path, cause: String) -> StoreError {
    StoreError::Archive { file: file.display().to_string(), cause }
}

/// Where archives are written: a whole path, as it is told to whoever looks for one.
pub fn folder(named: &str) -> std::io::Result<PathBuf> {
    std::path::absolute(named)
}
