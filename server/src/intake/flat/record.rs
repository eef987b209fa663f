//! From lines to rows of cells. A quote that is never closed costs its own line, not the rest of the file.

use super::decode::{Line, Lines};
use std::{
    collections::VecDeque,
    io::{self, Read},
};

/// A row may spread over this many physical lines through quoted line ends; beyond, its quote counts as broken.
const MAX_LINES: usize = 100;
/// And over this many bytes.
const MAX_TEXT: usize = 1 << 20;

/// A row of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Physical line where it begins, counted from one: what an editor shows.
    pub line: u64,
    /// Its cells, or the line as it stands and why it cannot be taken apart.
    pub cells: Result<Vec<String>, BrokenLine>,
}

/// A line that is no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLine {
    /// As it stands.
    pub text: String,
    /// In words.
    pub reason: &'static str,
}

/// How cells are set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Between cells.
    pub delimiter: char,
    /// Around cells that hold delimiters or line ends; doubled inside.
    pub quote: Option<char>,
}

/// Reads rows.
pub struct Rows<R> {
    lines: Lines<R>,
    back: VecDeque<Line>,
    marks: Marks,
}

impl<R: Read> Rows<R> {
    /// Over these lines.
    pub fn new(lines: Lines<R>, marks: Marks) -> Self {
        Self { lines, back: VecDeque::new(), marks }
    }

    /// The next row; blank lines are passed over. `None` at the end.
    pub fn next_row(&mut self) -> io::Result<Option<Row>> {
        let first = loop {
            match self.line()? {
                None => return Ok(None),
                Some(line) if line.text.trim().is_empty() => {}
                Some(line) => break line,
            }
        };
        let number = first.number;
        let broken = |text: String, reason| Ok(Some(Row { line: number, cells: Err(BrokenLine { text, reason }) }));
        if first.cut {
            return broken(first.text.chars().take(2000).collect(), "the line is longer than a megabyte");
        }
        let mut text = first.text.clone();
        let mut taken: Vec<Line> = Vec::new();
        loop {
            if let Some(cells) = split(&text, self.marks) {
                return Ok(Some(Row { line: number, cells: Ok(cells) }));
            }
            let next = if taken.len() < MAX_LINES && text.len() < MAX_TEXT { self.line()? } else { None };
            match next {
                Some(line) if !line.cut => {
                    text.push('\n');
                    text.push_str(&line.text);
                    taken.push(line);
                }
                rest => {
                    // Give the swallowed lines back: they are rows of their own.
                    for line in taken.drain(..).chain(rest).rev() {
                        self.back.push_front(line);
                    }
                    return broken(first.text, "a quote is opened and never closed");
                }
            }
        }
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.back.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next_line(),
        }
    }
}

/// Splits a row's text; `None` while a quote is open.
fn split(text: &str, marks: Marks) -> Option<Vec<String>> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_quote = marks.quote == Some(c);
        match (quoted, is_quote) {
            (true, true) if chars.peek() == Some(&c) => cell.extend(chars.next()),
            (true, true) => quoted = false,
            (true, false) => cell.push(c),
            (false, true) if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            (false, _) if c == marks.delimiter => cells.push(std::mem::take(&mut cell)),
            (false, _) => cell.push(c),
        }
    }
    if quoted {
        return None;
    }
    cells.push(cell);
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, delimiter: char) -> Vec<(u64, Result<Vec<String>, String>)> {
        let marks = Marks { delimiter, quote: Some('"') };
        let mut rows = Rows::new(Lines::new(text.as_bytes(), encoding_rs::UTF_8), marks);
        std::iter::from_fn(|| rows.next_row().expect("memory does not fail"))
            .map(|row| (row.line, row.cells.map_err(|b| b.text)))
            .collect()
    }

    #[test]
    fn quotes_delimiters_and_lines_inside_cells() {
        let got = rows("a;\"b;\"\"c\"\"\";d\n\n\"two\nlines\";x;\n5\" pipe;y;z\n", ';');
        let cells = |c: [&str; 3]| Ok(c.map(str::to_owned).to_vec());
        assert_eq!(got[0], (1, cells(["a", "b;\"c\"", "d"])));
        assert_eq!(got[1], (3, cells(["two\nlines", "x", ""])));
        assert_eq!(got[2], (5, cells(["5\" pipe", "y", "z"])));
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_one_line() {
        let text: String = (0..300).map(|n| if n == 3 { "3,\"oops\n".into() } else { format!("{n},fine\n") }).collect();
        let got = rows(&text, ',');
        assert_eq!(got.len(), 300);
        assert_eq!(got.iter().filter(|(_, cells)| cells.is_err()).map(|(line, _)| *line).collect::<Vec<_>>(), [4]);
        assert_eq!(got[299].0, 300);
    }

    #[test]
    fn a_quote_open_at_the_end_of_the_file_costs_one_line() {
        let got = rows("1,a\n2,\"b\n3,c\n4,d", ',');
        assert_eq!(
            got.iter().map(|(line, cells)| (*line, cells.is_ok())).collect::<Vec<_>>(),
            [(1, true), (2, false), (3, true), (4, true)]
        );
    }

    #[test]
    fn tabs() {
        assert_eq!(rows("a\tb\n", '\t')[0].1, Ok(vec!["a".to_owned(), "b".to_owned()]));
    }
}
