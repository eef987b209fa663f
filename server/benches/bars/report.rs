//! The report: a table for people, JSON for everybody else.

use crate::{calibration::Calibration, options::Options};
use serde_json::{Value, json};
use std::{path::PathBuf, process::Command};

/// Least, middle and greatest of repeated measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// Least.
    pub(crate) min: f64,
    /// Middle.
    pub(crate) median: f64,
    /// Greatest.
    pub(crate) max: f64,
}

impl Spread {
    /// Of these; zeros of nothing.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        let middle = if values.len() % 2 == 0 && !values.is_empty() {
            (at(values.len() / 2 - 1) + at(values.len() / 2)) / 2.0
        } else {
            at(values.len() / 2)
        };
        Self { min: at(0), median: middle, max: at(values.len().saturating_sub(1)) }
    }

    fn json(self) -> Value {
        json!({ "min": round(self.min), "median": round(self.median), "max": round(self.max) })
    }

    fn text(self) -> String {
        if self.min == self.max {
            number(self.median)
        } else {
            format!("{} ({} … {})", number(self.median), number(self.min), number(self.max))
        }
    }
}

/// What a bar asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// Nothing: a figure that explains another.
    Nothing,
}

/// Collects figures.
#[derive(Debug)]
pub(crate) struct Report {
    folder: PathBuf,
    quick: bool,
    rows: Vec<Row>,
    machine: Vec<(&'static str, Calibration)>,
}

#[derive(Debug)]
struct Row {
    bar: &'static str,
    what: String,
    unit: &'static str,
    asked: Asked,
    measured: Spread,
}

impl Row {
    /// The median decides.
    fn reached(&self) -> Option<bool> {
        match self.asked {
            Asked::AtLeast(least) => Some(self.measured.median >= least),
            Asked::AtMost(most) => Some(self.measured.median <= most),
            Asked::Nothing => None,
        }
    }
}

impl Report {
    /// An empty one.
    pub(crate) fn new(options: &Options) -> Self {
        Self { folder: options.reports.clone(), quick: options.quick, rows: Vec::new(), machine: Vec::new() }
    }

    /// Notes a figure and prints it.
    pub(crate) fn figure(
        &mut self,
        bar: &'static str,
        what: impl Into<String>,
        unit: &'static str,
        asked: Asked,
        measured: Spread,
    ) {
        let row = Row { bar, what: what.into(), unit, asked, measured };
        println!("{}", row.line());
        self.rows.push(row);
    }

    /// Notes how the machine was.
    pub(crate) fn calibrate(&mut self, when: &'static str, calibration: Calibration) {
        println!("machine {when}: {}", machine_line(&calibration));
        self.machine.push((when, calibration));
    }

    /// Writes both files and says where.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let (json_file, table_file) = (self.folder.join("bars.json"), self.folder.join("bars.md"));
        std::fs::write(&json_file, serde_json::to_vec_pretty(&self.json())?)?;
        let table = self.table();
        std::fs::write(&table_file, &table)?;
        println!("\n{table}\n{} and {}", json_file.display(), table_file.display());
        Ok(())
    }

    fn json(&self) -> Value {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                let asked = match row.asked {
                    Asked::AtLeast(least) => json!({ "at_least": least }),
                    Asked::AtMost(most) => json!({ "at_most": most }),
                    Asked::Nothing => Value::Null,
                };
                json!({ "bar": row.bar, "what": row.what, "unit": row.unit, "asked": asked, "measured": row.measured.json(),
                        "reached": row.reached() })
            })
            .collect();
        let machine: serde_json::Map<_, _> = self
            .machine
            .iter()
            .map(|(when, c)| {
                let figures = json!({ "sha256_mib_per_s": c.hashing.json(), "write_and_sync_us": c.syncs.json(),
                                      "late_wake_up_us": c.wake_ups.json() });
                ((*when).to_owned(), figures)
            })
            .collect();
        json!({ "commit": commit(), "quick": self.quick, "cores": cores(), "machine": machine, "figures": rows })
    }

    fn table(&self) -> String {
        let mut table = format!(
            "Commit {}, {} cores{}. Median (least … greatest).\n\n| bar | what | asked | measured | |\n| --- | --- | --- | --- | --- |\n",
            commit(),
            cores(),
            if self.quick { ", quick run" } else { "" }
        );
        for row in &self.rows {
            let asked = match row.asked {
                Asked::AtLeast(least) => format!("≥ {} {}", number(least), row.unit),
                Asked::AtMost(most) => format!("≤ {} {}", number(most), row.unit),
                Asked::Nothing => String::new(),
            };
            let mark = row.reached().map_or("", |reached| if reached { "reached" } else { "**missed**" });
            table += &format!("| {} | {} | {asked} | {} {} | {mark} |\n", row.bar, row.what, row.measured.text(), row.unit);
        }
        for (when, calibration) in &self.machine {
            table += &format!("\nMachine {when}: {}\n", machine_line(calibration));
        }
        table
    }
}

impl Row {
    fn line(&self) -> String {
        let mark = self.reached().map_or("", |reached| if reached { "  reached" } else { "  MISSED" });
        format!("{:9} {:58} {} {}{mark}", self.bar, self.what, self.measured.text(), self.unit)
    }
}

fn machine_line(calibration: &Calibration) -> String {
    format!(
        "SHA-256 {} MiB/s, write and sync of 4 KiB {} µs, sleepers wake {} µs late",
        calibration.hashing.text(),
        calibration.syncs.text(),
        calibration.wake_ups.text()
    )
}

/// Three significant digits or whole numbers.
fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => {
            let digits = format!("{value:.0}");
            let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            format!("{sign}{grouped}")
        }
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn commit() -> String {
    let output = Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=10"]).output();
    output.ok().and_then(|out| String::from_utf8(out.stdout).ok()).map_or_else(|| "unknown".into(), |text| text.trim().to_owned())
}
