//! The one place that reads the clock. Everything else is told what time it is.

use crate::domain::time::Instant;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Tells the time: the system's, or in tests and in a demonstration's past one that stands still until it is moved.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    fixed: Option<Arc<AtomicI64>>,
    /// What is added to the system's clock, where another one counts.
    correction: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at an instant; clones share it.
    pub fn standing(at: Instant) -> Self {
        Self { fixed: Some(Arc::new(AtomicI64::new(at.0))), ..Self::default() }
    }

    /// Now.
    pub fn now(&self) -> Instant {
        match &self.fixed {
            Some(at) => Instant(at.load(Ordering::Relaxed)),
            None => now().plus(self.correction()),
        }
    }

    /// What it would say without any correction.
    pub fn uncorrected(&self) -> Instant {
        self.now().plus(-self.correction())
    }

    /// Microseconds by which the system's clock is behind the one that counts.
    pub fn correction(&self) -> i64 {
        self.correction.load(Ordering::Relaxed)
    }

    /// Makes the system's clock tell another one's time, for all clones; a standing clock stands.
    pub fn correct(&self, micros: i64) {
        if self.fixed.is_none() {
            self.correction.store(micros, Ordering::Relaxed);
        }
    }

    /// Moves a standing clock forward; the system's clock cannot be moved.
    pub fn advance(&self, micros: i64) {
        if let Some(at) = &self.fixed {
            at.fetch_add(micros, Ordering::Relaxed);
        }
    }
}

/// The system's clock, now.
#[expect(clippy::disallowed_methods, reason = "the door to the system's clock")]
pub fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    Instant(i64::try_from(since.as_micros()).expect("microseconds since 1970 fit for 290,000 years"))
}
