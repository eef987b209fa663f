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
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at an instant; clones share it.
    pub fn standing(at: Instant) -> Self {
        Self { fixed: Some(Arc::new(AtomicI64::new(at.0))) }
    }

    /// Now.
    pub fn now(&self) -> Instant {
        match &self.fixed {
            Some(at) => Instant(at.load(Ordering::Relaxed)),
            None => now(),
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
