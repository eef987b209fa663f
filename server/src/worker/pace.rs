//! How much fits into a step.

use std::{ops::RangeInclusive, time::Duration};

/// How long a step may keep the writer from others.
const STEP: Duration = Duration::from_millis(20);
/// Items of a step.
const ITEMS: RangeInclusive<u32> = 20..=2_000;

/// Learns from each step how many items the next one may have.
#[derive(Debug)]
pub(super) struct Pace {
    items: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { items: 200 }
    }
}

impl Pace {
    /// Items of the next step.
    pub(super) fn items(&self) -> u32 {
        self.items
    }

    /// As many as fit at the pace of the last step, half-way there.
    pub(super) fn learn(&mut self, tried: u32, took: Duration) {
        if tried == 0 {
            return;
        }
        let fitting = STEP.as_micros() * u128::from(tried) / took.as_micros().max(1);
        let fitting = u32::try_from(fitting).unwrap_or(u32::MAX).min(*ITEMS.end());
        self.items = ((self.items + fitting) / 2).clamp(*ITEMS.start(), *ITEMS.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_grow_and_shrink_with_the_pace() {
        let settled = |of_one: Duration| {
            let mut pace = Pace::default();
            for _ in 0..20 {
                pace.learn(pace.items(), of_one * pace.items());
            }
            pace.items()
        };
        assert!((495..=500).contains(&settled(Duration::from_micros(40))));
        assert_eq!(settled(Duration::from_millis(5)), *ITEMS.start());
        assert!(settled(Duration::from_nanos(10)) >= *ITEMS.end() - 1);
        let mut pace = Pace::default();
        pace.learn(0, STEP);
        assert_eq!(pace.items(), Pace::default().items(), "nothing was learnt");
    }
}
