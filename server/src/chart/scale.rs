//! Where the ticks of an axis stand.

/// Most ticks above zero.
const MOST_TICKS: f64 = 5.0;

/// The unit in which a length of time is best read on an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Hours.
    Hour,
    /// Days of 24 hours.
    Day,
}

impl Unit {
    /// Days from three on.
    pub(super) fn for_hours(largest: f64) -> Self {
        if largest <= 72.0 { Self::Hour } else { Self::Day }
    }

    fn hours(self) -> f64 {
        match self {
            Self::Hour => 1.0,
            Self::Day => 24.0,
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Hour => "h",
            Self::Day => "d",
        }
    }

    /// Steps that people count in.
    fn steps(self) -> &'static [f64] {
        match self {
            Self::Hour => &[0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0],
            Self::Day => &[1.0, 2.0, 5.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0],
        }
    }
}

/// One tick: its place, and its label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// Ticks from zero up to the first one that nothing exceeds. `largest` is in hours, finite and not negative.
pub(super) fn ticks(largest: f64) -> Vec<Tick> {
    let unit = Unit::for_hours(largest);
    let top = (largest / unit.hours()).max(unit.steps()[0]);
    let step = unit.steps().iter().copied().find(|step| top / step <= MOST_TICKS).unwrap_or_else(|| {
        // Beyond five years: round thousands, and so on.
        let magnitude = 10f64.powf((top / MOST_TICKS).log10().floor());
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|n| n * magnitude).find(|step| top / step <= MOST_TICKS).unwrap_or(top)
    });
    let count = (top / step - 1e-9).ceil().max(1.0) as u32;
    (0..=count)
        .map(|n| {
            let value = f64::from(n) * step;
            let label = match n {
                0 => "0".to_owned(),
                _ if step < 1.0 => format!("{value:.1} {}", unit.symbol()),
                _ => format!("{value:.0} {}", unit.symbol()),
            };
            Tick { value: value * unit.hours(), label }
        })
        .collect()
}

/// Ticks of shares: the whole range, so that drawings beside each other can be compared.
pub(super) fn shares() -> Vec<Tick> {
    (0..=4).map(|n| Tick { value: f64::from(n) / 4.0, label: format!("{} %", n * 25) }).collect()
}

/// Which of `count` labels to print so that they stand at least `apart` places from each other: the last is always among them, for it
/// is the one that people look for.
pub(super) fn spread(count: usize, apart: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = (0..count).rev().step_by(apart.max(1)).collect();
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(largest: f64) -> Vec<String> {
        ticks(largest).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_begin_at_zero_and_are_numbers_that_people_count_in() {
        assert_eq!(labels(5.0), ["0", "1 h", "2 h", "3 h", "4 h", "5 h"]);
        assert_eq!(labels(30.0), ["0", "6 h", "12 h", "18 h", "24 h", "30 h"]);
        assert_eq!(labels(60.0), ["0", "12 h", "24 h", "36 h", "48 h", "60 h"]);
        assert_eq!(labels(24.0 * 9.0), ["0", "2 d", "4 d", "6 d", "8 d", "10 d"]);
        assert_eq!(labels(0.0), ["0", "0.1 h"]);
    }

    #[test]
    fn nothing_exceeds_the_last_tick_and_there_are_few() {
        for largest in [0.01, 0.3, 0.5, 1.0, 7.9, 23.0, 71.9, 72.1, 1000.0, 40_000.0, 5e6, 1e12] {
            let ticks = ticks(largest);
            assert!(ticks.last().is_some_and(|tick| tick.value >= largest - 1e-6), "{largest}");
            assert!(ticks.len() <= 6, "{largest}: {}", ticks.len());
        }
    }

    #[test]
    fn the_last_label_is_always_printed() {
        assert_eq!(spread(10, 4), [1, 5, 9]);
        assert_eq!(spread(3, 1), [0, 1, 2]);
        assert_eq!(spread(0, 3), [] as [usize; 0]);
    }
}
