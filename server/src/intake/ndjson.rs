//! Lines out of a stream of bytes, in constant memory: newline-delimited JSON, one event a line.

use super::structured;
use crate::domain::{
    event::ReadTerms,
    receipt::{Inbound, Refusal},
};
use bytes::{Bytes, BytesMut};

/// How much of an over-long line is kept as evidence.
const KEPT: usize = 16 << 10;

/// A line of the stream that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the stream, from 1.
    pub number: u64,
    /// What it holds.
    pub content: Content,
}

/// What a line holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Whole(Bytes),
    /// The beginning of a line that is longer than an event may be.
    Cut(Bytes),
}

/// Cuts a stream into lines. Feed it chunks, take lines, and tell it when the stream has ended.
#[derive(Debug)]
pub struct Lines {
    longest: usize,
    chunk: Bytes,
    begun: BytesMut,
    /// The line under way is longer than allowed: what is left of it is skipped.
    skipping: bool,
    number: u64,
}

impl Lines {
    /// Lines of at most so many bytes.
    pub fn new(longest: usize) -> Self {
        Self { longest, chunk: Bytes::new(), begun: BytesMut::new(), skipping: false, number: 0 }
    }

    /// How many lines have ended, blank ones included.
    pub fn ended(&self) -> u64 {
        self.number
    }

    /// Takes the next chunk. All lines of the one before must have been taken.
    pub fn feed(&mut self, chunk: Bytes) {
        debug_assert!(self.chunk.is_empty(), "lines of the chunk before are left");
        self.chunk = chunk;
    }

    /// The next line that ends in what was fed.
    pub fn next_line(&mut self) -> Option<Line> {
        while !self.chunk.is_empty() {
            let Some(end) = memchr::memchr(b'\n', &self.chunk) else {
                let rest = std::mem::take(&mut self.chunk);
                self.begin(&rest);
                return None;
            };
            let piece = self.chunk.split_to(end);
            self.chunk = self.chunk.slice(1..);
            // Without a beginning in an earlier chunk, the line is a view into this one: nothing is copied.
            let line = if self.begun.is_empty() && piece.len() <= self.longest {
                self.number += 1;
                Content::Whole(piece)
            } else {
                self.begin(&piece);
                self.end()
            };
            if let Some(line) = self.line(line) {
                return Some(line);
            }
        }
        None
    }

    /// The last line, if the stream ended without a newline.
    pub fn finish(&mut self) -> Option<Line> {
        if self.begun.is_empty() {
            return None;
        }
        let line = self.end();
        self.line(line)
    }

    fn begin(&mut self, piece: &[u8]) {
        if self.skipping {
            return;
        }
        self.begun.extend_from_slice(&piece[..piece.len().min(self.longest + 1)]);
        if self.begun.len() > self.longest {
            self.skipping = true;
            self.begun.truncate(KEPT.min(self.longest + 1));
        }
    }

    fn end(&mut self) -> Content {
        self.number += 1;
        let begun = self.begun.split().freeze();
        if std::mem::take(&mut self.skipping) { Content::Cut(begun) } else { Content::Whole(begun) }
    }

    fn line(&self, content: Content) -> Option<Line> {
        let blank = matches!(&content, Content::Whole(bytes) if bytes.iter().all(u8::is_ascii_whitespace));
        (!blank).then_some(Line { number: self.number, content })
    }
}

/// Reads the event of a line.
pub fn read(line: &Line, terms: &ReadTerms) -> Inbound {
    match &line.content {
        Content::Whole(bytes) => structured::read(bytes.strip_suffix(b"\r").unwrap_or(bytes), terms),
        Content::Cut(bytes) => {
            let reason = format!("the line is longer than {} bytes; its beginning is kept", terms.limits.event);
            let told = crate::domain::event::glance(bytes, terms);
            Inbound::Refused(Box::new(Refusal { code: "event_too_large", reason, place: None, ..told }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{event::Limits, time::Instant};
    use proptest::prelude::*;

    fn lines(chunks: &[&[u8]], longest: usize) -> Vec<Line> {
        let mut lines = Lines::new(longest);
        let mut found = Vec::new();
        for chunk in chunks {
            lines.feed(Bytes::copy_from_slice(chunk));
            found.extend(std::iter::from_fn(|| lines.next_line()));
            assert!(lines.begun.len() <= longest.max(KEPT));
        }
        found.extend(lines.finish());
        found
    }

    fn whole(number: u64, text: &str) -> Line {
        Line { number, content: Content::Whole(Bytes::copy_from_slice(text.as_bytes())) }
    }

    #[test]
    fn lines_are_numbered_and_blank_ones_are_not_events() {
        assert_eq!(lines(&[b"a\n\n \r\nb", b"c\n", b"d"], 9), [whole(1, "a"), whole(4, "bc"), whole(5, "d")]);
        assert_eq!(lines(&[b"", b"\n"], 9), []);
    }

    #[test]
    fn an_over_long_line_is_cut_and_the_next_is_whole() {
        let long = [b'x'; 100];
        let cut = |number| Line { number, content: Content::Cut(Bytes::copy_from_slice(&long[..11])) };
        assert_eq!(lines(&[b"ok\n", &long, &long, b"\nok\n"], 10), [whole(1, "ok"), cut(2), whole(3, "ok")]);
        assert_eq!(lines(&[&[&long[..], b"\nok"].concat()], 10), [cut(1), whole(2, "ok")]);
        assert_eq!(lines(&[&long], 10), [cut(1)]);
    }

    #[test]
    fn an_over_long_line_is_refused_with_what_it_began_with() {
        let terms = ReadTerms { now: Instant(1_773_144_000 * Instant::SECOND), limits: Limits::DEFAULT };
        let bytes = Bytes::from(format!("{{\"id\":\"e-1\",\"source\":\"/s\",\"data\":{{\"a\":\"{}", "x".repeat(KEPT)));
        let line = Line { number: 1, content: Content::Cut(bytes.clone()) };
        let Inbound::Refused(refusal) = read(&line, &terms) else { panic!("is cut") };
        assert_eq!((refusal.code, refusal.event_id.as_deref()), ("event_too_large", Some("e-1")));
        assert_eq!(refusal.raw, bytes);
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(text in "[ab\n]{0,60}", cuts in prop::collection::vec(0usize..60, 0..8), longest in 1usize..12) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|w| &text.as_bytes()[w[0]..w[1]]).collect();
            prop_assert_eq!(lines(&chunks, longest), lines(&[text.as_bytes()], longest));
        }
    }
}
