//! Tables as files of comma-separated values: quoted where they must be, and never a formula.

use app::model::Money;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use std::collections::BTreeSet;

/// Rows of a list's file at most.
pub(super) const MOST: usize = 10_000;

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

/// A column for each currency that amounts are in: amounts of different ones have no sum.
pub(super) struct Currencies<'m>(Vec<&'m str>);

impl<'m> Currencies<'m> {
    /// Those of these sums, in order.
    pub(super) fn of(sums: impl IntoIterator<Item = &'m [Money]>) -> Self {
        let codes: BTreeSet<&str> = sums.into_iter().flatten().map(|sum| &*sum.currency).collect();
        Self(codes.into_iter().collect())
    }

    /// Their columns, after others.
    pub(super) fn after(&self, columns: &[&'m str]) -> Vec<&'m str> {
        columns.iter().chain(&self.0).copied().collect()
    }

    /// The amounts, each in the column of its currency.
    pub(super) fn fields<'f>(&self, sums: &[Money]) -> Vec<Field<'f>> {
        let amount = |code: &&str| sums.iter().find(|sum| sum.currency == **code).map(|sum| sum.amount.clone());
        self.0.iter().map(|code| Field::Own(amount(code).unwrap_or_default())).collect()
    }
}

impl Table {
    /// A table with these columns.
    pub(super) fn new(name: &str, columns: &[&str]) -> Self {
        let mut table = Self { name: name.to_owned(), text: String::new() };
        table.line(columns.iter().map(|column| text(column)));
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

    /// The file. If it was cut after so many rows, its name says so.
    pub(super) fn answer(self, cut: Option<usize>) -> Response {
        let first = cut.map(|most| format!("-first-{most}")).unwrap_or_default();
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
    fn each_currency_has_a_column_of_its_own() {
        let sum = |amount: &str, currency: &str| Money { amount: amount.into(), currency: currency.into() };
        let (one, other) = ([sum("5.00", "USD"), sum("-1", "JPY")], [sum("7.50", "EUR")]);
        let money = Currencies::of([&one[..], &[], &other]);
        let mut table = Table::new("x", &money.after(&["part"]));
        for (part, sums) in [("a", &one[..]), ("b", &[]), ("c", &other)] {
            table.row(std::iter::once(Field::Text(part)).chain(money.fields(sums)));
        }
        assert_eq!(table.text, "part,EUR,JPY,USD\r\na,,-1,5.00\r\nb,,,\r\nc,7.50,,\r\n");
    }

    #[test]
    fn a_file_that_was_cut_says_so_in_its_name() {
        let name = |cut| {
            let answer = Table::new("shipments", &["a"]).answer(cut);
            answer.headers()[header::CONTENT_DISPOSITION].to_str().expect("ASCII").to_owned()
        };
        assert_eq!(name(None), "attachment; filename=\"waybill-shipments.csv\"");
        assert_eq!(name(Some(MOST)), "attachment; filename=\"waybill-shipments-first-10000.csv\"");
    }
}
