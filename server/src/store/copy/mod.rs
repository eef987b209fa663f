//! Everything of one database into another, empty one: from the embedded one to a server, or back. Table by table in the order of their
//! keys, a batch a transaction in which the place is noted too: killed at any moment, it goes on where it was. It is done when
//! both sides have been counted and summed up and agree (docs/adr/0025-a-copy-is-counted-and-summed.md).

mod cell;
mod postgres;
mod side;
mod sqlite;
mod table;

pub use self::cell::Sum;
use self::{
    cell::{Cell, mark},
    side::Side,
    table::Table,
};
use super::open::{OpenError, Refusal};

/// How much goes into one transaction, about: bytes.
const BATCH: usize = 4 << 20;
/// Rows of the first batch of a table, whose rows may be large, and of any.
const ROWS: std::ops::RangeInclusive<usize> = 8..=10_000;

/// Why a copy stopped; each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of them could not be opened.
    #[error("{url}: {cause}")]
    Open {
        /// Which, without a password.
        url: String,
        /// Why.
        cause: OpenError,
    },
    /// They cannot be copied to each other as they are.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// SQLite failed.
    #[error("the embedded database failed: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// PostgreSQL failed.
    #[error("the server failed: {0}")]
    Postgres(#[source] sqlx::Error),
    /// Both sides are there and differ.
    #[error("the copy is NOT the same in {tables}: {advice}")]
    Differs {
        /// In which.
        tables: String,
        /// What to do.
        advice: &'static str,
    },
}

impl From<rusqlite::Error> for CopyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Postgres(error)
    }
}

/// What a batch has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Of which table.
    pub table: String,
    /// Rows of that table so far.
    pub rows: u64,
    /// Rows of this batch.
    pub more: u64,
}

/// A table that is the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Its name.
    pub table: String,
    /// Its rows and what they come to.
    pub sum: Sum,
}

/// A copy under way. While it lives, nobody writes to the source.
pub struct Copying {
    from: Side,
    to: Side,
    tables: Vec<Table>,
    /// Rows that were there when it began to go on.
    resumed: u64,
}

impl Copying {
    /// Opens both, and begins or goes on. The target must be empty, or have been begun by a copy of the same source.
    pub async fn open(from: &str, to: &str) -> Result<Self, CopyError> {
        if from == to {
            return Err(itself().into());
        }
        let mut from = Side::source(from).await?;
        let mut to = Side::target(to, &from).await?;
        let tables = from.tables().await?;
        let there = to.tables().await?;
        if tables != there {
            let differing =
                tables.iter().find(|table| !there.contains(table)).or_else(|| there.iter().find(|t| !tables.contains(t)));
            let name = differing.map_or("?", |table| table.name.as_str());
            return Err(
                Refusal::new(format!("the table {name} is another one there"), "both must be of this build's schema").into()
            );
        }
        let mark = mark(&from.ends("audit", "seq").await?);
        let resumed = match to.begun().await? {
            Some(begun) if begun == mark => to.copied().await?,
            Some(_) => {
                let advice = "empty the target (drop the database or remove the file), and copy again";
                let problem = "the copy that was begun there is of another source, or this one was written to since";
                return Err(Refusal::new(problem, advice).into());
            }
            None => {
                to.begin(&tables, &mark).await?;
                0
            }
        };
        Ok(Self { from, to, tables, resumed })
    }

    /// Rows of an interrupted run that are there already.
    pub fn resumed(&self) -> u64 {
        self.resumed
    }

    /// All rows of the source.
    pub async fn rows(&mut self) -> Result<u64, CopyError> {
        let mut rows = 0;
        for table in &self.tables {
            rows += self.from.count(table).await?;
        }
        Ok(rows)
    }

    /// Copies the next batch. None: every row is there.
    pub async fn step(&mut self) -> Result<Option<Progress>, CopyError> {
        for table in &self.tables {
            let place = self.to.place(table).await?;
            if place.whole {
                continue;
            }
            let limit = place.limit();
            let rows = self.from.page(table, place.after.as_deref(), limit).await?;
            let whole = rows.len() < limit;
            let next = place.next(table, &rows, whole);
            self.to.put(table, &rows, &place, &next).await?;
            return Ok(Some(Progress { table: table.name.clone(), rows: next.rows, more: rows.len() as u64 }));
        }
        Ok(None)
    }

    /// Has the target number new rows after those that came, counts and sums up every table on both sides, and calls the copy done
    /// if they agree: until then nobody can serve it.
    pub async fn finish(mut self, mut agreed: impl FnMut(Agreed)) -> Result<u64, CopyError> {
        let mut numbers = Vec::new();
        for table in &self.tables {
            numbers.extend(self.from.last_number(table).await?.map(|last| (table.name.clone(), last)));
        }
        self.to.number_on(&self.tables, &numbers).await?;
        let (mut differing, mut rows) = (Vec::new(), 0);
        for table in &self.tables {
            let (one, other) = (sum(&mut self.from, table).await?, sum(&mut self.to, table).await?);
            if one == other {
                rows += one.rows;
                agreed(Agreed { table: table.name.clone(), sum: one });
            } else {
                differing.push(format!("{} ({one} here, {other} there)", table.name));
            }
        }
        if !differing.is_empty() {
            let advice = "was the source written to since the copy began? Empty the target, and copy again";
            return Err(CopyError::Differs { tables: differing.join(", "), advice });
        }
        self.to.end().await?;
        self.from.close().await?;
        Ok(rows)
    }
}

fn itself() -> Refusal {
    Refusal::new("a database cannot be copied into itself", "name another one after --to")
}

fn served() -> Refusal {
    Refusal::new("another program has the target open", "end every `waybill serve` on it first")
}

async fn sum(side: &mut Side, table: &Table) -> Result<Sum, CopyError> {
    let (mut sum, mut place) = (Sum::default(), Place::default());
    while !place.whole {
        let limit = place.limit();
        let rows = side.page(table, place.after.as_deref(), limit).await?;
        rows.iter().for_each(|row| sum.add(row));
        place = place.next(table, &rows, rows.len() < limit);
    }
    Ok(sum)
}

/// How far a table is.
#[derive(Debug, Clone, Default, PartialEq)]
struct Place {
    /// Key of the last row.
    after: Option<Vec<Cell>>,
    rows: u64,
    /// Bytes of a row, about.
    wide: usize,
    whole: bool,
}

impl Place {
    fn limit(&self) -> usize {
        if self.rows == 0 { *ROWS.start() } else { (BATCH / self.wide.max(1)).clamp(*ROWS.start(), *ROWS.end()) }
    }

    fn next(&self, table: &Table, rows: &[Vec<Cell>], whole: bool) -> Self {
        let bytes: usize = rows.iter().flatten().map(Cell::bytes).sum();
        Self {
            after: rows.last().map(|row| table.key_of(row)).or_else(|| self.after.clone()),
            rows: self.rows + rows.len() as u64,
            wide: if rows.is_empty() { self.wide } else { (bytes / rows.len()).max(self.wide / 2) },
            whole,
        }
    }
}
