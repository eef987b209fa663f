//! What could not be taken, for people: a CSV file with row, column, value and reason.

use super::value::Bad;
use std::io::{self, Write};

/// Something of a row that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// Line of the file.
    pub row: u64,
    /// Column; empty for the row as a whole.
    pub column: String,
    /// As it stands, cut short.
    pub value: String,
    /// Stable code.
    pub code: &'static str,
    /// In words.
    pub reason: String,
}

impl From<&Bad> for Reject {
    fn from(bad: &Bad) -> Self {
        Self { row: bad.row, column: bad.column.clone(), value: bad.raw.clone(), code: bad.code, reason: bad.reason.clone() }
    }
}

impl Reject {
    /// Where, as quarantine shows it.
    pub fn place(&self) -> String {
        if self.column.is_empty() { format!("row {}", self.row) } else { format!("row {}, column {}", self.row, self.column) }
    }
}

/// Writes the rejects file.
pub struct RejectsFile<W: Write>(csv::Writer<W>);

impl<W: Write> RejectsFile<W> {
    /// Begins the file.
    pub fn new(out: W) -> io::Result<Self> {
        let mut file = csv::Writer::from_writer(out);
        file.write_record(["row", "column", "value", "code", "reason"])?;
        Ok(Self(file))
    }

    /// Adds a line.
    pub fn add(&mut self, reject: &Reject) -> io::Result<()> {
        let row = reject.row.to_string();
        Ok(self.0.write_record([
            row.as_str(),
            &harmless(&reject.column),
            &harmless(&reject.value),
            reject.code,
            &harmless(&reject.reason),
        ])?)
    }

    /// Writes what is still held back.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_no_formulas() {
        let mut out = Vec::new();
        let mut file = RejectsFile::new(&mut out).expect("memory");
        let reject = Reject {
            row: 41,
            column: "Freight".into(),
            value: "=HYPERLINK(\"http://x\")".into(),
            code: "number_invalid",
            reason: "is not a number".into(),
        };
        file.add(&reject).expect("memory");
        file.finish().expect("memory");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(
            text,
            "row,column,value,code,reason\n41,Freight,\"'=HYPERLINK(\"\"http://x\"\")\",number_invalid,is not a number\n"
        );
        assert_eq!(reject.place(), "row 41, column Freight");
    }
}
