use crate::domain::time::Instant;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The first wait; each further failure doubles it.
const FIRST_WAIT: i64 = 15 * Instant::SECOND;

/// Names or addresses remembered at once. An attacker can invent more: then those whose wait is over are forgotten first.
const MOST: usize = 20_000;

/// Makes those who keep failing wait.
pub(super) struct Throttle {
    allowed: u32,
    longest: i64,
    tries: Mutex<HashMap<String, Tries>>,
}

struct Tries {
    failures: u32,
    last: Instant,
    until: Instant,
}

impl Throttle {
    pub(super) fn new(allowed: u32, longest: i64) -> Self {
        Self { allowed, longest, tries: Mutex::default() }
    }

    /// Counts a try as failed before it is made, so that many at once cannot slip through; [`Self::succeeded`] takes it back.
    /// The error is how long to wait.
    pub(super) fn admit(&self, who: &str, now: Instant) -> Result<(), Duration> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = self.longest.saturating_mul(2);
        if tries.len() >= MOST {
            tries.retain(|_, t| now < t.until || now.since(t.last) < Instant::MINUTE);
        }
        let entry = tries.entry(who.to_owned()).or_insert(Tries { failures: 0, last: now, until: now });
        if now < entry.until {
            return Err(Duration::from_micros(entry.until.since(now).unsigned_abs()));
        }
        if now.since(entry.last) > forgotten {
            entry.failures = 0;
        }
        entry.failures += 1;
        entry.last = now;
        if entry.failures >= self.allowed {
            let doublings = (entry.failures - self.allowed).min(20);
            entry.until = now.plus((FIRST_WAIT << doublings).min(self.longest));
        }
        Ok(())
    }

    /// The try was good: nothing is held against them.
    pub(super) fn succeeded(&self, who: &str) {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner).remove(who);
    }

    /// The try was good, but only this one is forgiven: an address may not wash itself clean with an account of its own.
    pub(super) fn forgive_one(&self, who: &str) {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = tries.get_mut(who) {
            entry.failures = entry.failures.saturating_sub(1);
            if entry.failures < self.allowed {
                entry.until = entry.last;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_begin_after_the_allowed_failures_double_and_end_at_the_longest() {
        let throttle = Throttle::new(3, 15 * Instant::MINUTE);
        let mut now = Instant(0);
        for _ in 0..3 {
            assert_eq!(throttle.admit("amira", now), Ok(()));
        }
        let mut waits = Vec::new();
        for _ in 0..9 {
            let wait = throttle.admit("amira", now).expect_err("has to wait");
            waits.push(wait.as_secs());
            now = now.plus(i64::try_from(wait.as_micros()).expect("minutes"));
            assert_eq!(throttle.admit("amira", now), Ok(()));
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(throttle.admit("bo", now), Ok(()), "another name is not concerned");
    }

    #[test]
    fn success_forgets_a_name_but_forgives_an_address_one_try_only() {
        let throttle = Throttle::new(2, Instant::HOUR);
        throttle.admit("a", Instant(0)).expect("first");
        throttle.admit("a", Instant(0)).expect("second");
        throttle.forgive_one("a");
        throttle.admit("a", Instant(0)).expect("one was forgiven");
        assert!(throttle.admit("a", Instant(0)).is_err());
        throttle.succeeded("a");
        assert_eq!(throttle.admit("a", Instant(0)), Ok(()));
    }

    #[test]
    fn failures_are_forgotten_after_a_while() {
        let throttle = Throttle::new(2, Instant::MINUTE);
        throttle.admit("a", Instant(0)).expect("first");
        throttle.admit("a", Instant(3 * Instant::MINUTE)).expect("counts as the first");
        throttle.admit("a", Instant(3 * Instant::MINUTE)).expect("second");
        assert!(throttle.admit("a", Instant(3 * Instant::MINUTE)).is_err());
    }
}
