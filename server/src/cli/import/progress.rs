//! How far the import has come: a bar on a terminal, a line now and then elsewhere.

use crate::intake::flat::run::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};

/// The bar, or what stands for it.
pub(super) struct Bar {
    bar: Option<ProgressBar>,
    rows: AtomicU64,
    tenths: AtomicU64,
}

impl Bar {
    /// A bar on a terminal, lines elsewhere.
    pub(super) fn new(terminal: bool) -> Self {
        let bar = terminal.then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows  {per_sec}  {eta} left");
            ProgressBar::new(0).with_style(style.expect("the template is sound"))
        });
        Self { bar, rows: AtomicU64::new(0), tenths: AtomicU64::new(0) }
    }

    /// Shows a step.
    pub(super) fn show(&self, progress: Progress) {
        match (progress, &self.bar) {
            (Progress::Surveyed { rows }, Some(bar)) => bar.set_length(rows),
            (Progress::Surveyed { rows }, None) => {
                self.rows.store(rows, Ordering::Relaxed);
                eprintln!("{rows} rows");
            }
            (Progress::Resumed { items }, Some(bar)) => bar.println(went_on(items)),
            (Progress::Resumed { items }, None) => eprintln!("{}", went_on(items)),
            (Progress::Committed { rows }, Some(bar)) => bar.set_position(rows),
            (Progress::Committed { rows }, None) => self.line(rows),
        }
    }

    /// Ends the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, rows: u64) {
        let all = self.rows.load(Ordering::Relaxed).max(1);
        let tenth = rows * 10 / all;
        if self.tenths.swap(tenth, Ordering::Relaxed) < tenth {
            eprintln!("{rows} of {all} rows");
        }
    }
}

fn went_on(items: u64) -> String {
    format!("going on after {items} events and refusals of an interrupted run")
}
