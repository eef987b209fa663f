//! Failed sign-ins of a name or an address: who keeps failing waits.

use super::time::Instant;
use std::time::Duration;

/// The first wait; each further failure doubles it.
const FIRST_WAIT: i64 = 15 * Instant::SECOND;

/// Whose tries are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A person's name, wherever from.
    Name(String),
    /// An address, for any name.
    Address(String),
}

/// How often one may fail, and the longest wait in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Failures before the first wait.
    pub allowed: u32,
    /// The longest wait; failures are forgotten after twice that.
    pub longest: i64,
}

/// What is held against somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// Failures in a row.
    pub failures: u32,
    /// When the last one was.
    pub last: Instant,
    /// No sooner may they try again.
    pub until: Instant,
}

impl Tries {
    /// Nothing yet.
    pub fn none(now: Instant) -> Self {
        Self { failures: 0, last: now, until: now }
    }

    /// How long they have to wait, if they have.
    pub fn wait(&self, now: Instant) -> Option<Duration> {
        (now < self.until).then(|| Duration::from_micros(self.until.since(now).unsigned_abs()))
    }

    /// Counts a try as failed before it is made, so that many at once cannot slip through; the error is how long to wait.
    pub fn admit(self, now: Instant, Bounds { allowed, longest }: Bounds) -> Result<Self, Duration> {
        if let Some(wait) = self.wait(now) {
            return Err(wait);
        }
        let forgotten = now.since(self.last) > longest.saturating_mul(2);
        let failures = if forgotten { 1 } else { self.failures.saturating_add(1) };
        let until = match failures.checked_sub(allowed) {
            Some(more) => now.plus((FIRST_WAIT << more.min(20)).min(longest)),
            None => now,
        };
        Ok(Self { failures, last: now, until })
    }

    /// The try was good, but only this one is forgiven: an address may not wash itself clean with an account of its own.
    pub fn forgive_one(self, allowed: u32) -> Self {
        let failures = self.failures.saturating_sub(1);
        Self { failures, until: if failures < allowed { self.last } else { self.until }, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries at a moment, and how long to wait if it is refused.
    fn try_(tries: &mut Tries, now: Instant, bounds: Bounds) -> Result<(), Duration> {
        *tries = tries.admit(now, bounds)?;
        Ok(())
    }

    #[test]
    fn waits_begin_after_the_allowed_failures_double_and_end_at_the_longest() {
        let bounds = Bounds { allowed: 3, longest: 15 * Instant::MINUTE };
        let mut now = Instant(0);
        let mut tries = Tries::none(now);
        for _ in 0..3 {
            assert_eq!(try_(&mut tries, now, bounds), Ok(()));
        }
        let mut waits = Vec::new();
        for _ in 0..9 {
            let wait = try_(&mut tries, now, bounds).expect_err("has to wait");
            waits.push(wait.as_secs());
            now = now.plus(i64::try_from(wait.as_micros()).expect("minutes"));
            assert_eq!(try_(&mut tries, now, bounds), Ok(()));
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn an_address_is_forgiven_one_try_only() {
        let bounds = Bounds { allowed: 2, longest: Instant::HOUR };
        let now = Instant(0);
        let mut tries = Tries::none(now);
        try_(&mut tries, now, bounds).expect("first");
        try_(&mut tries, now, bounds).expect("second");
        tries = tries.forgive_one(bounds.allowed);
        try_(&mut tries, now, bounds).expect("one was forgiven");
        assert!(try_(&mut tries, now, bounds).is_err());
    }

    #[test]
    fn failures_are_forgotten_after_a_while() {
        let bounds = Bounds { allowed: 2, longest: Instant::MINUTE };
        let mut tries = Tries::none(Instant(0));
        try_(&mut tries, Instant(0), bounds).expect("first");
        let later = Instant(3 * Instant::MINUTE);
        try_(&mut tries, later, bounds).expect("counts as the first");
        try_(&mut tries, later, bounds).expect("second");
        assert!(try_(&mut tries, later, bounds).is_err());
    }
}
