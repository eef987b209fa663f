//! From bytes to lines of text: encodings, byte order marks, line ends; bounded memory whatever the file holds.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use std::io::{self, Read};

/// Longest physical line that is taken; what goes beyond is dropped and its row refused.
const MAX_LINE: usize = 1 << 20;
const CHUNK: usize = 64 * 1024;

/// The encoding under this label (`auto`, `utf-8`, `windows-1252`, `utf-16le`, `shift_jis`, …); a byte order mark in the
/// file wins over it.
pub fn encoding(label: &str) -> Option<&'static Encoding> {
    if label == "auto" { Some(UTF_8) } else { Encoding::for_label(label.as_bytes()) }
}

/// A physical line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from one.
    pub number: u64,
    /// Without its end.
    pub text: String,
    /// It was longer than can be taken and is cut.
    pub cut: bool,
}

/// Reads physical lines.
pub struct Lines<R> {
    input: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    /// Bytes in `bytes` that are not decoded yet.
    pending: std::ops::Range<usize>,
    text: String,
    /// Where in `text` the next line begins.
    start: usize,
    ended: bool,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Over this input.
    pub fn new(input: R, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder(),
            bytes: vec![0; CHUNK],
            pending: 0..0,
            text: String::new(),
            start: 0,
            ended: false,
            number: 0,
        }
    }

    /// The next line, or `None` at the end.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut searched = self.start;
        let mut cut: Option<String> = None;
        loop {
            if let Some(end) = self.text[searched..].find('\n').map(|at| at + searched) {
                let line = self.text[self.start..end].trim_end_matches('\r').to_owned();
                self.start = end + 1;
                return Ok(Some(self.line(line, cut)));
            }
            // What was given out is dropped before more is read: once a chunk, not once a line.
            self.text.drain(..self.start);
            self.start = 0;
            searched = self.text.len();
            if searched > MAX_LINE {
                let rest = std::mem::take(&mut self.text);
                cut.get_or_insert(rest);
                searched = 0;
            }
            if self.ended {
                if self.text.is_empty() && cut.is_none() {
                    return Ok(None);
                }
                let line = std::mem::take(&mut self.text);
                let line = line.trim_end_matches('\r').to_owned();
                return Ok(Some(self.line(line, cut)));
            }
            self.fill()?;
        }
    }

    fn line(&mut self, text: String, cut: Option<String>) -> Line {
        self.number += 1;
        let is_cut = cut.is_some();
        Line { number: self.number, text: cut.unwrap_or(text), cut: is_cut }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            let read = self.input.read(&mut self.bytes)?;
            self.pending = 0..read;
            self.ended = read == 0;
        }
        self.text.reserve(CHUNK);
        let (result, used, _) = self.decoder.decode_to_string(&self.bytes[self.pending.clone()], &mut self.text, self.ended);
        self.pending.start += used;
        if result == CoderResult::OutputFull {
            self.text.reserve(CHUNK);
            self.ended = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], label: &str) -> Vec<String> {
        let mut lines = Lines::new(bytes, encoding(label).expect("known"));
        std::iter::from_fn(|| lines.next_line().expect("memory does not fail").map(|l| l.text)).collect()
    }

    #[test]
    fn byte_order_marks_and_labels() {
        let want = vec!["Ort;Straße".to_owned(), "Köln;Müller".to_owned()];
        let text = "Ort;Straße\r\nKöln;Müller\n";
        assert_eq!(lines(text.as_bytes(), "auto"), want);
        assert_eq!(lines(&[b"\xef\xbb\xbf", text.as_bytes()].concat(), "auto"), want);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(lines(&utf16, "auto"), want);
        assert_eq!(lines(&utf16[2..], "utf-16le"), want);
        let (western, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        assert_eq!(lines(&western, "windows-1252"), want);
        assert!(lines(&western, "auto")[0].contains('\u{fffd}'));
        assert!(encoding("klingon").is_none());
    }

    #[test]
    fn ends_of_lines_and_of_the_file() {
        assert_eq!(lines(b"a\r\n\nb", "auto"), ["a", "", "b"]);
        assert_eq!(lines(b"", "auto"), [] as [&str; 0]);
        let long = [vec![b'x'; 3 * CHUNK], b"\nend".to_vec()].concat();
        assert_eq!(lines(&long, "auto")[1], "end");
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let bytes = [vec![b'x'; MAX_LINE * 3], b"\nend".to_vec()].concat();
        let mut lines = Lines::new(&bytes[..], UTF_8);
        let first = lines.next_line().expect("read").expect("a line");
        assert!(first.cut && first.text.len() < MAX_LINE * 2);
        assert_eq!(lines.next_line().expect("read").map(|l| (l.number, l.text)), Some((2, "end".into())));
    }
}
