//! What an event may weigh, and how far its times may lie from now.

use crate::domain::time::Instant;

/// Limits of intake. What goes beyond is refused with a code of its own; nothing is cut off silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body (a stream has no total).
    pub body: usize,
    /// Bytes of one event.
    pub event: usize,
    /// Events in one batch.
    pub batch: usize,
    /// Levels of nesting.
    pub depth: usize,
    /// Bytes of one string.
    pub string: usize,
    /// Characters of an event's id, source or subject.
    pub name: usize,
    /// How far, in microseconds, a producer's clock may run ahead of ours.
    pub clock_skew: i64,
    /// How far ahead, in microseconds, a promise or an estimate may lie.
    pub horizon: i64,
    /// The earliest time that is taken.
    pub earliest: Instant,
    /// Bytes of a body after decompression (of one line, in a stream).
    pub decompressed: usize,
}

impl Limits {
    /// What holds unless configuration says otherwise.
    pub const DEFAULT: Self = Self {
        body: 1 << 20,
        event: 256 << 10,
        batch: 1_000,
        depth: 32,
        string: 16 << 10,
        name: 256,
        clock_skew: 5 * Instant::MINUTE,
        horizon: 3_653 * Instant::DAY,
        // 1990-01-01T00:00:00Z
        earliest: Instant(631_152_000 * Instant::SECOND),
        decompressed: 16 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What reading an event needs from outside: the time now, and the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadTerms {
    /// Now, by the server's clock.
    pub now: Instant,
    /// The limits.
    pub limits: Limits,
}
