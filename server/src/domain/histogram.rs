//! How many there are in each bin.

/// Signed counts by bin: sorted, each bin once, none of them zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram(Vec<(i32, i64)>);

impl Histogram {
    /// How many are in this bin.
    pub fn count(&self, bin: i32) -> i64 {
        self.0.binary_search_by_key(&bin, |(held, _)| *held).map_or(0, |at| self.0[at].1)
    }

    /// How many there are in all.
    pub fn total(&self) -> i64 {
        self.iter().map(|(_, n)| n).sum()
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        let mut merged = Vec::with_capacity(self.0.len().max(other.0.len()) + 16);
        let (mut held, mut added) = (self.0.iter().copied().peekable(), other.iter().peekable());
        loop {
            let (bin, n) = match (held.peek(), added.peek()) {
                (Some((a, n)), Some((b, m))) if a == b => (*a, n + m),
                (Some(a), Some(b)) => *a.min(b),
                (Some(one), None) | (None, Some(one)) => *one,
                (None, None) => break,
            };
            held.next_if(|(held, _)| *held == bin);
            added.next_if(|(added, _)| *added == bin);
            if n != 0 {
                merged.push((bin, n));
            }
        }
        self.0 = merged;
    }

    /// Bins with their counts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (i32, i64)> + '_ {
        self.0.iter().copied()
    }
}

/// From counts in any order, a bin any number of times. Quick where they come in runs that are sorted.
impl FromIterator<(i32, i64)> for Histogram {
    fn from_iter<I: IntoIterator<Item = (i32, i64)>>(counts: I) -> Self {
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(bin, _)| *bin);
        counts.dedup_by(|next, held| {
            let same = next.0 == held.0;
            if same {
                held.1 += next.1;
            }
            same
        });
        counts.retain(|(_, n)| *n != 0);
        Self(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_a_bin_are_summed_and_zeros_are_left_out() {
        let histogram: Histogram = [(7, 2), (-2, 1), (9, 4), (7, -2), (9, 1), (8, -1)].into_iter().collect();
        assert_eq!(histogram.iter().collect::<Vec<_>>(), [(-2, 1), (8, -1), (9, 5)]);
        assert_eq!([histogram.count(9), histogram.count(7), histogram.count(100)], [5, 0, 0]);
        assert_eq!(histogram.total(), 5);
        assert_eq!(Histogram::from_iter([]), Histogram::default());
    }

    #[test]
    fn merging_is_adding_bin_by_bin() {
        let parts = [vec![(1, 2), (3, 1)], vec![(-2, 5), (1, -2), (9, 1)], vec![], vec![(3, 1)]];
        let mut merged = Histogram::default();
        parts.iter().for_each(|part| merged.merge(&part.iter().copied().collect()));
        assert_eq!(merged, parts.into_iter().flatten().collect());
        assert_eq!(merged.iter().collect::<Vec<_>>(), [(-2, 5), (3, 2), (9, 1)]);
    }
}
