//! Tables as files of comma-separated values: quoted where they must be, and never a formula.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// A table under way.
pub(super) struct Table {
    name: String,
    text: String,
}

/// A field.
pub(super) enum Field<'f> {
    /// Somebody's words.
    Text(&'f str),
    /// A number, a time or a code of ours: its minus is no formula.
    Own(String),
}

/// What somebody may have told.
pub(super) fn told(value: &Option<String>) -> Field<'_> {
    Field::Text(value.as_deref().unwrap_or_default())
}

/// A number, or nothing.
pub(super) fn number<N: ToString>(value: Option<N>) -> Field<'static> {
    Field::Own(value.map(|value| value.to_string()).unwrap_or_default())
}

impl Table {
    /// A table with these columns.
    pub(super) fn new(name: &str, columns: &[&str]) -> Self {
        let mut table = Self { name: name.to_owned(), text: String::new() };
        table.line(columns.iter().map(|column| (*column).to_owned()));
        table
    }

    /// Adds a row.
    pub(super) fn row<'f>(&mut self, fields: impl IntoIterator<Item = Field<'f>>) {
        self.line(fields.into_iter().map(|field| match field {
            Field::Text(text) => self::text(text),
            Field::Own(own) => own,
        }));
    }

    fn line(&mut self, fields: impl Iterator<Item = String>) {
        for (place, field) in fields.enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            self.text.push_str(&field);
        }
        self.text.push_str("\r\n");
    }

    /// The file. If there are more rows than are in it, its name says so.
    pub(super) fn answer(self, more: bool) -> Response {
        let first = if more { "-first-10000" } else { "" };
        let name = format!("attachment; filename=\"waybill-{}{first}.csv\"", self.name);
        let head = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
        (head, self.text).into_response()
    }
}

/// Somebody's words as a field. What a spreadsheet would take for a formula gets an apostrophe before it.
fn text(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_are_no_formulas() {
        for (told, written) in [
            ("SH-1", "SH-1"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            (" =1+1", "' =1+1"),
            ("@x,y", "\"'@x,y\""),
            ("-5", "'-5"),
            ("\t=1", "'\t=1"),
        ] {
            assert_eq!(text(told), written);
        }
    }

    #[test]
    fn a_row_is_a_line_and_a_number_of_ours_keeps_its_minus() {
        let mut table = Table::new("x", &["a", "b", "c"]);
        table.row([Field::Text("=x"), Field::Own("-5.00".into()), told(&None)]);
        assert_eq!(table.text, "a,b,c\r\n'=x,-5.00,\r\n");
    }

    #[test]
    fn a_file_that_was_cut_says_so_in_its_name() {
        let name = |more| {
            let answer = Table::new("shipments", &["a"]).answer(more);
            answer.headers()[header::CONTENT_DISPOSITION].to_str().expect("ASCII").to_owned()
        };
        assert_eq!(name(false), "attachment; filename=\"waybill-shipments.csv\"");
        assert_eq!(name(true), "attachment; filename=\"waybill-shipments-first-10000.csv\"");
    }
}
