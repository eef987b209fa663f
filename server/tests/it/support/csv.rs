//! Reading files of comma-separated values.

use std::collections::BTreeMap;

/// The fields of a line of a file. No field of ours has a line break in it.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

/// The lines of a file, each by column.
pub(crate) fn lines(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.split_terminator("\r\n");
    let head = fields(lines.next().expect("columns"));
    let line = |line: &str| {
        let fields = fields(line);
        assert_eq!(fields.len(), head.len(), "{line}");
        head.iter().cloned().zip(fields).collect()
    };
    lines.map(line).collect()
}

/// What a currency of two digits comes to.
pub(crate) fn hundredths(amount: &str) -> i64 {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "00"));
    format!("{whole}{fraction:0<2}").parse().unwrap_or_else(|_| panic!("no amount: {amount}"))
}
