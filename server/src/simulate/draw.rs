//! Chance, the same on every machine: a ChaCha stream for each shipment, sampled by plain arithmetic. Neither the platform's
//! mathematical functions nor the sampling code of another crate has a say in what a seed yields.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// A stream of chance.
#[derive(Debug, Clone)]
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream with this number under this seed; streams do not overlap.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Evenly spread over `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        const BITS: u32 = 53;
        (self.0.next_u64() >> (64 - BITS)) as f64 / (1_u64 << BITS) as f64
    }

    /// True so often out of one.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Evenly spread over `[low, high)`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((self.unit() * bound as f64) as usize).min(bound.saturating_sub(1))
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// The index of a weight, as often as the weight says.
    pub(crate) fn weighted(&mut self, weights: impl IntoIterator<Item = f64> + Clone) -> usize {
        let total: f64 = weights.clone().into_iter().sum();
        let mut left = self.unit() * total;
        let mut last = 0;
        for (index, weight) in weights.into_iter().enumerate() {
            if weight > 0.0 {
                last = index;
                if left < weight {
                    return index;
                }
                left -= weight;
            }
        }
        last
    }

    /// A bell curve with mean 0 and deviation 1, cut at ±6 (the sum of twelve even draws).
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// Log-normal: half of the draws lie below `median`, `spread` is the deviation of the logarithm.
    pub(crate) fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        median * exp(self.bell() * spread)
    }

    /// So many letters and digits that people do not misread.
    pub(crate) fn code(&mut self, length: usize) -> String {
        const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        (0..length).map(|_| char::from(self.pick(ALPHABET))).collect()
    }
}

/// e to the power of x by range reduction and a series: basic arithmetic only, so that every machine agrees on each bit.
fn exp(x: f64) -> f64 {
    let x = x.clamp(-40.0, 40.0);
    let halvings = (x / std::f64::consts::LN_2).round();
    let rest = x - halvings * std::f64::consts::LN_2;
    let series = (1..=13).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    let scale = f64::from_bits(((halvings as i64 + 1023) as u64) << 52);
    series * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_is_the_exponential() {
        for x in [-7.5, -1.0, -0.2, 0.0, 0.3, 1.0, 2.5, 9.0] {
            assert!((exp(x) / f64::exp(x) - 1.0).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn a_seed_and_a_stream_decide_everything() {
        let draws = |seed, stream| {
            let mut draw = Draw::new(seed, stream);
            (0..50).map(|_| draw.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7, 3), draws(7, 3));
        assert_ne!(draws(7, 3), draws(7, 4));
        assert_ne!(draws(7, 3), draws(8, 3));
    }

    #[test]
    fn log_normal_has_the_median_that_was_asked_for() {
        let mut draw = Draw::new(1, 1);
        let below = (0..10_000).filter(|_| draw.log_normal(20.0, 1.1) < 20.0).count();
        assert!((4_800..5_200).contains(&below), "{below}");
    }

    #[test]
    fn weights_are_kept() {
        let mut draw = Draw::new(1, 1);
        let first = (0..10_000).filter(|_| draw.weighted([3.0, 0.0, 1.0]) == 0).count();
        assert!((7_300..7_700).contains(&first), "{first}");
    }
}
