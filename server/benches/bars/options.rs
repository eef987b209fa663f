//! What to measure, and for how long.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    /// Bulk intake without HTTP, inside the bench: says what the store alone does.
    Store,
    /// Bulk intake against a raw insert, and memory meanwhile.
    Bulk,
    /// Bulk intake from a broker against the same over HTTP.
    Broker,
    /// Single events, flat out.
    Single,
    /// Single events at a fixed rate beside an import.
    Mixed,
    /// The Overview page.
    Overview,
    /// The Exceptions page.
    Exceptions,
    /// Key figures.
    Figures,
    /// What measures take of an intake.
    Share,
    /// Bulk work on many exceptions.
    Many,
    /// Timers due at once.
    Due,
    /// Bytes of wasm over the wire.
    Wire,
    /// Bulk intake on PostgreSQL, by one process and by two; a commit at one told by the other.
    Postgres,
    /// Figures and pages on PostgreSQL against the same on SQLite.
    Databases,
}

impl FromStr for Bar {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(match name {
            "store" => Self::Store,
            "bulk" => Self::Bulk,
            "broker" => Self::Broker,
            "single" => Self::Single,
            "mixed" => Self::Mixed,
            "overview" => Self::Overview,
            "exceptions" => Self::Exceptions,
            "figures" => Self::Figures,
            "share" => Self::Share,
            "many" => Self::Many,
            "due" => Self::Due,
            "wire" => Self::Wire,
            "postgres" => Self::Postgres,
            "databases" => Self::Databases,
            _ => {
                return Err(format!(
                    "{name:?} is no bar: store, bulk, broker, single, mixed, overview, exceptions, figures, share, many, due, wire, postgres, databases"
                ));
            }
        })
    }
}

/// The command line.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    only: Vec<Bar>,
    /// A short run.
    pub(crate) quick: bool,
    /// Leave the databases.
    pub(crate) keep: bool,
    /// The binary that is measured.
    pub(crate) binary: PathBuf,
    /// Where the report goes.
    pub(crate) reports: PathBuf,
    /// Where the databases lie: a real disk, or the bars mean nothing.
    pub(crate) folder: PathBuf,
    /// The address of a PostgreSQL server, without a database.
    pub(crate) postgres: Option<String>,
    /// All bars are measured there.
    pub(crate) all_on_postgres: bool,
}

const HELP: &str = "make bench, or: cargo bench -p server --bench bars -- [--quick] [--keep]
    [--only store,bulk,broker,single,mixed,overview,exceptions,figures,share,many,due,wire,postgres,databases] [--binary FILE] [--folder DIR]
    [--postgres postgres://USER@HOST:PORT] [--all-on-postgres]

--folder is where databases are kept while measuring. On /dev/shm a commit costs no disk: good for finding out what the
processor limits, and no measure of the bars. --postgres names a server on which databases may be made; `make bench` starts one.
--all-on-postgres measures the other bars there too.";

impl Options {
    /// Reads the command line; none if only help was wanted.
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
        let mut options = Self {
            only: Vec::new(),
            quick: false,
            keep: false,
            // Cargo builds it for the bench, in the same profile.
            binary: env!("CARGO_BIN_EXE_waybill").into(),
            reports: reports.clone(),
            folder: reports,
            postgres: None,
            all_on_postgres: false,
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--keep" => options.keep = true,
                "--only" => options.only = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
                "--folder" => options.folder = value()?.into(),
                "--binary" => options.binary = value()?.into(),
                "--postgres" => options.postgres = Some(value()?),
                "--all-on-postgres" => options.all_on_postgres = true,
                "--help" => {
                    println!("{HELP}");
                    return Ok(None);
                }
                // cargo says that this is a bench.
                "--bench" => {}
                other => return Err(format!("{other:?} is not understood\n{HELP}")),
            }
        }
        if options.only != [Bar::Store] && !options.binary.exists() {
            return Err(format!("{} is missing: run `make build` first", options.binary.display()));
        }
        Ok(Some(options))
    }

    /// The same with all databases on the one side or on the other.
    pub(crate) fn on(&self, postgres: bool) -> Self {
        Self { all_on_postgres: postgres, ..self.clone() }
    }

    /// Whether this bar is to be measured.
    pub(crate) fn wants(&self, bar: Bar) -> bool {
        self.only.is_empty() || self.only.contains(&bar)
    }

    /// One of two sizes.
    pub(crate) fn size<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}
