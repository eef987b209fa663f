//! What a run came to, in a few lines.

use super::{super::reject::Reject, ImportProgress, feeder::Tally};
use std::{collections::BTreeMap, fmt, time::Duration};

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// The mapping's name.
    pub mapping: String,
    /// Rows of the file.
    pub file_rows: u64,
    /// Rows that were read.
    pub rows: u64,
    /// Rows that the mapping's conditions passed over.
    pub passed_over: u64,
    /// Rows of which nothing came.
    pub without_event: u64,
    /// Groups that were completed, by the mapping's name.
    pub groups: u64,
    /// Receipts, of this run and of the one that it goes on with.
    pub progress: ImportProgress,
    /// Events and refusals that an interrupted run had sent before.
    pub resumed_at: u64,
    /// Events and refusals so far.
    pub items_seen: u64,
    /// Rejects by code.
    pub rejects: BTreeMap<&'static str, u64>,
    /// The file was read to its end.
    pub complete: bool,
    /// How long it took; set by the caller, who has the clock.
    pub took: Duration,
}

impl Summary {
    pub(super) fn new(mapping: &str) -> Self {
        Self { mapping: mapping.to_owned(), ..Self::default() }
    }

    pub(super) fn take(&mut self, tally: &Tally, rejects: &[Reject]) {
        self.rows += tally.rows;
        self.passed_over += tally.passed_over;
        self.without_event += tally.without_event;
        self.groups += tally.groups;
        for reject in rejects {
            *self.rejects.entry(reject.code).or_default() += 1;
        }
    }

    /// Whether everything was taken.
    pub fn is_clean(&self) -> bool {
        self.complete && self.rejects.is_empty() && self.progress.conflict == 0 && self.progress.quarantined == 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImportProgress { accepted, duplicate, amended, conflict, quarantined, .. } = self.progress;
        writeln!(f, "mapping      {}", self.mapping)?;
        writeln!(f, "rows         {} ({} passed over, {} without an event)", self.rows, self.passed_over, self.without_event)?;
        writeln!(f, "groups       {}", self.groups)?;
        writeln!(f, "events       {}", accepted + duplicate + amended)?;
        writeln!(f, "  accepted   {accepted}")?;
        writeln!(f, "  duplicate  {duplicate}")?;
        writeln!(f, "  amended    {amended}")?;
        writeln!(f, "quarantined  {} ({conflict} of them in conflict with an earlier event)", quarantined + conflict)?;
        writeln!(f, "rejects      {}", self.rejects.values().sum::<u64>())?;
        for (code, count) in &self.rejects {
            writeln!(f, "  {code:<20} {count}")?;
        }
        if self.resumed_at > 0 {
            writeln!(f, "went on after {} events and refusals of an interrupted run", self.resumed_at)?;
        }
        let seconds = self.took.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = if seconds > 0.0 { self.rows as f64 / seconds } else { 0.0 };
        write!(f, "time         {seconds:.2} s ({rate:.0} rows/s)")?;
        if !self.complete {
            write!(f, "\nstopped before the end: the same command goes on from here")?;
        }
        Ok(())
    }
}
